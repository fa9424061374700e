use super::PostgresStore;
use super::audit::append;
use super::row::{at, bytes, get, instant, int, maybe_instant, number};
use super::transaction::{About, Mode, Tx, Values, params};
use crate::store::sealing::{Keyring, places};
use crate::store::{By, Challenges, Deed, Device, Directory, Enrolment, Error, Invitation, Spent, Stamp, Tenant, User};
use tokio_postgres::Row;
use walkbook_model::{ContentHash, DeviceId, Role, TenantId, Timestamp, UserId};
use walkbook_vault::{ChainHash, Challenge, PublicKey, SealKey};

const DEVICE: &str =
    "SELECT id, user_id, public_key, enrolled_at, last_seen_at, last_seq, tip, clock_skew_ms, revoked_at,
    wipe_ordered_at, wiped_at, refill_up_to, vouched_at, challenge, previous_challenge
    FROM devices WHERE tenant = $1";

/// Puts a fresh challenge in the place of the one that was spent, if it is still there; without a fresh one, nothing.
macro_rules! spend {
    ($fresh:literal, $named:literal) => {
        concat!(
            "previous_challenge = CASE WHEN ",
            $fresh,
            "::bytea IS NOT NULL AND challenge IS NOT DISTINCT FROM ",
            $named,
            "::bytea THEN challenge ELSE previous_challenge END, challenge = CASE WHEN ",
            $fresh,
            "::bytea IS NOT NULL AND challenge IS NOT DISTINCT FROM ",
            $named,
            "::bytea THEN ",
            $fresh,
            "::bytea ELSE challenge END"
        )
    };
}
pub(super) use spend;

/// The bytes of a challenge, where there is one.
type Given = Option<[u8; 16]>;

/// A fresh challenge, if one was spent, and that one.
pub(super) fn spending(keyring: &Keyring, spent: Option<Spent>) -> Result<(Given, Given), Error> {
    let Some(Spent(named)) = spent else { return Ok((None, None)) };
    Ok((Some(keyring.draw()?), named.map(Challenge::to_bytes)))
}

impl Directory for PostgresStore {
    fn create_tenant(&self, tenant: &Tenant, now: Timestamp) -> Result<(), Error> {
        let (key, by) = self.keyring.make_tenant_key(tenant.id)?;
        self.touch(tenant.id, |tx| {
            let sql = "INSERT INTO tenants (id, name, region, wrapped_key, wrapped_by, created_at)
                VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
            let (id, by) = (tenant.id.to_bytes(), by.to_bytes());
            let values = params![id, tenant.name, tenant.region, key.as_bytes(), by, at(now)?];
            if tx.execute(sql, values)? == 0 {
                return Err(Error::Exists { what: "tenant" });
            }
            append(tx, &self.keyring, tenant.id, Deed::TenantMade, Stamp::new(By::Operator, now))
        })
    }

    fn tenant(&self, tenant: TenantId) -> Result<Option<Tenant>, Error> {
        self.read(tenant, |tx, _| {
            let row = tx.row("SELECT id, name, region FROM tenants WHERE id = $1", params![tenant.to_bytes()])?;
            row.map(|row| tenant_of(&row)).transpose()
        })
    }

    fn tenants(&self) -> Result<Vec<Tenant>, Error> {
        self.work(About::Every, Mode::Read, |tx| {
            tx.rows("SELECT id, name, region FROM tenants ORDER BY id", &[])?.iter().map(tenant_of).collect()
        })
    }

    fn put_settings(&self, tenant: TenantId, bytes: &[u8], stamp: Stamp) -> Result<(), Error> {
        self.write(tenant, |tx, keyring| {
            let key = keyring.tenant_key(tx, tenant)?;
            // What is damaged is put right.
            if matches!(find_settings(tx, keyring, tenant), Ok(Some(known)) if known == bytes) {
                return Ok(());
            }
            let sealed = keyring.seal(&key, &places::of_settings(tenant), bytes)?;
            let sql = "UPDATE tenants SET sealed_settings = $2 WHERE id = $1";
            tx.execute(sql, params![tenant.to_bytes(), sealed])?;
            append(tx, keyring, tenant, Deed::SettingsChanged { settings: ContentHash::of(bytes) }, stamp)
        })
    }

    fn settings(&self, tenant: TenantId) -> Result<Option<Vec<u8>>, Error> {
        self.read(tenant, |tx, keyring| find_settings(tx, keyring, tenant))
    }

    fn destroy_tenant_key(&self, tenant: TenantId, now: Timestamp) -> Result<bool, Error> {
        let destroyed = self.write(tenant, |tx, keyring| {
            match append(tx, keyring, tenant, Deed::TenantErased, Stamp::new(By::Operator, now)) {
                // A damaged log saves nobody from being erased.
                Ok(()) | Err(Error::KeyDestroyed | Error::Unknown { .. } | Error::Damaged { .. }) => {}
                Err(error) => return Err(error),
            }
            tx.execute("UPDATE users SET registered = NULL WHERE tenant = $1", params![tenant.to_bytes()])?;
            let sql = "UPDATE tenants SET wrapped_key = NULL, key_destroyed_at = $2
                WHERE id = $1 AND wrapped_key IS NOT NULL";
            Ok(tx.execute(sql, params![tenant.to_bytes(), at(now)?])? > 0)
        })?;
        self.keyring.forget();
        Ok(destroyed)
    }

    fn put_user(&self, tenant: TenantId, user: &User, stamp: Stamp) -> Result<(), Error> {
        self.write(tenant, |tx, keyring| {
            let key = keyring.tenant_key(tx, tenant)?;
            let label = keyring.seal(&key, &places::of_user_label(tenant, user.id), user.label.as_bytes())?;
            let before = role_of(tx, tenant, user.id)?;
            let sql = "INSERT INTO users (tenant, id, sealed_label, role) VALUES ($1, $2, $3, $4)
                ON CONFLICT (tenant, id) DO UPDATE SET sealed_label = excluded.sealed_label, role = excluded.role";
            tx.execute(sql, params![tenant.to_bytes(), user.id.to_bytes(), label, user.role.as_str()])?;
            let deed = match before {
                None => Deed::UserMade { user: user.id, role: user.role },
                Some(from) if from != user.role => Deed::RoleChanged { user: user.id, from, to: user.role },
                Some(_) => return Ok(()),
            };
            append(tx, keyring, tenant, deed, stamp)
        })
    }

    fn user(&self, tenant: TenantId, user: UserId) -> Result<Option<User>, Error> {
        let sql = "SELECT id, role, sealed_label FROM users WHERE tenant = $1 AND id = $2";
        Ok(self.select_users(tenant, sql, params![tenant.to_bytes(), user.to_bytes()])?.pop())
    }

    fn users(&self, tenant: TenantId) -> Result<Vec<User>, Error> {
        let sql = "SELECT id, role, sealed_label FROM users WHERE tenant = $1 ORDER BY id";
        self.select_users(tenant, sql, params![tenant.to_bytes()])
    }

    fn invite(&self, tenant: TenantId, invitation: &Invitation, stamp: Stamp) -> Result<(), Error> {
        self.write(tenant, |tx, keyring| {
            expect_user(tx, tenant, invitation.user)?;
            let sql = "INSERT INTO invitations (tenant, digest, user_id, expires_at) VALUES ($1, $2, $3, $4)
                ON CONFLICT DO NOTHING";
            let (digest, user) = (invitation.digest.to_bytes(), invitation.user.to_bytes());
            if tx.execute(sql, params![tenant.to_bytes(), digest, user, at(invitation.expires_at)?])? == 0 {
                return Err(Error::Exists { what: "invitation" });
            }
            let deed = Deed::Invited { user: invitation.user, until: invitation.expires_at };
            append(tx, keyring, tenant, deed, stamp)
        })
    }

    fn redeem_invitation(
        &self,
        tenant: TenantId,
        digest: ContentHash,
        enrolment: &Enrolment,
        now: Timestamp,
    ) -> Result<Device, Error> {
        self.write(tenant, |tx, keyring| {
            let (device, is_new) = redeem(tx, tenant, digest, *enrolment, now)?;
            if is_new {
                let deed = Deed::Enrolled { user: device.user, device: device.id };
                append(tx, keyring, tenant, deed, Stamp::new(By::Invited, now))?;
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
        self.write(tenant, |tx, keyring| {
            let device = enrol(tx, tenant, user, *enrolment, now)?;
            let deed = Deed::Enrolled { user, device: device.id };
            append(tx, keyring, tenant, deed, Stamp::new(By::Server, now))?;
            Ok(device)
        })
    }

    fn device(&self, tenant: TenantId, device: DeviceId) -> Result<Option<Device>, Error> {
        self.read(tenant, |tx, _| find_device(tx, tenant, device))
    }

    fn devices(&self, tenant: TenantId) -> Result<Vec<Device>, Error> {
        self.read(tenant, |tx, _| {
            let sql = format!("{DEVICE} ORDER BY id");
            tx.rows(&sql, params![tenant.to_bytes()])?.iter().map(device_of).collect()
        })
    }

    fn devices_of(&self, tenant: TenantId, user: UserId) -> Result<Vec<Device>, Error> {
        self.read(tenant, |tx, _| {
            let sql = format!("{DEVICE} AND user_id = $2 ORDER BY id");
            tx.rows(&sql, params![tenant.to_bytes(), user.to_bytes()])?.iter().map(device_of).collect()
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
        self.touch(tenant, |tx| {
            let sql = concat!(
                "UPDATE devices SET last_seen_at = $3, clock_skew_ms = $4, ",
                spend!("$5", "$6"),
                " WHERE tenant = $1 AND id = $2"
            );
            let (fresh, named) = spending(&self.keyring, spent)?;
            let (tenant, device) = (tenant.to_bytes(), device.to_bytes());
            Ok(tx.execute(sql, params![tenant, device, at(now)?, clock_skew_ms, fresh, named])? > 0)
        })
    }

    fn note_refill(&self, tenant: TenantId, device: DeviceId, up_to: u64) -> Result<(), Error> {
        self.touch(tenant, |tx| {
            let sql = "UPDATE devices SET refill_up_to = greatest(refill_up_to, $3) WHERE tenant = $1 AND id = $2";
            tx.execute(sql, params![tenant.to_bytes(), device.to_bytes(), int(up_to)?])?;
            Ok(())
        })
    }

    fn revoke_device(&self, tenant: TenantId, device: DeviceId, stamp: Stamp) -> Result<bool, Error> {
        let sql = "UPDATE devices SET revoked_at = $3 WHERE tenant = $1 AND id = $2 AND revoked_at IS NULL
            RETURNING user_id";
        self.note_of_device(sql, (tenant, device), stamp, |user| Deed::ShutOut { user, device })
    }

    fn order_wipe(&self, tenant: TenantId, device: DeviceId, stamp: Stamp) -> Result<bool, Error> {
        let sql = "UPDATE devices SET wipe_ordered_at = $3 WHERE tenant = $1 AND id = $2
            AND wipe_ordered_at IS NULL AND wiped_at IS NULL RETURNING user_id";
        self.note_of_device(sql, (tenant, device), stamp, |user| Deed::WipeOrdered { user, device })
    }

    fn note_wiped(&self, tenant: TenantId, device: DeviceId, stamp: Stamp) -> Result<bool, Error> {
        let sql = "UPDATE devices SET wiped_at = $3 WHERE tenant = $1 AND id = $2 AND wiped_at IS NULL
            RETURNING user_id";
        self.note_of_device(sql, (tenant, device), stamp, |user| Deed::Wiped { user, device })
    }
}

impl PostgresStore {
    /// Sets an instant of a device that has none yet, and writes it down; whether it did.
    fn note_of_device(
        &self,
        sql: &str,
        (tenant, device): (TenantId, DeviceId),
        stamp: Stamp,
        deed: impl Fn(UserId) -> Deed,
    ) -> Result<bool, Error> {
        self.write(tenant, |tx, keyring| {
            let row = tx.row(sql, params![tenant.to_bytes(), device.to_bytes(), at(stamp.at)?])?;
            let Some(row) = row else { return Ok(false) };
            append(tx, keyring, tenant, deed(UserId::from_bytes(bytes(&row, 0)?)), stamp)?;
            Ok(true)
        })
    }

    fn select_users(&self, tenant: TenantId, sql: &str, names: Values<'_>) -> Result<Vec<User>, Error> {
        self.read(tenant, |tx, keyring| {
            let key = match keyring.tenant_key(tx, tenant) {
                Err(Error::Unknown { .. }) => return Ok(Vec::new()),
                key => key?,
            };
            tx.rows(sql, names)?.iter().map(|row| user_of(row, tenant, &key)).collect()
        })
    }
}

/// The device that was let in, and whether it is new.
fn redeem(
    tx: &Tx<'_>,
    tenant: TenantId,
    digest: ContentHash,
    enrolment: Enrolment,
    now: Timestamp,
) -> Result<(Device, bool), Error> {
    let sql = "SELECT user_id, expires_at, used_by FROM invitations WHERE tenant = $1 AND digest = $2";
    let row = tx.row(sql, params![tenant.to_bytes(), digest.to_bytes()])?;
    let row = row.ok_or(Error::Unknown { what: "invitation" })?;
    if let Some(used_by) = get::<Option<&[u8]>>(&row, 2)? {
        // An answer that was lost: the same device may ask again, even when the time has passed.
        return find_device(tx, tenant, enrolment.device)?
            .filter(|device| used_by == device.id.to_bytes() && device.public_key == enrolment.public_key)
            .map(|device| (device, false))
            .ok_or(Error::InvitationUsed);
    }
    if now >= instant(&row, 1)? {
        return Err(Error::InvitationExpired);
    }
    let sql = "UPDATE invitations SET used_at = $3, used_by = $4 WHERE tenant = $1 AND digest = $2";
    tx.execute(sql, params![tenant.to_bytes(), digest.to_bytes(), at(now)?, enrolment.device.to_bytes()])?;
    Ok((enrol(tx, tenant, UserId::from_bytes(bytes(&row, 0)?), enrolment, now)?, true))
}

pub(super) fn enrol(
    tx: &Tx<'_>,
    tenant: TenantId,
    user: UserId,
    Enrolment { device, public_key }: Enrolment,
    now: Timestamp,
) -> Result<Device, Error> {
    expect_user(tx, tenant, user)?;
    let sql = "INSERT INTO devices (tenant, id, user_id, public_key, enrolled_at, tip) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING";
    let (id, tip) = (device.to_bytes(), ChainHash::start(device).to_bytes());
    let values = params![tenant.to_bytes(), id, user.to_bytes(), public_key.as_bytes(), at(now)?, tip];
    if tx.execute(sql, values)? == 0 {
        return Err(Error::Exists { what: "device" });
    }
    find_device(tx, tenant, device)?.ok_or(Error::Unknown { what: "device" })
}

/// A user's role, if there is such a user.
pub(super) fn role_of(tx: &Tx<'_>, tenant: TenantId, user: UserId) -> Result<Option<Role>, Error> {
    let sql = "SELECT role FROM users WHERE tenant = $1 AND id = $2";
    let row = tx.row(sql, params![tenant.to_bytes(), user.to_bytes()])?;
    row.map(|row| get::<&str>(&row, 0)?.parse().map_err(|_| Error::Damaged { what: "role" })).transpose()
}

pub(super) fn expect_user(tx: &Tx<'_>, tenant: TenantId, user: UserId) -> Result<(), Error> {
    let sql = "SELECT 1 FROM users WHERE tenant = $1 AND id = $2";
    let is_there = tx.exists(sql, params![tenant.to_bytes(), user.to_bytes()])?;
    if is_there { Ok(()) } else { Err(Error::Unknown { what: "user" }) }
}

pub(super) fn find_device(tx: &Tx<'_>, tenant: TenantId, device: DeviceId) -> Result<Option<Device>, Error> {
    let row = tx.row(&format!("{DEVICE} AND id = $2"), params![tenant.to_bytes(), device.to_bytes()])?;
    row.map(|row| device_of(&row)).transpose()
}

fn challenge(row: &Row, column: usize) -> Result<Option<Challenge>, Error> {
    let found = get::<Option<&[u8]>>(row, column)?.map(<[u8; 16]>::try_from).transpose();
    Ok(found.map_err(|_| Error::Damaged { what: "challenge" })?.map(Challenge::from_bytes))
}

fn tenant_of(row: &Row) -> Result<Tenant, Error> {
    Ok(Tenant { id: TenantId::from_bytes(bytes(row, 0)?), name: get(row, 1)?, region: get(row, 2)? })
}

fn user_of(row: &Row, tenant: TenantId, key: &SealKey) -> Result<User, Error> {
    let damaged = || Error::Damaged { what: "user" };
    let id = UserId::from_bytes(bytes(row, 0)?);
    let role: Role = get::<&str>(row, 1)?.parse().map_err(|_| damaged())?;
    let label = key.open(&places::of_user_label(tenant, id), get(row, 2)?).map_err(|_| damaged())?;
    Ok(User { id, label: String::from_utf8(label).map_err(|_| damaged())?, role })
}

fn device_of(row: &Row) -> Result<Device, Error> {
    Ok(Device {
        id: DeviceId::from_bytes(bytes(row, 0)?),
        user: UserId::from_bytes(bytes(row, 1)?),
        public_key: PublicKey::from_bytes(get(row, 2)?).map_err(|_| Error::Damaged { what: "public key" })?,
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

fn find_settings(tx: &Tx<'_>, keyring: &Keyring, tenant: TenantId) -> Result<Option<Vec<u8>>, Error> {
    let row = tx.row("SELECT sealed_settings FROM tenants WHERE id = $1", params![tenant.to_bytes()])?;
    let sealed: Option<Vec<u8>> = row.map(|row| get(&row, 0)).transpose()?.flatten();
    let Some(sealed) = sealed else { return Ok(None) };
    let opened = keyring.tenant_key(tx, tenant)?.open(&places::of_settings(tenant), &sealed);
    opened.map(Some).map_err(|_| Error::Damaged { what: "settings" })
}
