-- Who was erased, and where among the tenant's changes.
CREATE TABLE erased (
    tenant BLOB NOT NULL REFERENCES tenants (id),
    door BLOB NOT NULL CHECK (length(door) = 16),
    contact BLOB NOT NULL CHECK (length(contact) = 16),
    position INTEGER NOT NULL,
    PRIMARY KEY (tenant, door, contact)
) STRICT, WITHOUT ROWID;

-- From which position on less is left of an entry than was written.
ALTER TABLE entries ADD COLUMN erased INTEGER;
CREATE INDEX entries_erased ON entries (tenant, subject) WHERE erased IS NOT NULL;

-- The last record of the ledger of erasures that is worked in here.
CREATE TABLE erasures_recorded (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    number INTEGER NOT NULL,
    link BLOB NOT NULL CHECK (length(link) = 32)
) STRICT;

-- Documents that the regional backend is to have anew, though no entry says so: they have another base.
CREATE TABLE marks (
    tenant BLOB NOT NULL REFERENCES tenants (id),
    subject BLOB NOT NULL CHECK (length(subject) = 17),
    position INTEGER NOT NULL,
    PRIMARY KEY (tenant, subject)
) STRICT, WITHOUT ROWID;
