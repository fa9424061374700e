-- From which position on an entry is recalled: phones may have it as one that counts, from before the store was restored, and
-- it does not count now. One that is released keeps the mark, and its own position is behind it.
ALTER TABLE entries ADD COLUMN recalled INTEGER;
CREATE INDEX entries_recalled ON entries (tenant, subject) WHERE recalled IS NOT NULL;
