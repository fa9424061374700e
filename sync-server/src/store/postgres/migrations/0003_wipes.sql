-- Since when a device is to destroy what it has, and when it said that it has done so.
ALTER TABLE devices ADD COLUMN wipe_ordered_at bigint;
ALTER TABLE devices ADD COLUMN wiped_at bigint;
