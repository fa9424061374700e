-- From which entry on the salts are derived from which seed: one seed travels instead of a salt an entry, also where the app
-- was closed since. A seed is forgotten once the server has said something of all its entries.
CREATE TABLE seed (
    first_seq INTEGER PRIMARY KEY CHECK (first_seq > 0),
    bytes     BLOB NOT NULL CHECK (length(bytes) = 16)
) STRICT;
