-- The map under a list's doors, under the list's key: where somebody canvasses is told to nobody.
CREATE TABLE maps (
    tenant BLOB NOT NULL REFERENCES tenants (id),
    list BLOB NOT NULL CHECK (length(list) = 16),
    content_hash BLOB NOT NULL CHECK (length(content_hash) = 32),
    key_number INTEGER NOT NULL,
    record BLOB NOT NULL,
    tiles BLOB NOT NULL,
    PRIMARY KEY (tenant, list)
) STRICT;
