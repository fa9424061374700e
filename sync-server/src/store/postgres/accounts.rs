use super::PostgresStore;
use super::audit::append;
use super::directory::{enrol, expect_user, find_device};
use super::row::{at, bytes, get, instant, int, number};
use super::transaction::{Tx, params};
use crate::store::accounts::{Accounts, PasswordCode, SetUp, SignIn, StoredAccount, Tries};
use crate::store::sealing::{Keyring, places};
use crate::store::{By, Deed, Device, Error, Stamp};
use walkbook_model::{ContentHash, TenantId, Timestamp, UserId};

impl Accounts for PostgresStore {
    fn put_password_code(&self, tenant: TenantId, code: &PasswordCode, stamp: Stamp) -> Result<(), Error> {
        self.write(tenant, |tx, keyring| {
            expect_user(tx, tenant, code.user)?;
            forget_codes(tx, tenant, code.user)?;
            let sql = "INSERT INTO password_codes (tenant, digest, user_id, expires_at) VALUES ($1, $2, $3, $4)";
            let (digest, user) = (code.digest.to_bytes(), code.user.to_bytes());
            tx.execute(sql, params![tenant.to_bytes(), digest, user, at(code.expires_at)?])?;
            let deed = Deed::PasswordInvited { user: code.user, until: code.expires_at };
            append(tx, keyring, tenant, deed, stamp)
        })
    }

    fn password_code(
        &self,
        tenant: TenantId,
        digest: ContentHash,
        phone: ContentHash,
        now: Timestamp,
    ) -> Result<PasswordCode, Error> {
        self.read(tenant, |tx, _| find_code(tx, tenant, digest, phone, now))
    }

    fn set_up_account(
        &self,
        tenant: TenantId,
        digest: ContentHash,
        phone: ContentHash,
        (account, how): (&[u8], SetUp),
        now: Timestamp,
    ) -> Result<(), Error> {
        self.write(tenant, |tx, keyring| {
            let user = find_code(tx, tenant, digest, phone, now)?.user;
            let sealed = seal(tx, keyring, tenant, user, account)?;
            let sql = "INSERT INTO accounts (tenant, user_id, version, sealed) VALUES ($1, $2, 1, $3)
                ON CONFLICT (tenant, user_id) DO UPDATE SET version = accounts.version + 1, sealed = excluded.sealed";
            tx.execute(sql, params![tenant.to_bytes(), user.to_bytes(), sealed])?;
            let sql = "UPDATE password_codes SET used_by = $3 WHERE tenant = $1 AND digest = $2";
            tx.execute(sql, params![tenant.to_bytes(), digest.to_bytes(), phone.to_bytes()])?;
            append(tx, keyring, tenant, how.deed(user), Stamp::new(By::Invited, now))
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
        self.write(tenant, |tx, keyring| {
            expect_user(tx, tenant, user)?;
            let sealed = seal(tx, keyring, tenant, user, account)?;
            let done = if seen == 0 {
                let sql = "INSERT INTO accounts (tenant, user_id, version, sealed) VALUES ($1, $2, 1, $3)
                    ON CONFLICT (tenant, user_id) DO NOTHING";
                tx.execute(sql, params![tenant.to_bytes(), user.to_bytes(), sealed])?
            } else {
                replace(tx, tenant, user, seen, &sealed)?
            };
            if done == 0 {
                return Err(Error::Decided);
            }
            append(tx, keyring, tenant, Deed::IdentityExpected { user }, stamp)
        })
    }

    fn account(&self, tenant: TenantId, user: UserId) -> Result<Option<StoredAccount>, Error> {
        self.read(tenant, |tx, keyring| {
            let sql = "SELECT version, sealed FROM accounts WHERE tenant = $1 AND user_id = $2";
            let row = tx.row(sql, params![tenant.to_bytes(), user.to_bytes()])?;
            let Some(row) = row else { return Ok(None) };
            let opened = keyring.tenant_key(tx, tenant)?.open(&places::of_account(tenant, user), get(&row, 1)?);
            let bytes = opened.map_err(|_| Error::Damaged { what: "account" })?;
            Ok(Some(StoredAccount { version: number(&row, 0)?, bytes }))
        })
    }

    fn sign_in(&self, tenant: TenantId, sign_in: &SignIn<'_>, now: Timestamp) -> Result<Device, Error> {
        let SignIn { user, seen, account, with, enrolment } = *sign_in;
        self.write(tenant, |tx, keyring| {
            let sealed = seal(tx, keyring, tenant, user, account)?;
            if replace(tx, tenant, user, seen, &sealed)? == 0 {
                return Err(Error::Decided);
            }
            let device = match find_device(tx, tenant, enrolment.device)? {
                Some(known) if known.user == user && known.public_key == enrolment.public_key => known,
                _ => enrol(tx, tenant, user, enrolment, now)?,
            };
            let vouched_at = Some(now).filter(|_| with.is_of_provider()).or(device.vouched_at);
            let sql = "UPDATE devices SET vouched_at = $3 WHERE tenant = $1 AND id = $2";
            let vouched = vouched_at.map(at).transpose()?;
            tx.execute(sql, params![tenant.to_bytes(), device.id.to_bytes(), vouched])?;
            let deed = Deed::SignedIn { user, device: device.id, with };
            append(tx, keyring, tenant, deed, Stamp::new(By::User(user), now))?;
            Ok(Device { vouched_at, ..device })
        })
    }

    fn tries(&self, tenant: TenantId, slot: u16) -> Result<Tries, Error> {
        self.read(tenant, |tx, _| {
            let sql = "SELECT tries, last_at FROM sign_in_tries WHERE tenant = $1 AND slot = $2";
            let Some(row) = tx.row(sql, params![tenant.to_bytes(), i64::from(slot)])? else {
                return Ok(Tries::default());
            };
            let count = u32::try_from(number(&row, 0)?).map_err(|_| Error::Damaged { what: "tries" })?;
            Ok(Tries { count, last_at: instant(&row, 1)? })
        })
    }

    fn replace_tries(&self, tenant: TenantId, slot: u16, seen: Tries, tries: Tries) -> Result<bool, Error> {
        self.touch(tenant, |tx| {
            let sql = "INSERT INTO sign_in_tries (tenant, slot, tries, last_at) VALUES ($1, $2, $3, $4)
                ON CONFLICT (tenant, slot) DO UPDATE SET tries = excluded.tries, last_at = excluded.last_at
                WHERE sign_in_tries.tries = $5 AND sign_in_tries.last_at = $6";
            let [count, before] = [tries, seen].map(|tries| i64::from(tries.count));
            let (last_at, last_before) = (at(tries.last_at)?, at(seen.last_at)?);
            let values = params![tenant.to_bytes(), i64::from(slot), count, last_at, before, last_before];
            Ok(tx.execute(sql, values)? > 0)
        })
    }

    fn close_account(&self, tenant: TenantId, user: UserId, stamp: Stamp) -> Result<bool, Error> {
        self.write(tenant, |tx, keyring| {
            forget_codes(tx, tenant, user)?;
            let sql = "DELETE FROM accounts WHERE tenant = $1 AND user_id = $2";
            if tx.execute(sql, params![tenant.to_bytes(), user.to_bytes()])? == 0 {
                return Ok(false);
            }
            append(tx, keyring, tenant, Deed::AccountClosed { user }, stamp)?;
            Ok(true)
        })
    }

    fn demand_second_factor(&self, tenant: TenantId, is_demanded: bool, stamp: Stamp) -> Result<(), Error> {
        self.write(tenant, |tx, keyring| {
            let sql = "UPDATE tenants SET second_factor = $2 WHERE id = $1 AND second_factor <> $2";
            if tx.execute(sql, params![tenant.to_bytes(), is_demanded])? == 0 {
                return keyring.tenant_key(tx, tenant).map(|_| ());
            }
            append(tx, keyring, tenant, Deed::SecondFactorDemanded { is_demanded }, stamp)
        })
    }

    fn demands_second_factor(&self, tenant: TenantId) -> Result<bool, Error> {
        self.read(tenant, |tx, _| {
            let row = tx.row("SELECT second_factor FROM tenants WHERE id = $1", params![tenant.to_bytes()])?;
            Ok(row.map(|row| get(&row, 0)).transpose()?.unwrap_or(true))
        })
    }

    fn put_provider(&self, tenant: TenantId, bytes: Option<&[u8]>, stamp: Stamp) -> Result<(), Error> {
        self.write(tenant, |tx, keyring| {
            let key = keyring.tenant_key(tx, tenant)?;
            // What is damaged is put right.
            if find_provider(tx, keyring, tenant).is_ok_and(|known| known.as_deref() == bytes) {
                return Ok(());
            }
            let sealed = bytes.map(|bytes| keyring.seal(&key, &places::of_provider(tenant), bytes)).transpose()?;
            let sql = "UPDATE tenants SET sealed_provider = $2 WHERE id = $1";
            tx.execute(sql, params![tenant.to_bytes(), sealed])?;
            append(tx, keyring, tenant, Deed::ProviderChanged { provider: bytes.map(ContentHash::of) }, stamp)
        })
    }

    fn provider(&self, tenant: TenantId) -> Result<Option<Vec<u8>>, Error> {
        self.read(tenant, |tx, keyring| find_provider(tx, keyring, tenant))
    }
}

fn find_provider(tx: &Tx<'_>, keyring: &Keyring, tenant: TenantId) -> Result<Option<Vec<u8>>, Error> {
    let row = tx.row("SELECT sealed_provider FROM tenants WHERE id = $1", params![tenant.to_bytes()])?;
    let sealed: Option<Vec<u8>> = row.map(|row| get(&row, 0)).transpose()?.flatten();
    let Some(sealed) = sealed else { return Ok(None) };
    let opened = keyring.tenant_key(tx, tenant)?.open(&places::of_provider(tenant), &sealed);
    opened.map(Some).map_err(|_| Error::Damaged { what: "provider" })
}

/// Puts an account in the place of the one that was seen; says how many that were.
fn replace(tx: &Tx<'_>, tenant: TenantId, user: UserId, seen: u64, sealed: &[u8]) -> Result<u64, Error> {
    let sql = "UPDATE accounts SET version = version + 1, sealed = $4
        WHERE tenant = $1 AND user_id = $2 AND version = $3";
    tx.execute(sql, params![tenant.to_bytes(), user.to_bytes(), int(seen)?, sealed])
}

fn find_code(
    tx: &Tx<'_>,
    tenant: TenantId,
    digest: ContentHash,
    phone: ContentHash,
    now: Timestamp,
) -> Result<PasswordCode, Error> {
    let sql = "SELECT user_id, expires_at, used_by FROM password_codes WHERE tenant = $1 AND digest = $2";
    let row = tx.row(sql, params![tenant.to_bytes(), digest.to_bytes()])?;
    let row = row.ok_or(Error::Unknown { what: "invitation" })?;
    let (user, expires_at) = (UserId::from_bytes(bytes(&row, 0)?), instant(&row, 1)?);
    if get::<Option<&[u8]>>(&row, 2)?.is_some_and(|used_by| used_by != phone.to_bytes()) {
        return Err(Error::InvitationUsed);
    }
    if now >= expires_at {
        return Err(Error::InvitationExpired);
    }
    Ok(PasswordCode { digest, user, expires_at })
}

fn forget_codes(tx: &Tx<'_>, tenant: TenantId, user: UserId) -> Result<(), Error> {
    let sql = "DELETE FROM password_codes WHERE tenant = $1 AND user_id = $2";
    tx.execute(sql, params![tenant.to_bytes(), user.to_bytes()])?;
    Ok(())
}

fn seal(tx: &Tx<'_>, keyring: &Keyring, tenant: TenantId, user: UserId, account: &[u8]) -> Result<Vec<u8>, Error> {
    keyring.seal(&*keyring.tenant_key(tx, tenant)?, &places::of_account(tenant, user), account)
}
