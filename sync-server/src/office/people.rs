//! Tenants, users and their invitations.

use super::{Error, draw};
use crate::store::accounts::PasswordCode;
use crate::store::{Invitation, Stamp, Store, Tenant, User};
use std::time::Duration;
use walkbook_model::limits::SHORT_TEXT_BYTES;
use walkbook_model::{DeviceId, Invalid, Role, TenantId, Timestamp, UserId};
use walkbook_vault::{InvitationCode, SecureRandom};

/// Makes a tenant of this region.
///
/// # Errors
/// [`Error::Invalid`] for a name that is empty or too long; [`Error::Store`].
pub fn add_tenant(
    store: &dyn Store,
    random: &dyn SecureRandom,
    name: &str,
    region: &str,
    now: Timestamp,
) -> Result<TenantId, Error> {
    add_known_tenant(store, TenantId::from_bytes(draw(random)?), name, region, now)
}

/// Makes a tenant that has its id already: in its own region, which is another one.
///
/// # Errors
/// [`Error::Invalid`] for a name that is empty or too long; [`Error::Store`].
pub fn add_known_tenant(
    store: &dyn Store,
    id: TenantId,
    name: &str,
    region: &str,
    now: Timestamp,
) -> Result<TenantId, Error> {
    check("tenant.name", name)?;
    let tenant = Tenant { id, name: name.to_owned(), region: region.to_owned() };
    store.create_tenant(&tenant, now)?;
    Ok(tenant.id)
}

/// Makes a user.
///
/// # Errors
/// [`Error::Invalid`] for a label that is empty or too long; [`Error::Store`].
pub fn add_user(
    store: &dyn Store,
    random: &dyn SecureRandom,
    tenant: TenantId,
    label: &str,
    role: Role,
    stamp: Stamp,
) -> Result<UserId, Error> {
    check("user.label", label)?;
    let user = User { id: UserId::from_bytes(draw(random)?), label: label.to_owned(), role };
    store.put_user(tenant, &user, stamp)?;
    Ok(user.id)
}

/// Gives a user another role. What it is worth is looked at with every request: it counts from the next one on.
///
/// # Errors
/// [`Error::Unknown`] without the user, [`Error::LastOwner`], [`Error::InAnotherTeam`] for somebody who is in several teams
/// and would be no organiser any more; [`Error::Store`].
pub fn change_role(store: &dyn Store, tenant: TenantId, user: UserId, role: Role, stamp: Stamp) -> Result<(), Error> {
    let found = store.user(tenant, user)?.ok_or(Error::Unknown { what: "user" })?;
    if found.role == Role::Owner && role != Role::Owner {
        let owners = store.users(tenant)?.into_iter().filter(|user| user.role == Role::Owner).count();
        if owners == 1 {
            return Err(Error::LastOwner);
        }
    }
    if role != Role::Organiser && store.teams_of(tenant, user)?.len() > 1 {
        return Err(Error::InAnotherTeam { user });
    }
    Ok(store.put_user(tenant, &User { role, ..found }, stamp)?)
}

/// Makes a code that lets one device of this user in, once, for so long.
///
/// # Errors
/// [`Error::Unknown`] without the user; [`Error::Store`].
pub fn invite(
    store: &dyn Store,
    random: &dyn SecureRandom,
    tenant: TenantId,
    user: UserId,
    lasts: Duration,
    stamp: Stamp,
) -> Result<InvitationCode, Error> {
    let (code, expires_at) = code_for(store, random, tenant, user, lasts, stamp)?;
    let invitation = Invitation { digest: code.digest(), user, expires_at };
    store.invite(tenant, &invitation, stamp)?;
    Ok(code)
}

/// Makes a code with which this user chooses a password, once, within so long. Codes from before are worth nothing then.
///
/// # Errors
/// [`Error::Unknown`] without the user; [`Error::Store`].
pub fn let_choose_password(
    store: &dyn Store,
    random: &dyn SecureRandom,
    tenant: TenantId,
    user: UserId,
    lasts: Duration,
    stamp: Stamp,
) -> Result<InvitationCode, Error> {
    let (code, expires_at) = code_for(store, random, tenant, user, lasts, stamp)?;
    store.put_password_code(tenant, &PasswordCode { digest: code.digest(), user, expires_at }, stamp)?;
    Ok(code)
}

/// A new code for somebody there is, and until when it counts.
fn code_for(
    store: &dyn Store,
    random: &dyn SecureRandom,
    tenant: TenantId,
    user: UserId,
    lasts: Duration,
    stamp: Stamp,
) -> Result<(InvitationCode, Timestamp), Error> {
    store.user(tenant, user)?.ok_or(Error::Unknown { what: "user" })?;
    let lasts_ms = i64::try_from(lasts.as_millis()).unwrap_or(i64::MAX);
    Ok((InvitationCode::from_bytes(draw(random)?), stamp.at.shifted_ms(lasts_ms)))
}

/// Shuts out every phone of a user at once, and takes the password away: who has a lost phone may know that too. Nothing leads
/// anybody to this user any more. Says how many phones there were.
///
/// # Errors
/// [`Error::Store`].
pub fn shut_out(store: &dyn Store, tenant: TenantId, user: UserId, stamp: Stamp) -> Result<u64, Error> {
    store.close_account(tenant, user, stamp)?;
    store.register(tenant, user, None, stamp)?;
    let mut phones = 0;
    for device in store.devices_of(tenant, user)? {
        phones += u64::from(store.revoke_device(tenant, device.id, stamp)?);
    }
    Ok(phones)
}

/// Orders a phone to destroy what it has, and takes its user's password away: the authenticator may be on that phone, and who holds
/// it may know the password too. Says whether the order is new; one that was given before changes nothing any more.
///
/// # Errors
/// [`Error::Unknown`] without the device; [`Error::Store`].
pub fn wipe_phone(
    store: &dyn Store,
    tenant: TenantId,
    device: DeviceId,
    password: Password,
    stamp: Stamp,
) -> Result<bool, Error> {
    let found = store.device(tenant, device)?.ok_or(Error::Unknown { what: "device" })?;
    // The password first: where it breaks off between, the order is given again and nobody has come in.
    if found.wipe_ordered_at.is_none() && password == Password::TakenAway {
        store.close_account(tenant, found.user, stamp)?;
    }
    Ok(store.order_wipe(tenant, device, stamp)?)
}

/// What becomes of a user's password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Password {
    /// It lets nobody in any more.
    TakenAway,
    /// It stays: the phone is in good hands.
    Kept,
}

pub(super) fn check(what: &'static str, text: &str) -> Result<(), Invalid> {
    if text.trim().is_empty() {
        return Err(Invalid::Empty { what });
    }
    if text.len() > SHORT_TEXT_BYTES {
        return Err(Invalid::TooLong { what, limit: SHORT_TEXT_BYTES });
    }
    Ok(())
}
