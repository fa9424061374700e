-- Who signs in with a password. What is in an account is sealed under the tenant's key.
CREATE TABLE accounts (
    tenant bytea NOT NULL,
    user_id bytea NOT NULL,
    version bigint NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (tenant, user_id),
    FOREIGN KEY (tenant, user_id) REFERENCES users (tenant, id)
);

-- With what passwords are chosen, once: used_by is the hash of the phone's key.
CREATE TABLE password_codes (
    tenant bytea NOT NULL,
    digest bytea NOT NULL CHECK (length(digest) = 32),
    user_id bytea NOT NULL,
    expires_at bigint NOT NULL,
    used_by bytea CHECK (length(used_by) = 32),
    PRIMARY KEY (tenant, digest),
    FOREIGN KEY (tenant, user_id) REFERENCES users (tenant, id)
);

ALTER TABLE tenants ADD COLUMN second_factor boolean NOT NULL DEFAULT true;

ALTER TABLE accounts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_named_tenant ON accounts USING (tenant = named_tenant());
ALTER TABLE password_codes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_named_tenant ON password_codes USING (tenant = named_tenant());
