-- Who was erased, and where among the tenant's changes.
CREATE TABLE erased (
    tenant bytea NOT NULL REFERENCES tenants (id),
    door bytea NOT NULL CHECK (length(door) = 16),
    contact bytea NOT NULL CHECK (length(contact) = 16),
    position bigint NOT NULL,
    PRIMARY KEY (tenant, door, contact)
);
ALTER TABLE erased ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_named_tenant ON erased USING (tenant = named_tenant());

-- From which position on less is left of an entry than was written.
ALTER TABLE entries ADD COLUMN erased bigint;
CREATE INDEX entries_erased ON entries (tenant, subject) WHERE erased IS NOT NULL;

-- The last record of the ledger of erasures that is worked in here.
CREATE TABLE erasures_recorded (
    id bigint PRIMARY KEY CHECK (id = 1),
    number bigint NOT NULL,
    link bytea NOT NULL CHECK (length(link) = 32)
);

-- Documents that the regional backend is to have anew, though no entry says so: they have another base.
CREATE TABLE marks (
    tenant bytea NOT NULL REFERENCES tenants (id),
    subject bytea NOT NULL CHECK (length(subject) = 17),
    position bigint NOT NULL,
    PRIMARY KEY (tenant, subject)
);
ALTER TABLE marks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_named_tenant ON marks USING (tenant = named_tenant());
