//! The activity feed of a record: comments, work notes, changes and mails, newest first.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use rejoinder_engine::dictionary::Dictionary;
use rejoinder_engine::plan::ActivityKind;
use rejoinder_engine::reads::Reads;
use rejoinder_engine::view::View;
use rejoinder_store::FeedItem;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Anybody;
use super::changes::change;
use super::error::{ApiError, FeedErrors};
use super::extract::{Names, Params};
use super::page::{Items, page};
use super::records::key;
use super::state::ApiState;
use super::value::{FieldValues, Hidden};

/// One entry of a feed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FeedEntry {
    /// `comment`, `work_note`, `automatic_answer`, `delivery_report`, `mail` or `change`.
    kind: String,
    /// When.
    at: String,
    /// Who.
    actor: String,
    /// The text of a comment or note, or the subject of a mail.
    text: String,
    /// The mail that it came with or is.
    email: Option<String>,
    /// `incoming` or `outgoing`, of a mail.
    direction: Option<String>,
    /// A mark such as `unverified`.
    mark: Option<String>,
    /// The values before, of a change.
    old: FieldValues,
    /// The values after, of a change.
    new: FieldValues,
}

impl FeedEntry {
    /// Whether anything is left of it: a change of what the reader may not read tells nothing.
    fn says_something(&self) -> bool {
        self.kind != "change" || self.text != "update" || !(self.old.is_empty() && self.new.is_empty())
    }

    fn new(kind: &str, at: String, actor: String, text: String) -> Self {
        let (email, direction, mark) = (None, None, None);
        let kind = kind.to_owned();
        Self {
            kind,
            at,
            actor,
            text,
            email,
            direction,
            mark,
            old: FieldValues::new(),
            new: FieldValues::new(),
        }
    }
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct FeedQuery {
    /// The most entries, at most 200.
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// What agents see of a record, newest first.
#[utoipa::path(get, path = "/records/{table}/{id}/feed", tag = "records", security(("token" = ["records:read"])),
    params(("table" = String, Path, description = "The table"), ("id" = String, Path, description = "The record"),
        FeedQuery),
    responses((status = 200, body = Items<FeedEntry>), FeedErrors))]
pub(super) async fn list_feed(
    State(state): State<ApiState>,
    Anybody(caller): Anybody,
    Names((table, id)): Names<(String, String)>,
    Params(asked): Params<FeedQuery>,
) -> Result<Json<Items<FeedEntry>>, ApiError> {
    let entries = state.run(move |app| {
        let key = key(app, &caller, &table, &id)?;
        let config = app.config()?;
        let view = app.store.view()?;
        let record = view.get(&key.table, key.id)?.ok_or_else(|| ApiError::missing("record", &id))?;
        let reads = Reads::new(&view, &config.dictionary);
        let hidden = Hidden::new(&config, &caller).of(&reads, &record)?;
        let agent = caller.reader.agent;
        let listed = app.store.feed(key.id, agent, &page(asked.limit, asked.cursor))?;
        let items = listed.items.into_iter().filter(|item| agent || is_for_callers(item));
        let items =
            items.map(|item| entry(&config.dictionary, item, &hidden)).filter(FeedEntry::says_something);
        Ok(Items { items: items.collect(), next: listed.next })
    });
    entries.await.map(Json)
}

/// Whether those see it who do not work on records: mails are read in their own mailbox, reports by nobody else.
const fn is_for_callers(item: &FeedItem) -> bool {
    match item {
        FeedItem::Activity(row) => {
            matches!(row.kind, ActivityKind::Comment | ActivityKind::FileAdded | ActivityKind::FileRemoved)
        }
        FeedItem::Change(_) => true,
        FeedItem::Mail(_) => false,
    }
}

fn entry(dictionary: &Dictionary, item: FeedItem, hidden: &BTreeSet<String>) -> FeedEntry {
    match item {
        FeedItem::Activity(row) => {
            let mut entry = FeedEntry::new(row.kind.word(), row.at.rfc3339(), row.actor.label, row.text);
            entry.email = row.email.map(|email| email.to_string());
            entry.mark = row.mark;
            entry
        }
        FeedItem::Change(row) => {
            let body = change(dictionary, *row, hidden);
            let mut entry = FeedEntry::new("change", body.at, body.actor, body.operation);
            (entry.old, entry.new) = (body.old, body.new);
            entry
        }
        FeedItem::Mail(row) => {
            let (at, actor) = (row.created_at.rfc3339(), row.from.unwrap_or_default());
            let mut entry = FeedEntry::new("mail", at, actor, row.subject.unwrap_or_default());
            entry.email = Some(row.id.to_string());
            entry.direction = Some(row.direction.to_string());
            entry
        }
    }
}
