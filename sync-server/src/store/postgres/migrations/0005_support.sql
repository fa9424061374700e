-- What the operator's staff may look at: until when, and why, under the tenant's key.
CREATE TABLE support_grants (
    tenant bytea NOT NULL,
    number bigint NOT NULL,
    user_id bytea NOT NULL,
    sealed_reason bytea NOT NULL,
    from_at bigint NOT NULL,
    until_at bigint NOT NULL,
    ended_at bigint,
    PRIMARY KEY (tenant, number),
    FOREIGN KEY (tenant, user_id) REFERENCES users (tenant, id)
);
ALTER TABLE support_grants ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_named_tenant ON support_grants USING (tenant = named_tenant());
