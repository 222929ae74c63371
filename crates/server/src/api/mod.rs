//! The REST API under `/api/v1`, and its OpenAPI document from the same declarations.
//!
//! One file for each resource, with its request and response types. A handler reads its input, checks what the
//! caller may do ([`auth`]), and calls a use case or the store on a blocking thread ([`state`]); everything that
//! goes wrong is an [`error::ApiError`]. No SQL, no protocols of mail, no decisions.

mod access;
mod arrivals;
mod attachments;
mod attention;
mod audit;
mod auth;
mod changes;
mod connection_tests;
mod deliveries;
mod demo;
mod described;
mod doctor;
mod emails;
mod error;
mod etag;
mod event_names;
mod events;
mod explanations;
mod extract;
mod feed;
mod guests;
mod health;
mod inbound;
mod inbound_actions;
mod pace;
mod page;
mod passwords;
mod record_events;
mod records;
mod repeat;
mod replays;
mod reprocess;
mod scheduled_jobs;
mod scripts;
mod session;
mod sign_ins;
mod state;
mod status;
mod stream;
mod tables;
mod tokens;
mod value;
mod words;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use error::{ApiError, ErrorBody, ErrorCode, ErrorDetail, FieldName};
pub use inbound_actions::try_mail::try_mail_alone;
pub use replays::replay_alone;
pub use reprocess::reprocess_alone;
pub use scripts::run::run_script_alone;
pub use state::ApiState;

use crate::limits::REQUEST_BYTES_MAX;

/// What the OpenAPI document says before its paths.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Rejoinder",
        description = "Two-way email automation over records: mail that comes in becomes work on records, what \
                       happens to records becomes mail."
    ),
    components(schemas(ErrorBody)),
    modifiers(&Ways)
)]
struct Document;

/// The ways in, for the document.
struct Ways;

impl utoipa::Modify for Ways {
    fn modify(&self, document: &mut OpenApi) {
        let token = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("An API token of an active user."))
            .build();
        let text = "The session that POST /api/v1/session begins. What is no reading also brings the header \
                    `X-CSRF-Token`.";
        let session =
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(auth::COOKIE, text)));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(token));
        components.add_security_scheme("session", session);
    }
}

fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::with_openapi(<Document as utoipa::OpenApi>::openapi())
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
        .nest(
            "/api/v1",
            records_routes()
                .merge(mail_routes())
                .merge(event_routes())
                .merge(sign_in_routes())
                .merge(script_routes())
                .merge(other_routes()),
        )
}

fn records_routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(tables::list_tables, tables::edit::create_table))
        .routes(routes!(tables::get_table, tables::edit::update_table, tables::edit::delete_table))
        .routes(routes!(tables::fields::create_field))
        .routes(routes!(tables::fields::update_field, tables::fields::delete_field))
        .routes(routes!(tables::changes::list_table_changes))
        .routes(routes!(records::list::list_records, records::create::create_record))
        .routes(routes!(
            records::read::get_record,
            records::update::update_record,
            records::delete::delete_record
        ))
        .routes(routes!(feed::list_feed))
        .routes(routes!(attachments::list_attachments, attachments::add_attachment))
        .routes(routes!(attachments::remove_attachment))
        .routes(routes!(attachments::get_attachment_content))
        .routes(routes!(record_events::raise_event))
        .routes(routes!(changes::list_changes))
        .routes(routes!(audit::list_audit))
        .routes(routes!(access::explain_access))
        .routes(routes!(connection_tests::test_record))
        .routes(routes!(connection_tests::test_values))
}

fn mail_routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(inbound::take_mail))
        .routes(routes!(inbound_actions::try_mail::try_mail))
        .routes(routes!(inbound_actions::warnings::list_warnings))
        .routes(routes!(inbound_actions::mail_table::get_mail_table))
        .routes(routes!(inbound_actions::did::get_decision))
        .routes(routes!(arrivals::list_arrivals))
        .routes(routes!(arrivals::get_arrival))
        .routes(routes!(arrivals::retry_arrival))
        .routes(routes!(reprocess::reprocess_arrivals))
        .routes(routes!(reprocess::list_reprocess_jobs))
        .routes(routes!(reprocess::get_reprocess_job))
        .routes(routes!(emails::list_emails))
        .routes(routes!(emails::get_email))
        .routes(routes!(emails::get_email_source))
        .routes(routes!(explanations::explain_email))
        .routes(routes!(explanations::explain_key))
        .routes(routes!(replays::replay_mails))
        .routes(routes!(deliveries::list_deliveries))
        .routes(routes!(deliveries::retry_delivery))
        .routes(routes!(deliveries::cancel_delivery))
        .routes(routes!(attention::list_attention))
        .routes(routes!(attention::clear_attention))
        .routes(routes!(attention::bulk::clear_many))
        .routes(routes!(attention::bulk::retry_many))
}

fn sign_in_routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(session::create_session, session::get_session, session::delete_session))
        .routes(routes!(passwords::set_password))
        .routes(routes!(tokens::list_tokens, tokens::create_token))
        .routes(routes!(tokens::delete_token))
        .routes(routes!(sign_ins::list_sign_ins))
}

fn event_routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(events::list_events, record_events::raise_event_alone))
        .routes(routes!(events::retry_event))
        .routes(routes!(events::cancel_event))
        .routes(routes!(event_names::list_event_names))
        .routes(routes!(scheduled_jobs::list_runs))
        .routes(routes!(scheduled_jobs::run_job))
        .routes(routes!(scheduled_jobs::list_next_times))
}

fn script_routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(scripts::check::check_script))
        .routes(routes!(scripts::run::run_script))
        .routes(routes!(scripts::vocabularies::get_vocabulary))
        .routes(routes!(scripts::vocabularies::get_typings))
}

fn other_routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(status::get_status))
        .routes(routes!(stream::open_stream))
        .routes(routes!(doctor::get_doctor))
        .routes(routes!(demo::list_mailboxes))
        .routes(routes!(demo::get_mailbox))
        .routes(routes!(demo::get_mailbox_source))
}

/// The OpenAPI document of the API; needs no running program.
pub fn openapi() -> OpenApi {
    described::completed(routes().into_openapi())
}

/// The routes of the API. Whatever is not known is answered in the shape of an error, too.
pub fn router(state: ApiState) -> Router {
    let (router, document) = routes().split_for_parts();
    let document = Arc::new(described::completed(document));
    let served = get(move || {
        let document = document.clone();
        async move { Json(document.as_ref().clone()) }
    });
    router
        .route("/api/v1/openapi.json", served)
        .fallback(no_path)
        .method_not_allowed_fallback(no_method)
        .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX))
        .layer(from_fn_with_state(state.clone(), repeat::once))
        .layer(from_fn_with_state(state.clone(), pace::paced))
        .layer(CatchPanicLayer::custom(panicked))
        .with_state(state)
}

async fn no_path() -> ApiError {
    ApiError::new(ErrorCode::NotFound, "there is no such path").hint("see /api/v1/openapi.json")
}

/// The path is there, and not for this method.
pub(crate) async fn no_method() -> ApiError {
    ApiError::new(ErrorCode::MethodNotAllowed, "this path does not know this method")
        .hint("see /api/v1/openapi.json")
}

/// A defect in a handler ends its request, not the program.
fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let text = crate::workers::panic_text(&*panic);
    ApiError::fault(format!("a handler panicked: {text}")).logged("handler_panic").into_response()
}

/// The OpenAPI document as it is committed and served: readable, with a line end.
pub fn openapi_json() -> Result<String, crate::error::AppError> {
    let text = openapi().to_pretty_json();
    let text = text.map_err(|error| {
        crate::error::AppError::Refused(format!("the document cannot be written: {error}"))
    })?;
    Ok(text + "\n")
}
