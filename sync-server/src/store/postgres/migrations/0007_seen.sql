-- Up to where a device brings again what the store lost when it was restored. Nothing where its log has got there.
ALTER TABLE devices ADD COLUMN refill_up_to bigint NOT NULL DEFAULT 0;

-- Proofs of requests that were taken, for as long as they could be played again. A row for each request: it refers to nothing,
-- so that it waits for nobody.
CREATE TABLE seen_proofs (
    tenant bytea NOT NULL,
    at bigint NOT NULL,
    device bytea NOT NULL,
    nonce bytea NOT NULL CHECK (length(nonce) = 16),
    PRIMARY KEY (tenant, at, device, nonce)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);
ALTER TABLE seen_proofs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_named_tenant ON seen_proofs USING (tenant = named_tenant());

-- Tries to sign in, counted together for all users of a slot: there are no more rows than slots, whatever names are made up.
CREATE TABLE sign_in_tries (
    tenant bytea NOT NULL,
    slot bigint NOT NULL CHECK (slot BETWEEN 0 AND 65535),
    tries bigint NOT NULL,
    last_at bigint NOT NULL,
    PRIMARY KEY (tenant, slot)
);
ALTER TABLE sign_in_tries ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_named_tenant ON sign_in_tries USING (tenant = named_tenant());
