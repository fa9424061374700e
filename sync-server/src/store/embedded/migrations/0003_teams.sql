CREATE TABLE teams (
    tenant BLOB NOT NULL REFERENCES tenants (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    sealed_label BLOB NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

-- Who was in which team, from when until when.
CREATE TABLE team_members (
    tenant BLOB NOT NULL,
    team BLOB NOT NULL,
    user BLOB NOT NULL,
    from_at INTEGER NOT NULL,
    until_at INTEGER,
    FOREIGN KEY (tenant, team) REFERENCES teams (tenant, id),
    FOREIGN KEY (tenant, user) REFERENCES users (tenant, id)
) STRICT;
CREATE UNIQUE INDEX team_members_now ON team_members (tenant, user, team) WHERE until_at IS NULL;
CREATE INDEX team_members_by_user ON team_members (tenant, user);
CREATE INDEX team_members_by_team ON team_members (tenant, team);

-- Which list was which team's, from when until when.
CREATE TABLE team_lists (
    tenant BLOB NOT NULL,
    list BLOB NOT NULL CHECK (length(list) = 16),
    team BLOB NOT NULL,
    from_at INTEGER NOT NULL,
    until_at INTEGER,
    FOREIGN KEY (tenant, team) REFERENCES teams (tenant, id)
) STRICT;
CREATE UNIQUE INDEX team_lists_now ON team_lists (tenant, list) WHERE until_at IS NULL;
CREATE INDEX team_lists_by_list ON team_lists (tenant, list);
