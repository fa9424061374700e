-- Up to where a device brings again what the store lost when it was restored. Nothing where its log has got there.
ALTER TABLE devices ADD COLUMN refill_up_to INTEGER NOT NULL DEFAULT 0;

-- Proofs of requests that were taken, for as long as they could be played again.
CREATE TABLE seen_proofs (
    tenant BLOB NOT NULL,
    at INTEGER NOT NULL,
    device BLOB NOT NULL,
    nonce BLOB NOT NULL CHECK (length(nonce) = 16),
    PRIMARY KEY (tenant, at, device, nonce)
) STRICT, WITHOUT ROWID;

-- Tries to sign in, counted together for all users of a slot: there are no more rows than slots, whatever names are made up.
CREATE TABLE sign_in_tries (
    tenant BLOB NOT NULL,
    slot INTEGER NOT NULL CHECK (slot BETWEEN 0 AND 65535),
    tries INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, slot)
) STRICT, WITHOUT ROWID;
