-- Who did what. Records are only ever added; each is linked to all before it.
CREATE TABLE audit (
    tenant BLOB NOT NULL REFERENCES tenants (id),
    number INTEGER NOT NULL CHECK (number > 0),
    at INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    link BLOB NOT NULL CHECK (length(link) = 32),
    PRIMARY KEY (tenant, number)
) STRICT, WITHOUT ROWID;

-- Where each log ends: sealed, so that nobody cuts it off without the tenant's key.
CREATE TABLE audit_heads (
    tenant BLOB PRIMARY KEY REFERENCES tenants (id),
    number INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'append only'); END;
