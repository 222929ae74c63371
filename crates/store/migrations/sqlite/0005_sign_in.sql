-- Sessions of people in browsers. The token is known to the browser alone; here is its digest. `mark` is of the
-- password that it began with: where the user has another one now, it is over.
CREATE TABLE session (
  digest TEXT NOT NULL PRIMARY KEY,
  user_id TEXT NOT NULL,
  mark TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_of_user ON session (user_id);
CREATE INDEX session_created ON session (created_at);

-- Who signed in and out, who failed to, and whose password was changed.
CREATE TABLE sign_in (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  user_id TEXT,
  login TEXT,
  address TEXT,
  actor_label TEXT
) STRICT;
CREATE INDEX sign_in_user ON sign_in (user_id, seq) WHERE user_id IS NOT NULL;

-- Attempts to sign in that have not succeeded, by login and by address.
CREATE TABLE sign_in_throttle (
  name TEXT NOT NULL PRIMARY KEY,
  failures INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  blocked_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- When an API token was last used, noted once a minute at most.
CREATE TABLE token_use (
  token TEXT NOT NULL PRIMARY KEY,
  used_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Requests with an idempotency key, and the identity under which they are done: under way until there is a status,
-- then the answer, encrypted.
CREATE TABLE idempotency (
  request_key TEXT NOT NULL PRIMARY KEY,
  request TEXT NOT NULL UNIQUE,
  fingerprint TEXT NOT NULL,
  at INTEGER NOT NULL,
  lease_until INTEGER NOT NULL,
  lease_by TEXT NOT NULL,
  status INTEGER,
  answer TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_at ON idempotency (at);
