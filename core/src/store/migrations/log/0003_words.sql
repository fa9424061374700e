-- Why an entry was refused, in the words of whoever decided about it.
ALTER TABLE entry ADD COLUMN words TEXT;
