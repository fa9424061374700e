-- What others change in the tables is noticed, and becomes entries of the server's own device.

-- What a document was made of when it was put here: what a change of it is made on top of.
ALTER TABLE document ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE document ADD COLUMN tips TEXT NOT NULL DEFAULT '';

-- What others changed and no phone knows of yet. Written by triggers, emptied by the server.
CREATE TABLE noticed (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant TEXT NOT NULL,
    door TEXT NOT NULL,
    -- Whose field it is; null where it is the door's.
    contact TEXT,
    field TEXT NOT NULL,
    -- Nothing where it was cleared.
    value TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    tips TEXT NOT NULL,
    changed_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    attempts INTEGER NOT NULL DEFAULT 0,
    retry_at INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    given_up INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX noticed_tenant ON noticed (tenant, number);

-- Who has the last word on a field: ours (phones), or theirs (what is written here). Where there is nothing, people are asked.
CREATE TABLE authority (
    tenant TEXT NOT NULL REFERENCES tenant,
    field TEXT NOT NULL,
    wins TEXT NOT NULL CHECK (wins IN ('ours', 'theirs')),
    PRIMARY KEY (tenant, field)
) STRICT, WITHOUT ROWID;

-- The server says so within every transaction of its own: what it writes is not noticed, and never comes back to it.
CREATE TABLE writing (id INTEGER PRIMARY KEY CHECK (id = 1), ours INTEGER NOT NULL) STRICT;
INSERT INTO writing VALUES (1, 0);

CREATE VIEW field_of_contact AS
SELECT tenant, contact, door, 'given_name' AS field, given_name AS value FROM contact
UNION ALL SELECT tenant, contact, door, 'family_name', family_name FROM contact
UNION ALL SELECT tenant, contact, door, 'phone', phone FROM contact
UNION ALL SELECT tenant, contact, door, 'email', email FROM contact
UNION ALL SELECT tenant, contact, door, 'language', language FROM contact
UNION ALL SELECT tenant, contact, door, 'birth_year', birth_year FROM contact
UNION ALL SELECT tenant, contact, door, 'gender', gender FROM contact
UNION ALL SELECT tenant, contact, door, 'support', support FROM contact
UNION ALL SELECT tenant, contact, door, 'reference', reference FROM contact;

CREATE TRIGGER notice_contact AFTER UPDATE ON contact WHEN (SELECT ours FROM writing) = 0
BEGIN
    INSERT INTO noticed (tenant, door, contact, field, value, epoch, tips)
    SELECT new.tenant, new.door, new.contact, f.field, coalesce(f.value, ''), d.epoch, d.tips
    FROM field_of_contact f JOIN document d ON d.tenant = new.tenant AND d.document = new.door
    WHERE f.tenant = new.tenant AND f.contact = new.contact AND f.door = new.door
      AND coalesce(f.value, '') <> coalesce(CASE f.field
          WHEN 'given_name' THEN old.given_name WHEN 'family_name' THEN old.family_name WHEN 'phone' THEN old.phone
          WHEN 'email' THEN old.email WHEN 'language' THEN old.language WHEN 'birth_year' THEN old.birth_year
          WHEN 'gender' THEN old.gender WHEN 'support' THEN old.support ELSE old.reference END, '');
END;

CREATE TRIGGER notice_field_added AFTER INSERT ON contact_field WHEN (SELECT ours FROM writing) = 0
BEGIN
    INSERT INTO noticed (tenant, door, contact, field, value, epoch, tips)
    SELECT new.tenant, new.door, new.contact, new.name, new.value, epoch, tips
    FROM document WHERE tenant = new.tenant AND document = new.door;
END;

CREATE TRIGGER notice_field_changed AFTER UPDATE ON contact_field WHEN (SELECT ours FROM writing) = 0
BEGIN
    INSERT INTO noticed (tenant, door, contact, field, value, epoch, tips)
    SELECT new.tenant, new.door, new.contact, new.name, new.value, epoch, tips
    FROM document WHERE tenant = new.tenant AND document = new.door;
END;

CREATE TRIGGER notice_field_removed AFTER DELETE ON contact_field WHEN (SELECT ours FROM writing) = 0
BEGIN
    INSERT INTO noticed (tenant, door, contact, field, value, epoch, tips)
    SELECT old.tenant, old.door, old.contact, old.name, '', epoch, tips
    FROM document WHERE tenant = old.tenant AND document = old.door;
END;

CREATE TRIGGER notice_door AFTER UPDATE OF access_notes ON door
WHEN (SELECT ours FROM writing) = 0 AND old.access_notes <> new.access_notes
BEGIN
    INSERT INTO noticed (tenant, door, field, value, epoch, tips)
    SELECT new.tenant, new.door, 'access_notes', new.access_notes, epoch, tips
    FROM document WHERE tenant = new.tenant AND document = new.door;
END;
