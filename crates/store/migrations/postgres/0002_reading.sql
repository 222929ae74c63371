-- Reading mailboxes: how far each folder is read, and sent mails that are to be copied into a mailbox.

-- One folder of one account ('' for POP3, which has none), and who reads it.
CREATE TABLE reading (
  account TEXT NOT NULL,
  folder TEXT NOT NULL,
  uid_validity BIGINT,
  read_uid BIGINT NOT NULL,
  done_uid BIGINT NOT NULL,
  again_uid BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  passed_at BIGINT,
  lease_epoch BIGINT NOT NULL,
  lease_until BIGINT,
  lease_by TEXT,
  PRIMARY KEY (account, folder)
);

-- Mails that were in a POP3 mailbox before it was read for the first time, and are not wanted.
CREATE TABLE reading_skipped (
  account TEXT NOT NULL,
  source_key TEXT NOT NULL,
  PRIMARY KEY (account, source_key)
);

-- A folder whose UIDs were all given anew is read again; what is known is found by its bytes.
CREATE INDEX arrival_digest ON arrival (account, digest);

-- Mails that were sent and whose copy is not in the account's folder of sent mail yet.
CREATE TABLE sent_copy (
  email TEXT NOT NULL PRIMARY KEY,
  account TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX sent_copy_due ON sent_copy (account, next_at);
