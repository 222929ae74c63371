-- The dictionary is changed while the program runs: what it ships beside what there is now, and every change.

-- How often a definition was written, and what the program ships of it (NULL for a table that was made here).
ALTER TABLE dictionary_table ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE dictionary_table ADD COLUMN shipped TEXT COLLATE "C";

-- Every change of every definition; sequence is the version that it made.
CREATE TABLE dictionary_change (
  table_name TEXT COLLATE "C" NOT NULL,
  sequence BIGINT NOT NULL,
  at BIGINT NOT NULL,
  operation TEXT COLLATE "C" NOT NULL,
  actor_user TEXT COLLATE "C",
  actor_label TEXT COLLATE "C" NOT NULL,
  cause_kind TEXT COLLATE "C" NOT NULL,
  cause_id TEXT COLLATE "C" NOT NULL,
  old_definition TEXT COLLATE "C",
  new_definition TEXT COLLATE "C",
  PRIMARY KEY (table_name, sequence)
);
