-- The spine: what decisions read and what plans write.
-- Names: system tables below; tables of the dictionary are `t_<root>`, with a view `v_<table>` for each table.
-- Times are microseconds since 1970 UTC, ids 32 hex digits, yes and no are 1 and 0, JSON is text: on both databases.

-- One value per name: configuration_generation, and what is known of this installation.
CREATE TABLE meta (
  name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  value TEXT COLLATE "C" NOT NULL
);

-- Keys that sign tokens and Message-IDs. Retired ones still check, never sign; none is deleted.
CREATE TABLE signing_key (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  secret BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  retired_at BIGINT
);

-- The dictionary: one JSON definition per table.
CREATE TABLE dictionary_table (
  name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  definition TEXT COLLATE "C" NOT NULL,
  changed_at BIGINT NOT NULL
);

-- Every column that a root table ever had: a field that was taken out of the dictionary keeps its column.
CREATE TABLE dictionary_column (
  root TEXT COLLATE "C" NOT NULL,
  field TEXT COLLATE "C" NOT NULL,
  storage TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (root, field)
);

-- How often rows of a root table were written: the guard of large queries. The counter of a table is the sum of
-- its shards; writers spread over them, so that two that write the same table do not wait for each other.
CREATE TABLE table_counter (
  root TEXT COLLATE "C" NOT NULL,
  shard BIGINT NOT NULL,
  counter BIGINT NOT NULL,
  PRIMARY KEY (root, shard)
);

-- Bytes, stored once under their SHA-256. encoding: 'raw' or 'zstd'.
CREATE TABLE blob (
  digest TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  size BIGINT NOT NULL,
  encoding TEXT COLLATE "C" NOT NULL,
  bytes BYTEA NOT NULL
);

-- One copy of an incoming mail as a source delivered it, and its place in the queue.
CREATE TABLE arrival (
  seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id TEXT COLLATE "C" NOT NULL UNIQUE,
  account TEXT COLLATE "C" NOT NULL,
  source TEXT COLLATE "C" NOT NULL,
  source_key TEXT COLLATE "C" NOT NULL,
  envelope_from TEXT COLLATE "C",
  envelope_to TEXT COLLATE "C" NOT NULL,
  authentication TEXT COLLATE "C" NOT NULL,
  digest TEXT COLLATE "C" NOT NULL,
  size BIGINT NOT NULL,
  sender TEXT COLLATE "C",
  subject TEXT COLLATE "C",
  received_at BIGINT NOT NULL,
  seed TEXT COLLATE "C" NOT NULL,
  numbers TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  reason_code TEXT COLLATE "C",
  reason_text TEXT COLLATE "C",
  attempts BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  lease_epoch BIGINT NOT NULL,
  lease_until BIGINT,
  lease_by TEXT COLLATE "C",
  email TEXT COLLATE "C",
  settled_at BIGINT,
  UNIQUE (account, source_key)
);
CREATE INDEX arrival_open ON arrival (state, seq) WHERE state IN ('ready', 'in_process');
CREATE INDEX arrival_email ON arrival (email);

-- Conversation keys of unsettled arrivals: a row waits while an older one shares a key.
CREATE TABLE arrival_key (
  key TEXT COLLATE "C" NOT NULL,
  seq BIGINT NOT NULL,
  PRIMARY KEY (key, seq)
);
CREATE INDEX arrival_key_seq ON arrival_key (seq);

-- One mail in either direction.
CREATE TABLE email (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  direction TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  reason_code TEXT COLLATE "C",
  reason_text TEXT COLLATE "C",
  account TEXT COLLATE "C" NOT NULL,
  purpose TEXT COLLATE "C",
  class TEXT COLLATE "C",
  message_id TEXT COLLATE "C",
  in_reply_to TEXT COLLATE "C",
  subject TEXT COLLATE "C",
  sender_address TEXT COLLATE "C",
  recipients TEXT COLLATE "C" NOT NULL,
  sender_folded TEXT COLLATE "C" NOT NULL,
  search_folded TEXT COLLATE "C" NOT NULL,
  mail_date BIGINT,
  created_at BIGINT NOT NULL,
  dedupe_key TEXT COLLATE "C" UNIQUE,
  sender TEXT COLLATE "C",
  authenticity TEXT COLLATE "C",
  do_not_answer TEXT COLLATE "C",
  record_table TEXT COLLATE "C",
  record_id TEXT COLLATE "C",
  body_text TEXT COLLATE "C",
  new_text TEXT COLLATE "C",
  rule TEXT COLLATE "C",
  parent TEXT COLLATE "C",
  cause_kind TEXT COLLATE "C" NOT NULL,
  cause_id TEXT COLLATE "C" NOT NULL,
  digest TEXT COLLATE "C"
);
CREATE INDEX email_list ON email (direction, created_at, id);
CREATE INDEX email_cause ON email (cause_id);
CREATE INDEX email_record ON email (record_id, created_at) WHERE record_id IS NOT NULL;

-- Every Message-ID under which a mail is known: its own, and one that a relay put in its place.
CREATE TABLE message_id (
  message_id TEXT COLLATE "C" NOT NULL,
  email TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (message_id, email)
);

-- Mails on records.
CREATE TABLE email_link (
  email TEXT COLLATE "C" NOT NULL,
  record_table TEXT COLLATE "C" NOT NULL,
  record_id TEXT COLLATE "C" NOT NULL,
  related BIGINT NOT NULL,
  PRIMARY KEY (email, record_id)
);
CREATE INDEX email_link_record ON email_link (record_id, email);

-- One recipient of an outgoing mail.
CREATE TABLE delivery (
  seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id TEXT COLLATE "C" NOT NULL UNIQUE,
  email TEXT COLLATE "C" NOT NULL,
  account TEXT COLLATE "C" NOT NULL,
  address TEXT COLLATE "C" NOT NULL,
  address_folded TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C",
  user_id TEXT COLLATE "C",
  slot TEXT COLLATE "C" NOT NULL,
  purpose TEXT COLLATE "C" NOT NULL,
  record_id TEXT COLLATE "C",
  state TEXT COLLATE "C" NOT NULL,
  reason_code TEXT COLLATE "C",
  reason_text TEXT COLLATE "C",
  reply TEXT COLLATE "C",
  stage TEXT COLLATE "C",
  attempts BIGINT NOT NULL,
  first_attempt_at BIGINT,
  next_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  settled_at BIGINT,
  lease_epoch BIGINT NOT NULL,
  lease_until BIGINT,
  lease_by TEXT COLLATE "C"
);
CREATE INDEX delivery_due ON delivery (account, next_at, seq) WHERE state IN ('ready', 'deferred');
CREATE INDEX delivery_sending ON delivery (account, lease_until) WHERE state = 'sending';
CREATE INDEX delivery_email ON delivery (email);
CREATE INDEX delivery_address ON delivery (address_folded, created_at);

-- A named occurrence with its record's full images, and its place in the queue.
CREATE TABLE event (
  seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id TEXT COLLATE "C" NOT NULL UNIQUE,
  name TEXT COLLATE "C" NOT NULL,
  record_table TEXT COLLATE "C" NOT NULL,
  record_id TEXT COLLATE "C" NOT NULL,
  old_image TEXT COLLATE "C",
  new_image TEXT COLLATE "C",
  journal TEXT COLLATE "C" NOT NULL,
  params TEXT COLLATE "C" NOT NULL,
  actor_user TEXT COLLATE "C",
  actor_label TEXT COLLATE "C" NOT NULL,
  cause_kind TEXT COLLATE "C" NOT NULL,
  cause_id TEXT COLLATE "C" NOT NULL,
  chain TEXT COLLATE "C" NOT NULL,
  from_email TEXT COLLATE "C",
  seed TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  reason_code TEXT COLLATE "C",
  reason_text TEXT COLLATE "C",
  attempts BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  parked_at BIGINT,
  lease_epoch BIGINT NOT NULL,
  lease_until BIGINT,
  lease_by TEXT COLLATE "C",
  settled_at BIGINT
);
CREATE INDEX event_open ON event (state, seq) WHERE state IN ('ready', 'in_process', 'parked');
CREATE INDEX event_cause ON event (cause_id);
CREATE INDEX event_record ON event (record_id, seq) WHERE state IN ('ready', 'in_process', 'parked');

-- One entry of a record's feed.
CREATE TABLE activity (
  seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id TEXT COLLATE "C" NOT NULL UNIQUE,
  record_table TEXT COLLATE "C" NOT NULL,
  record_id TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  actor_user TEXT COLLATE "C",
  actor_label TEXT COLLATE "C" NOT NULL,
  body TEXT COLLATE "C",
  email TEXT COLLATE "C",
  mark TEXT COLLATE "C"
);
CREATE INDEX activity_record ON activity (record_id, seq);

-- Files on records and mails.
CREATE TABLE attachment (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  record_table TEXT COLLATE "C",
  record_id TEXT COLLATE "C",
  email TEXT COLLATE "C",
  file_name TEXT COLLATE "C",
  media_type TEXT COLLATE "C" NOT NULL,
  content_id TEXT COLLATE "C",
  digest TEXT COLLATE "C" NOT NULL,
  size BIGINT NOT NULL,
  left_out_code TEXT COLLATE "C",
  left_out_text TEXT COLLATE "C",
  created_at BIGINT NOT NULL
);
CREATE INDEX attachment_record ON attachment (record_id) WHERE record_id IS NOT NULL;
CREATE INDEX attachment_email ON attachment (email) WHERE email IS NOT NULL;

-- Every change of every record of the dictionary's tables.
CREATE TABLE change (
  record_id TEXT COLLATE "C" NOT NULL,
  sequence BIGINT NOT NULL,
  record_table TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  operation TEXT COLLATE "C" NOT NULL,
  actor_user TEXT COLLATE "C",
  actor_label TEXT COLLATE "C" NOT NULL,
  cause_kind TEXT COLLATE "C" NOT NULL,
  cause_id TEXT COLLATE "C" NOT NULL,
  old_values TEXT COLLATE "C",
  new_values TEXT COLLATE "C",
  PRIMARY KEY (record_id, sequence)
);
CREATE INDEX change_at ON change (at);

-- The reason of one decision, under the id of its unit of work.
CREATE TABLE trace (
  id TEXT COLLATE "C" NOT NULL,
  step TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  facts TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (id, step)
);

-- Work that goes on in steps.
CREATE TABLE job (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  kind TEXT COLLATE "C" NOT NULL,
  work TEXT COLLATE "C" NOT NULL,
  step_cursor TEXT COLLATE "C" NOT NULL,
  seed TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  reason_code TEXT COLLATE "C",
  reason_text TEXT COLLATE "C",
  attempts BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  lease_epoch BIGINT NOT NULL,
  lease_until BIGINT,
  lease_by TEXT COLLATE "C"
);
CREATE INDEX job_open ON job (state, next_at) WHERE state IN ('ready', 'in_process');

-- Requests that were answered, with what was answered: a repeat is answered the same.
CREATE TABLE request (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  result TEXT COLLATE "C" NOT NULL
);

-- The next number of each table that has numbers; reserved in blocks.
CREATE TABLE number_series (
  table_name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  next_number BIGINT NOT NULL
);

-- Exclusive lanes over root tables, to end a storm of conflicts.
CREATE TABLE lane (
  root TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  held_by TEXT COLLATE "C" NOT NULL,
  held_until BIGINT NOT NULL
);

-- What a person should look at.
CREATE TABLE attention (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  subject TEXT COLLATE "C" NOT NULL,
  subject_id TEXT COLLATE "C" NOT NULL,
  code TEXT COLLATE "C" NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  cleared_at BIGINT,
  cleared_by TEXT COLLATE "C"
);
CREATE INDEX attention_open ON attention (at) WHERE cleared_at IS NULL;

INSERT INTO meta (name, value) VALUES ('configuration_generation', '1');
