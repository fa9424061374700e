-- An entry may be set aside, and what the server did not take is told to the person: when that came, whether it was
-- seen, and which entry was made in its place.
CREATE TABLE entry_2 (
    seq           INTEGER PRIMARY KEY CHECK (seq > 0),
    moment        INTEGER NOT NULL,
    header        BLOB NOT NULL,
    payload       BLOB,
    salt          BLOB CHECK (length(salt) = 16),
    payload_hash  BLOB NOT NULL CHECK (length(payload_hash) = 32),
    chain         BLOB NOT NULL CHECK (length(chain) = 32),
    -- 0 saved, 1 on the server, 2 in the backend, 3 refused, 4 set aside
    state         INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 4),
    reason        INTEGER CHECK ((reason IS NOT NULL) = (state = 3)),
    told_at       INTEGER,
    seen          INTEGER NOT NULL DEFAULT 0 CHECK (seen IN (0, 1)),
    made_again_as INTEGER CHECK (made_again_as > seq),
    CHECK ((payload IS NULL) = (salt IS NULL))
) STRICT;
INSERT INTO entry_2 (seq, moment, header, payload, salt, payload_hash, chain, state, reason)
SELECT seq, moment, header, payload, salt, payload_hash, chain, state, reason FROM entry;
DROP TABLE entry;
ALTER TABLE entry_2 RENAME TO entry;
CREATE INDEX entry_by_state ON entry (state);
CREATE INDEX entry_made_again ON entry (made_again_as) WHERE made_again_as IS NOT NULL;
