-- How many places of the door two people wrote without knowing of each other.
ALTER TABLE door_row ADD COLUMN clashes INTEGER NOT NULL DEFAULT 0 CHECK (clashes >= 0);
CREATE INDEX door_row_clashing ON door_row (door) WHERE clashes > 0;

-- The last day on which the row holds as it is: the day on which a "no" ends. Rows of an earlier version are computed
-- anew at once.
ALTER TABLE door_row ADD COLUMN holds_until TEXT DEFAULT '';
CREATE INDEX door_row_ending ON door_row (holds_until) WHERE holds_until IS NOT NULL;
