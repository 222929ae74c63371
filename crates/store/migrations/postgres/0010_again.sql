-- What has had its effects on a mail, so that deciding it once more does not repeat them. Unknown for mails from before.
ALTER TABLE email ADD COLUMN done TEXT COLLATE "C";
-- How often an arrival was decided anew after it was settled; the fence of such decisions.
ALTER TABLE arrival ADD COLUMN decision BIGINT NOT NULL DEFAULT 0;

-- What became of each arrival that a job decides once more.
CREATE TABLE reprocessed (
  job TEXT COLLATE "C" NOT NULL,
  arrival TEXT COLLATE "C" NOT NULL,
  outcome TEXT COLLATE "C" NOT NULL,
  reason_code TEXT COLLATE "C",
  reason_text TEXT COLLATE "C",
  at BIGINT NOT NULL,
  PRIMARY KEY (job, arrival)
);

-- Jobs of one kind, newest first.
CREATE INDEX job_kind ON job (kind, created_at);
-- What is open about one thing.
CREATE INDEX attention_subject ON attention (subject_id);
