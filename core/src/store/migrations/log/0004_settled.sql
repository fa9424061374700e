-- Taking an entry down writes its own page and no other: the index has only what the server has said something of. What it
-- has not is behind the place up to which it has said something of everything.
CREATE TABLE settled (up_to INTEGER NOT NULL CHECK (up_to >= 0)) STRICT;
INSERT INTO settled
SELECT coalesce((SELECT min(seq) - 1 FROM entry WHERE state = 0), (SELECT max(seq) FROM entry), 0);
DROP INDEX entry_by_state;
CREATE INDEX entry_by_state ON entry (state) WHERE state <> 0;
