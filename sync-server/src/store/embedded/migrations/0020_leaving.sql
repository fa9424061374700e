-- Of a tenant whose key was destroyed nobody can read the audit log any more: it goes where the tenant goes.
DROP TRIGGER audit_is_never_shortened;
CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit
WHEN EXISTS (SELECT 1 FROM tenants WHERE id = OLD.tenant AND wrapped_key IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'append only'); END;
