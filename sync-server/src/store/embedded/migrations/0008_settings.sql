-- What the tenant has decided for all its phones, under the tenant's key.
ALTER TABLE tenants ADD COLUMN sealed_settings BLOB;
