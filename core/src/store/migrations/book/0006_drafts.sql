-- kind: 0 a door, 1 a walk list, 2 a script's draft, which is made of entries alone
CREATE TABLE entry_2 (
    device  BLOB NOT NULL CHECK (length(device) = 16),
    seq     INTEGER NOT NULL CHECK (seq > 0),
    kind    INTEGER NOT NULL CHECK (kind IN (0, 1, 2)),
    subject BLOB NOT NULL CHECK (length(subject) = 16),
    bound   INTEGER,
    header  BLOB NOT NULL,
    payload BLOB,
    PRIMARY KEY (device, seq)
) STRICT;
INSERT INTO entry_2 (device, seq, kind, subject, bound, header, payload)
SELECT device, seq, kind, subject, bound, header, payload FROM entry;
DROP TABLE entry;
ALTER TABLE entry_2 RENAME TO entry;
CREATE INDEX entry_of_subject ON entry (kind, subject);

-- The server's mark of the drafts, as long as it gives this phone any.
CREATE TABLE drafts_cursor (
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
    cursor   BLOB NOT NULL
) STRICT;
