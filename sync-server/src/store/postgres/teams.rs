use super::PostgresStore;
use super::audit::append;
use super::directory::role_of;
use super::lists::{author, longest};
use super::row::{at, bytes, get};
use super::transaction::{Tx, params};
use crate::store::sealing::{Keyring, places};
use crate::store::{Deed, Error, Reach, Stamp, Team, Teams};
use walkbook_model::{DoorId, Role, TeamId, TenantId, UserId, WalkListId};

impl Teams for PostgresStore {
    fn put_team(&self, tenant: TenantId, team: &Team, stamp: Stamp) -> Result<(), Error> {
        self.write(tenant, |tx, keyring| {
            let key = keyring.tenant_key(tx, tenant)?;
            let label = keyring.seal(&key, &places::of_team_label(tenant, team.id), team.label.as_bytes())?;
            let is_new = !is_team(tx, tenant, team.id)?;
            let sql = "INSERT INTO teams (tenant, id, sealed_label) VALUES ($1, $2, $3)
                ON CONFLICT (tenant, id) DO UPDATE SET sealed_label = excluded.sealed_label";
            tx.execute(sql, params![tenant.to_bytes(), team.id.to_bytes(), label])?;
            if is_new {
                append(tx, keyring, tenant, Deed::TeamMade { team: team.id }, stamp)?;
            }
            Ok(())
        })
    }

    fn teams(&self, tenant: TenantId) -> Result<Vec<Team>, Error> {
        self.read(tenant, |tx, keyring| {
            let key = match keyring.tenant_key(tx, tenant) {
                Err(Error::Unknown { .. }) => return Ok(Vec::new()),
                key => key?,
            };
            let team = |row| {
                let id = TeamId::from_bytes(bytes(row, 0)?);
                let label = key.open(&places::of_team_label(tenant, id), get(row, 1)?);
                let label = label.ok().and_then(|label| String::from_utf8(label).ok());
                Ok(Team { id, label: label.ok_or(Error::Damaged { what: "team" })? })
            };
            let sql = "SELECT id, sealed_label FROM teams WHERE tenant = $1 ORDER BY id";
            tx.rows(sql, params![tenant.to_bytes()])?.iter().map(team).collect()
        })
    }

    fn has_teams(&self, tenant: TenantId) -> Result<bool, Error> {
        self.read(tenant, |tx, _| {
            tx.exists("SELECT 1 FROM teams WHERE tenant = $1 LIMIT 1", params![tenant.to_bytes()])
        })
    }

    fn join_team(&self, tenant: TenantId, team: TeamId, user: UserId, stamp: Stamp) -> Result<bool, Error> {
        self.write(tenant, |tx, keyring| {
            let role = role_of(tx, tenant, user)?.ok_or(Error::Unknown { what: "user" })?;
            expect_team(tx, tenant, team)?;
            let is_in = teams_of(tx, tenant, user)?;
            if is_in.contains(&team) {
                return Ok(false);
            }
            if !is_in.is_empty() && role != Role::Organiser {
                return Err(Error::Exists { what: "team of the user" });
            }
            let sql = "INSERT INTO team_members (tenant, team, user_id, from_at) VALUES ($1, $2, $3, $4)";
            tx.execute(sql, params![tenant.to_bytes(), team.to_bytes(), user.to_bytes(), at(stamp.at)?])?;
            append(tx, keyring, tenant, Deed::JoinedTeam { team, user }, stamp)?;
            Ok(true)
        })
    }

    fn leave_team(&self, tenant: TenantId, team: TeamId, user: UserId, stamp: Stamp) -> Result<bool, Error> {
        self.write(tenant, |tx, keyring| {
            let sql = "UPDATE team_members SET until_at = $4
                WHERE tenant = $1 AND team = $2 AND user_id = $3 AND until_at IS NULL";
            let values = params![tenant.to_bytes(), team.to_bytes(), user.to_bytes(), at(stamp.at)?];
            let was_in = tx.execute(sql, values)? > 0;
            if was_in {
                append(tx, keyring, tenant, Deed::LeftTeam { team, user }, stamp)?;
            }
            Ok(was_in)
        })
    }

    fn teams_of(&self, tenant: TenantId, user: UserId) -> Result<Vec<TeamId>, Error> {
        self.read(tenant, |tx, _| teams_of(tx, tenant, user))
    }

    fn members_of(&self, tenant: TenantId, team: TeamId) -> Result<Vec<UserId>, Error> {
        self.read(tenant, |tx, _| {
            let sql = "SELECT user_id FROM team_members WHERE tenant = $1 AND team = $2 AND until_at IS NULL
                ORDER BY user_id";
            let rows = tx.rows(sql, params![tenant.to_bytes(), team.to_bytes()])?;
            rows.iter().map(|row| bytes(row, 0).map(UserId::from_bytes)).collect()
        })
    }

    fn give_list(&self, tenant: TenantId, list: WalkListId, team: Option<TeamId>, stamp: Stamp) -> Result<bool, Error> {
        self.write(tenant, |tx, keyring| give(tx, keyring, tenant, list, team, stamp))
    }

    fn team_of_list(&self, tenant: TenantId, list: WalkListId) -> Result<Option<TeamId>, Error> {
        self.read(tenant, |tx, _| team_of_list(tx, tenant, list))
    }

    fn team_reach_of_list(&self, tenant: TenantId, user: UserId, list: WalkListId) -> Result<Reach, Error> {
        self.read(tenant, |tx, _| longest(tx, LISTS, params![tenant.to_bytes(), user.to_bytes(), list.to_bytes()]))
    }

    fn team_reach(&self, tenant: TenantId, user: UserId, door: DoorId) -> Result<Reach, Error> {
        self.read(tenant, |tx, _| {
            let reach = longest(tx, DOORS, params![tenant.to_bytes(), user.to_bytes(), door.to_bytes()])?;
            if reach != Reach::Never {
                return Ok(reach);
            }
            let Some(author) = author(tx, tenant, door)? else { return Ok(Reach::Never) };
            let teams = teams_of(tx, tenant, user)?;
            let shared = teams_of(tx, tenant, author)?.iter().any(|team| teams.contains(team));
            Ok(if shared { Reach::Now } else { Reach::Never })
        })
    }
}

/// When each tie of the user to the list through a team ended; nothing while it lasts. A tie lasts while the user is in
/// the team and the list is the team's. The least of several is the least of those that are known.
const LISTS: &str = "SELECT least(m.until_at, l.until_at)
    FROM team_members AS m
    JOIN team_lists AS l ON l.tenant = m.tenant AND l.team = m.team
    WHERE m.tenant = $1 AND m.user_id = $2 AND l.list = $3
        AND (m.until_at IS NULL OR m.until_at > l.from_at) AND (l.until_at IS NULL OR l.until_at > m.from_at)";

/// The same of a door, which has to be on the list as well.
const DOORS: &str = "SELECT least(m.until_at, l.until_at, d.left_at)
    FROM team_members AS m
    JOIN team_lists AS l ON l.tenant = m.tenant AND l.team = m.team
    JOIN (SELECT list, NULL::bigint AS left_at FROM memberships WHERE tenant = $1 AND door = $3
        UNION ALL SELECT list, left_at FROM departures WHERE tenant = $1 AND door = $3) AS d ON d.list = l.list
    WHERE m.tenant = $1 AND m.user_id = $2
        AND (m.until_at IS NULL OR m.until_at > l.from_at) AND (l.until_at IS NULL OR l.until_at > m.from_at)
        AND (d.left_at IS NULL OR d.left_at > greatest(m.from_at, l.from_at))";

fn teams_of(tx: &Tx<'_>, tenant: TenantId, user: UserId) -> Result<Vec<TeamId>, Error> {
    let sql = "SELECT team FROM team_members WHERE tenant = $1 AND user_id = $2 AND until_at IS NULL ORDER BY team";
    let rows = tx.rows(sql, params![tenant.to_bytes(), user.to_bytes()])?;
    rows.iter().map(|row| bytes(row, 0).map(TeamId::from_bytes)).collect()
}

pub(super) fn give(
    tx: &Tx<'_>,
    keyring: &Keyring,
    tenant: TenantId,
    list: WalkListId,
    team: Option<TeamId>,
    stamp: Stamp,
) -> Result<bool, Error> {
    if team_of_list(tx, tenant, list)? == team {
        return Ok(false);
    }
    let sql = "UPDATE team_lists SET until_at = $3 WHERE tenant = $1 AND list = $2 AND until_at IS NULL";
    tx.execute(sql, params![tenant.to_bytes(), list.to_bytes(), at(stamp.at)?])?;
    if let Some(team) = team {
        expect_team(tx, tenant, team)?;
        let sql = "INSERT INTO team_lists (tenant, list, team, from_at) VALUES ($1, $2, $3, $4)";
        tx.execute(sql, params![tenant.to_bytes(), list.to_bytes(), team.to_bytes(), at(stamp.at)?])?;
    }
    append(tx, keyring, tenant, Deed::ListGiven { list, team }, stamp)?;
    Ok(true)
}

fn team_of_list(tx: &Tx<'_>, tenant: TenantId, list: WalkListId) -> Result<Option<TeamId>, Error> {
    let sql = "SELECT team FROM team_lists WHERE tenant = $1 AND list = $2 AND until_at IS NULL";
    let row = tx.row(sql, params![tenant.to_bytes(), list.to_bytes()])?;
    row.map(|row| bytes(&row, 0).map(TeamId::from_bytes)).transpose()
}

fn expect_team(tx: &Tx<'_>, tenant: TenantId, team: TeamId) -> Result<(), Error> {
    if is_team(tx, tenant, team)? { Ok(()) } else { Err(Error::Unknown { what: "team" }) }
}

fn is_team(tx: &Tx<'_>, tenant: TenantId, team: TeamId) -> Result<bool, Error> {
    tx.exists("SELECT 1 FROM teams WHERE tenant = $1 AND id = $2", params![tenant.to_bytes(), team.to_bytes()])
}
