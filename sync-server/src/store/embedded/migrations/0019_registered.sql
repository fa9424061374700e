-- By which tag a user is found in the registration directory; a keyed hash of the e-mail address, which itself is nowhere.
ALTER TABLE users ADD COLUMN registered BLOB CHECK (length(registered) = 16);
