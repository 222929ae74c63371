-- What a person looks for among many: rows of a queue that ended otherwise than well, by state, newest first.
CREATE INDEX arrival_aside ON arrival (state, seq) WHERE state IN ('failed', 'ignored');
CREATE INDEX event_aside ON event (state, seq) WHERE state = 'failed';
CREATE INDEX delivery_aside ON delivery (state, seq)
  WHERE state IN ('held', 'failed', 'uncertain', 'bounced', 'suppressed', 'cancelled');
CREATE INDEX job_aside ON job (state, created_at, id) WHERE state = 'failed';
