-- The spine: what decisions read and what plans write.
-- Names: system tables below; tables of the dictionary are `t_<root>`, with a view `v_<table>` for each table.
-- Times are microseconds since 1970 UTC, ids 32 hex digits, yes and no are 1 and 0, JSON is text: on both databases.

-- One value per name: configuration_generation, and what is known of this installation.
CREATE TABLE meta (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

-- Keys that sign tokens and Message-IDs. Retired ones still check, never sign; none is deleted.
CREATE TABLE signing_key (
  id TEXT NOT NULL PRIMARY KEY,
  secret BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  retired_at INTEGER
) STRICT;

-- The dictionary: one JSON definition per table.
CREATE TABLE dictionary_table (
  name TEXT NOT NULL PRIMARY KEY,
  definition TEXT NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;

-- Every column that a root table ever had: a field that was taken out of the dictionary keeps its column.
CREATE TABLE dictionary_column (
  root TEXT NOT NULL,
  field TEXT NOT NULL,
  storage TEXT NOT NULL,
  PRIMARY KEY (root, field)
) STRICT, WITHOUT ROWID;

-- How often rows of a root table were written: the guard of large queries. The counter of a table is the sum of
-- its shards; writers spread over them, so that two that write the same table do not wait for each other.
CREATE TABLE table_counter (
  root TEXT NOT NULL,
  shard INTEGER NOT NULL,
  counter INTEGER NOT NULL,
  PRIMARY KEY (root, shard)
) STRICT, WITHOUT ROWID;

-- Bytes, stored once under their SHA-256. encoding: 'raw' or 'zstd'.
CREATE TABLE blob (
  digest TEXT NOT NULL PRIMARY KEY,
  size INTEGER NOT NULL,
  encoding TEXT NOT NULL,
  bytes BLOB NOT NULL
) STRICT;

-- One copy of an incoming mail as a source delivered it, and its place in the queue.
CREATE TABLE arrival (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  account TEXT NOT NULL,
  source TEXT NOT NULL,
  source_key TEXT NOT NULL,
  envelope_from TEXT,
  envelope_to TEXT NOT NULL,
  authentication TEXT NOT NULL,
  digest TEXT NOT NULL,
  size INTEGER NOT NULL,
  sender TEXT,
  subject TEXT,
  received_at INTEGER NOT NULL,
  seed TEXT NOT NULL,
  numbers TEXT NOT NULL,
  state TEXT NOT NULL,
  reason_code TEXT,
  reason_text TEXT,
  attempts INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  lease_epoch INTEGER NOT NULL,
  lease_until INTEGER,
  lease_by TEXT,
  email TEXT,
  settled_at INTEGER,
  UNIQUE (account, source_key)
) STRICT;
CREATE INDEX arrival_open ON arrival (state, seq) WHERE state IN ('ready', 'in_process');
CREATE INDEX arrival_email ON arrival (email);

-- Conversation keys of unsettled arrivals: a row waits while an older one shares a key.
CREATE TABLE arrival_key (
  key TEXT NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (key, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX arrival_key_seq ON arrival_key (seq);

-- One mail in either direction.
CREATE TABLE email (
  id TEXT NOT NULL PRIMARY KEY,
  direction TEXT NOT NULL,
  state TEXT NOT NULL,
  reason_code TEXT,
  reason_text TEXT,
  account TEXT NOT NULL,
  purpose TEXT,
  class TEXT,
  message_id TEXT,
  in_reply_to TEXT,
  subject TEXT,
  sender_address TEXT,
  recipients TEXT NOT NULL,
  sender_folded TEXT NOT NULL,
  search_folded TEXT NOT NULL,
  mail_date INTEGER,
  created_at INTEGER NOT NULL,
  dedupe_key TEXT UNIQUE,
  sender TEXT,
  authenticity TEXT,
  do_not_answer TEXT,
  record_table TEXT,
  record_id TEXT,
  body_text TEXT,
  new_text TEXT,
  rule TEXT,
  parent TEXT,
  cause_kind TEXT NOT NULL,
  cause_id TEXT NOT NULL,
  digest TEXT
) STRICT;
CREATE INDEX email_list ON email (direction, created_at, id);
CREATE INDEX email_cause ON email (cause_id);
CREATE INDEX email_record ON email (record_id, created_at) WHERE record_id IS NOT NULL;

-- Every Message-ID under which a mail is known: its own, and one that a relay put in its place.
CREATE TABLE message_id (
  message_id TEXT NOT NULL,
  email TEXT NOT NULL,
  PRIMARY KEY (message_id, email)
) STRICT, WITHOUT ROWID;

-- Mails on records.
CREATE TABLE email_link (
  email TEXT NOT NULL,
  record_table TEXT NOT NULL,
  record_id TEXT NOT NULL,
  related INTEGER NOT NULL,
  PRIMARY KEY (email, record_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX email_link_record ON email_link (record_id, email);

-- One recipient of an outgoing mail.
CREATE TABLE delivery (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  email TEXT NOT NULL,
  account TEXT NOT NULL,
  address TEXT NOT NULL,
  address_folded TEXT NOT NULL,
  name TEXT,
  user_id TEXT,
  slot TEXT NOT NULL,
  purpose TEXT NOT NULL,
  record_id TEXT,
  state TEXT NOT NULL,
  reason_code TEXT,
  reason_text TEXT,
  reply TEXT,
  stage TEXT,
  attempts INTEGER NOT NULL,
  first_attempt_at INTEGER,
  next_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  settled_at INTEGER,
  lease_epoch INTEGER NOT NULL,
  lease_until INTEGER,
  lease_by TEXT
) STRICT;
CREATE INDEX delivery_due ON delivery (account, next_at, seq) WHERE state IN ('ready', 'deferred');
CREATE INDEX delivery_sending ON delivery (account, lease_until) WHERE state = 'sending';
CREATE INDEX delivery_email ON delivery (email);
CREATE INDEX delivery_address ON delivery (address_folded, created_at);

-- A named occurrence with its record's full images, and its place in the queue.
CREATE TABLE event (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  record_table TEXT NOT NULL,
  record_id TEXT NOT NULL,
  old_image TEXT,
  new_image TEXT,
  journal TEXT NOT NULL,
  params TEXT NOT NULL,
  actor_user TEXT,
  actor_label TEXT NOT NULL,
  cause_kind TEXT NOT NULL,
  cause_id TEXT NOT NULL,
  chain TEXT NOT NULL,
  from_email TEXT,
  seed TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  reason_code TEXT,
  reason_text TEXT,
  attempts INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  parked_at INTEGER,
  lease_epoch INTEGER NOT NULL,
  lease_until INTEGER,
  lease_by TEXT,
  settled_at INTEGER
) STRICT;
CREATE INDEX event_open ON event (state, seq) WHERE state IN ('ready', 'in_process', 'parked');
CREATE INDEX event_cause ON event (cause_id);
CREATE INDEX event_record ON event (record_id, seq) WHERE state IN ('ready', 'in_process', 'parked');

-- One entry of a record's feed.
CREATE TABLE activity (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  record_table TEXT NOT NULL,
  record_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor_user TEXT,
  actor_label TEXT NOT NULL,
  body TEXT,
  email TEXT,
  mark TEXT
) STRICT;
CREATE INDEX activity_record ON activity (record_id, seq);

-- Files on records and mails.
CREATE TABLE attachment (
  id TEXT NOT NULL PRIMARY KEY,
  record_table TEXT,
  record_id TEXT,
  email TEXT,
  file_name TEXT,
  media_type TEXT NOT NULL,
  content_id TEXT,
  digest TEXT NOT NULL,
  size INTEGER NOT NULL,
  left_out_code TEXT,
  left_out_text TEXT,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX attachment_record ON attachment (record_id) WHERE record_id IS NOT NULL;
CREATE INDEX attachment_email ON attachment (email) WHERE email IS NOT NULL;

-- Every change of every record of the dictionary's tables.
CREATE TABLE change (
  record_id TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  record_table TEXT NOT NULL,
  at INTEGER NOT NULL,
  operation TEXT NOT NULL,
  actor_user TEXT,
  actor_label TEXT NOT NULL,
  cause_kind TEXT NOT NULL,
  cause_id TEXT NOT NULL,
  old_values TEXT,
  new_values TEXT,
  PRIMARY KEY (record_id, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX change_at ON change (at);

-- The reason of one decision, under the id of its unit of work.
CREATE TABLE trace (
  id TEXT NOT NULL,
  step TEXT NOT NULL,
  kind TEXT NOT NULL,
  at INTEGER NOT NULL,
  facts TEXT NOT NULL,
  PRIMARY KEY (id, step)
) STRICT, WITHOUT ROWID;

-- Work that goes on in steps.
CREATE TABLE job (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  work TEXT NOT NULL,
  step_cursor TEXT NOT NULL,
  seed TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  reason_code TEXT,
  reason_text TEXT,
  attempts INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  lease_epoch INTEGER NOT NULL,
  lease_until INTEGER,
  lease_by TEXT
) STRICT;
CREATE INDEX job_open ON job (state, next_at) WHERE state IN ('ready', 'in_process');

-- Requests that were answered, with what was answered: a repeat is answered the same.
CREATE TABLE request (
  id TEXT NOT NULL PRIMARY KEY,
  at INTEGER NOT NULL,
  result TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The next number of each table that has numbers; reserved in blocks.
CREATE TABLE number_series (
  table_name TEXT NOT NULL PRIMARY KEY,
  next_number INTEGER NOT NULL
) STRICT;

-- Exclusive lanes over root tables, to end a storm of conflicts.
CREATE TABLE lane (
  root TEXT NOT NULL PRIMARY KEY,
  held_by TEXT NOT NULL,
  held_until INTEGER NOT NULL
) STRICT;

-- What a person should look at.
CREATE TABLE attention (
  id TEXT NOT NULL PRIMARY KEY,
  subject TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  code TEXT NOT NULL,
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  cleared_at INTEGER,
  cleared_by TEXT
) STRICT;
CREATE INDEX attention_open ON attention (at) WHERE cleared_at IS NULL;

INSERT INTO meta (name, value) VALUES ('configuration_generation', '1');
