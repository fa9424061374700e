-- Of a tenant whose key was destroyed nobody can read the audit log any more: it goes where the tenant goes. A server's role can
-- take nothing out of an audit log but so.
CREATE FUNCTION refuse_unless_erased() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM tenants WHERE id = OLD.tenant AND wrapped_key IS NULL) THEN
        RETURN OLD;
    END IF;
    RAISE 'append only';
END $$;
DROP TRIGGER audit_is_never_changed ON audit;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_unless_erased();

-- Takes out the audit log of the named tenant, if that has no key any more; returns how many records that were.
CREATE FUNCTION forget_audit() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    gone bigint := 0;
BEGIN
    IF EXISTS (SELECT 1 FROM tenants WHERE id = named_tenant() AND wrapped_key IS NULL) THEN
        DELETE FROM audit_heads WHERE tenant = named_tenant();
        DELETE FROM audit WHERE tenant = named_tenant();
        GET DIAGNOSTICS gone = ROW_COUNT;
    END IF;
    RETURN gone;
END $$;
