-- The map under each list's doors: whose data it is, and which tiles it has, by the hashes of their bytes.
CREATE TABLE list_map (
    list        BLOB PRIMARY KEY CHECK (length(list) = 16),
    attribution TEXT NOT NULL
) STRICT;
CREATE TABLE list_tile (
    zoom        INTEGER NOT NULL,
    tile_column INTEGER NOT NULL,
    tile_row    INTEGER NOT NULL,
    list        BLOB NOT NULL CHECK (length(list) = 16),
    content     BLOB NOT NULL CHECK (length(content) = 32),
    PRIMARY KEY (zoom, tile_column, tile_row, list)
) STRICT, WITHOUT ROWID;
CREATE INDEX tiles_of_list ON list_tile (list);
CREATE INDEX lists_of_tile ON list_tile (content, zoom);

-- Each tile once, however many lists have it.
CREATE TABLE tile (
    content BLOB PRIMARY KEY CHECK (length(content) = 32),
    bytes   BLOB NOT NULL
) STRICT;
