//! The hard limits of the server. Each names its effect.

use std::time::Duration;

/// Rows that one tick of a worker claims; more wait for the next tick.
pub const CLAIM_ROWS: u32 = 64;
/// Deliveries that one claim takes for an account. More than other work: a claim is followed by new connections, and while
/// they are made nothing is sent. What is claimed cannot be called off.
pub const SEND_ROWS: u32 = 256;
/// Threads that decide at once, for each of [`TICKS`]. Many more than the cores, because each waits for its commit most
/// of the time: the more wait together, the more share one write to the disk.
pub const DECIDE_THREADS: usize = 32;
/// The same on a shared database, where each holds a connection while it decides and needs a second one for a number:
/// all together stay below `POSTGRES_CONNECTIONS` of the store.
pub const DECIDE_THREADS_SHARED: usize = 8;
/// After how long a thread that decides and finds nothing to do ends.
pub const DECIDER_IDLE: Duration = Duration::from_secs(10);
/// Ticks of one kind of work that run at once, so that one claims while the other waits for its last commits.
pub const TICKS: usize = 2;
/// For how long a claim is ours; work that takes longer is taken over by another worker.
pub const LEASE: Duration = Duration::from_secs(60);
/// For how long a delivery is ours: a server may take its time-outs on every command of one mail.
pub const DELIVERY_LEASE: Duration = Duration::from_secs(900);
/// After how long a worker looks again, where nobody wakes it.
pub const POLL: Duration = Duration::from_millis(500);
/// Sandboxes for scripts that an idle worker makes ahead, about 100 KB each.
pub const SANDBOXES_AHEAD: usize = 2;
/// The least time between two announcements of work to other processes: a busy one tells them a hundred times a
/// second at most.
pub const ANNOUNCE_PAUSE: Duration = Duration::from_millis(10);
/// After how long work that hit a passing fault is tried again.
pub const RETRY_FAULT: Duration = Duration::from_secs(10);
/// The longest that a run of a scheduled job which failed waits for its next try; each try doubles the wait of
/// [`RETRY_FAULT`].
pub const RUN_RETRY_MAX: Duration = Duration::from_secs(60 * 60);
/// Times of a scheduled job that are shown ahead; a larger wish gets this many.
pub const NEXT_TIMES_MAX: usize = 100;
/// How long a lane is held, and how long one waits for it.
pub const LANE: Duration = Duration::from_secs(10);
/// How long a thread waits before it looks at a lane again.
pub const LANE_WAIT: Duration = Duration::from_millis(20);
/// Connections that one account opens at once for sending.
pub const SEND_CONNECTIONS: usize = 8;
/// Accounts that send at once, each on a thread of its own; more wait for one of them to end its batch.
pub const SEND_ACCOUNTS: usize = 200;
/// Mails sent over one connection; then a new one is opened, as servers expect.
pub const MAILS_PER_CONNECTION: usize = 100;
/// Before an outcome that the database did not take is written again; twice as long each time.
pub const SETTLE_AGAIN: Duration = Duration::from_millis(100);
/// The longest of these waits; then the outcome is given up, and the end of the lease says that it is uncertain. All of
/// them together are shorter than [`STOP_GRACE`].
pub const SETTLE_AGAIN_MAX: Duration = Duration::from_millis(6_400);
/// How long each command of an SMTP conversation may take.
pub const SMTP_TIMEOUT: Duration = Duration::from_secs(60);
/// How long each step of a connection test may take.
pub const TEST_STEP: Duration = Duration::from_secs(15);
/// How long one direction of a connection test may take; both are tested at once.
pub const TEST_TOTAL: Duration = Duration::from_secs(45);
/// The same for the accounts that the doctor tries, all at once.
pub const DOCTOR_STEP: Duration = Duration::from_secs(10);
/// The same for one direction of each.
pub const DOCTOR_TOTAL: Duration = Duration::from_secs(20);
/// Accounts that the doctor tries; of more it says that they were not tried.
pub const DOCTOR_ACCOUNTS: usize = 200;
/// How long each step of a conversation with a mailbox may take.
pub const READ_TIMEOUT: Duration = Duration::from_secs(60);
/// For how long a mailbox is ours to read; renewed three times as often. Another process takes over after it.
pub const READING_LEASE: Duration = Duration::from_secs(15);
/// The longest that a mailbox that cannot be read is left alone.
pub const READING_WAIT_MAX: Duration = Duration::from_secs(5 * 60);
/// How long a mailbox is waited upon (IMAP IDLE) before it is looked at all the same.
pub const IDLE_LOOK: Duration = Duration::from_secs(5 * 60);
/// Mails of an IMAP folder that are listed at once; more are listed when these are done.
pub const LISTED_MAX: usize = 500;
/// Mails of a POP3 mailbox that are committed together.
pub const POP3_BATCH_MAILS: usize = 50;
/// Bytes of mails of a POP3 mailbox, by their listed sizes, after which a batch is committed.
pub const POP3_BATCH_BYTES: u64 = 8 * 1024 * 1024;
/// Mails that one POP3 session reads; it ends then, because a POP3 server removes mails only at the end.
pub const POP3_SESSION_MAILS: usize = 500;
/// Copies of sent mails that are made before the mailbox is read again.
pub const SENT_COPIES: u32 = 50;
/// After how long a copy of a sent mail that could not be made is tried again.
pub const SENT_COPY_AGAIN: Duration = Duration::from_secs(10 * 60);
/// How long a graceful stop waits for work under way; what is not done then is taken over after its lease.
pub const STOP_GRACE: Duration = Duration::from_secs(20);
/// Bytes of one request body of the API; larger ones get 413.
pub const REQUEST_BYTES_MAX: usize = 30 * 1024 * 1024;
/// Bytes of a script that is checked or run from outside; a longer one is refused.
pub const SCRIPT_BYTES_MAX: usize = 1024 * 1024;
/// Inbound actions that are tried on a mail otherwise than they are saved; more are refused.
pub const TRY_ACTIONS_MAX: usize = 20;
/// Mails that one request has decided once more; of those that a filter finds beyond, nothing is done.
pub const REPROCESS_MAX: u32 = 1_000;
/// Mails of which one request shows what deciding them once more would do.
pub const REPROCESS_SHOWN_MAX: u32 = 50;
/// Entries of what needs attention that one request clears or has tried again.
pub const ATTENTION_AT_ONCE_MAX: usize = 200;
/// Characters of the reason with which somebody clears entries of what needs attention; a longer one is refused.
pub const ATTENTION_REASON_CHARS_MAX: usize = 500;
/// Rows of one page of the API; a larger wish gets this many.
pub const PAGE_ROWS_MAX: u32 = 200;
/// Rows of a page where nothing is said.
pub const PAGE_ROWS: u32 = 50;
/// Bytes of a password; a longer one is refused before anything is computed.
pub const PASSWORD_BYTES_MAX: usize = 1_024;
/// Passwords that are computed with at once, 19 MiB and some 20 ms each; more wait.
pub const PASSWORDS_AT_ONCE: usize = 2;
/// Passwords that wait for that; more are refused (429).
pub const PASSWORDS_WAITING: usize = 64;
/// Failures of one login that cost nothing; after each further one the next attempt waits [`SIGN_IN_WAIT`], twice as
/// long each time.
pub const LOGIN_ATTEMPTS_FREE: u32 = 5;
/// Failures of one login after which it is refused for [`SIGN_IN_LOCK`].
pub const LOGIN_ATTEMPTS_MAX: u32 = 12;
/// Failures from one address (one /64 of IPv6) that cost nothing: many people may share it.
pub const ADDRESS_ATTEMPTS_FREE: u32 = 30;
/// Failures from one address after which it is refused for [`SIGN_IN_LOCK`].
pub const ADDRESS_ATTEMPTS_MAX: u32 = 60;
/// The wait after the first failure that costs something.
pub const SIGN_IN_WAIT: Duration = Duration::from_secs(1);
/// For how long sign-ins are refused after too many failures, and after how long without one they are forgotten.
pub const SIGN_IN_LOCK: Duration = Duration::from_secs(15 * 60);
/// How often it is noted that a session or a token is in use, at most.
pub const SEEN_PAUSE: Duration = Duration::from_secs(60);
/// Records of a list that are counted; of more it is said that there are more.
pub const COUNT_MAX: u32 = 1_000;
/// Between two looks at how large the tables of SQLite have become.
pub const STATISTICS: Duration = Duration::from_secs(60 * 60);
/// Tokens that one user may have; another one is refused.
pub const TOKENS_PER_USER: usize = 50;
/// Characters of an idempotency key; a longer one is a bad request.
pub const KEY_CHARS_MAX: usize = 255;
/// For how long a repeat gets the first answer; after it the same key begins anew.
pub const KEY_KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// For how long a request with a key is under way at most, if its process dies: then a repeat does it.
pub const KEY_LEASE: Duration = Duration::from_secs(60);
/// Bytes of an answer that is kept for its key.
pub const KEPT_ANSWER_BYTES: usize = 8 * 1024 * 1024;
/// Buckets of requests that a process keeps; see `api::pace`.
pub const BUCKETS_MAX: usize = 10_000;
/// Streams of notices that one user may have open; another one is refused.
pub const STREAMS_PER_USER: usize = 8;
/// Streams of notices that a process holds open; another one is refused.
pub const STREAMS_MAX: usize = 1_000;
/// How often it is looked for what was applied elsewhere, while somebody listens.
pub const STREAM_POLL: Duration = Duration::from_secs(1);
/// The least time between two looks: a busy program tells its listeners twenty times a second at most.
pub const STREAM_PAUSE: Duration = Duration::from_millis(50);
/// How long before the newest that was seen is looked again: what was decided earlier may be committed later.
pub const STREAM_OVERLAP: Duration = Duration::from_secs(10);
/// Notices that a listener may be behind; then its stream ends, and it goes on from where it was with a new one.
pub const STREAM_NOTICES: usize = 4_096;
/// Changes that one look reads, and that a stream which goes on is told of again; beyond it is told to read anew.
pub const STREAM_ROWS: u32 = 2_000;
/// How often a stream says that it is alive, and looks whether its user may still read.
pub const STREAM_BEAT: Duration = Duration::from_secs(15);
/// Records that one plan fills when a field becomes mandatory; the next go into the next plan.
pub const FILL_RECORDS_PER_PLAN: u32 = 200;
/// Records that one change of a field fills in all; with more it is refused, and they are filled through the API first.
pub const FILL_RECORDS_MAX: i64 = 10_000;
/// Files of one pack that is read from a folder; a folder with more is refused.
pub const PACK_FILES_MAX: usize = 10_000;
/// Bytes of all files of one pack; a folder with more is refused.
pub const PACK_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Folders of one pack; a tree with more is refused, also one that leads back into itself.
pub const PACK_FOLDERS_MAX: usize = 1_000;
/// Characters of a value that a replay compares and shows; of longer ones also the length.
pub const REPLAY_VALUE_CHARS: usize = 2_000;
/// Mails that one request decides again at most; the next ones are the next page's.
pub const REPLAY_MAILS: u32 = 100;
