use super::EmbeddedStore;
use super::audit::append;
use super::directory::role_of;
use super::lists::{author, longest};
use super::row::{at, bytes, get};
use crate::store::sealing::{Keyring, places};
use crate::store::{Deed, Error, Reach, Stamp, Team, Teams};
use rusqlite::{Connection, params};
use walkbook_model::{DoorId, Role, TeamId, TenantId, UserId, WalkListId};

impl Teams for EmbeddedStore {
    fn put_team(&self, tenant: TenantId, team: &Team, stamp: Stamp) -> Result<(), Error> {
        let team = team.clone();
        self.write(move |connection, keyring| {
            let key = keyring.tenant_key(connection, tenant)?;
            let label = keyring.seal(&key, &places::of_team_label(tenant, team.id), team.label.as_bytes())?;
            let is_new = !is_team(connection, tenant, team.id)?;
            connection.execute(
                "INSERT INTO teams (tenant, id, sealed_label) VALUES (?, ?, ?)
                 ON CONFLICT DO UPDATE SET sealed_label = excluded.sealed_label",
                params![tenant.to_bytes(), team.id.to_bytes(), label],
            )?;
            if is_new {
                append(connection, keyring, tenant, Deed::TeamMade { team: team.id }, stamp)?;
            }
            Ok(())
        })
    }

    fn teams(&self, tenant: TenantId) -> Result<Vec<Team>, Error> {
        self.read(|connection, keyring| {
            let key = match keyring.tenant_key(connection, tenant) {
                Err(Error::Unknown { .. }) => return Ok(Vec::new()),
                key => key?,
            };
            let sql = "SELECT id, sealed_label FROM teams WHERE tenant = ? ORDER BY id";
            let mut query = connection.prepare_cached(sql)?;
            let team = |row: &rusqlite::Row<'_>| {
                let id = TeamId::from_bytes(bytes(row, 0)?);
                let label = key.open(&places::of_team_label(tenant, id), &get::<Vec<u8>>(row, 1)?);
                let label = label.ok().and_then(|label| String::from_utf8(label).ok());
                Ok(Team { id, label: label.ok_or(Error::Damaged { what: "team" })? })
            };
            query.query_and_then([tenant.to_bytes()], team)?.collect()
        })
    }

    fn has_teams(&self, tenant: TenantId) -> Result<bool, Error> {
        self.read(|connection, _| {
            Ok(connection.prepare_cached("SELECT 1 FROM teams WHERE tenant = ?")?.exists([tenant.to_bytes()])?)
        })
    }

    fn join_team(&self, tenant: TenantId, team: TeamId, user: UserId, stamp: Stamp) -> Result<bool, Error> {
        self.write(move |connection, keyring| {
            let role = role_of(connection, tenant, user)?.ok_or(Error::Unknown { what: "user" })?;
            expect_team(connection, tenant, team)?;
            let is_in = teams_of(connection, tenant, user)?;
            if is_in.contains(&team) {
                return Ok(false);
            }
            if !is_in.is_empty() && role != Role::Organiser {
                return Err(Error::Exists { what: "team of the user" });
            }
            let sql = "INSERT INTO team_members (tenant, team, user, from_at) VALUES (?, ?, ?, ?)";
            connection.execute(sql, params![tenant.to_bytes(), team.to_bytes(), user.to_bytes(), at(stamp.at)?])?;
            append(connection, keyring, tenant, Deed::JoinedTeam { team, user }, stamp)?;
            Ok(true)
        })
    }

    fn leave_team(&self, tenant: TenantId, team: TeamId, user: UserId, stamp: Stamp) -> Result<bool, Error> {
        self.write(move |connection, keyring| {
            let sql = "UPDATE team_members SET until_at = ?
                WHERE tenant = ? AND team = ? AND user = ? AND until_at IS NULL";
            let values = params![at(stamp.at)?, tenant.to_bytes(), team.to_bytes(), user.to_bytes()];
            let was_in = connection.execute(sql, values)? > 0;
            if was_in {
                append(connection, keyring, tenant, Deed::LeftTeam { team, user }, stamp)?;
            }
            Ok(was_in)
        })
    }

    fn teams_of(&self, tenant: TenantId, user: UserId) -> Result<Vec<TeamId>, Error> {
        self.read(|connection, _| teams_of(connection, tenant, user))
    }

    fn members_of(&self, tenant: TenantId, team: TeamId) -> Result<Vec<UserId>, Error> {
        self.read(|connection, _| {
            let sql = "SELECT user FROM team_members INDEXED BY team_members_by_team
                WHERE tenant = ? AND team = ? AND until_at IS NULL ORDER BY user";
            let mut query = connection.prepare_cached(sql)?;
            let names = params![tenant.to_bytes(), team.to_bytes()];
            query.query_and_then(names, |row| bytes(row, 0).map(UserId::from_bytes))?.collect()
        })
    }

    fn give_list(&self, tenant: TenantId, list: WalkListId, team: Option<TeamId>, stamp: Stamp) -> Result<bool, Error> {
        self.write(move |connection, keyring| give(connection, keyring, tenant, list, team, stamp))
    }

    fn team_of_list(&self, tenant: TenantId, list: WalkListId) -> Result<Option<TeamId>, Error> {
        self.read(|connection, _| team_of_list(connection, tenant, list))
    }

    fn team_reach_of_list(&self, tenant: TenantId, user: UserId, list: WalkListId) -> Result<Reach, Error> {
        self.read(|connection, _| {
            let names = params![tenant.to_bytes(), user.to_bytes(), list.to_bytes()];
            longest(connection, LISTS, names)
        })
    }

    fn team_reach(&self, tenant: TenantId, user: UserId, door: DoorId) -> Result<Reach, Error> {
        self.read(|connection, _| {
            let names = params![tenant.to_bytes(), user.to_bytes(), door.to_bytes()];
            let reach = longest(connection, DOORS, names)?;
            if reach != Reach::Never {
                return Ok(reach);
            }
            let Some(author) = author(connection, tenant, door)? else { return Ok(Reach::Never) };
            let teams = teams_of(connection, tenant, user)?;
            let shared = teams_of(connection, tenant, author)?.iter().any(|team| teams.contains(team));
            Ok(if shared { Reach::Now } else { Reach::Never })
        })
    }
}

/// When each tie of the user to the list through a team ended; nothing while it lasts. A tie lasts while the user is in
/// the team and the list is the team's.
const LISTS: &str = "SELECT CASE WHEN m.until_at IS NULL OR l.until_at IS NULL THEN coalesce(m.until_at, l.until_at)
        ELSE min(m.until_at, l.until_at) END
    FROM team_members AS m
    JOIN team_lists AS l ON l.tenant = m.tenant AND l.team = m.team
    WHERE m.tenant = ?1 AND m.user = ?2 AND l.list = ?3
        AND (m.until_at IS NULL OR m.until_at > l.from_at) AND (l.until_at IS NULL OR l.until_at > m.from_at)";

/// The same of a door, which has to be on the list as well.
const DOORS: &str =
    "SELECT nullif(min(coalesce(m.until_at, 9223372036854775807), coalesce(l.until_at, 9223372036854775807),
        coalesce(d.left_at, 9223372036854775807)), 9223372036854775807)
    FROM team_members AS m
    JOIN team_lists AS l ON l.tenant = m.tenant AND l.team = m.team
    JOIN (SELECT list, NULL AS left_at FROM memberships WHERE tenant = ?1 AND door = ?3
        UNION ALL SELECT list, left_at FROM departures WHERE tenant = ?1 AND door = ?3) AS d ON d.list = l.list
    WHERE m.tenant = ?1 AND m.user = ?2
        AND (m.until_at IS NULL OR m.until_at > l.from_at) AND (l.until_at IS NULL OR l.until_at > m.from_at)
        AND (d.left_at IS NULL OR d.left_at > max(m.from_at, l.from_at))";

fn teams_of(connection: &Connection, tenant: TenantId, user: UserId) -> Result<Vec<TeamId>, Error> {
    let sql = "SELECT team FROM team_members WHERE tenant = ? AND user = ? AND until_at IS NULL ORDER BY team";
    let mut query = connection.prepare_cached(sql)?;
    let names = params![tenant.to_bytes(), user.to_bytes()];
    query.query_and_then(names, |row| bytes(row, 0).map(TeamId::from_bytes))?.collect()
}

pub(super) fn give(
    connection: &Connection,
    keyring: &Keyring,
    tenant: TenantId,
    list: WalkListId,
    team: Option<TeamId>,
    stamp: Stamp,
) -> Result<bool, Error> {
    if team_of_list(connection, tenant, list)? == team {
        return Ok(false);
    }
    let sql = "UPDATE team_lists SET until_at = ? WHERE tenant = ? AND list = ? AND until_at IS NULL";
    connection.execute(sql, params![at(stamp.at)?, tenant.to_bytes(), list.to_bytes()])?;
    if let Some(team) = team {
        expect_team(connection, tenant, team)?;
        let sql = "INSERT INTO team_lists (tenant, list, team, from_at) VALUES (?, ?, ?, ?)";
        connection.execute(sql, params![tenant.to_bytes(), list.to_bytes(), team.to_bytes(), at(stamp.at)?])?;
    }
    append(connection, keyring, tenant, Deed::ListGiven { list, team }, stamp)?;
    Ok(true)
}

fn team_of_list(connection: &Connection, tenant: TenantId, list: WalkListId) -> Result<Option<TeamId>, Error> {
    let sql = "SELECT team FROM team_lists WHERE tenant = ? AND list = ? AND until_at IS NULL";
    let mut query = connection.prepare_cached(sql)?;
    let names = params![tenant.to_bytes(), list.to_bytes()];
    query.query_and_then(names, |row| bytes(row, 0).map(TeamId::from_bytes))?.next().transpose()
}

fn expect_team(connection: &Connection, tenant: TenantId, team: TeamId) -> Result<(), Error> {
    if is_team(connection, tenant, team)? { Ok(()) } else { Err(Error::Unknown { what: "team" }) }
}

fn is_team(connection: &Connection, tenant: TenantId, team: TeamId) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM teams WHERE tenant = ? AND id = ?";
    Ok(connection.prepare_cached(sql)?.exists(params![tenant.to_bytes(), team.to_bytes()])?)
}
