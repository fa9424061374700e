-- Entries out of rescue files that belong into no log: of a log that was set back, behind a gap, or refused before. They wait
-- for somebody, who has them written anew or refuses them.
CREATE TABLE rescued (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant BLOB NOT NULL,
    device BLOB NOT NULL,
    subject BLOB NOT NULL CHECK (length(subject) = 17),
    header BLOB NOT NULL,
    reason INTEGER,                         -- why it was refused before, if it was
    key_number INTEGER,
    sealed BLOB,                            -- null once decided, or erased
    -- What the server's own pen writes in its place, from before it is written.
    as_device BLOB,
    as_seq INTEGER,
    decided_at INTEGER,
    UNIQUE (tenant, device, header),
    FOREIGN KEY (tenant, device) REFERENCES devices (tenant, id)
) STRICT;
CREATE INDEX rescued_waiting ON rescued (tenant, number) WHERE decided_at IS NULL;
