-- What has had its effects on a mail, so that deciding it once more does not repeat them. Unknown for mails from before.
ALTER TABLE email ADD COLUMN done TEXT;
-- How often an arrival was decided anew after it was settled; the fence of such decisions.
ALTER TABLE arrival ADD COLUMN decision INTEGER NOT NULL DEFAULT 0;

-- What became of each arrival that a job decides once more.
CREATE TABLE reprocessed (
  job TEXT NOT NULL,
  arrival TEXT NOT NULL,
  outcome TEXT NOT NULL,
  reason_code TEXT,
  reason_text TEXT,
  at INTEGER NOT NULL,
  PRIMARY KEY (job, arrival)
) STRICT, WITHOUT ROWID;

-- Jobs of one kind, newest first.
CREATE INDEX job_kind ON job (kind, created_at);
-- What is open about one thing.
CREATE INDEX attention_subject ON attention (subject_id);
