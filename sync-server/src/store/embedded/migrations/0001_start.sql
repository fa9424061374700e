-- Which store this is, and the proof that a master key is its own.
CREATE TABLE store (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    region TEXT NOT NULL,
    key_check BLOB NOT NULL
) STRICT;

-- A life begins at every opening. A cursor names the life it is of; a restored store does not know the lives that came
-- after its backup, and tells which positions of the others it still stands by.
CREATE TABLE lives (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 8)
) STRICT;

CREATE TABLE tenants (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    region TEXT NOT NULL,
    wrapped_key BLOB,                       -- null once destroyed
    position INTEGER NOT NULL DEFAULT 0,    -- of the last change
    created_at INTEGER NOT NULL,
    key_destroyed_at INTEGER
) STRICT, WITHOUT ROWID;

-- Where a tenant stood when a life began.
CREATE TABLE life_starts (
    tenant BLOB NOT NULL REFERENCES tenants (id),
    life INTEGER NOT NULL REFERENCES lives (number) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    PRIMARY KEY (tenant, life)
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    tenant BLOB NOT NULL REFERENCES tenants (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    sealed_label BLOB NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE devices (
    tenant BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    user BLOB NOT NULL,
    public_key BLOB NOT NULL CHECK (length(public_key) = 65),
    enrolled_at INTEGER NOT NULL,
    last_seen_at INTEGER,
    last_seq INTEGER NOT NULL DEFAULT 0,
    tip BLOB NOT NULL CHECK (length(tip) = 32),
    clock_skew_ms INTEGER NOT NULL DEFAULT 0,
    revoked_at INTEGER,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, user) REFERENCES users (tenant, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX devices_by_user ON devices (tenant, user);

CREATE TABLE invitations (
    tenant BLOB NOT NULL,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    user BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    used_by BLOB,
    PRIMARY KEY (tenant, digest),
    FOREIGN KEY (tenant, user) REFERENCES users (tenant, id)
) STRICT, WITHOUT ROWID;

-- A subject is one byte for its kind and the 16 of its id.
-- A document has one live key at most; a destroyed one leaves its number, so that no later key opens older bytes.
CREATE TABLE data_keys (
    tenant BLOB NOT NULL REFERENCES tenants (id),
    subject BLOB NOT NULL CHECK (length(subject) = 17),
    number INTEGER NOT NULL,
    wrapped BLOB,
    destroyed_at INTEGER,
    PRIMARY KEY (tenant, subject, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE bases (
    tenant BLOB NOT NULL REFERENCES tenants (id),
    subject BLOB NOT NULL CHECK (length(subject) = 17),
    position INTEGER NOT NULL,
    content_hash BLOB NOT NULL CHECK (length(content_hash) = 32),
    key_number INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (tenant, subject)
) STRICT;

CREATE TABLE entries (
    tenant BLOB NOT NULL,
    device BLOB NOT NULL,
    seq INTEGER NOT NULL CHECK (seq > 0),
    subject BLOB NOT NULL CHECK (length(subject) = 17),
    position INTEGER,                       -- of accepted ones
    header BLOB NOT NULL,
    payload_hash BLOB NOT NULL CHECK (length(payload_hash) = 32),
    bound INTEGER,
    verdict INTEGER NOT NULL,               -- 0 accepted, 1 refused, 2 quarantined
    reason INTEGER,
    key_number INTEGER,
    sealed BLOB,                            -- salt and payload; null where refused or erased
    PRIMARY KEY (tenant, device, seq),
    FOREIGN KEY (tenant, device) REFERENCES devices (tenant, id),
    CHECK ((verdict = 0) = (position IS NOT NULL))
) STRICT;
CREATE INDEX entries_by_subject ON entries (tenant, subject, position);
CREATE INDEX entries_set_aside ON entries (tenant, device, seq) WHERE verdict = 2;

CREATE TABLE signed_tips (
    tenant BLOB NOT NULL,
    device BLOB NOT NULL,
    seq INTEGER NOT NULL,
    tip BLOB NOT NULL CHECK (length(tip) = 32),
    signature BLOB NOT NULL CHECK (length(signature) = 64),
    PRIMARY KEY (tenant, device, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE scripts (
    tenant BLOB NOT NULL REFERENCES tenants (id),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    sealed BLOB NOT NULL,
    PRIMARY KEY (tenant, hash)
) STRICT;

CREATE TABLE memberships (
    tenant BLOB NOT NULL REFERENCES tenants (id),
    list BLOB NOT NULL CHECK (length(list) = 16),
    joined INTEGER NOT NULL,
    door BLOB NOT NULL CHECK (length(door) = 16),
    PRIMARY KEY (tenant, list, joined)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX memberships_by_door ON memberships (tenant, door, list);

-- When a door last left a list: what was recorded there before counts.
CREATE TABLE departures (
    tenant BLOB NOT NULL REFERENCES tenants (id),
    door BLOB NOT NULL CHECK (length(door) = 16),
    list BLOB NOT NULL CHECK (length(list) = 16),
    left_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, door, list)
) STRICT, WITHOUT ROWID;

CREATE TABLE assignments (
    tenant BLOB NOT NULL,
    user BLOB NOT NULL,
    list BLOB NOT NULL CHECK (length(list) = 16),
    from_position INTEGER NOT NULL,
    until_position INTEGER,
    until_at INTEGER,
    PRIMARY KEY (tenant, user, list, from_position),
    FOREIGN KEY (tenant, user) REFERENCES users (tenant, id)
) STRICT, WITHOUT ROWID;

-- What is new on each list, written with the change itself: reading it costs what the list has, not what the tenant has.
CREATE TABLE feed (
    tenant BLOB NOT NULL,
    list BLOB NOT NULL,
    position INTEGER NOT NULL,
    kind INTEGER NOT NULL,                  -- 0 base, 1 entry, 2 joined, 3 left
    subject BLOB NOT NULL,
    device BLOB,
    seq INTEGER,
    PRIMARY KEY (tenant, list, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
    tenant BLOB NOT NULL,
    position INTEGER NOT NULL,
    device BLOB NOT NULL,
    seq INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    retry_at INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    dead INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_by_device ON outbox (tenant, device, seq);
