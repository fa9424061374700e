-- What of its doors the server does not show this phone's user.
CREATE TABLE withheld (
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
    record   BLOB NOT NULL
) STRICT;
