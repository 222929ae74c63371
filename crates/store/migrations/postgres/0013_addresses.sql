-- The mails of one sender, newest first: what came from a person is found among millions.
CREATE INDEX email_sender ON email (sender_folded, created_at, id);
