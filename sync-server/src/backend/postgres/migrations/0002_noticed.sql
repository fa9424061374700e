-- What others change in the tables is noticed, and becomes entries of the server's own device.

-- What a document was made of when it was put here: what a change of it is made on top of.
ALTER TABLE document ADD COLUMN epoch bigint NOT NULL DEFAULT 0;
ALTER TABLE document ADD COLUMN tips text NOT NULL DEFAULT '';
COMMENT ON COLUMN document.epoch IS 'The epoch of its base.';
COMMENT ON COLUMN document.tips IS 'The latest edits of it that stand here, with spaces between.';

CREATE TABLE noticed (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant text NOT NULL REFERENCES tenant,
    door text NOT NULL,
    contact text,
    field text NOT NULL,
    value text NOT NULL,
    epoch bigint NOT NULL,
    tips text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    changed_by name NOT NULL,
    attempts bigint NOT NULL DEFAULT 0,
    retry_at bigint NOT NULL DEFAULT 0,
    reason text,
    given_up boolean NOT NULL DEFAULT false
);
CREATE INDEX noticed_tenant ON noticed (tenant, number);
COMMENT ON TABLE noticed IS 'What others changed and no phone knows of yet. Written by triggers, emptied by the server.';
COMMENT ON COLUMN noticed.contact IS 'Whose field it is; null where it is the door''s.';
COMMENT ON COLUMN noticed.value IS 'What it is to be; nothing where it was cleared.';
COMMENT ON COLUMN noticed.tips IS 'What whoever changed it had before them: as in document.';
COMMENT ON COLUMN noticed.reason IS 'Why it was not taken the last time.';
COMMENT ON COLUMN noticed.given_up IS 'Whether somebody has to look at it: see backend changes.';

CREATE TABLE authority (
    tenant text NOT NULL REFERENCES tenant,
    field text NOT NULL,
    wins text NOT NULL CHECK (wins IN ('ours', 'theirs')),
    PRIMARY KEY (tenant, field)
);
COMMENT ON TABLE authority IS 'Who has the last word on a field. Where there is nothing, people are asked when two disagree.';
COMMENT ON COLUMN authority.wins IS 'ours: what phones say, and changes made here are put back; theirs: what is written here.';

CREATE FUNCTION note(of_tenant text, of_door text, of_contact text, field text, value text) RETURNS void
LANGUAGE sql SET search_path = canvassing AS $$
    INSERT INTO noticed (tenant, door, contact, field, value, epoch, tips, changed_by)
    SELECT of_tenant, of_door, of_contact, note.field, coalesce(note.value, ''), coalesce(max(d.epoch), 0),
           coalesce(max(d.tips), ''), session_user
    FROM document d WHERE d.tenant = of_tenant AND d.document = of_door
$$;

-- The server says so in every transaction of its own: what it writes is not noticed, and never comes back to it.
CREATE FUNCTION is_ours() RETURNS boolean LANGUAGE sql STABLE AS
    $$ SELECT coalesce(current_setting('canvassing.writer', true), '') = 'server' $$;

-- The triggers note with the owner's rights: whoever sets them off may do no more than change a row.
CREATE FUNCTION notice_contact() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = canvassing AS $$
DECLARE
    field text;
    old_row jsonb := to_jsonb(old);
    new_row jsonb := to_jsonb(new);
BEGIN
    FOREACH field IN ARRAY ARRAY['given_name', 'family_name', 'phone', 'email', 'language', 'birth_year', 'gender',
                                 'support', 'reference']
    LOOP
        IF coalesce(old_row ->> field, '') <> coalesce(new_row ->> field, '') THEN
            PERFORM note(new.tenant, new.door, new.contact, field, new_row ->> field);
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER notice AFTER UPDATE ON contact FOR EACH ROW
    WHEN (NOT is_ours()) EXECUTE FUNCTION notice_contact();

CREATE FUNCTION notice_contact_field() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = canvassing AS $$
BEGIN
    IF tg_op = 'DELETE' THEN
        PERFORM note(old.tenant, old.door, old.contact, old.name, '');
    ELSE
        PERFORM note(new.tenant, new.door, new.contact, new.name, new.value);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER notice AFTER INSERT OR UPDATE OR DELETE ON contact_field FOR EACH ROW
    WHEN (NOT is_ours()) EXECUTE FUNCTION notice_contact_field();

CREATE FUNCTION notice_door() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = canvassing AS $$
BEGIN
    PERFORM note(new.tenant, new.door, NULL, 'access_notes', new.access_notes);
    RETURN NULL;
END $$;
CREATE TRIGGER notice AFTER UPDATE OF access_notes ON door FOR EACH ROW
    WHEN (NOT is_ours() AND old.access_notes IS DISTINCT FROM new.access_notes) EXECUTE FUNCTION notice_door();

-- The triggers read what a document was made of, whoever sets them off.
CREATE POLICY owner ON document FOR SELECT TO CURRENT_USER USING (true);

ALTER TABLE noticed ENABLE ROW LEVEL SECURITY;
ALTER TABLE authority ENABLE ROW LEVEL SECURITY;
CREATE POLICY guests ON noticed FOR SELECT
    USING (tenant IN (SELECT g.tenant FROM canvassing.guest g WHERE g.role = current_user));
CREATE POLICY guests ON authority FOR SELECT
    USING (tenant IN (SELECT g.tenant FROM canvassing.guest g WHERE g.role = current_user));

CREATE FUNCTION admit_to_write(role name, tenant text) RETURNS void LANGUAGE plpgsql SET search_path = canvassing AS $$
BEGIN
    PERFORM admit(admit_to_write.role, admit_to_write.tenant);
    EXECUTE format('GRANT UPDATE (given_name, family_name, phone, email, language, birth_year, gender, support, reference)
        ON contact TO %I', admit_to_write.role);
    EXECUTE format('GRANT INSERT, DELETE, UPDATE (value) ON contact_field TO %I', admit_to_write.role);
    EXECUTE format('GRANT UPDATE (access_notes) ON door TO %I', admit_to_write.role);
END $$;
REVOKE ALL ON FUNCTION admit_to_write FROM PUBLIC;
COMMENT ON FUNCTION admit_to_write IS 'As admit, and to change what may be changed here: a contact''s fields, a door''s access notes.';
