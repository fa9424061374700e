-- Up to which of its own entries the device has worked them in here.
CREATE TABLE applied (
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
    seq      INTEGER NOT NULL CHECK (seq >= 0)
) STRICT;
INSERT INTO applied VALUES (1, 0);

-- kind: 0 a door, 1 a walk list
CREATE TABLE base (
    kind   INTEGER NOT NULL CHECK (kind IN (0, 1)),
    id     BLOB NOT NULL CHECK (length(id) = 16),
    epoch  INTEGER NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT;

CREATE TABLE entry (
    device  BLOB NOT NULL CHECK (length(device) = 16),
    seq     INTEGER NOT NULL CHECK (seq > 0),
    kind    INTEGER NOT NULL CHECK (kind IN (0, 1)),
    subject BLOB NOT NULL CHECK (length(subject) = 16),
    bound   INTEGER,
    header  BLOB NOT NULL,
    payload BLOB,
    PRIMARY KEY (device, seq)
) STRICT;
CREATE INDEX entry_of_subject ON entry (kind, subject);

CREATE TABLE list_cursor (
    list   BLOB PRIMARY KEY CHECK (length(list) = 16),
    cursor BLOB NOT NULL
) STRICT;

CREATE TABLE list_door (
    list  BLOB NOT NULL CHECK (length(list) = 16),
    place INTEGER NOT NULL,
    door  BLOB NOT NULL CHECK (length(door) = 16),
    PRIMARY KEY (list, place)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX list_door_once ON list_door (list, door);
CREATE INDEX lists_of_door ON list_door (door);

-- What screens read: one row a door, computed from its base and its entries.
CREATE TABLE door_row (
    row          INTEGER PRIMARY KEY,
    door         BLOB NOT NULL UNIQUE CHECK (length(door) = 16),
    line         TEXT NOT NULL,
    street       TEXT NOT NULL,
    number       TEXT NOT NULL,
    unit         TEXT NOT NULL,
    lat          REAL,
    lon          REAL,
    class        TEXT,
    attempts     INTEGER NOT NULL,
    last_outcome TEXT,
    suppressed   INTEGER NOT NULL CHECK (suppressed IN (0, 1)),
    -- one a line
    names        TEXT NOT NULL,
    CHECK ((lat IS NULL) = (lon IS NULL))
) STRICT;

CREATE VIRTUAL TABLE door_text USING fts5 (
    line, names, content = 'door_row', content_rowid = 'row',
    tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
-- A name that was erased must not stay behind in the index.
INSERT INTO door_text (door_text, rank) VALUES ('secure-delete', 1);
CREATE VIRTUAL TABLE door_place USING rtree (row, south, north, west, east);

CREATE TRIGGER door_row_inserted AFTER INSERT ON door_row BEGIN
    INSERT INTO door_text (rowid, line, names) VALUES (new.row, new.line, new.names);
    INSERT INTO door_place SELECT new.row, new.lat, new.lat, new.lon, new.lon WHERE new.lat IS NOT NULL;
END;
CREATE TRIGGER door_row_deleted AFTER DELETE ON door_row BEGIN
    INSERT INTO door_text (door_text, rowid, line, names) VALUES ('delete', old.row, old.line, old.names);
    DELETE FROM door_place WHERE row = old.row;
END;
CREATE TRIGGER door_row_reworded AFTER UPDATE ON door_row
WHEN old.line IS NOT new.line OR old.names IS NOT new.names BEGIN
    INSERT INTO door_text (door_text, rowid, line, names) VALUES ('delete', old.row, old.line, old.names);
    INSERT INTO door_text (rowid, line, names) VALUES (new.row, new.line, new.names);
END;
CREATE TRIGGER door_row_moved AFTER UPDATE ON door_row
WHEN old.lat IS NOT new.lat OR old.lon IS NOT new.lon BEGIN
    DELETE FROM door_place WHERE row = old.row;
    INSERT INTO door_place SELECT new.row, new.lat, new.lat, new.lon, new.lon WHERE new.lat IS NOT NULL;
END;
