-- Published versions of scripts, each under the hash of its bytes.
CREATE TABLE script (
    hash   BLOB PRIMARY KEY CHECK (length(hash) = 32),
    record BLOB NOT NULL
) STRICT;

-- Numbers about the book itself, by name.
CREATE TABLE mark (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;
