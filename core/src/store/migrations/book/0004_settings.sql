-- What the tenant has decided for all its phones, and the server's mark of it.
CREATE TABLE settings (
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
    record   BLOB NOT NULL,
    mark     BLOB NOT NULL
) STRICT;
