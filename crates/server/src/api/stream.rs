//! Server-sent events: that something is new, for pages that show it.
//!
//! A stream holds no thread and no transaction: it listens to the process's [`Hub`](crate::stream::Hub). What it tells
//! is what its caller may read; that they may still is looked at with every beat.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use axum::response::IntoResponse;
use axum::response::sse::{Event, Sse};
use futures_util::stream::{Stream, unfold};
use rejoinder_engine::id::Id;
use rejoinder_engine::time::Timestamp;
use serde::Serialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, Interval, interval_at};
use utoipa::ToSchema;

use super::auth::{Caller, Way, holds, recognised};
use super::error::{ApiError, ErrorCode, StreamErrors};
use super::extract::header;
use super::state::ApiState;
use crate::limits::{STREAM_BEAT, STREAMS_MAX, STREAMS_PER_USER};
use crate::stream::{News, Notice, missed};

/// The header with the id of the last event that a client has.
const LAST: &str = "last-event-id";
/// Asks proxies not to collect the stream before they pass it on.
const UNBUFFERED: HeaderName = HeaderName::from_static("x-accel-buffering");

/// The data of the events, by their names: `record`, `email`, `delivery`, `attention`, `status`, `reset`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum StreamData {
    /// `record`: a record was made, changed or removed.
    Record {
        /// Its most specific table.
        table: String,
        /// Its id.
        id: String,
        /// Its version since then.
        version: i64,
        /// `insert`, `update` or `delete`.
        operation: String,
    },
    /// `email`: a mail came in or is to go out.
    Email {
        /// Its id.
        id: String,
        /// `incoming` or `outgoing`.
        direction: String,
        /// Its state.
        state: String,
    },
    /// `delivery`: a delivery has another state.
    Delivery {
        /// Its id.
        id: String,
        /// Its mail.
        email: String,
        /// Its state.
        state: String,
    },
    /// `attention`: something needs attention, or does no longer.
    Attention {
        /// The id of the entry.
        id: String,
        /// Whether it is open.
        open: bool,
    },
    /// `status`: the queues hold something else. `reset`: too much was missed; read anew what is shown.
    Nothing {},
}

/// How many streams each user has open.
#[derive(Debug, Default)]
pub(super) struct Streams(Mutex<HashMap<Id, usize>>);

impl Streams {
    fn with<T>(&self, work: impl FnOnce(&mut HashMap<Id, usize>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn open(self: &Arc<Self>, user: Id) -> Result<Place, ApiError> {
        let opened = self.with(|open| {
            let own = open.get(&user).copied().unwrap_or_default();
            if own >= STREAMS_PER_USER || open.values().sum::<usize>() >= STREAMS_MAX {
                return false;
            }
            open.insert(user, own + 1);
            true
        });
        if opened {
            return Ok(Place { streams: self.clone(), user });
        }
        let text =
            format!("a user has at most {STREAMS_PER_USER} streams, all users {STREAMS_MAX}: close one");
        Err(ApiError::new(ErrorCode::TooManyStreams, text).retry_after(STREAM_BEAT.as_secs()))
    }
}

/// The place of one stream among those of its user; given back when it is dropped.
#[derive(Debug)]
struct Place {
    streams: Arc<Streams>,
    user: Id,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.streams.with(|open| match open.get_mut(&self.user) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(open.remove(&self.user)),
        });
    }
}

/// Tells what is new, as server-sent events, until the client goes. `Last-Event-ID` goes on from there.
#[utoipa::path(get, path = "/stream", tag = "status", security(("token" = [])),
    params(("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that was received")),
    responses((status = 200, body = StreamData, content_type = "text/event-stream"), StreamErrors))]
pub(super) async fn open_stream(
    State(state): State<ApiState>,
    caller: Caller,
    headers: HeaderMap,
    parts: Parts,
) -> Result<impl IntoResponse, ApiError> {
    let last = header(&headers, LAST)?.map(|text| {
        let bad = || {
            ApiError::new(ErrorCode::BadRequest, "`Last-Event-ID` takes the id of an event of this stream")
        };
        text.parse().map(Timestamp::from_micros).map_err(|_| bad())
    });
    let last = last.transpose()?;
    let place = state.streams.open(caller.id())?;
    // Before what was missed is read, so that nothing falls between.
    let stopping = || ApiError::new(ErrorCode::NotReady, "the program stops");
    let notices = state.hub.listen().ok_or_else(stopping)?;
    let mut waiting = VecDeque::new();
    if let Some(last) = last {
        match state.run(move |app| Ok(missed(app, last)?)).await? {
            Some(notices) => waiting.extend(notices.into_iter().map(Arc::new)),
            None => waiting.push_back(Arc::new(Notice { at: state.app.env.now(), news: News::Reset })),
        }
    }
    let beat = interval_at(Instant::now() + STREAM_BEAT, STREAM_BEAT);
    let stream = Listening { state, parts, caller, notices, waiting, beat, begun: false, _place: place };
    Ok(([(CACHE_CONTROL, "no-store"), (UNBUFFERED, "no")], Sse::new(stream.events())))
}

/// One stream.
struct Listening {
    state: ApiState,
    /// The request, by which it is looked whether its caller is still somebody.
    parts: Parts,
    caller: Caller,
    notices: Receiver<Arc<Notice>>,
    waiting: VecDeque<Arc<Notice>>,
    beat: Interval,
    begun: bool,
    _place: Place,
}

impl Listening {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        unfold(
            self,
            |mut listening| async move { listening.next().await.map(|event| (Ok(event), listening)) },
        )
    }

    async fn next(&mut self) -> Option<Event> {
        // Said at once, so that the client knows that it listens.
        if !std::mem::replace(&mut self.begun, true) {
            return Some(Event::default().comment("here"));
        }
        loop {
            if let Some(notice) = self.waiting.pop_front() {
                if let Some(event) = self.told(&notice) {
                    return Some(event);
                }
                continue;
            }
            tokio::select! {
                // First, so that a busy stream looks too.
                biased;
                _ = self.beat.tick() => {
                    self.parts.extensions.remove::<Caller>();
                    self.caller = recognised(&mut self.parts, &self.state).await.ok().filter(Caller::is_agent)?;
                    return Some(Event::default().comment("beat"));
                }
                told = self.notices.recv() => match told {
                    Ok(notice) => self.waiting.push_back(notice),
                    // Too far behind, or the program stops: the client comes back and goes on from where it was.
                    Err(RecvError::Lagged(_) | RecvError::Closed) => return None,
                },
            }
        }
    }

    /// The event, if the caller may know of it.
    fn told(&self, notice: &Notice) -> Option<Event> {
        let (name, scope, data) = data(&notice.news);
        let for_this = match self.caller.way() {
            Way::Token(token) => {
                let held = token.get("scopes").items();
                held.is_empty() || scope.is_none_or(|scope| holds(held, scope))
            }
            Way::Session(_) => true,
        };
        let readable = match &notice.news {
            News::Record { record, .. } => {
                let config = self.state.app.config_in_memory()?;
                self.caller.reads(&config.dictionary, &record.table)
            }
            _ => true,
        };
        if !for_this || !readable {
            return None;
        }
        let event = Event::default().event(name).id(notice.at.micros().to_string());
        event.json_data(data).ok()
    }
}

fn data(news: &News) -> (&'static str, Option<&'static str>, StreamData) {
    match news.clone() {
        News::Record { record, version, operation } => {
            let (table, id) = (record.table, record.id.to_string());
            ("record", Some("records:read"), StreamData::Record { table, id, version, operation })
        }
        News::Email { id, direction, state } => {
            ("email", Some("mail:read"), StreamData::Email { id: id.to_string(), direction, state })
        }
        News::Delivery { id, email, state } => {
            ("delivery", Some("mail:read"), StreamData::Delivery { id: id.to_string(), email, state })
        }
        News::Attention { id, open } => {
            ("attention", Some("mail:read"), StreamData::Attention { id: id.to_string(), open })
        }
        News::Status => ("status", None, StreamData::Nothing {}),
        News::Reset => ("reset", None, StreamData::Nothing {}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(number: usize) -> Id {
        rejoinder_engine::pack::record_id("streams", &number.to_string())
    }

    #[test]
    fn a_user_and_all_users_have_so_many_streams_and_places_are_given_back() {
        let streams = Arc::new(Streams::default());
        let mut own: Vec<Place> = (0..STREAMS_PER_USER).map(|_| streams.open(user(0)).unwrap()).collect();
        assert_eq!(streams.open(user(0)).unwrap_err().code(), ErrorCode::TooManyStreams);
        drop(own.pop());
        own.push(streams.open(user(0)).unwrap());
        let others: Vec<Place> =
            (STREAMS_PER_USER..STREAMS_MAX).map(|place| streams.open(user(place)).unwrap()).collect();
        assert!(streams.open(user(STREAMS_MAX)).is_err());
        drop((own, others));
        assert!(streams.with(|open| open.is_empty()));
    }
}
