-- What somebody decided about an entry that had been set aside: the entry's verdict says what, this row when and why. The
-- position is the entry's own where it was released.
CREATE TABLE decisions (
    tenant BLOB NOT NULL,
    device BLOB NOT NULL,
    seq INTEGER NOT NULL,
    position INTEGER NOT NULL,
    decided_at INTEGER NOT NULL,
    key_number INTEGER,
    sealed_words BLOB,                      -- why it was refused, under the document's key
    PRIMARY KEY (tenant, device, seq),
    FOREIGN KEY (tenant, device, seq) REFERENCES entries (tenant, device, seq),
    CHECK ((key_number IS NULL) = (sealed_words IS NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX decisions_by_position ON decisions (tenant, device, position);
