-- What the audit lists: changes of the configuration, and of who somebody is. A partial index, so that the changes of
-- ordinary records cost nothing more.
ALTER TABLE change ADD COLUMN audited BIGINT NOT NULL DEFAULT 0;
UPDATE change SET audited = 1 WHERE record_table IN ('user', 'user_address', 'group', 'group_member', 'api_token',
  'email_account', 'mailbox', 'inbound_action', 'notification_rule', 'script_alias', 'setting');
CREATE INDEX change_audit ON change (at, record_id, sequence) WHERE audited = 1;
