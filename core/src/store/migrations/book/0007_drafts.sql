-- kind: 0 a door, 1 a walk list, 2 a script's draft, which is made of entries alone
CREATE TABLE entry_2 (
    kind    INTEGER NOT NULL CHECK (kind IN (0, 1, 2)),
    subject BLOB NOT NULL CHECK (length(subject) = 16),
    device  BLOB NOT NULL CHECK (length(device) = 16),
    seq     INTEGER NOT NULL CHECK (seq > 0),
    bound   INTEGER,
    header  BLOB NOT NULL,
    payload BLOB,
    PRIMARY KEY (kind, subject, device, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO entry_2 (kind, subject, device, seq, bound, header, payload)
SELECT kind, subject, device, seq, bound, header, payload FROM entry;
DROP TABLE entry;
ALTER TABLE entry_2 RENAME TO entry;
CREATE UNIQUE INDEX entry_once ON entry (device, seq);

-- The server's mark of the drafts, as long as it gives this phone any.
CREATE TABLE drafts_cursor (
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
    cursor   BLOB NOT NULL
) STRICT;
