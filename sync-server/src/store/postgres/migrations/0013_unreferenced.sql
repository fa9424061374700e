-- Whose these rows are is sure without a look at the tenant's row for each of them: their positions were taken from that row,
-- which is locked, in the same transaction.
ALTER TABLE feed DROP CONSTRAINT feed_tenant_fkey;
ALTER TABLE outbox DROP CONSTRAINT outbox_tenant_fkey;
