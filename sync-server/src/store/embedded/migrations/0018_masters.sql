-- Which master key wraps the tenant's key, by name; null where that was not noted.
ALTER TABLE tenants ADD COLUMN wrapped_by BLOB CHECK (length(wrapped_by) = 8);
