use super::EmbeddedStore;
use super::audit::append;
use super::directory::{enrol, expect_user, find_device};
use super::row::{at, bytes, get, instant, number};
use crate::store::accounts::{Accounts, PasswordCode, SetUp, SignIn, StoredAccount, Tries};
use crate::store::sealing::{Keyring, places};
use crate::store::{By, Deed, Device, Error, Stamp};
use rusqlite::{Connection, OptionalExtension, Row, params};
use walkbook_model::{ContentHash, TenantId, Timestamp, UserId};

impl Accounts for EmbeddedStore {
    fn put_password_code(&self, tenant: TenantId, code: &PasswordCode, stamp: Stamp) -> Result<(), Error> {
        let code = *code;
        self.write(move |connection, keyring| {
            expect_user(connection, tenant, code.user)?;
            forget_codes(connection, tenant, code.user)?;
            let sql = "INSERT INTO password_codes (tenant, digest, user, expires_at) VALUES (?, ?, ?, ?)";
            let (digest, user) = (code.digest.to_bytes(), code.user.to_bytes());
            connection.execute(sql, params![tenant.to_bytes(), digest, user, at(code.expires_at)?])?;
            let deed = Deed::PasswordInvited { user: code.user, until: code.expires_at };
            append(connection, keyring, tenant, deed, stamp)
        })
    }

    fn password_code(
        &self,
        tenant: TenantId,
        digest: ContentHash,
        phone: ContentHash,
        now: Timestamp,
    ) -> Result<PasswordCode, Error> {
        self.read(|connection, _| find_code(connection, tenant, digest, phone, now))
    }

    fn set_up_account(
        &self,
        tenant: TenantId,
        digest: ContentHash,
        phone: ContentHash,
        (account, how): (&[u8], SetUp),
        now: Timestamp,
    ) -> Result<(), Error> {
        let account = account.to_vec();
        self.write(move |connection, keyring| {
            let user = find_code(connection, tenant, digest, phone, now)?.user;
            let sealed = seal(connection, keyring, tenant, user, &account)?;
            let sql = "INSERT INTO accounts (tenant, user, version, sealed) VALUES (?, ?, 1, ?)
                ON CONFLICT DO UPDATE SET version = version + 1, sealed = excluded.sealed";
            connection.execute(sql, params![tenant.to_bytes(), user.to_bytes(), sealed])?;
            let sql = "UPDATE password_codes SET used_by = ? WHERE tenant = ? AND digest = ?";
            connection.execute(sql, params![phone.to_bytes(), tenant.to_bytes(), digest.to_bytes()])?;
            append(connection, keyring, tenant, how.deed(user), Stamp::new(By::Invited, now))
        })
    }

    fn expect_identity(
        &self,
        tenant: TenantId,
        user: UserId,
        seen: u64,
        account: &[u8],
        stamp: Stamp,
    ) -> Result<(), Error> {
        let account = account.to_vec();
        self.write(move |connection, keyring| {
            expect_user(connection, tenant, user)?;
            let sealed = seal(connection, keyring, tenant, user, &account)?;
            let done = if seen == 0 {
                let sql =
                    "INSERT INTO accounts (tenant, user, version, sealed) VALUES (?, ?, 1, ?) ON CONFLICT DO NOTHING";
                connection.execute(sql, params![tenant.to_bytes(), user.to_bytes(), sealed])?
            } else {
                replace(connection, tenant, user, seen, &sealed)?
            };
            if done == 0 {
                return Err(Error::Decided);
            }
            append(connection, keyring, tenant, Deed::IdentityExpected { user }, stamp)
        })
    }

    fn account(&self, tenant: TenantId, user: UserId) -> Result<Option<StoredAccount>, Error> {
        self.read(|connection, keyring| {
            let sql = "SELECT version, sealed FROM accounts WHERE tenant = ? AND user = ?";
            let mut query = connection.prepare_cached(sql)?;
            let mut rows = query.query(params![tenant.to_bytes(), user.to_bytes()])?;
            let Some(row) = rows.next()? else { return Ok(None) };
            let key = keyring.tenant_key(connection, tenant)?;
            let opened = key.open(&places::of_account(tenant, user), &get::<Vec<u8>>(row, 1)?);
            let bytes = opened.map_err(|_| Error::Damaged { what: "account" })?;
            Ok(Some(StoredAccount { version: number(row, 0)?, bytes }))
        })
    }

    fn sign_in(&self, tenant: TenantId, sign_in: &SignIn<'_>, now: Timestamp) -> Result<Device, Error> {
        let SignIn { user, seen, account, with, enrolment } = *sign_in;
        let account = account.to_vec();
        self.write(move |connection, keyring| {
            let sealed = seal(connection, keyring, tenant, user, &account)?;
            if replace(connection, tenant, user, seen, &sealed)? == 0 {
                return Err(Error::Decided);
            }
            let device = match find_device(connection, tenant, enrolment.device)? {
                Some(known) if known.user == user && known.public_key == enrolment.public_key => known,
                _ => enrol(connection, tenant, user, enrolment, now)?,
            };
            let vouched_at = Some(now).filter(|_| with.is_of_provider()).or(device.vouched_at);
            let sql = "UPDATE devices SET vouched_at = ? WHERE tenant = ? AND id = ?";
            let vouched = vouched_at.map(at).transpose()?;
            connection.execute(sql, params![vouched, tenant.to_bytes(), device.id.to_bytes()])?;
            let deed = Deed::SignedIn { user, device: device.id, with };
            append(connection, keyring, tenant, deed, Stamp::new(By::User(user), now))?;
            Ok(Device { vouched_at, ..device })
        })
    }

    fn tries(&self, tenant: TenantId, slot: u16) -> Result<Tries, Error> {
        self.read(|connection, _| {
            let sql = "SELECT tries, last_at FROM sign_in_tries WHERE tenant = ? AND slot = ?";
            let mut query = connection.prepare_cached(sql)?;
            let found = query.query_and_then(params![tenant.to_bytes(), slot], tries_of)?.next().transpose()?;
            Ok(found.unwrap_or_default())
        })
    }

    fn replace_tries(&self, tenant: TenantId, slot: u16, seen: Tries, tries: Tries) -> Result<bool, Error> {
        self.write(move |connection, _| {
            let sql = "INSERT INTO sign_in_tries (tenant, slot, tries, last_at) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT DO UPDATE SET tries = excluded.tries, last_at = excluded.last_at
                WHERE sign_in_tries.tries = ?5 AND sign_in_tries.last_at = ?6";
            let values =
                params![tenant.to_bytes(), slot, tries.count, at(tries.last_at)?, seen.count, at(seen.last_at)?];
            Ok(connection.prepare_cached(sql)?.execute(values)? > 0)
        })
    }

    fn close_account(&self, tenant: TenantId, user: UserId, stamp: Stamp) -> Result<bool, Error> {
        self.write(move |connection, keyring| {
            forget_codes(connection, tenant, user)?;
            let sql = "DELETE FROM accounts WHERE tenant = ? AND user = ?";
            if connection.execute(sql, params![tenant.to_bytes(), user.to_bytes()])? == 0 {
                return Ok(false);
            }
            append(connection, keyring, tenant, Deed::AccountClosed { user }, stamp)?;
            Ok(true)
        })
    }

    fn demand_second_factor(&self, tenant: TenantId, is_demanded: bool, stamp: Stamp) -> Result<(), Error> {
        self.write(move |connection, keyring| {
            let sql = "UPDATE tenants SET second_factor = ?1 WHERE id = ?2 AND second_factor <> ?1";
            if connection.execute(sql, params![is_demanded, tenant.to_bytes()])? == 0 {
                return keyring.tenant_key(connection, tenant).map(|_| ());
            }
            append(connection, keyring, tenant, Deed::SecondFactorDemanded { is_demanded }, stamp)
        })
    }

    fn demands_second_factor(&self, tenant: TenantId) -> Result<bool, Error> {
        self.read(|connection, _| {
            let sql = "SELECT second_factor FROM tenants WHERE id = ?";
            let found = connection.prepare_cached(sql)?.query_row([tenant.to_bytes()], |row| row.get(0)).optional()?;
            Ok(found.unwrap_or(true))
        })
    }

    fn put_provider(&self, tenant: TenantId, bytes: Option<&[u8]>, stamp: Stamp) -> Result<(), Error> {
        let bytes = bytes.map(<[u8]>::to_vec);
        self.write(move |connection, keyring| {
            let key = keyring.tenant_key(connection, tenant)?;
            // What is damaged is put right.
            if find_provider(connection, keyring, tenant).is_ok_and(|known| known == bytes) {
                return Ok(());
            }
            let sealed =
                bytes.as_ref().map(|bytes| keyring.seal(&key, &places::of_provider(tenant), bytes)).transpose()?;
            let sql = "UPDATE tenants SET sealed_provider = ? WHERE id = ?";
            connection.execute(sql, params![sealed, tenant.to_bytes()])?;
            let provider = bytes.map(|bytes| ContentHash::of(&bytes));
            append(connection, keyring, tenant, Deed::ProviderChanged { provider }, stamp)
        })
    }

    fn provider(&self, tenant: TenantId) -> Result<Option<Vec<u8>>, Error> {
        self.read(|connection, keyring| find_provider(connection, keyring, tenant))
    }
}

fn find_provider(connection: &Connection, keyring: &Keyring, tenant: TenantId) -> Result<Option<Vec<u8>>, Error> {
    let sql = "SELECT sealed_provider FROM tenants WHERE id = ?";
    let sealed: Option<Option<Vec<u8>>> =
        connection.prepare_cached(sql)?.query_row([tenant.to_bytes()], |row| row.get(0)).optional()?;
    let Some(sealed) = sealed.flatten() else { return Ok(None) };
    let opened = keyring.tenant_key(connection, tenant)?.open(&places::of_provider(tenant), &sealed);
    opened.map(Some).map_err(|_| Error::Damaged { what: "provider" })
}

/// Puts an account in the place of the one that was seen; says how many that were.
fn replace(connection: &Connection, tenant: TenantId, user: UserId, seen: u64, sealed: &[u8]) -> Result<usize, Error> {
    let sql = "UPDATE accounts SET version = version + 1, sealed = ? WHERE tenant = ? AND user = ? AND version = ?";
    let seen = i64::try_from(seen).map_err(|_| Error::OutOfRange)?;
    Ok(connection.execute(sql, params![sealed, tenant.to_bytes(), user.to_bytes(), seen])?)
}

fn tries_of(row: &Row<'_>) -> Result<Tries, Error> {
    Ok(Tries { count: get(row, 0)?, last_at: instant(row, 1)? })
}

fn find_code(
    connection: &Connection,
    tenant: TenantId,
    digest: ContentHash,
    phone: ContentHash,
    now: Timestamp,
) -> Result<PasswordCode, Error> {
    let sql = "SELECT user, expires_at, used_by FROM password_codes WHERE tenant = ? AND digest = ?";
    let mut query = connection.prepare_cached(sql)?;
    let mut rows = query.query(params![tenant.to_bytes(), digest.to_bytes()])?;
    let row = rows.next()?.ok_or(Error::Unknown { what: "invitation" })?;
    let (user, expires_at) = (UserId::from_bytes(bytes(row, 0)?), instant(row, 1)?);
    if get::<Option<Vec<u8>>>(row, 2)?.is_some_and(|used_by| used_by != phone.to_bytes()) {
        return Err(Error::InvitationUsed);
    }
    if now >= expires_at {
        return Err(Error::InvitationExpired);
    }
    Ok(PasswordCode { digest, user, expires_at })
}

fn forget_codes(connection: &Connection, tenant: TenantId, user: UserId) -> Result<(), Error> {
    let sql = "DELETE FROM password_codes WHERE tenant = ? AND user = ?";
    connection.execute(sql, params![tenant.to_bytes(), user.to_bytes()])?;
    Ok(())
}

fn seal(
    connection: &Connection,
    keyring: &Keyring,
    tenant: TenantId,
    user: UserId,
    account: &[u8],
) -> Result<Vec<u8>, Error> {
    keyring.seal(&*keyring.tenant_key(connection, tenant)?, &places::of_account(tenant, user), account)
}
