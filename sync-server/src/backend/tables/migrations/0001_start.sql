-- The tenants' system of record. Ids are the texts that commands and apps show; times are UTC, as ISO 8601.

CREATE TABLE tenant (
    tenant TEXT PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;

-- Those who work for the tenant.
CREATE TABLE person (
    tenant TEXT NOT NULL REFERENCES tenant,
    person TEXT NOT NULL,
    label TEXT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (tenant, person)
) STRICT;

-- From which life of the server's store, and from which position in it, each document is. For the server's use.
CREATE TABLE document (
    tenant TEXT NOT NULL REFERENCES tenant,
    document TEXT NOT NULL,
    life TEXT NOT NULL,
    as_of INTEGER NOT NULL,
    PRIMARY KEY (tenant, document)
) STRICT, WITHOUT ROWID;

CREATE TABLE walk_list (
    tenant TEXT NOT NULL REFERENCES tenant,
    walk_list TEXT NOT NULL,
    effort TEXT NOT NULL,
    name TEXT NOT NULL,
    script TEXT,
    PRIMARY KEY (tenant, walk_list)
) STRICT;

-- The doors of a list in walk order, from 1.
CREATE TABLE list_door (
    tenant TEXT NOT NULL,
    walk_list TEXT NOT NULL,
    place INTEGER NOT NULL,
    door TEXT NOT NULL,
    PRIMARY KEY (tenant, walk_list, place),
    FOREIGN KEY (tenant, walk_list) REFERENCES walk_list ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX list_door_door ON list_door (tenant, door);

-- Who works a list.
CREATE TABLE list_person (
    tenant TEXT NOT NULL,
    walk_list TEXT NOT NULL,
    person TEXT NOT NULL,
    PRIMARY KEY (tenant, walk_list, person),
    FOREIGN KEY (tenant, walk_list) REFERENCES walk_list ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE door (
    tenant TEXT NOT NULL REFERENCES tenant,
    door TEXT NOT NULL,
    building TEXT NOT NULL,
    street TEXT NOT NULL,
    number TEXT NOT NULL,
    unit TEXT NOT NULL,
    floor INTEGER,
    city TEXT NOT NULL,
    region TEXT NOT NULL,
    postcode TEXT NOT NULL,
    latitude REAL,
    longitude REAL,
    access_notes TEXT NOT NULL,
    -- The class of the last knock that counts: contact, attempt, data_fix, suppress; null before the first.
    last_class TEXT,
    -- Places of this door that two people wrote without knowing of each other.
    clashes INTEGER NOT NULL,
    PRIMARY KEY (tenant, door)
) STRICT;

CREATE TABLE contact (
    tenant TEXT NOT NULL,
    contact TEXT NOT NULL,
    door TEXT NOT NULL,
    -- present, gone, or the same person as another contact.
    standing TEXT NOT NULL,
    same_as TEXT,
    given_name TEXT,
    family_name TEXT,
    phone TEXT,
    email TEXT,
    language TEXT,
    birth_year TEXT,
    gender TEXT,
    support TEXT,
    reference TEXT,
    PRIMARY KEY (tenant, contact, door),
    FOREIGN KEY (tenant, door) REFERENCES door ON DELETE CASCADE
) STRICT;
CREATE INDEX contact_door ON contact (tenant, door);

-- The tenant's own fields of a contact.
CREATE TABLE contact_field (
    tenant TEXT NOT NULL,
    contact TEXT NOT NULL,
    door TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (tenant, contact, door, name),
    FOREIGN KEY (tenant, contact, door) REFERENCES contact ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- One row for each knock, as it counts now. An undone one keeps its row, with nothing in it.
CREATE TABLE interaction (
    tenant TEXT NOT NULL,
    interaction TEXT NOT NULL,
    door TEXT NOT NULL,
    happened_at TEXT NOT NULL,
    person TEXT,
    walk_list TEXT,
    contact TEXT,
    outcome TEXT,
    class TEXT,
    code TEXT,
    note TEXT,
    script TEXT,
    corrections INTEGER NOT NULL,
    undone INTEGER NOT NULL,
    PRIMARY KEY (tenant, interaction),
    FOREIGN KEY (tenant, door) REFERENCES door ON DELETE CASCADE
) STRICT;
CREATE INDEX interaction_door ON interaction (tenant, door);

CREATE TABLE answer (
    tenant TEXT NOT NULL,
    interaction TEXT NOT NULL,
    question INTEGER NOT NULL,
    -- The question's column in exports; null where the script is not known.
    name TEXT,
    -- As a person reads it: an option's text, a number, a date.
    value TEXT NOT NULL,
    -- The option's code, or the codes as JSON.
    code TEXT,
    PRIMARY KEY (tenant, interaction, question),
    FOREIGN KEY (tenant, interaction) REFERENCES interaction ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE consent (
    tenant TEXT NOT NULL,
    consent TEXT NOT NULL,
    door TEXT NOT NULL,
    contact TEXT NOT NULL,
    purpose TEXT NOT NULL,
    given INTEGER NOT NULL,
    wording TEXT NOT NULL,
    language TEXT NOT NULL,
    witness TEXT NOT NULL,
    given_at TEXT NOT NULL,
    PRIMARY KEY (tenant, consent),
    FOREIGN KEY (tenant, door) REFERENCES door ON DELETE CASCADE
) STRICT;
CREATE INDEX consent_door ON consent (tenant, door);

-- Where permissions stand now, after withdrawals and lifts.
CREATE TABLE permission (
    tenant TEXT NOT NULL,
    door TEXT NOT NULL,
    contact TEXT NOT NULL,
    purpose TEXT NOT NULL,
    given INTEGER NOT NULL,
    PRIMARY KEY (tenant, door, contact, purpose),
    FOREIGN KEY (tenant, door) REFERENCES door ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Every "no" that stands: lifted ones are not here.
CREATE TABLE suppression (
    tenant TEXT NOT NULL,
    suppression TEXT NOT NULL,
    door TEXT NOT NULL,
    -- Null where the whole door is meant.
    contact TEXT,
    reason TEXT NOT NULL,
    until_on TEXT,
    PRIMARY KEY (tenant, suppression),
    FOREIGN KEY (tenant, door) REFERENCES door ON DELETE CASCADE
) STRICT;
CREATE INDEX suppression_door ON suppression (tenant, door);

-- Every accepted entry, once.
CREATE TABLE entry (
    tenant TEXT NOT NULL REFERENCES tenant,
    device TEXT NOT NULL,
    seq INTEGER NOT NULL,
    position INTEGER NOT NULL,
    document TEXT NOT NULL,
    kind TEXT NOT NULL,
    written_at TEXT NOT NULL,
    person TEXT,
    PRIMARY KEY (tenant, device, seq)
) STRICT;

-- For people to read.

CREATE VIEW knock AS
SELECT i.tenant, i.happened_at, p.label AS person, l.name AS walk_list,
       trim(d.street || ' ' || d.number || CASE d.unit WHEN '' THEN '' ELSE ', ' || d.unit END) AS address,
       trim(coalesce(c.given_name, '') || ' ' || coalesce(c.family_name, '')) AS contact,
       i.outcome, i.class, i.note, i.interaction
FROM interaction i
JOIN door d ON d.tenant = i.tenant AND d.door = i.door
LEFT JOIN person p ON p.tenant = i.tenant AND p.person = i.person
LEFT JOIN walk_list l ON l.tenant = i.tenant AND l.walk_list = i.walk_list
LEFT JOIN contact c ON c.tenant = i.tenant AND c.contact = i.contact AND c.door = i.door
WHERE i.undone = 0;

-- A door stands as on the phones: nobody shall go where the door, or everybody at it, is suppressed today.
CREATE VIEW door_status AS
SELECT d.tenant, d.door,
       CASE
           WHEN EXISTS (SELECT 1 FROM suppression s WHERE s.tenant = d.tenant AND s.door = d.door
                        AND s.contact IS NULL AND (s.until_on IS NULL OR s.until_on >= date('now')))
             OR (EXISTS (SELECT 1 FROM contact c WHERE c.tenant = d.tenant AND c.door = d.door
                         AND c.standing = 'present')
                 AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.tenant = d.tenant AND c.door = d.door
                         AND c.standing = 'present'
                         AND NOT EXISTS (SELECT 1 FROM suppression s WHERE s.tenant = d.tenant AND s.door = d.door
                                         AND s.contact = c.contact
                                         AND (s.until_on IS NULL OR s.until_on >= date('now')))))
           THEN 'suppressed'
           WHEN d.last_class IS NULL THEN 'untouched'
           WHEN d.last_class = 'attempt' THEN 'attempted'
           WHEN d.last_class = 'data_fix' THEN 'data_fix'
           ELSE 'contacted'
       END AS status
FROM door d;

CREATE VIEW board AS
SELECT l.tenant, l.walk_list, l.name, count(s.door) AS doors,
       count(*) FILTER (WHERE s.status = 'untouched') AS untouched,
       count(*) FILTER (WHERE s.status = 'attempted') AS attempted,
       count(*) FILTER (WHERE s.status = 'contacted') AS contacted,
       count(*) FILTER (WHERE s.status = 'data_fix') AS data_fix,
       count(*) FILTER (WHERE s.status = 'suppressed') AS suppressed,
       (SELECT count(*) FROM interaction i JOIN list_door x ON x.tenant = i.tenant AND x.door = i.door
        WHERE i.tenant = l.tenant AND x.walk_list = l.walk_list AND i.undone = 0) AS knocks
FROM walk_list l
LEFT JOIN list_door ld ON ld.tenant = l.tenant AND ld.walk_list = l.walk_list
LEFT JOIN door_status s ON s.tenant = ld.tenant AND s.door = ld.door
GROUP BY l.tenant, l.walk_list;
