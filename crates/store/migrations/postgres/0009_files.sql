-- Who brought a file: those who do not work on records take off their own alone. Unknown for files from before.
ALTER TABLE attachment ADD COLUMN created_by TEXT;
