-- The map under a list's doors, under the list's key: where somebody canvasses is told to nobody.
CREATE TABLE maps (
    tenant bytea NOT NULL REFERENCES tenants (id),
    list bytea NOT NULL CHECK (length(list) = 16),
    content_hash bytea NOT NULL CHECK (length(content_hash) = 32),
    key_number bigint NOT NULL,
    record bytea NOT NULL,
    tiles bytea NOT NULL,
    PRIMARY KEY (tenant, list)
);
ALTER TABLE maps ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_named_tenant ON maps USING (tenant = named_tenant());
-- What is sealed packs no further.
ALTER TABLE maps ALTER COLUMN tiles SET STORAGE EXTERNAL;
