-- The tenants' system of record. Ids are the texts that commands and apps show.

CREATE TABLE tenant (
    tenant text PRIMARY KEY,
    name text NOT NULL
);
COMMENT ON TABLE tenant IS 'A customer organisation. Its id leads every key of every table.';

CREATE TABLE person (
    tenant text NOT NULL REFERENCES tenant,
    person text NOT NULL,
    label text NOT NULL,
    role text NOT NULL,
    PRIMARY KEY (tenant, person)
);
COMMENT ON TABLE person IS 'Those who work for the tenant: canvassers, team leads, and so on.';
COMMENT ON COLUMN person.label IS 'What colleagues call the person.';
COMMENT ON COLUMN person.role IS 'canvasser, team_lead, organiser, manager, owner, analyst or support.';

CREATE TABLE document (
    tenant text NOT NULL REFERENCES tenant,
    document text NOT NULL,
    life text NOT NULL,
    as_of bigint NOT NULL,
    PRIMARY KEY (tenant, document)
);
COMMENT ON TABLE document IS 'How late each door and list is as it stands here. For the server''s use.';
COMMENT ON COLUMN document.life IS 'The life of the server''s store that it is from.';
COMMENT ON COLUMN document.as_of IS 'The position in that life.';

CREATE TABLE walk_list (
    tenant text NOT NULL REFERENCES tenant,
    walk_list text NOT NULL,
    effort text NOT NULL,
    name text NOT NULL,
    script text,
    PRIMARY KEY (tenant, walk_list)
);
COMMENT ON TABLE walk_list IS 'The ordered doors that one team or person works.';
COMMENT ON COLUMN walk_list.effort IS 'The canvassing programme that it is of.';
COMMENT ON COLUMN walk_list.script IS 'The version of the script that is worked: its content hash.';

CREATE TABLE list_door (
    tenant text NOT NULL,
    walk_list text NOT NULL,
    place bigint NOT NULL,
    door text NOT NULL,
    PRIMARY KEY (tenant, walk_list, place),
    FOREIGN KEY (tenant, walk_list) REFERENCES walk_list ON DELETE CASCADE
);
CREATE INDEX list_door_door ON list_door (tenant, door);
COMMENT ON TABLE list_door IS 'The doors of a list in walk order.';
COMMENT ON COLUMN list_door.place IS 'From 1.';

CREATE TABLE list_person (
    tenant text NOT NULL,
    walk_list text NOT NULL,
    person text NOT NULL,
    PRIMARY KEY (tenant, walk_list, person),
    FOREIGN KEY (tenant, walk_list) REFERENCES walk_list ON DELETE CASCADE
);
COMMENT ON TABLE list_person IS 'Who works a list.';

CREATE TABLE door (
    tenant text NOT NULL REFERENCES tenant,
    door text NOT NULL,
    building text NOT NULL,
    street text NOT NULL,
    number text NOT NULL,
    unit text NOT NULL,
    floor bigint,
    city text NOT NULL,
    region text NOT NULL,
    postcode text NOT NULL,
    latitude double precision,
    longitude double precision,
    access_notes text NOT NULL,
    last_class text,
    clashes bigint NOT NULL,
    PRIMARY KEY (tenant, door)
);
COMMENT ON TABLE door IS 'One dwelling at an address.';
COMMENT ON COLUMN door.building IS 'The same for all doors of one building.';
COMMENT ON COLUMN door.latitude IS 'Degrees, WGS 84; null where nobody knows where the door is.';
COMMENT ON COLUMN door.longitude IS 'Degrees, WGS 84.';
COMMENT ON COLUMN door.access_notes IS 'How to get in.';
COMMENT ON COLUMN door.last_class IS 'The class of the last knock that counts: contact, attempt, data_fix, suppress; null before the first.';
COMMENT ON COLUMN door.clashes IS 'Places of this door that two people wrote without knowing of each other, and that nobody has settled.';

CREATE TABLE contact (
    tenant text NOT NULL,
    contact text NOT NULL,
    door text NOT NULL,
    standing text NOT NULL,
    same_as text,
    given_name text,
    family_name text,
    phone text,
    email text,
    language text,
    birth_year text,
    gender text,
    support text,
    reference text,
    PRIMARY KEY (tenant, contact, door),
    FOREIGN KEY (tenant, door) REFERENCES door ON DELETE CASCADE
);
CREATE INDEX contact_door ON contact (tenant, door);
COMMENT ON TABLE contact IS 'A person at a door.';
COMMENT ON COLUMN contact.standing IS 'present, gone, or same_as another contact.';
COMMENT ON COLUMN contact.same_as IS 'The contact that this one is the same person as.';
COMMENT ON COLUMN contact.support IS '1 strong support to 5 strong opposition, or a step of the tenant''s own scale.';
COMMENT ON COLUMN contact.reference IS 'The person''s id in the tenant''s register.';

CREATE TABLE contact_field (
    tenant text NOT NULL,
    contact text NOT NULL,
    door text NOT NULL,
    name text NOT NULL,
    value text NOT NULL,
    PRIMARY KEY (tenant, contact, door, name),
    FOREIGN KEY (tenant, contact, door) REFERENCES contact ON DELETE CASCADE
);
COMMENT ON TABLE contact_field IS 'The tenant''s own fields of a contact.';

CREATE TABLE permission (
    tenant text NOT NULL,
    door text NOT NULL,
    contact text NOT NULL,
    purpose text NOT NULL,
    given boolean NOT NULL,
    PRIMARY KEY (tenant, door, contact, purpose),
    FOREIGN KEY (tenant, door) REFERENCES door ON DELETE CASCADE
);
COMMENT ON TABLE permission IS 'Where permissions stand now, after withdrawals and lifts. What was said is in consent.';

CREATE TABLE interaction (
    tenant text NOT NULL,
    interaction text NOT NULL,
    door text NOT NULL,
    happened_at timestamptz NOT NULL,
    person text,
    walk_list text,
    contact text,
    outcome text,
    class text,
    code text,
    note text,
    script text,
    corrections bigint NOT NULL,
    undone boolean NOT NULL,
    distance text,
    mocked boolean,
    latitude double precision,
    longitude double precision,
    PRIMARY KEY (tenant, interaction),
    FOREIGN KEY (tenant, door) REFERENCES door ON DELETE CASCADE
);
CREATE INDEX interaction_door ON interaction (tenant, door);
COMMENT ON TABLE interaction IS 'One attempt at a door or a contact, as it counts now. One that was undone keeps its row, with nothing in it.';
COMMENT ON COLUMN interaction.interaction IS 'The entry that it was written as: the same wherever it is seen.';
COMMENT ON COLUMN interaction.person IS 'Who knocked.';
COMMENT ON COLUMN interaction.contact IS 'Whom it was about; null where it was the door.';
COMMENT ON COLUMN interaction.outcome IS 'canvassed where there are answers, else what happened: not_home, refused, come_back, …';
COMMENT ON COLUMN interaction.class IS 'contact, attempt, data_fix or suppress.';
COMMENT ON COLUMN interaction.code IS 'The tenant''s own code of the outcome.';
COMMENT ON COLUMN interaction.script IS 'The version of the script that the answers are to: its content hash.';
COMMENT ON COLUMN interaction.corrections IS 'How often it was corrected.';
COMMENT ON COLUMN interaction.distance IS 'How far from the door it was recorded: near (100 m at most), middling (300 m at most), far, no_fix; null where no phone was asked.';
COMMENT ON COLUMN interaction.mocked IS 'Whether the phone said that its position was mocked.';
COMMENT ON COLUMN interaction.latitude IS 'Where it was recorded, in degrees (WGS 84); only where the tenant keeps positions.';

CREATE TABLE answer (
    tenant text NOT NULL,
    interaction text NOT NULL,
    question bigint NOT NULL,
    name text,
    value text NOT NULL,
    code text,
    PRIMARY KEY (tenant, interaction, question),
    FOREIGN KEY (tenant, interaction) REFERENCES interaction ON DELETE CASCADE
);
COMMENT ON TABLE answer IS 'What was answered to a question of a script.';
COMMENT ON COLUMN answer.name IS 'The question''s column in exports; null where the script is not known.';
COMMENT ON COLUMN answer.value IS 'As a person reads it: an option''s text, a number, a date.';
COMMENT ON COLUMN answer.code IS 'The option''s code, or the codes as JSON.';

CREATE TABLE consent (
    tenant text NOT NULL,
    consent text NOT NULL,
    door text NOT NULL,
    contact text NOT NULL,
    purpose text NOT NULL,
    given boolean NOT NULL,
    wording text NOT NULL,
    language text NOT NULL,
    witness text NOT NULL,
    given_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, consent),
    FOREIGN KEY (tenant, door) REFERENCES door ON DELETE CASCADE
);
CREATE INDEX consent_door ON consent (tenant, door);
COMMENT ON TABLE consent IS 'Each permission that was given or refused, with the words in which it was asked for.';
COMMENT ON COLUMN consent.witness IS 'The person of the tenant''s who heard it.';

CREATE TABLE suppression (
    tenant text NOT NULL,
    suppression text NOT NULL,
    door text NOT NULL,
    contact text,
    reason text NOT NULL,
    until_on date,
    PRIMARY KEY (tenant, suppression),
    FOREIGN KEY (tenant, door) REFERENCES door ON DELETE CASCADE
);
CREATE INDEX suppression_door ON suppression (tenant, door);
COMMENT ON TABLE suppression IS 'Every do-not-contact that stands. One that was lifted is not here.';
COMMENT ON COLUMN suppression.contact IS 'Null where the whole door is meant.';
COMMENT ON COLUMN suppression.until_on IS 'The last day on which it holds; null where it holds for good.';

CREATE TABLE entry (
    tenant text NOT NULL REFERENCES tenant,
    device text NOT NULL,
    seq bigint NOT NULL,
    position bigint NOT NULL,
    document text NOT NULL,
    kind text NOT NULL,
    written_at timestamptz NOT NULL,
    person text,
    PRIMARY KEY (tenant, device, seq)
);
COMMENT ON TABLE entry IS 'Every entry that the server has accepted, once.';
COMMENT ON COLUMN entry.document IS 'The door, list or script that it is about.';
COMMENT ON COLUMN entry.person IS 'Whose device wrote it.';

-- For people to read. A view shows whoever asks what the tables would show them.

CREATE VIEW knock WITH (security_invoker = true) AS
SELECT i.tenant, i.happened_at, p.label AS person, l.name AS walk_list,
       trim(d.street || ' ' || d.number || CASE d.unit WHEN '' THEN '' ELSE ', ' || d.unit END) AS address,
       trim(coalesce(c.given_name, '') || ' ' || coalesce(c.family_name, '')) AS contact,
       i.outcome, i.class, i.note, i.interaction, i.distance, i.mocked
FROM interaction i
JOIN door d ON d.tenant = i.tenant AND d.door = i.door
LEFT JOIN person p ON p.tenant = i.tenant AND p.person = i.person
LEFT JOIN walk_list l ON l.tenant = i.tenant AND l.walk_list = i.walk_list
LEFT JOIN contact c ON c.tenant = i.tenant AND c.contact = i.contact AND c.door = i.door
WHERE NOT i.undone;
COMMENT ON VIEW knock IS 'Interactions with names, without those that were undone.';

CREATE VIEW door_status WITH (security_invoker = true) AS
SELECT d.tenant, d.door,
       CASE
           WHEN EXISTS (SELECT 1 FROM suppression s WHERE s.tenant = d.tenant AND s.door = d.door
                        AND s.contact IS NULL AND (s.until_on IS NULL OR s.until_on >= today.today))
             OR (EXISTS (SELECT 1 FROM contact c WHERE c.tenant = d.tenant AND c.door = d.door
                         AND c.standing = 'present')
                 AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.tenant = d.tenant AND c.door = d.door
                         AND c.standing = 'present'
                         AND NOT EXISTS (SELECT 1 FROM suppression s WHERE s.tenant = d.tenant AND s.door = d.door
                                         AND s.contact = c.contact
                                         AND (s.until_on IS NULL OR s.until_on >= today.today))))
           THEN 'suppressed'
           WHEN d.last_class IS NULL THEN 'untouched'
           WHEN d.last_class = 'attempt' THEN 'attempted'
           WHEN d.last_class = 'data_fix' THEN 'data_fix'
           ELSE 'contacted'
       END AS status
FROM door d, (SELECT (now() AT TIME ZONE 'UTC')::date AS today) today;
COMMENT ON VIEW door_status IS 'How a door stands on the phones: untouched, attempted, contacted, data_fix, or suppressed: nobody shall go there.';

CREATE VIEW board WITH (security_invoker = true) AS
SELECT l.tenant, l.walk_list, l.name, count(s.door) AS doors,
       count(*) FILTER (WHERE s.status = 'untouched') AS untouched,
       count(*) FILTER (WHERE s.status = 'attempted') AS attempted,
       count(*) FILTER (WHERE s.status = 'contacted') AS contacted,
       count(*) FILTER (WHERE s.status = 'data_fix') AS data_fix,
       count(*) FILTER (WHERE s.status = 'suppressed') AS suppressed,
       (SELECT count(*) FROM interaction i JOIN list_door x ON x.tenant = i.tenant AND x.door = i.door
        WHERE i.tenant = l.tenant AND x.walk_list = l.walk_list AND NOT i.undone) AS knocks
FROM walk_list l
LEFT JOIN list_door ld ON ld.tenant = l.tenant AND ld.walk_list = l.walk_list
LEFT JOIN door_status s ON s.tenant = ld.tenant AND s.door = ld.door
GROUP BY l.tenant, l.walk_list;
COMMENT ON VIEW board IS 'How far each list is.';

-- Who else is admitted, and to which tenant's rows. Whoever is not, sees none.

CREATE TABLE guest (
    role name NOT NULL,
    tenant text NOT NULL REFERENCES tenant,
    PRIMARY KEY (role, tenant)
);
COMMENT ON TABLE guest IS 'Roles of other systems, and the tenant whose rows each of them sees. Filled by admit.';
ALTER TABLE guest ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON guest FOR SELECT USING (role = current_user);

DO $$
DECLARE
    named name;
BEGIN
    FOR named IN SELECT table_name FROM information_schema.columns JOIN information_schema.tables
            USING (table_schema, table_name)
        WHERE table_schema = 'canvassing' AND table_type = 'BASE TABLE' AND column_name = 'tenant' AND table_name <> 'guest'
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', named);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', named);
        EXECUTE format('CREATE POLICY guests ON %I
            USING (tenant IN (SELECT g.tenant FROM canvassing.guest g WHERE g.role = current_user))', named);
    END LOOP;
END $$;

CREATE FUNCTION admit(role name, tenant text) RETURNS void LANGUAGE plpgsql SET search_path = canvassing AS $$
BEGIN
    INSERT INTO guest VALUES (admit.role, admit.tenant) ON CONFLICT DO NOTHING;
    EXECUTE format('GRANT USAGE ON SCHEMA canvassing TO %I', admit.role);
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA canvassing TO %I', admit.role);
END $$;
REVOKE ALL ON FUNCTION admit FROM PUBLIC;
COMMENT ON FUNCTION admit IS 'Lets a role of another system read the rows of this tenant. For the owner of the schema.';
