//! Somebody signs in: their phone becomes a device by a password and a second factor, or by what their tenant's own provider
//! says. Passwords are chosen here too.
//!
//! Whatever is wrong, the answer is one and the same, and the work behind it as well: nobody learns whether a user exists,
//! has an account, or which part was right.

mod at_provider;
mod delays;

pub(super) use at_provider::has_to_vouch_again;

use super::notices::Notices;
use super::{InvitationRefused, Refused};
use crate::routes::Network;
use crate::sign_in::provider::{Providers, Unasked};
use crate::sign_in::{Account, Made, check, hash, made};
use crate::store::accounts::{SetUp, SignIn, StoredAccount};
use crate::store::{self, By, Deed, Enrolment, Stamp, Store};
use delays::{Counted, Delays};
use std::sync::Arc;
use walkbook_model::{ContentHash, DeviceId, TenantId, Timestamp, UserId};
use walkbook_sync::{Enrolled, PasswordChosen, PasswordRequest, SignInRequest};
use walkbook_vault::{InvitationCode, PublicKey, SecureRandom, SystemRandom};

/// Where people sign in.
pub(super) struct SignIns {
    delays: Delays,
    random: Arc<dyn SecureRandom + Send + Sync>,
    pub(super) providers: Arc<dyn Providers>,
}

impl Default for SignIns {
    fn default() -> Self {
        Self { delays: Delays::default(), random: Arc::new(SystemRandom::new()), providers: Arc::new(Unasked) }
    }
}

/// Where a request comes from, for which tenant, and when.
#[derive(Clone, Copy)]
pub(super) struct Coming {
    pub(super) tenant: TenantId,
    pub(super) from: Network,
    pub(super) now: Timestamp,
}

impl SignIns {
    pub(super) fn choose_password(&self, store: &dyn Store, coming: Coming, body: &[u8]) -> Result<Vec<u8>, Refused> {
        let Coming { tenant, from, now } = coming;
        let request = PasswordRequest::from_bytes(body)?;
        if request.tenant() != tenant {
            return Err(Refused::Invitation(InvitationRefused::Unknown));
        }
        let key = request.proven_key().map_err(|_| Refused::Unproven { now })?;
        check(request.password()).map_err(Refused::Password)?;
        let tries = self.delays.of_address(from, now)?;
        let digest = InvitationCode::from_bytes(request.code()).digest();
        let phone = ContentHash::of(key.as_bytes());
        let user = store.password_code(tenant, digest, phone, now)?.user;
        // Whom the provider does not let in any more, a password does not either.
        if at_provider::settings(store, tenant)?.is_some() {
            return Err(Refused::SignIn);
        }
        let password = hash(request.password(), self.draw()?).ok_or(Refused::Busy)?;
        let Made { account, link: authenticator, recovery_codes } =
            made(password, user, &*self.random).ok_or_else(no_randomness)?;
        let account = account.to_bytes().map_err(|_| damaged())?;
        store.set_up_account(tenant, digest, phone, (&account, SetUp::Password), now)?;
        tries.were_right();
        Ok(PasswordChosen { user, authenticator, recovery_codes, now }.to_bytes())
    }

    pub(super) fn sign_in(
        &self,
        store: &dyn Store,
        notices: &Notices,
        coming: Coming,
        body: &[u8],
    ) -> Result<Vec<u8>, Refused> {
        let Coming { tenant, now, .. } = coming;
        let request = SignInRequest::from_bytes(body)?;
        if request.tenant() != tenant {
            return Err(Refused::SignIn);
        }
        let public_key = request.proven_key().map_err(|_| Refused::Unproven { now })?;
        let user = request.user();
        let tries = self.delays.of_user(store, user, coming)?;
        judged(store, notices, &coming, user, tries, let_in(store, &request, public_key, now))
    }

    fn draw<const N: usize>(&self) -> Result<[u8; N], Refused> {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes).map_err(|_| no_randomness())?;
        Ok(bytes)
    }
}

/// What came of a try. Whoever is refused otherwise than as a stranger has guessed nothing: they are shut out, or their provider
/// is not there.
fn judged(
    store: &dyn Store,
    notices: &Notices,
    coming: &Coming,
    user: UserId,
    tries: Counted<'_>,
    let_in: Result<store::Device, Refused>,
) -> Result<Vec<u8>, Refused> {
    let (tenant, now) = (coming.tenant, coming.now);
    if matches!(let_in, Err(Refused::SignIn)) {
        note_refusal(store, notices, tenant, user, now)?;
        return Err(Refused::SignIn);
    }
    tries.were_right();
    came_in(store, notices, tenant, &let_in?, now)
}

/// What a phone is told that was let in, if it may still come.
fn came_in(
    store: &dyn Store,
    notices: &Notices,
    tenant: TenantId,
    device: &store::Device,
    now: Timestamp,
) -> Result<Vec<u8>, Refused> {
    if !device.is_in() {
        notices.came_shut_out(store, tenant, device, now)?;
        return Err(Refused::ShutOut);
    }
    let user = store.user(tenant, device.user)?.ok_or(Refused::ShutOut)?;
    Ok(Enrolled { device: device.id, user: user.id, role: user.role, now }.to_bytes())
}

fn let_in(
    store: &dyn Store,
    request: &SignInRequest,
    public_key: PublicKey,
    now: Timestamp,
) -> Result<store::Device, Refused> {
    let (tenant, user) = (request.tenant(), request.user());
    let stored = match store.account(tenant, user) {
        // Of an erased tenant nobody signs in.
        Err(store::Error::KeyDestroyed) => None,
        stored => stored?,
    };
    let has_provider = at_provider::settings(store, tenant)?.is_some();
    // Whom the provider does not let in any more, a password does not either.
    let account = stored.as_ref().map(read).transpose()?.filter(|_| !has_provider);
    let is_demanded = store.demands_second_factor(tenant)?;
    let given = (request.password(), request.code());
    let (account, with) = Account::opened(account, given, is_demanded, now).ok_or(Refused::SignIn)?;
    let seen = stored.map_or(0, |stored| stored.version);
    let device = DeviceId::derive(&[&tenant.to_bytes(), public_key.as_bytes()]);
    let account = account.to_bytes().map_err(|_| damaged())?;
    let sign_in = SignIn { user, seen, account: &account, with, enrolment: Enrolment { device, public_key } };
    store.sign_in(tenant, &sign_in, now).map_err(|error| match error {
        // Another phone was faster with the same code.
        store::Error::Decided => Refused::SignIn,
        other => other.into(),
    })
}

/// Only what there is stands in the log: strangers do not fill it with names that they make up.
fn note_refusal(
    store: &dyn Store,
    notices: &Notices,
    tenant: TenantId,
    user: UserId,
    now: Timestamp,
) -> Result<(), Refused> {
    match store.user(tenant, user) {
        Ok(Some(_)) => {}
        Ok(None) | Err(store::Error::KeyDestroyed) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    let comer = ContentHash::of_parts("sign-in refused", &[&user.to_bytes()]);
    Ok(notices.note(store, tenant, comer, Deed::SignInRefused { user }, Stamp::new(By::Server, now))?)
}

fn read(stored: &StoredAccount) -> Result<Account, Refused> {
    Account::from_bytes(&stored.bytes).ok_or_else(damaged)
}

const fn damaged() -> Refused {
    Refused::Store(store::Error::Damaged { what: "account" })
}

const fn no_randomness() -> Refused {
    Refused::Store(store::Error::NoRandomness)
}
