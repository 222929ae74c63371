//! The one error shape of the API: a stable code, a sentence, the field, a hint.
//!
//! Everything that goes wrong becomes an [`ApiError`], whoever noticed it. What happened inside never leaves: a
//! fault says an id, and the log says the rest. Must not be built from free text of the database or the machine.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rejoinder_engine::dictionary::TableInfo;
use rejoinder_engine::draft::ChangeError;
use rejoinder_engine::field_fault::FieldFault;
use rejoinder_engine::record::Fields;
use rejoinder_engine::system_tables;
use rejoinder_engine::value::Value;
use rejoinder_engine::view::ViewError;
use rejoinder_store::{QueueError, StoreError};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder};

use crate::error::AppError;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $word:literal, $status:ident;)+) => {
        /// The codes of errors. A code never changes its meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        pub enum ErrorCode { $($(#[doc = $doc])+ #[serde(rename = $word)] $variant),+ }

        impl ErrorCode {
            /// All of them, in the order of their statuses.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The word.
            pub const fn word(self) -> &'static str { match self { $(Self::$variant => $word),+ } }
            /// The status it is answered with, but for `conflict` under `If-Match`, which is 412.
            pub const fn status(self) -> StatusCode { match self { $(Self::$variant => StatusCode::$status),+ } }
            /// What it means.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+)),+ }
            }
        }
    };
}

codes! {
    /// The request cannot be read: a parameter, a header or the JSON is malformed.
    BadRequest = "bad_request", BAD_REQUEST;
    /// The filter is no condition on this table.
    BadCondition = "bad_condition", BAD_REQUEST;
    /// The order names a field that lists cannot be sorted by.
    BadOrder = "bad_order", BAD_REQUEST;
    /// The cursor is none that a page of this list gave.
    BadCursor = "bad_cursor", BAD_REQUEST;
    /// There is no token and no session, or it is not (or no longer) known.
    Unauthorized = "unauthorized", UNAUTHORIZED;
    /// The address or the password is wrong, or the user may not sign in.
    BadLogin = "bad_login", UNAUTHORIZED;
    /// The caller may not do this.
    Forbidden = "forbidden", FORBIDDEN;
    /// With the cookie of a session, what changes something brings the session's token in `X-CSRF-Token`.
    CsrfToken = "csrf_token", FORBIDDEN;
    /// A page of another site asks with the cookie of a session.
    CrossSite = "cross_site", FORBIDDEN;
    /// The API token has scopes, and none of them is for this.
    MissingScope = "missing_scope", FORBIDDEN;
    /// The password until now is another one.
    WrongPassword = "wrong_password", FORBIDDEN;
    /// There is no such thing.
    NotFound = "not_found", NOT_FOUND;
    /// There is no such table.
    UnknownTable = "unknown_table", NOT_FOUND;
    /// The mailboxes exist in the demo only.
    NotDemo = "not_demo", NOT_FOUND;
    /// The path does not know this method.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED;
    /// Somebody else changed this in the meantime (412 where `If-Match` was given).
    Conflict = "conflict", CONFLICT;
    /// Another record has this value already, and it must be unique.
    NotUnique = "not_unique", CONFLICT;
    /// The thing is not in a state in which this can be done.
    NotPossible = "not_possible", CONFLICT;
    /// A request with the same idempotency key is under way; it is answered in a moment.
    UnderWay = "under_way", CONFLICT;
    /// There is a table or field of this name already.
    Exists = "exists", CONFLICT;
    /// Records, tables or rules still need it as it is; the message says which and how many.
    InUse = "in_use", CONFLICT;
    /// It ships with the program, which counts on it.
    Shipped = "shipped", CONFLICT;
    /// The body is larger than is taken.
    TooLarge = "too_large", PAYLOAD_TOO_LARGE;
    /// The body is of another media type than the path takes.
    UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE;
    /// The table has no such field.
    UnknownField = "unknown_field", UNPROCESSABLE_ENTITY;
    /// The field needs a value.
    Mandatory = "mandatory", UNPROCESSABLE_ENTITY;
    /// Only the program sets the field.
    ReadOnly = "read_only", UNPROCESSABLE_ENTITY;
    /// The text is longer than the field takes.
    TooLong = "too_long", UNPROCESSABLE_ENTITY;
    /// The value is none of the field's choices.
    UnknownChoice = "unknown_choice", UNPROCESSABLE_ENTITY;
    /// The value is not of the field's kind.
    BadValue = "bad_value", UNPROCESSABLE_ENTITY;
    /// No event of this name is registered; the hint names the nearest.
    UnknownEvent = "unknown_event", UNPROCESSABLE_ENTITY;
    /// The field points to a record that does not exist.
    NoSuchReference = "no_such_reference", UNPROCESSABLE_ENTITY;
    /// The idempotency key belongs to another request.
    KeyReused = "key_reused", UNPROCESSABLE_ENTITY;
    /// A new password is too short or too long.
    BadPassword = "bad_password", UNPROCESSABLE_ENTITY;
    /// The definition of a table or field breaks a rule.
    BadDefinition = "bad_definition", UNPROCESSABLE_ENTITY;
    /// The table belongs to the program: its rows are no records; the hint says where they are read.
    SystemTable = "system_table", UNPROCESSABLE_ENTITY;
    /// It is understood and cannot be done; the message says what to do instead.
    Refused = "refused", UNPROCESSABLE_ENTITY;
    /// A business rule has called the change off; the text is what the rule says.
    Aborted = "aborted", UNPROCESSABLE_ENTITY;
    /// Too many requests within a minute; `Retry-After` says when it goes on.
    TooManyRequests = "too_many_requests", TOO_MANY_REQUESTS;
    /// Too many failed to sign in, or do so at once; `Retry-After` says when it may be tried again.
    TooManyAttempts = "too_many_attempts", TOO_MANY_REQUESTS;
    /// Too many streams of notices are open.
    TooManyStreams = "too_many_streams", TOO_MANY_REQUESTS;
    /// A fault inside; the message names an id that stands in the log.
    Internal = "internal", INTERNAL_SERVER_ERROR;
    /// The program is not ready: the database does not answer, or work waits that nobody does.
    NotReady = "not_ready", SERVICE_UNAVAILABLE;
}

// By hand: the derive does not see the words that the macro gives.
impl utoipa::PartialSchema for ErrorCode {
    fn schema() -> RefOr<utoipa::openapi::Schema> {
        let words = Self::ALL.iter().map(|code| code.word());
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::Type::String)
            .description(Some("The codes of errors. A code never changes its meaning."))
            .enum_values(Some(words))
            .into()
    }
}

impl ToSchema for ErrorCode {}

/// Which field an error is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldName {
    /// The table.
    pub table: String,
    /// The field.
    pub field: String,
}

/// One field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldErrorBody {
    /// The table.
    pub table: String,
    /// The field.
    pub field: String,
    /// The value as it was given, shortened; absent where there is none, and of secret fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// A stable code, one of the codes of errors.
    pub code: String,
    /// The rule that it breaks, in words.
    pub rule: String,
}

impl From<FieldFault> for FieldErrorBody {
    fn from(fault: FieldFault) -> Self {
        let FieldFault { table, field, value, code, rule } = fault;
        Self { table, field, value, code: code.to_owned(), rule }
    }
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ErrorDetail {
    /// A stable code for programs.
    pub code: ErrorCode,
    /// A sentence for people.
    pub message: String,
    /// The field, where it is about one; the first, where it is about several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<FieldName>,
    /// The version that a record has now, where `If-Match` named another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// Every field that is wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldErrorBody>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// The body of every answer that is no success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ErrorBody {
    /// What went wrong.
    pub error: ErrorDetail,
}

/// An error on its way out.
#[derive(Debug)]
pub struct ApiError {
    detail: Box<ErrorDetail>,
    status: StatusCode,
    /// After how many seconds it may be tried again.
    retry_after: Option<u64>,
    /// What happened inside, for the log; never sent.
    fault: Option<String>,
}

impl ApiError {
    /// An error with the usual status of its code.
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        let detail = Box::new(ErrorDetail {
            code,
            message: message.into(),
            field: None,
            version: None,
            fields: Vec::new(),
            hint: None,
        });
        Self { detail, status: code.status(), retry_after: None, fault: None }
    }

    /// The same with something to do about it.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.detail.hint = Some(hint.into());
        self
    }

    /// The same, to be tried again after so many seconds.
    pub(super) const fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Fields that are wrong; the code and the sentence are those of the first.
    pub(super) fn fields(faults: Vec<FieldFault>) -> Self {
        let Some(first) = faults.first().cloned() else { return Self::fault("an error about no field") };
        let message = ChangeError::Fields(faults.clone()).to_string();
        Self::new(field_code(first.code), message).about(&first.table, &first.field).naming(faults)
    }

    /// The same with fields that are wrong.
    pub(super) fn naming(mut self, faults: Vec<FieldFault>) -> Self {
        self.detail.fields = faults.into_iter().map(FieldErrorBody::from).collect();
        self
    }

    /// The same with the value that another record has already, where it may be shown.
    pub(super) fn valued(self, info: &TableInfo, given: &Fields) -> Self {
        let Some(FieldName { field, .. }) =
            self.detail.field.clone().filter(|_| self.detail.code == ErrorCode::NotUnique)
        else {
            return self;
        };
        let value = given.get(&field).unwrap_or(&Value::Null);
        let rule = "another record has this value already".to_owned();
        self.naming(vec![FieldFault::of(info, &field, value, "not_unique", rule)])
    }

    /// A table that holds no records: there is none, or it belongs to the program.
    pub(super) fn no_table(name: &str) -> Self {
        let Some(table) = system_tables::find(name) else {
            let shown: String = name.chars().take(80).collect();
            return Self::new(ErrorCode::UnknownTable, format!("there is no table `{shown}`"));
        };
        let message =
            format!("`{name}` is kept by the program: its rows are no records and are not written here");
        Self::new(ErrorCode::SystemTable, message).hint(format!("read it at /api/v1{}", table.read_at))
    }

    /// The same, about a field.
    pub(super) fn about(mut self, table: &str, field: &str) -> Self {
        self.detail.field = Some(FieldName { table: table.to_owned(), field: field.to_owned() });
        self
    }

    /// A fault inside: `what` goes to the log alone.
    pub(crate) fn fault(what: impl Into<String>) -> Self {
        let mut error = Self::new(ErrorCode::Internal, "something went wrong inside");
        error.fault = Some(what.into());
        error
    }

    /// Something that does not exist.
    pub(super) fn missing(what: &str, name: &str) -> Self {
        let shown: String = name.chars().take(80).collect();
        Self::new(ErrorCode::NotFound, format!("there is no {what} `{shown}`"))
    }

    /// A change of a record whose version is not the expected one; `current` is the one it has.
    pub(super) fn stale(current: Option<i64>) -> Self {
        Self::stale_one("the record", current)
    }

    /// The same of something else that has versions.
    pub(super) fn stale_one(what: &str, current: Option<i64>) -> Self {
        let message = format!("{what} has another version than `If-Match` names");
        let mut error = Self::new(ErrorCode::Conflict, message).hint("read it again and repeat your change");
        error.status = StatusCode::PRECONDITION_FAILED;
        error.detail.version = current;
        error
    }

    /// What it says.
    pub fn message(&self) -> &str {
        &self.detail.message
    }

    /// The code.
    pub const fn code(&self) -> ErrorCode {
        self.detail.code
    }

    /// Writes a fault into the log under `id` and tells the id.
    pub(crate) fn logged(mut self, id: &str) -> Self {
        if let Some(fault) = self.fault.take() {
            tracing::error!(id, fault, "a request failed");
            self.detail.message = format!("something went wrong inside; the log knows it as {id}");
        }
        self
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let unauthorized = self.status == StatusCode::UNAUTHORIZED;
        let retry_after = self.retry_after;
        let mut response = (self.status, Json(ErrorBody { error: *self.detail })).into_response();
        if unauthorized {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// What somebody whom no access rule lets do something can do about it.
pub(super) const ACCESS_HINT: &str =
    "an administrator sees which rules were asked, under `/access/explanation`";

/// A field's error of the engine, by its word.
fn field_code(word: &str) -> ErrorCode {
    let known = [
        ErrorCode::UnknownField,
        ErrorCode::Mandatory,
        ErrorCode::ReadOnly,
        ErrorCode::TooLong,
        ErrorCode::UnknownChoice,
        ErrorCode::NoSuchReference,
    ];
    known.into_iter().find(|code| code.word() == word).unwrap_or(ErrorCode::BadValue)
}

impl From<ChangeError> for ApiError {
    fn from(error: ChangeError) -> Self {
        let text = error.to_string();
        match error {
            ChangeError::NoTable(table) => Self::no_table(&table),
            ChangeError::NoRecord { .. } => Self::new(ErrorCode::NotFound, text),
            ChangeError::Field { .. } => Self::fields(error.fields()),
            ChangeError::Fields(faults) => Self::fields(faults),
            ChangeError::File { why, .. } if why.code == "too_large" => Self::new(ErrorCode::TooLarge, text),
            ChangeError::File { .. } => Self::new(ErrorCode::Refused, text),
            ChangeError::Aborted { rule, .. } => {
                Self::new(ErrorCode::Aborted, text).hint(format!("the business rule {rule} decides this"))
            }
            ChangeError::Forbidden(what) => {
                let error = Self::new(ErrorCode::Forbidden, text).hint(ACCESS_HINT);
                match what.field {
                    Some(field) => error.about(&what.table, &field),
                    None => error,
                }
            }
            ChangeError::Event { code, hint, .. } => {
                let unknown = code == ErrorCode::UnknownEvent.word();
                let code = if unknown { ErrorCode::UnknownEvent } else { ErrorCode::Refused };
                let error = Self::new(code, text);
                hint.into_iter().fold(error, Self::hint)
            }
            ChangeError::Number { .. } => Self::fault(text),
            ChangeError::View(error) => error.into(),
        }
    }
}

impl From<ViewError> for ApiError {
    fn from(error: ViewError) -> Self {
        match error {
            ViewError::NoTable(table) => Self::no_table(&table),
            ViewError::TooManyRows { .. } => Self::new(ErrorCode::Refused, error.to_string()),
            ViewError::Database(text) => Self::fault(text),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unique { table, field } => not_unique(&table, &field),
            StoreError::BadOrder { .. } => Self::new(ErrorCode::BadOrder, error.to_string()),
            StoreError::BadCursor => Self::new(ErrorCode::BadCursor, error.to_string())
                .hint("ask for the first page again, without `cursor`"),
            other => Self::fault(with_causes(&other)),
        }
    }
}

impl From<QueueError> for ApiError {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::NotPossible(text) => Self::new(ErrorCode::NotPossible, text),
            QueueError::Fenced => Self::new(ErrorCode::Conflict, error.to_string()),
            QueueError::Store(error) => error.into(),
        }
    }
}

impl From<AppError> for ApiError {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Change(error) => error.into(),
            AppError::NotFound { what, name } => Self::missing(what, &name),
            AppError::Refused(text) => Self::new(ErrorCode::Refused, text),
            AppError::Secret(error) => Self::new(ErrorCode::Refused, format!("{error} ({})", error.code())),
            AppError::Conflict => Self::new(ErrorCode::Conflict, error.to_string()).hint("try again"),
            AppError::Unique { table, field } => not_unique(&table, &field),
            AppError::View(error) => error.into(),
            AppError::Store(error) => error.into(),
            AppError::Queue(error) => error.into(),
            other => Self::fault(with_causes(&other)),
        }
    }
}

fn not_unique(table: &str, field: &str) -> ApiError {
    ApiError::new(ErrorCode::NotUnique, format!("another record of `{table}` has this `{field}` already"))
        .about(table, field)
}

fn with_causes(error: &dyn std::error::Error) -> String {
    crate::workers::send::chain(error)
}

/// What OpenAPI says about `codes`: one response for each status, which names its codes.
pub(super) fn responses(codes: &[ErrorCode]) -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for code in codes {
        let line = format!("`{}`:{}", code.word(), code.meaning());
        texts.entry(code.status().as_str().to_owned()).or_default().push(line);
    }
    let body = || ContentBuilder::new().schema(Some(Ref::from_schema_name("ErrorBody"))).build();
    let response = |lines: Vec<String>| {
        ResponseBuilder::new().description(lines.join(" ")).content("application/json", body()).build()
    };
    texts.into_iter().map(|(status, lines)| (status, RefOr::T(response(lines)))).collect()
}

/// A named set of errors for the documentation of operations.
macro_rules! error_set {
    ($($(#[doc = $doc:literal])+ $name:ident: $($code:ident)+;)+) => {$(
        $(#[doc = $doc])+
        pub(super) struct $name;
        impl utoipa::IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
                responses(&[$(ErrorCode::$code),+])
            }
        }
    )+};
}

error_set! {
    /// Of what only reads.
    ReadErrors: BadRequest Unauthorized Forbidden Internal;
    /// Of what reads one thing.
    OneErrors: Unauthorized Forbidden NotFound Internal;
    /// Of lists of records.
    ListErrors: BadRequest BadCondition BadOrder BadCursor Unauthorized Forbidden UnknownTable SystemTable UnknownField
        Refused Internal;
    /// Of what reads one record.
    RecordErrors: BadRequest Unauthorized Forbidden NotFound UnknownTable SystemTable Internal;
    /// Of feeds.
    FeedErrors: BadRequest BadCursor Unauthorized Forbidden NotFound UnknownTable SystemTable Internal;
    /// Of the audit.
    AuditErrors: BadRequest Unauthorized Forbidden Internal;
    /// Of explanations of access.
    AccessErrors: BadRequest Unauthorized Forbidden NotFound UnknownTable UnknownField Internal;
    /// Of new records.
    CreateErrors: BadRequest Unauthorized Forbidden UnknownTable SystemTable Conflict NotUnique TooLarge UnsupportedMediaType
        UnknownField Mandatory ReadOnly TooLong UnknownChoice BadValue NoSuchReference Refused Internal;
    /// Of changes of records.
    UpdateErrors: BadRequest Unauthorized Forbidden NotFound UnknownTable SystemTable Conflict NotUnique TooLarge
        UnsupportedMediaType UnknownField Mandatory ReadOnly TooLong UnknownChoice BadValue NoSuchReference Refused
        Internal;
    /// Of removals.
    DeleteErrors: BadRequest Unauthorized Forbidden NotFound UnknownTable SystemTable Conflict Internal;
    /// Of files that are put on records.
    AttachErrors: BadRequest Unauthorized Forbidden NotFound UnknownTable SystemTable Conflict TooLarge Refused Internal;
    /// Of files that are taken off.
    TakeOffErrors: Unauthorized Forbidden NotFound Conflict NotPossible Internal;
    /// Of events that are raised.
    RaiseErrors: BadRequest Unauthorized Forbidden NotFound UnknownTable SystemTable Conflict TooLarge UnsupportedMediaType
        UnknownEvent Refused Internal;
    /// Of events that are raised without a record.
    RaiseAloneErrors: BadRequest Unauthorized Forbidden Conflict TooLarge UnsupportedMediaType UnknownEvent Refused
        Internal;
    /// Of the times and runs of scheduled jobs.
    ScheduleErrors: BadRequest Unauthorized Forbidden NotFound Refused Internal;
    /// Of scripts that are checked.
    ScriptErrors: BadRequest Unauthorized Forbidden NotFound TooLarge UnsupportedMediaType Refused Internal;
    /// Of mail that is handed in.
    MailErrors: BadRequest Unauthorized Forbidden NotFound TooLarge UnsupportedMediaType Refused Internal;
    /// Of mails that are tried.
    TryErrors: BadRequest Unauthorized Forbidden NotFound TooLarge UnsupportedMediaType UnknownTable UnknownField Mandatory
        ReadOnly TooLong UnknownChoice BadValue NoSuchReference NotUnique Refused Internal;
    /// Of mails that are decided once more.
    ReprocessErrors: BadRequest Unauthorized Forbidden NotFound Conflict TooLarge UnsupportedMediaType Refused Internal;
    /// Of changes of tables and fields.
    DefinitionErrors: BadRequest Unauthorized Forbidden NotFound Conflict Exists InUse Shipped TooLarge
        UnsupportedMediaType BadDefinition Refused Internal;
    /// Of tests of saved accounts.
    TestErrors: BadRequest Unauthorized Forbidden NotFound UnknownTable SystemTable TooLarge UnsupportedMediaType UnknownField
        BadValue Refused Internal;
    /// Of tests of accounts that are not saved.
    NewTestErrors: BadRequest Unauthorized Forbidden UnknownTable SystemTable TooLarge UnsupportedMediaType UnknownField BadValue
        Refused Internal;
    /// Of what is tried again, called off or cleared.
    QueueErrors: Unauthorized Forbidden NotFound Conflict NotPossible Internal;
    /// Of the demo.
    DemoErrors: Unauthorized Forbidden NotFound NotDemo Internal;
    /// Of signing in.
    SignInErrors: BadRequest BadLogin CrossSite TooLarge UnsupportedMediaType TooManyAttempts Internal;
    /// Of who is signed in.
    SessionErrors: Unauthorized Forbidden CrossSite Internal;
    /// Of signing out.
    SignOutErrors: Unauthorized Forbidden CsrfToken CrossSite Refused Internal;
    /// Of new passwords.
    PasswordErrors: BadRequest Unauthorized Forbidden CsrfToken CrossSite WrongPassword NotFound Conflict TooLarge
        UnsupportedMediaType BadPassword TooManyAttempts Internal;
    /// Of new tokens.
    TokenErrors: BadRequest Unauthorized Forbidden NotFound Conflict TooLarge UnsupportedMediaType Mandatory TooLong
        BadValue Refused Internal;
    /// Of tokens that are removed.
    TokenGoneErrors: Unauthorized Forbidden NotFound Conflict Internal;
    /// Of streams.
    StreamErrors: BadRequest Unauthorized Forbidden TooManyStreams Internal NotReady;
    /// Of readiness.
    ReadyErrors: NotReady;
}

/// The answer to a stale `If-Match`, for the documentation.
pub(super) struct StaleError;

impl utoipa::IntoResponses for StaleError {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        let all = responses(&[ErrorCode::Conflict]);
        all.into_values().map(|response| ("412".to_owned(), response)).collect()
    }
}
