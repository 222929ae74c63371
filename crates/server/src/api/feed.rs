//! The activity feed of a record: comments, work notes, changes and mails, newest first.

use axum::Json;
use axum::extract::State;
use rejoinder_store::{EmailFilter, Page};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Caller;
use super::changes::change;
use super::error::{ApiError, FeedErrors};
use super::extract::{Names, Params};
use super::page::{Items, rows};
use super::records::key;
use super::state::ApiState;
use super::value::FieldValues;

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
    /// `next` of the page before: the moment of its last entry.
    cursor: Option<String>,
}

/// What agents see of a record, newest first.
#[utoipa::path(get, path = "/records/{table}/{id}/feed", tag = "records", security(("token" = ["records:read"])),
    params(("table" = String, Path, description = "The table"), ("id" = String, Path, description = "The record"),
        FeedQuery),
    responses((status = 200, body = Items<FeedEntry>), FeedErrors))]
pub(super) async fn list_feed(
    State(state): State<ApiState>,
    caller: Caller,
    Names((table, id)): Names<(String, String)>,
    Params(asked): Params<FeedQuery>,
) -> Result<Json<Items<FeedEntry>>, ApiError> {
    let entries = state.run(move |app| {
        let key = key(app, &table, &id)?;
        let config = app.config()?;
        caller.may_read(&config.dictionary, &key.table)?;
        let mut all = collect(app, &config.dictionary, key.id)?;
        all.sort_by(|a, b| b.at.cmp(&a.at));
        let before = asked.cursor.as_deref();
        all.retain(|entry| before.is_none_or(|before| entry.at.as_str() < before));
        let wanted = rows(asked.limit) as usize;
        let next =
            all.get(wanted.saturating_sub(1)).filter(|_| all.len() > wanted).map(|last| last.at.clone());
        // Entries of one moment stay on one page.
        all.retain(|entry| next.as_ref().is_none_or(|next| entry.at >= *next));
        Ok(Items { items: all, next })
    });
    entries.await.map(Json)
}

/// The newest rows of each kind that a feed shows.
const EACH: u32 = 200;

fn collect(
    app: &crate::app::App,
    dictionary: &rejoinder_engine::dictionary::Dictionary,
    id: rejoinder_engine::id::Id,
) -> Result<Vec<FeedEntry>, ApiError> {
    let page = Page { after: None, limit: EACH };
    let mut all = Vec::new();
    for row in app.store.activities(id, true, &page)?.items {
        let mut entry = FeedEntry::new(row.kind.word(), row.at.rfc3339(), row.actor.label, row.text);
        entry.email = row.email.map(|email| email.to_string());
        entry.mark = row.mark;
        all.push(entry);
    }
    for row in app.store.changes_of(id, &page)?.items {
        let body = change(dictionary, row);
        let mut entry = FeedEntry::new("change", body.at, body.actor, body.operation);
        (entry.old, entry.new) = (body.old, body.new);
        all.push(entry);
    }
    let filter = EmailFilter { record: Some(id), ..EmailFilter::default() };
    for row in app.store.emails(&filter, &page)?.items {
        let actor = row.from.unwrap_or_default();
        let mut entry =
            FeedEntry::new("mail", row.created_at.rfc3339(), actor, row.subject.unwrap_or_default());
        entry.email = Some(row.id.to_string());
        entry.direction = Some(row.direction.to_string());
        all.push(entry);
    }
    Ok(all)
}
