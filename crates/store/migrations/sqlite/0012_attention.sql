-- Why somebody cleared what needed attention, in their words.
ALTER TABLE attention ADD COLUMN cleared_because TEXT;
