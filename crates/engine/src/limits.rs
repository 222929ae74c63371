//! The hard limits of deciding. Each names its effect; settings may lower some of them, never raise them.

/// Recipients of one notification that a plan writes itself; more become a job in chunks of this size.
pub const FAN_OUT_CHUNK: usize = 200;
/// Rows that a query of a decision reads; above it the table's counter is the guard instead of the rows.
pub const QUERY_ROWS_MAX: u32 = 1_000;
/// Chain of events that caused each other; a longer chain is parked and the rules of the cycle are named.
pub const EVENT_DEPTH_MAX: usize = 8;
/// References walked in one path of a condition or placeholder; a longer path is a configuration error.
pub const PATH_STEPS_MAX: usize = 4;
/// Nested groups of a condition; deeper ones are a configuration error.
pub const CONDITION_DEPTH_MAX: usize = 16;
/// Clauses of one condition; more are a configuration error.
pub const CONDITION_CLAUSES_MAX: usize = 200;
/// Units between now and a moment that a condition names (`ago`, `ahead`); more are a configuration error.
pub const RELATIVE_AMOUNT_MAX: u32 = 100_000;
/// Words that a condition looks for in the texts of a record; more are a configuration error.
pub const TEXT_QUERY_WORDS_MAX: usize = 10;
/// Records above one that a condition on a hierarchy looks at; what lies higher is not found.
pub const HIERARCHY_DEPTH_MAX: usize = 20;
/// Related records that a condition counts; a larger number is a configuration error.
pub const RELATED_COUNT_MAX: u32 = 100;
/// Clauses of a condition brought into the form that an encoded query can say; more are refused, not written.
pub const ENCODED_CLAUSES_MAX: usize = 200;
/// Characters of an encoded query that is read; a longer one is refused.
pub const ENCODED_CHARS_MAX: usize = 20_000;
/// Bytes of one trace as JSON; what comes after is left out and the trace says so.
pub const TRACE_BYTES_MAX: usize = 64 * 1024;
/// Characters of one value quoted in a trace; longer ones are cut with an ellipsis.
pub const TRACE_VALUE_CHARS_MAX: usize = 200;
/// Characters of a subject we write; longer ones are cut.
pub const SUBJECT_CHARS_MAX: usize = 250;
/// Bytes of a rendered body; rendering more is an error of the rule.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;
/// Fuel of one template; a template that burns more is stopped as an error of the rule.
pub const TEMPLATE_FUEL: u64 = 50_000;
/// Lines of an installation's own that end the new text of an answer; more are refused.
pub const REPLY_SEPARATORS_MAX: usize = 50;
/// The fewest characters of such a line; a shorter one is refused, because it would cut ordinary text.
pub const REPLY_SEPARATOR_CHARS_MIN: usize = 5;
/// The most characters of such a line; a longer one is refused.
pub const REPLY_SEPARATOR_CHARS_MAX: usize = 200;
/// Look-ups of one email template; more are refused when it is saved.
pub const LOOK_UPS_MAX: usize = 10;
/// Records that one look-up of a template finds where it does not say how many.
pub const LOOK_UP_ROWS: u32 = 10;
/// The most records that a look-up may be set to find; a larger number is refused when its template is saved.
pub const LOOK_UP_ROWS_MAX: u32 = 50;
/// Fields that a template reads of the records of one look-up; more are an error of the template.
pub const LOOK_UP_FIELDS_MAX: usize = 50;
/// Templates that one action chooses from; more are refused when it is saved.
pub const REPLY_TEMPLATES_MAX: usize = 50;
/// Characters of the new text that becomes one comment; the rest stays on the mail, and the comment says so.
pub const COMMENT_CHARS_MAX: usize = 100_000;
/// Bytes of one attachment that is copied to a record; a larger one stays on the mail with a reason.
pub const ATTACHMENT_BYTES_MAX: usize = 25 * 1024 * 1024;
/// Characters of a file's name; the rest is cut.
pub const FILE_NAME_CHARS_MAX: usize = 200;
/// Files that one record may have; more are refused when they are put on it by hand.
pub const FILES_PER_RECORD_MAX: usize = 500;
/// Addresses in To and Cc of a mail that are looked up as users; those beyond are left alone.
pub const COPIED_ADDRESSES_MAX: usize = 50;
/// Users who become followers because one mail was copied to them; those beyond do not.
pub const COPIED_USERS_MAX: usize = 20;
/// Actions that one mail may run.
pub const ACTIONS_PER_MAIL_MAX: usize = 100;
/// Actions that a trace names of those that were passed over before their condition was asked; more are counted. Most
/// actions of an installation are for other mail, and every mail keeps its trace.
pub const SKIPPED_SAID_MAX: usize = 50;
/// People that one rule mails about one event; those beyond are not mailed, and an administrator is told.
pub const RECIPIENTS_MAX: usize = 100_000;
/// How often a plan whose reads have changed is decided again before it takes the exclusive lane.
pub const REDECIDE_MAX: u32 = 5;
/// Seconds between two looks into a mailbox where nothing is said.
pub const INTERVAL_SECONDS: u32 = 60;
/// The fewest seconds between two looks; a smaller number is refused, so that no server shuts us out.
pub const INTERVAL_SECONDS_MIN: u32 = 5;
/// The most seconds between two looks, a day; a larger number is refused.
pub const INTERVAL_SECONDS_MAX: u32 = 86_400;
/// Bytes of a mail that an account fetches whole where nothing is said: 25 MB of files with their encoding's rest.
pub const MAIL_BYTES: u64 = 26 * 1024 * 1024;
/// The most that an account may be set to fetch; a larger number is refused, because a mail is held in memory.
pub const MAIL_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Characters of a host name (RFC 1035, 2.3.4); a longer one is refused.
pub const HOST_CHARS_MAX: usize = 253;
/// Bytes that a compiled pattern for addresses may take; a larger one is refused.
pub const PATTERN_BYTES_MAX: usize = 1024 * 1024;
/// Parameters of an event; more are refused.
pub const EVENT_PARAMS_MAX: usize = 5;
/// Characters of one parameter of an event; a longer one is refused.
pub const EVENT_PARAM_CHARS_MAX: usize = 1_000;
/// Characters of the name of an event; a longer one is refused.
pub const EVENT_NAME_CHARS_MAX: usize = 100;
/// Characters of the key by which a waiting event is known again; a longer one is refused.
pub const EVENT_KEY_CHARS_MAX: usize = 100;
/// Days that an event may be raised ahead of its time, a year with its leap day; a later moment is refused.
pub const EVENT_AHEAD_DAYS_MAX: i64 = 366;
/// Characters of a cron expression; a longer one is refused.
pub const CRON_CHARS_MAX: usize = 200;
/// Days that are searched for the next run of a job, nine years; a job that has none in them never comes.
pub const CRON_SEARCH_DAYS: u32 = 3_300;
/// Records that one step of a scheduled job raises its event for; the next step goes on behind them.
pub const JOB_STEP_RECORDS: u32 = 200;
/// Records that one step of a scheduled job runs its script for: each may take its time limit, and the step is one claim.
pub const JOB_STEP_SCRIPTS: u32 = 20;
/// Records that one run of a scheduled job raises its event for; those beyond are left to the next run, and a person
/// is told.
pub const JOB_RUN_RECORDS_MAX: u32 = 100_000;
/// Minutes after which a due time counts as missed, because nobody was there to see it.
pub const JOB_LATE_MINUTES: i64 = 5;
/// Tables of a dictionary; one more is refused. Every process holds all of them in memory.
pub const TABLES_MAX: usize = 500;
/// Fields of one table with those that it inherits; one more is refused. A text takes two columns, and a row of
/// PostgreSQL has room for about 450 texts (8 kB a page, 18 bytes for one that is kept elsewhere).
pub const FIELDS_PER_TABLE_MAX: usize = 200;
/// Fields of all tables of one root, which share one SQL table; one more is refused. PostgreSQL ends at 1,600
/// columns, SQLite at 2,000, and those of removed fields stay.
pub const FIELDS_PER_ROOT_MAX: usize = 600;
/// Tables above one that extends others; a longer line is refused.
pub const EXTENDS_MAX: usize = 8;
/// Choices of one field; one more is refused: people look through them.
pub const CHOICES_MAX: usize = 500;
/// Characters of a label, and of the word of a choice; a longer one is refused.
pub const LABEL_CHARS_MAX: usize = 200;
/// Characters of a text that may be indexed or unique; a field that allows more is refused. An entry of an index ends
/// at 2,704 bytes in PostgreSQL, and a character may take four.
pub const INDEXED_CHARS_MAX: usize = 600;
/// Characters of the prefix of numbers; a longer one is refused.
pub const NUMBER_PREFIX_CHARS_MAX: usize = 8;
/// Lines of hours, and of days that do not count, of one schedule; more are refused.
pub const SCHEDULE_LINES_MAX: usize = 200;
/// Scripts that one decision runs; one more is not run, and the trace says so. Each may take its time limit.
pub const SCRIPT_RUNS_MAX: usize = 200;
/// Scripts that run inside of each other, because one changes what rules of another listen to; a deeper one is not run,
/// and the trace names the line.
pub const SCRIPT_DEPTH_MAX: usize = 5;
/// Bytes of native stack of a script that runs inside of another one, on whose stack it stands.
pub const NESTED_STACK_BYTES: usize = 96 * 1024;
