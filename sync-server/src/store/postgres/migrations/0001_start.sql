-- Everything is the tenant's whose id leads its key, and is seen by the transaction that has named this tenant: see the
-- policies at the end. Ids are 16 bytes, instants milliseconds since 1970, and a subject is one byte for its kind and the
-- 16 of its id.

-- The tenant that the transaction has named; none where it has named none.
CREATE FUNCTION named_tenant() RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT decode(nullif(current_setting('walkbook.tenant', true), 'every'), 'hex') $$;

-- Whether the transaction is about every tenant: to list them.
CREATE FUNCTION names_every_tenant() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT coalesce(current_setting('walkbook.tenant', true), '') = 'every' $$;

-- Which store this is, and the proof that a master key is its own.
CREATE TABLE store (
    id integer PRIMARY KEY CHECK (id = 1),
    region text NOT NULL,
    key_check bytea NOT NULL
);

-- A life begins when a server comes and no other is there. A cursor names the life it is of; a database that was restored,
-- or that a stand-by has taken over from, does not know the lives that it has lost.
CREATE TABLE lives (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id bytea NOT NULL UNIQUE CHECK (length(id) = 8)
);

CREATE TABLE tenants (
    id bytea PRIMARY KEY CHECK (length(id) = 16),
    name text NOT NULL,
    region text NOT NULL,
    wrapped_key bytea,                      -- null once destroyed
    position bigint NOT NULL DEFAULT 0,     -- of the last change
    life bigint NOT NULL DEFAULT 0,         -- in which that was
    sealed_settings bytea,
    created_at bigint NOT NULL,
    key_destroyed_at bigint
);

-- Where a tenant stood before its first change in a life.
CREATE TABLE life_starts (
    tenant bytea NOT NULL REFERENCES tenants (id),
    life bigint NOT NULL REFERENCES lives (number) ON DELETE CASCADE,
    position bigint NOT NULL,
    PRIMARY KEY (tenant, life)
);

CREATE TABLE users (
    tenant bytea NOT NULL REFERENCES tenants (id),
    id bytea NOT NULL CHECK (length(id) = 16),
    sealed_label bytea NOT NULL,
    role text NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE TABLE devices (
    tenant bytea NOT NULL,
    id bytea NOT NULL CHECK (length(id) = 16),
    user_id bytea NOT NULL,
    public_key bytea NOT NULL CHECK (length(public_key) = 65),
    enrolled_at bigint NOT NULL,
    last_seen_at bigint,
    last_seq bigint NOT NULL DEFAULT 0,
    tip bytea NOT NULL CHECK (length(tip) = 32),
    clock_skew_ms bigint NOT NULL DEFAULT 0,
    revoked_at bigint,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, user_id) REFERENCES users (tenant, id)
);
CREATE INDEX devices_by_user ON devices (tenant, user_id);

CREATE TABLE invitations (
    tenant bytea NOT NULL,
    digest bytea NOT NULL CHECK (length(digest) = 32),
    user_id bytea NOT NULL,
    expires_at bigint NOT NULL,
    used_at bigint,
    used_by bytea,
    PRIMARY KEY (tenant, digest),
    FOREIGN KEY (tenant, user_id) REFERENCES users (tenant, id)
);

-- A document has one live key at most; a destroyed one leaves its number, so that no later key opens older bytes.
CREATE TABLE data_keys (
    tenant bytea NOT NULL REFERENCES tenants (id),
    subject bytea NOT NULL CHECK (length(subject) = 17),
    number bigint NOT NULL,
    wrapped bytea,
    destroyed_at bigint,
    PRIMARY KEY (tenant, subject, number)
);

CREATE TABLE bases (
    tenant bytea NOT NULL REFERENCES tenants (id),
    subject bytea NOT NULL CHECK (length(subject) = 17),
    position bigint NOT NULL,
    content_hash bytea NOT NULL CHECK (length(content_hash) = 32),
    key_number bigint NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (tenant, subject)
);

CREATE TABLE entries (
    tenant bytea NOT NULL,
    device bytea NOT NULL,
    seq bigint NOT NULL CHECK (seq > 0),
    subject bytea NOT NULL CHECK (length(subject) = 17),
    position bigint,                        -- of accepted ones
    arrived bigint GENERATED ALWAYS AS IDENTITY,
    header bytea NOT NULL,
    payload_hash bytea NOT NULL CHECK (length(payload_hash) = 32),
    bound bigint,
    verdict bigint NOT NULL,                -- 0 accepted, 1 refused, 2 quarantined
    reason bigint,
    key_number bigint,
    sealed bytea,                           -- salt and payload; null where refused or erased
    PRIMARY KEY (tenant, device, seq),
    FOREIGN KEY (tenant, device) REFERENCES devices (tenant, id),
    CHECK ((verdict = 0) = (position IS NOT NULL))
);
CREATE INDEX entries_by_subject ON entries (tenant, subject, position);
CREATE INDEX entries_set_aside ON entries (tenant, device, seq) WHERE verdict = 2;

CREATE TABLE signed_tips (
    tenant bytea NOT NULL,
    device bytea NOT NULL,
    seq bigint NOT NULL,
    tip bytea NOT NULL CHECK (length(tip) = 32),
    signature bytea NOT NULL CHECK (length(signature) = 64),
    PRIMARY KEY (tenant, device, seq)
);

-- What somebody decided about an entry that had been set aside: the entry's verdict says what, this row when and why. The
-- position is the entry's own where it was released.
CREATE TABLE decisions (
    tenant bytea NOT NULL,
    device bytea NOT NULL,
    seq bigint NOT NULL,
    position bigint NOT NULL,
    decided_at bigint NOT NULL,
    key_number bigint,
    sealed_words bytea,                     -- why it was refused, under the document's key
    PRIMARY KEY (tenant, device, seq),
    FOREIGN KEY (tenant, device, seq) REFERENCES entries (tenant, device, seq),
    CHECK ((key_number IS NULL) = (sealed_words IS NULL))
);
CREATE UNIQUE INDEX decisions_by_position ON decisions (tenant, device, position);

-- Entries out of rescue files that belong into no log: of a log that was set back, behind a gap, or refused before. They
-- wait for somebody, who has them written anew or refuses them.
CREATE TABLE rescued (
    tenant bytea NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    device bytea NOT NULL,
    subject bytea NOT NULL CHECK (length(subject) = 17),
    header bytea NOT NULL,
    reason bigint,                          -- why it was refused before, if it was
    key_number bigint,
    sealed bytea,                           -- null once decided, or erased
    -- What the server's own pen writes in its place, from before it is written.
    as_device bytea,
    as_seq bigint,
    decided_at bigint,
    PRIMARY KEY (tenant, number),
    UNIQUE (tenant, device, header),
    FOREIGN KEY (tenant, device) REFERENCES devices (tenant, id)
);
CREATE INDEX rescued_waiting ON rescued (tenant, number) WHERE decided_at IS NULL;

CREATE TABLE scripts (
    tenant bytea NOT NULL REFERENCES tenants (id),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    sealed bytea NOT NULL,
    PRIMARY KEY (tenant, hash)
);

-- The streets around a list's doors, under the list's key: where somebody canvasses is told to nobody.
CREATE TABLE streets (
    tenant bytea NOT NULL REFERENCES tenants (id),
    list bytea NOT NULL CHECK (length(list) = 16),
    content_hash bytea NOT NULL CHECK (length(content_hash) = 32),
    key_number bigint NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (tenant, list)
);

CREATE TABLE memberships (
    tenant bytea NOT NULL REFERENCES tenants (id),
    list bytea NOT NULL CHECK (length(list) = 16),
    joined bigint NOT NULL,
    door bytea NOT NULL CHECK (length(door) = 16),
    PRIMARY KEY (tenant, list, joined)
);
CREATE UNIQUE INDEX memberships_by_door ON memberships (tenant, door, list);

-- When a door last left a list: what was recorded there before counts.
CREATE TABLE departures (
    tenant bytea NOT NULL REFERENCES tenants (id),
    door bytea NOT NULL CHECK (length(door) = 16),
    list bytea NOT NULL CHECK (length(list) = 16),
    left_at bigint NOT NULL,
    PRIMARY KEY (tenant, door, list)
);

CREATE TABLE assignments (
    tenant bytea NOT NULL,
    user_id bytea NOT NULL,
    list bytea NOT NULL CHECK (length(list) = 16),
    from_position bigint NOT NULL,
    until_position bigint,
    until_at bigint,
    PRIMARY KEY (tenant, user_id, list, from_position),
    FOREIGN KEY (tenant, user_id) REFERENCES users (tenant, id)
);

CREATE TABLE teams (
    tenant bytea NOT NULL REFERENCES tenants (id),
    id bytea NOT NULL CHECK (length(id) = 16),
    sealed_label bytea NOT NULL,
    PRIMARY KEY (tenant, id)
);

-- Who was in which team, from when until when.
CREATE TABLE team_members (
    tenant bytea NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    team bytea NOT NULL,
    user_id bytea NOT NULL,
    from_at bigint NOT NULL,
    until_at bigint,
    PRIMARY KEY (tenant, number),
    FOREIGN KEY (tenant, team) REFERENCES teams (tenant, id),
    FOREIGN KEY (tenant, user_id) REFERENCES users (tenant, id)
);
CREATE UNIQUE INDEX team_members_now ON team_members (tenant, user_id, team) WHERE until_at IS NULL;
CREATE INDEX team_members_by_user ON team_members (tenant, user_id);
CREATE INDEX team_members_by_team ON team_members (tenant, team);

-- Which list was which team's, from when until when.
CREATE TABLE team_lists (
    tenant bytea NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    list bytea NOT NULL CHECK (length(list) = 16),
    team bytea NOT NULL,
    from_at bigint NOT NULL,
    until_at bigint,
    PRIMARY KEY (tenant, number),
    FOREIGN KEY (tenant, team) REFERENCES teams (tenant, id)
);
CREATE UNIQUE INDEX team_lists_now ON team_lists (tenant, list) WHERE until_at IS NULL;
CREATE INDEX team_lists_by_list ON team_lists (tenant, list);

-- What is new on each list, written with the change itself: reading it costs what the list has, not what the tenant has.
CREATE TABLE feed (
    tenant bytea NOT NULL REFERENCES tenants (id),
    list bytea NOT NULL,
    position bigint NOT NULL,
    kind bigint NOT NULL,                   -- 0 base, 1 entry, 2 joined, 3 left, 4 streets
    subject bytea NOT NULL,
    device bytea,
    seq bigint,
    PRIMARY KEY (tenant, list, position)
);

-- What the regional backend has yet to accept. Dead: 0 waits, 1 given up, 2 dropped by somebody.
CREATE TABLE outbox (
    tenant bytea NOT NULL REFERENCES tenants (id),
    position bigint NOT NULL,
    device bytea NOT NULL,
    seq bigint NOT NULL,
    attempts bigint NOT NULL DEFAULT 0,
    retry_at bigint NOT NULL DEFAULT 0,
    reason text,
    dead bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant, position)
);
CREATE INDEX outbox_by_device ON outbox (tenant, device, seq);
CREATE INDEX outbox_dead ON outbox (tenant, position) WHERE dead > 0;

-- Who did what. Records are only ever added; each is linked to all before it.
CREATE TABLE audit (
    tenant bytea NOT NULL REFERENCES tenants (id),
    number bigint NOT NULL CHECK (number > 0),
    at bigint NOT NULL,
    sealed bytea NOT NULL,
    link bytea NOT NULL CHECK (length(link) = 32),
    PRIMARY KEY (tenant, number)
);

-- Where each log ends: sealed, so that nobody cuts it off without the tenant's key.
CREATE TABLE audit_heads (
    tenant bytea PRIMARY KEY REFERENCES tenants (id),
    number bigint NOT NULL,
    sealed bytea NOT NULL
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'append only'; END $$;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_is_never_emptied BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The names of the tenants are read by whoever says that he is about every one.
ALTER TABLE tenants ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_named_tenant ON tenants USING (id = named_tenant());
CREATE POLICY told_to_who_asks_for_every ON tenants FOR SELECT USING (names_every_tenant());

-- Whatever else has a tenant is seen and written by the transaction that has named it, and by no other.
DO $$
DECLARE
    of_a_tenant text;
BEGIN
    FOR of_a_tenant IN
        SELECT c.relname FROM pg_class AS c
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant'
        WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', of_a_tenant);
        EXECUTE format('CREATE POLICY of_the_named_tenant ON %I USING (tenant = named_tenant())', of_a_tenant);
    END LOOP;
END $$;
