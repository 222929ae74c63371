-- Sessions of people in browsers. The token is known to the browser alone; here is its digest. `mark` is of the
-- password that it began with: where the user has another one now, it is over.
CREATE TABLE session (
  digest TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  user_id TEXT COLLATE "C" NOT NULL,
  mark TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL
);
CREATE INDEX session_of_user ON session (user_id);
CREATE INDEX session_created ON session (created_at);

-- Who signed in and out, who failed to, and whose password was changed.
CREATE TABLE sign_in (
  seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id TEXT COLLATE "C" NOT NULL UNIQUE,
  at BIGINT NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  user_id TEXT COLLATE "C",
  login TEXT COLLATE "C",
  address TEXT COLLATE "C",
  actor_label TEXT COLLATE "C"
);
CREATE INDEX sign_in_user ON sign_in (user_id, seq) WHERE user_id IS NOT NULL;

-- Attempts to sign in that have not succeeded, by login and by address.
CREATE TABLE sign_in_throttle (
  name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  failures BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  blocked_until BIGINT NOT NULL
);

-- When an API token was last used, noted once a minute at most.
CREATE TABLE token_use (
  token TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  used_at BIGINT NOT NULL
);

-- Requests with an idempotency key, and the identity under which they are done: under way until there is a status,
-- then the answer, encrypted.
CREATE TABLE idempotency (
  request_key TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  request TEXT COLLATE "C" NOT NULL UNIQUE,
  fingerprint TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  lease_by TEXT COLLATE "C" NOT NULL,
  status BIGINT,
  answer TEXT COLLATE "C"
);
CREATE INDEX idempotency_at ON idempotency (at);
