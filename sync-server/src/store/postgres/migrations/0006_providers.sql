-- Where a tenant's people sign in, if it has a provider of its own; under the tenant's key.
ALTER TABLE tenants ADD COLUMN sealed_provider bytea;
-- When it has last vouched for a device's user.
ALTER TABLE devices ADD COLUMN vouched_at bigint;
