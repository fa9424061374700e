-- What a device names in its requests, so that none counts that was signed ahead: the last that it was given, and the one before.
ALTER TABLE devices ADD COLUMN challenge bytea CHECK (length(challenge) = 16);
ALTER TABLE devices ADD COLUMN previous_challenge bytea CHECK (length(previous_challenge) = 16);
