-- The dictionary is changed while the program runs: what it ships beside what there is now, and every change.

-- How often a definition was written, and what the program ships of it (NULL for a table that was made here).
ALTER TABLE dictionary_table ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE dictionary_table ADD COLUMN shipped TEXT;

-- Every change of every definition; sequence is the version that it made.
CREATE TABLE dictionary_change (
  table_name TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  at INTEGER NOT NULL,
  operation TEXT NOT NULL,
  actor_user TEXT,
  actor_label TEXT NOT NULL,
  cause_kind TEXT NOT NULL,
  cause_id TEXT NOT NULL,
  old_definition TEXT,
  new_definition TEXT,
  PRIMARY KEY (table_name, sequence)
) STRICT, WITHOUT ROWID;
