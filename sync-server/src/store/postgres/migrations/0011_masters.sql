-- Which master key wraps the tenant's key, by name; null where that was not noted.
ALTER TABLE tenants ADD COLUMN wrapped_by bytea CHECK (length(wrapped_by) = 8);

-- What the store opens with, once that is another master key than the one with which it was made: the last counts.
CREATE TABLE key_checks (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key_check bytea NOT NULL
);
