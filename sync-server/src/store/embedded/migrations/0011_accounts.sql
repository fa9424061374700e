-- Who signs in with a password. What is in an account is sealed under the tenant's key.
CREATE TABLE accounts (
    tenant BLOB NOT NULL,
    user BLOB NOT NULL,
    version INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (tenant, user),
    FOREIGN KEY (tenant, user) REFERENCES users (tenant, id)
) STRICT, WITHOUT ROWID;

-- With what passwords are chosen, once: used_by is the hash of the phone's key.
CREATE TABLE password_codes (
    tenant BLOB NOT NULL,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    user BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    used_by BLOB CHECK (length(used_by) = 32),
    PRIMARY KEY (tenant, digest),
    FOREIGN KEY (tenant, user) REFERENCES users (tenant, id)
) STRICT, WITHOUT ROWID;

ALTER TABLE tenants ADD COLUMN second_factor INTEGER NOT NULL DEFAULT 1;
