-- The streets around a list's doors, as they came: what walks are planned along.
CREATE TABLE list_streets (
    list   BLOB PRIMARY KEY CHECK (length(list) = 16),
    record BLOB NOT NULL
) STRICT;

-- What planning needs of a door beside where it is. Rows of an earlier version are computed anew at once.
ALTER TABLE door_row ADD COLUMN building BLOB CHECK (length(building) = 16);
ALTER TABLE door_row ADD COLUMN floor INTEGER;
UPDATE door_row SET holds_until = '';
