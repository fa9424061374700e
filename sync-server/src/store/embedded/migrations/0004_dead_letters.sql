-- In the outbox, dead: 0 waits, 1 given up, 2 dropped by somebody. The few that are dead are looked at often.
CREATE INDEX outbox_dead ON outbox (tenant, position) WHERE dead > 0;
