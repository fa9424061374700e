-- What this device wrote, in the order in which it was written. A row never changes but for its state, and for an
-- erasure, which takes the payload and the salt and leaves what the chain needs.
CREATE TABLE entry (
    seq          INTEGER PRIMARY KEY CHECK (seq > 0),
    moment       INTEGER NOT NULL,
    header       BLOB NOT NULL,
    payload      BLOB,
    salt         BLOB CHECK (length(salt) = 16),
    payload_hash BLOB NOT NULL CHECK (length(payload_hash) = 32),
    chain        BLOB NOT NULL CHECK (length(chain) = 32),
    -- 0 saved, 1 on the server, 2 in the backend, 3 refused
    state        INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 3),
    reason       INTEGER CHECK ((reason IS NOT NULL) = (state = 3)),
    CHECK ((payload IS NULL) = (salt IS NULL))
) STRICT;

-- Counting and sending must not read what was sent long ago.
CREATE INDEX entry_by_state ON entry (state);

-- Who this device is: small records by name. Beside the log, because they are as hard to get again.
CREATE TABLE note (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;
