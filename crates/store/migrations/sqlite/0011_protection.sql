-- Whether a received mail is signed or encrypted. Mails from before have no word for it.
ALTER TABLE email ADD COLUMN protection TEXT;
