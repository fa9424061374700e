-- What the operator's staff may look at: until when, and why, under the tenant's key.
CREATE TABLE support_grants (
    tenant BLOB NOT NULL,
    number INTEGER NOT NULL,
    user BLOB NOT NULL,
    sealed_reason BLOB NOT NULL,
    from_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    ended_at INTEGER,
    PRIMARY KEY (tenant, number),
    FOREIGN KEY (tenant, user) REFERENCES users (tenant, id)
) STRICT, WITHOUT ROWID;
