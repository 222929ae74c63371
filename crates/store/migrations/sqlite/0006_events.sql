-- Events that wait for their time, and the key by which one of them is known again.
ALTER TABLE event ADD COLUMN due_at INTEGER;
ALTER TABLE event ADD COLUMN waiting_key TEXT;
CREATE INDEX event_waiting ON event (state, seq) WHERE state = 'scheduled';
CREATE INDEX event_due ON event (next_at, seq) WHERE state = 'scheduled';
CREATE UNIQUE INDEX event_waiting_key ON event (record_id, name, waiting_key)
  WHERE state = 'scheduled' AND waiting_key IS NOT NULL;

-- Runs of scheduled jobs are jobs: of which one, when it was due, when it began, when its last step was claimed, and
-- how many events it has raised.
ALTER TABLE job ADD COLUMN scheduled_job TEXT;
ALTER TABLE job ADD COLUMN due_at INTEGER;
ALTER TABLE job ADD COLUMN started_at INTEGER;
ALTER TABLE job ADD COLUMN claimed_at INTEGER;
ALTER TABLE job ADD COLUMN events INTEGER NOT NULL DEFAULT 0;
CREATE INDEX job_runs ON job (scheduled_job, due_at, id) WHERE scheduled_job IS NOT NULL;

-- The next time of each scheduled job. The epoch fences: whoever begins a run names the one that they have seen.
CREATE TABLE schedule (
  job TEXT NOT NULL PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  next_at INTEGER,
  epoch INTEGER NOT NULL
) STRICT;
CREATE INDEX schedule_due ON schedule (next_at) WHERE next_at IS NOT NULL;
