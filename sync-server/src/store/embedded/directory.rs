use super::audit::append;
use super::row::{at, bytes, get, instant, int, maybe_blob, maybe_instant, number};
use super::{EmbeddedStore, settings};
use crate::store::sealing::{Keyring, places};
use crate::store::{By, Challenges, Deed, Device, Directory, Enrolment, Error, Invitation, Spent, Stamp, Tenant, User};
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};
use walkbook_model::{ContentHash, DeviceId, Role, TenantId, Timestamp, UserId};
use walkbook_vault::{ChainHash, Challenge, PublicKey, SealKey};

macro_rules! devices {
    ($which:literal) => {
        concat!(
            "SELECT id, user, public_key, enrolled_at, last_seen_at, last_seq, tip, clock_skew_ms, revoked_at,
                wipe_ordered_at, wiped_at, refill_up_to, vouched_at, challenge, previous_challenge FROM devices ",
            $which
        )
    };
}

macro_rules! users {
    ($which:literal) => {
        concat!("SELECT id, role, sealed_label FROM users ", $which)
    };
}

pub(super) const DEVICE: &str = devices!("WHERE tenant = ? AND id = ?");
/// By itself SQLite would look for a user's devices among all of the tenant's.
pub(super) const DEVICES_OF_USER: &str =
    devices!("INDEXED BY devices_by_user WHERE tenant = ? AND user = ? ORDER BY id");
const DEVICES: &str = devices!("WHERE tenant = ? ORDER BY id");
pub(super) const USER: &str = users!("WHERE tenant = ? AND id = ?");
const USERS: &str = users!("WHERE tenant = ? ORDER BY id");

impl Directory for EmbeddedStore {
    fn create_tenant(&self, tenant: &Tenant, now: Timestamp) -> Result<(), Error> {
        let tenant = tenant.clone();
        self.write(move |connection, keyring| {
            let (key, by) = keyring.make_tenant_key(tenant.id)?;
            let sql = "INSERT INTO tenants (id, name, region, wrapped_key, wrapped_by, created_at)
                VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
            let (id, by) = (tenant.id.to_bytes(), by.to_bytes());
            let values = params![id, tenant.name, tenant.region, key.as_bytes(), by, at(now)?];
            let made = connection.execute(sql, values)?;
            if made == 0 {
                return Err(Error::Exists { what: "tenant" });
            }
            append(connection, keyring, tenant.id, Deed::TenantMade, Stamp::new(By::Operator, now))
        })
    }

    fn tenant(&self, tenant: TenantId) -> Result<Option<Tenant>, Error> {
        self.read(|connection, _| {
            let mut query = connection.prepare_cached("SELECT id, name, region FROM tenants WHERE id = ?")?;
            query.query_and_then([tenant.to_bytes()], tenant_of)?.next().transpose()
        })
    }

    fn tenants(&self) -> Result<Vec<Tenant>, Error> {
        self.read(|connection, _| {
            let mut query = connection.prepare_cached("SELECT id, name, region FROM tenants ORDER BY id")?;
            query.query_and_then([], tenant_of)?.collect()
        })
    }

    fn put_settings(&self, tenant: TenantId, bytes: &[u8], stamp: Stamp) -> Result<(), Error> {
        let bytes = bytes.to_vec();
        self.write(move |connection, keyring| settings::put(connection, keyring, tenant, &bytes, stamp))
    }

    fn settings(&self, tenant: TenantId) -> Result<Option<Vec<u8>>, Error> {
        self.read(|connection, keyring| settings::find(connection, keyring, tenant))
    }

    fn destroy_tenant_key(&self, tenant: TenantId, now: Timestamp) -> Result<bool, Error> {
        let destroyed = self.write(move |connection, keyring| {
            match append(connection, keyring, tenant, Deed::TenantErased, Stamp::new(By::Operator, now)) {
                // A damaged log saves nobody from being erased.
                Ok(()) | Err(Error::KeyDestroyed | Error::Unknown { .. } | Error::Damaged { .. }) => {}
                Err(error) => return Err(error),
            }
            connection.execute("UPDATE users SET registered = NULL WHERE tenant = ?", [tenant.to_bytes()])?;
            let sql = "UPDATE tenants SET wrapped_key = NULL, key_destroyed_at = ?
                WHERE id = ? AND wrapped_key IS NOT NULL";
            Ok(connection.execute(sql, params![at(now)?, tenant.to_bytes()])? > 0)
        })?;
        self.forget_destroyed()?;
        Ok(destroyed)
    }

    fn put_user(&self, tenant: TenantId, user: &User, stamp: Stamp) -> Result<(), Error> {
        let user = user.clone();
        self.write(move |connection, keyring| {
            let key = keyring.tenant_key(connection, tenant)?;
            let label = keyring.seal(&key, &places::of_user_label(tenant, user.id), user.label.as_bytes())?;
            let before = role_of(connection, tenant, user.id)?;
            connection.execute(
                "INSERT INTO users (tenant, id, sealed_label, role) VALUES (?, ?, ?, ?)
                 ON CONFLICT DO UPDATE SET sealed_label = excluded.sealed_label, role = excluded.role",
                params![tenant.to_bytes(), user.id.to_bytes(), label, user.role.as_str()],
            )?;
            let deed = match before {
                None => Deed::UserMade { user: user.id, role: user.role },
                Some(from) if from != user.role => Deed::RoleChanged { user: user.id, from, to: user.role },
                Some(_) => return Ok(()),
            };
            append(connection, keyring, tenant, deed, stamp)
        })
    }

    fn user(&self, tenant: TenantId, user: UserId) -> Result<Option<User>, Error> {
        Ok(self.select_users(tenant, USER, params![tenant.to_bytes(), user.to_bytes()])?.pop())
    }

    fn users(&self, tenant: TenantId) -> Result<Vec<User>, Error> {
        self.select_users(tenant, USERS, params![tenant.to_bytes()])
    }

    fn invite(&self, tenant: TenantId, invitation: &Invitation, stamp: Stamp) -> Result<(), Error> {
        let invitation = *invitation;
        self.write(move |connection, keyring| {
            expect_user(connection, tenant, invitation.user)?;
            let sql = "INSERT INTO invitations (tenant, digest, user, expires_at) VALUES (?, ?, ?, ?)
                ON CONFLICT DO NOTHING";
            let (digest, user) = (invitation.digest.to_bytes(), invitation.user.to_bytes());
            let made = connection.execute(sql, params![tenant.to_bytes(), digest, user, at(invitation.expires_at)?])?;
            if made == 0 {
                return Err(Error::Exists { what: "invitation" });
            }
            let deed = Deed::Invited { user: invitation.user, until: invitation.expires_at };
            append(connection, keyring, tenant, deed, stamp)
        })
    }

    fn redeem_invitation(
        &self,
        tenant: TenantId,
        digest: ContentHash,
        enrolment: &Enrolment,
        now: Timestamp,
    ) -> Result<Device, Error> {
        let enrolment = *enrolment;
        self.write(move |connection, keyring| {
            let (device, is_new) = redeem(connection, tenant, digest, enrolment, now)?;
            if is_new {
                let deed = Deed::Enrolled { user: device.user, device: device.id };
                append(connection, keyring, tenant, deed, Stamp::new(By::Invited, now))?;
            }
            Ok(device)
        })
    }

    fn enrol_device(
        &self,
        tenant: TenantId,
        user: UserId,
        enrolment: &Enrolment,
        now: Timestamp,
    ) -> Result<Device, Error> {
        let enrolment = *enrolment;
        self.write(move |connection, keyring| {
            let device = enrol(connection, tenant, user, enrolment, now)?;
            append(
                connection,
                keyring,
                tenant,
                Deed::Enrolled { user, device: device.id },
                Stamp::new(By::Server, now),
            )?;
            Ok(device)
        })
    }

    fn device(&self, tenant: TenantId, device: DeviceId) -> Result<Option<Device>, Error> {
        self.read(|connection, _| find_device(connection, tenant, device))
    }

    fn devices(&self, tenant: TenantId) -> Result<Vec<Device>, Error> {
        self.read(|connection, _| {
            let mut query = connection.prepare_cached(DEVICES)?;
            query.query_and_then(params![tenant.to_bytes()], device_of)?.collect()
        })
    }

    fn devices_of(&self, tenant: TenantId, user: UserId) -> Result<Vec<Device>, Error> {
        self.read(|connection, _| {
            let mut query = connection.prepare_cached(DEVICES_OF_USER)?;
            query.query_and_then(params![tenant.to_bytes(), user.to_bytes()], device_of)?.collect()
        })
    }

    fn device_seen(
        &self,
        tenant: TenantId,
        device: DeviceId,
        clock_skew_ms: i64,
        spent: Option<Spent>,
        now: Timestamp,
    ) -> Result<bool, Error> {
        self.write(move |connection, keyring| {
            let sql = "UPDATE devices SET last_seen_at = ?, clock_skew_ms = ? WHERE tenant = ? AND id = ?";
            let values = params![at(now)?, clock_skew_ms, tenant.to_bytes(), device.to_bytes()];
            let is_there = connection.prepare_cached(sql)?.execute(values)? > 0;
            spend(connection, keyring, (tenant, device), spent)?;
            Ok(is_there)
        })
    }

    fn note_refill(&self, tenant: TenantId, device: DeviceId, up_to: u64) -> Result<(), Error> {
        self.write(move |connection, _| {
            let sql = "UPDATE devices SET refill_up_to = max(refill_up_to, ?) WHERE tenant = ? AND id = ?";
            connection.execute(sql, params![int(up_to)?, tenant.to_bytes(), device.to_bytes()])?;
            Ok(())
        })
    }

    fn revoke_device(&self, tenant: TenantId, device: DeviceId, stamp: Stamp) -> Result<bool, Error> {
        let sql = "UPDATE devices SET revoked_at = ? WHERE tenant = ? AND id = ? AND revoked_at IS NULL";
        self.note_of_device(sql, (tenant, device), stamp, move |user| Deed::ShutOut { user, device })
    }

    fn order_wipe(&self, tenant: TenantId, device: DeviceId, stamp: Stamp) -> Result<bool, Error> {
        let sql = "UPDATE devices SET wipe_ordered_at = ? WHERE tenant = ? AND id = ?
            AND wipe_ordered_at IS NULL AND wiped_at IS NULL";
        self.note_of_device(sql, (tenant, device), stamp, move |user| Deed::WipeOrdered { user, device })
    }

    fn note_wiped(&self, tenant: TenantId, device: DeviceId, stamp: Stamp) -> Result<bool, Error> {
        let sql = "UPDATE devices SET wiped_at = ? WHERE tenant = ? AND id = ? AND wiped_at IS NULL";
        self.note_of_device(sql, (tenant, device), stamp, move |user| Deed::Wiped { user, device })
    }
}

impl EmbeddedStore {
    /// Sets an instant of a device that has none yet, and writes it down; whether it did.
    fn note_of_device(
        &self,
        sql: &'static str,
        (tenant, device): (TenantId, DeviceId),
        stamp: Stamp,
        deed: impl FnOnce(UserId) -> Deed + Send + 'static,
    ) -> Result<bool, Error> {
        self.write(move |connection, keyring| {
            if connection.execute(sql, params![at(stamp.at)?, tenant.to_bytes(), device.to_bytes()])? == 0 {
                return Ok(false);
            }
            let found = find_device(connection, tenant, device)?.ok_or(Error::Unknown { what: "device" })?;
            append(connection, keyring, tenant, deed(found.user), stamp)?;
            Ok(true)
        })
    }

    fn select_users(&self, tenant: TenantId, sql: &str, names: &[&dyn ToSql]) -> Result<Vec<User>, Error> {
        self.read(|connection, keyring| {
            let key = match keyring.tenant_key(connection, tenant) {
                Err(Error::Unknown { .. }) => return Ok(Vec::new()),
                key => key?,
            };
            let mut query = connection.prepare_cached(sql)?;
            query.query_and_then(names, |row| user_of(row, tenant, &key))?.collect()
        })
    }
}

/// The device that was let in, and whether it is new.
fn redeem(
    connection: &Connection,
    tenant: TenantId,
    digest: ContentHash,
    enrolment: Enrolment,
    now: Timestamp,
) -> Result<(Device, bool), Error> {
    let names = params![tenant.to_bytes(), digest.to_bytes()];
    let sql = "SELECT user, expires_at, used_by FROM invitations WHERE tenant = ? AND digest = ?";
    let (user, expires_at, used_by) = connection
        .prepare_cached(sql)?
        .query_and_then(names, |row| {
            Ok::<_, Error>((bytes(row, 0)?, instant(row, 1)?, get::<Option<Vec<u8>>>(row, 2)?))
        })?
        .next()
        .transpose()?
        .ok_or(Error::Unknown { what: "invitation" })?;
    if let Some(used_by) = used_by {
        // An answer that was lost: the same device may ask again, even when the time has passed.
        return find_device(connection, tenant, enrolment.device)?
            .filter(|device| used_by == device.id.to_bytes() && device.public_key == enrolment.public_key)
            .map(|device| (device, false))
            .ok_or(Error::InvitationUsed);
    }
    if now >= expires_at {
        return Err(Error::InvitationExpired);
    }
    let sql = "UPDATE invitations SET used_at = ?, used_by = ? WHERE tenant = ? AND digest = ?";
    let device = enrolment.device.to_bytes();
    connection.execute(sql, params![at(now)?, device, tenant.to_bytes(), digest.to_bytes()])?;
    Ok((enrol(connection, tenant, UserId::from_bytes(user), enrolment, now)?, true))
}

pub(super) fn enrol(
    connection: &Connection,
    tenant: TenantId,
    user: UserId,
    Enrolment { device, public_key }: Enrolment,
    now: Timestamp,
) -> Result<Device, Error> {
    expect_user(connection, tenant, user)?;
    let sql = "INSERT INTO devices (tenant, id, user, public_key, enrolled_at, tip) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT DO NOTHING";
    let (id, tip) = (device.to_bytes(), ChainHash::start(device).to_bytes());
    let values = params![tenant.to_bytes(), id, user.to_bytes(), public_key.as_bytes(), at(now)?, tip];
    if connection.execute(sql, values)? == 0 {
        return Err(Error::Exists { what: "device" });
    }
    find_device(connection, tenant, device)?.ok_or(Error::Unknown { what: "device" })
}

/// A user's role, if there is such a user.
pub(super) fn role_of(connection: &Connection, tenant: TenantId, user: UserId) -> Result<Option<Role>, Error> {
    let role: Option<String> = connection
        .prepare_cached("SELECT role FROM users WHERE tenant = ? AND id = ?")?
        .query_row(params![tenant.to_bytes(), user.to_bytes()], |row| row.get(0))
        .optional()?;
    role.map(|role| role.parse().map_err(|_| Error::Damaged { what: "role" })).transpose()
}

pub(super) fn expect_user(connection: &Connection, tenant: TenantId, user: UserId) -> Result<(), Error> {
    connection
        .prepare_cached("SELECT 1 FROM users WHERE tenant = ? AND id = ?")?
        .query_row(params![tenant.to_bytes(), user.to_bytes()], |_| Ok(()))
        .optional()?
        .ok_or(Error::Unknown { what: "user" })
}

pub(super) fn find_device(
    connection: &Connection,
    tenant: TenantId,
    device: DeviceId,
) -> Result<Option<Device>, Error> {
    let mut query = connection.prepare_cached(DEVICE)?;
    query.query_and_then(params![tenant.to_bytes(), device.to_bytes()], device_of)?.next().transpose()
}

/// Puts a fresh challenge in the place of the one that was spent, if it is still there.
pub(super) fn spend(
    connection: &Connection,
    keyring: &Keyring,
    (tenant, device): (TenantId, DeviceId),
    spent: Option<Spent>,
) -> Result<(), Error> {
    let Some(Spent(named)) = spent else { return Ok(()) };
    let sql = "UPDATE devices SET previous_challenge = challenge, challenge = ?
        WHERE tenant = ? AND id = ? AND challenge IS ?";
    let (fresh, named) = (keyring.draw::<16>()?, named.map(Challenge::to_bytes));
    connection.prepare_cached(sql)?.execute(params![fresh, tenant.to_bytes(), device.to_bytes(), named])?;
    Ok(())
}

fn challenge(row: &Row<'_>, column: usize) -> Result<Option<Challenge>, Error> {
    let found = maybe_blob(row, column)?.map(<[u8; 16]>::try_from).transpose();
    Ok(found.map_err(|_| Error::Damaged { what: "challenge" })?.map(Challenge::from_bytes))
}

fn tenant_of(row: &Row<'_>) -> Result<Tenant, Error> {
    Ok(Tenant { id: TenantId::from_bytes(bytes(row, 0)?), name: get(row, 1)?, region: get(row, 2)? })
}

fn user_of(row: &Row<'_>, tenant: TenantId, key: &SealKey) -> Result<User, Error> {
    let damaged = || Error::Damaged { what: "user" };
    let id = UserId::from_bytes(bytes(row, 0)?);
    let role: Role = get::<String>(row, 1)?.parse().map_err(|_| damaged())?;
    let label = key.open(&places::of_user_label(tenant, id), &get::<Vec<u8>>(row, 2)?).map_err(|_| damaged())?;
    Ok(User { id, label: String::from_utf8(label).map_err(|_| damaged())?, role })
}

fn device_of(row: &Row<'_>) -> Result<Device, Error> {
    let key: Vec<u8> = get(row, 2)?;
    Ok(Device {
        id: DeviceId::from_bytes(bytes(row, 0)?),
        user: UserId::from_bytes(bytes(row, 1)?),
        public_key: PublicKey::from_bytes(&key).map_err(|_| Error::Damaged { what: "public key" })?,
        enrolled_at: instant(row, 3)?,
        last_seen_at: maybe_instant(row, 4)?,
        last_seq: number(row, 5)?,
        tip: ChainHash::from_bytes(bytes(row, 6)?),
        clock_skew_ms: get(row, 7)?,
        revoked_at: maybe_instant(row, 8)?,
        wipe_ordered_at: maybe_instant(row, 9)?,
        wiped_at: maybe_instant(row, 10)?,
        refill_up_to: number(row, 11)?,
        vouched_at: maybe_instant(row, 12)?,
        challenges: Challenges { current: challenge(row, 13)?, previous: challenge(row, 14)? },
    })
}
