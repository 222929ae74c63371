-- Feeds of records are walked by time, from its end: activities, changes, and mails.
CREATE INDEX activity_feed ON activity (record_id, at);
DROP INDEX activity_record;
CREATE INDEX change_feed ON change (record_id, at, sequence);

-- Every mail on a record has a row here, also the ones that are about it, with the moment of the mail.
ALTER TABLE email_link ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
INSERT INTO email_link (email, record_table, record_id, related)
  SELECT id, record_table, record_id, 0 FROM email WHERE record_id IS NOT NULL AND record_table IS NOT NULL
  ON CONFLICT (email, record_id) DO NOTHING;
UPDATE email_link SET at = COALESCE((SELECT created_at FROM email WHERE email.id = email_link.email), 0);
CREATE INDEX email_link_feed ON email_link (record_id, at, email);
DROP INDEX email_link_record;

-- Mails of both directions, newest first.
CREATE INDEX email_newest ON email (created_at, id);
