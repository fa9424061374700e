//! Who is who: tenants, users, invitations, devices.

use super::{Error, Stamp};
use walkbook_model::{ContentHash, DeviceId, Role, TenantId, Timestamp, UserId};
use walkbook_vault::{ChainHash, Challenge, PublicKey};

/// A customer organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Which one.
    pub id: TenantId,
    /// What it is called.
    pub name: String,
    /// The region it belongs to for ever.
    pub region: String,
}

/// A person who signs in.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// Who.
    pub id: UserId,
    /// What colleagues call this person.
    pub label: String,
    /// What this person may do.
    pub role: Role,
}

/// Names a person: prints the id and the role only.
impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("User").field("id", &self.id).field("role", &self.role).finish_non_exhaustive()
    }
}

/// A code that lets one device in, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invitation {
    /// The digest of the code; the code itself is never stored.
    pub digest: ContentHash,
    /// Whose device it lets in.
    pub user: UserId,
    /// From when on it is worth nothing.
    pub expires_at: Timestamp,
}

/// A device that wants in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enrolment {
    /// Its id.
    pub device: DeviceId,
    /// Its key.
    pub public_key: PublicKey,
}

/// What a device may name in its requests, so that none counts that was signed ahead: `core/decisions/0026-signed-ahead.md`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Challenges {
    /// The last that it was given; nothing on one that was given none yet.
    pub current: Option<Challenge>,
    /// The one before. The answer with the last may have been lost.
    pub previous: Option<Challenge>,
}

impl Challenges {
    /// Whether a request that names this one may count.
    pub fn allow(&self, named: Option<Challenge>) -> bool {
        named == self.current || named == self.previous
    }

    /// What a request that names this one spends, if it does.
    pub fn spent_by(&self, named: Option<Challenge>) -> Option<Spent> {
        (named == self.current).then_some(Spent(named))
    }
}

/// The current challenge that an exchange has named, nothing in it where the device was given none yet. If it still is the
/// current one when the exchange is noted, another takes its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent(pub Option<Challenge>);

/// An enrolled device and where its log stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    /// Which one.
    pub id: DeviceId,
    /// Whose.
    pub user: UserId,
    /// What it signs with.
    pub public_key: PublicKey,
    /// When it came in.
    pub enrolled_at: Timestamp,
    /// When it was last heard of.
    pub last_seen_at: Option<Timestamp>,
    /// The last sequence number that is stored; 0 before the first.
    pub last_seq: u64,
    /// The state of its log after that entry.
    pub tip: ChainHash,
    /// By how much its clock was ahead of the server's.
    pub clock_skew_ms: i64,
    /// Since when it is shut out.
    pub revoked_at: Option<Timestamp>,
    /// Since when it is to destroy what it has.
    pub wipe_ordered_at: Option<Timestamp>,
    /// When it said that it has done so.
    pub wiped_at: Option<Timestamp>,
    /// The last entry that it had written when it met a store that had been restored to before it; nothing where its log is
    /// stored so far.
    pub refill_up_to: u64,
    /// When the tenant's provider has last vouched for its user, with this device.
    pub vouched_at: Option<Timestamp>,
    /// What its requests may name.
    pub challenges: Challenges,
}

impl Device {
    /// Whether it is still to destroy what it has.
    pub const fn is_to_be_wiped(&self) -> bool {
        self.wipe_ordered_at.is_some() && self.wiped_at.is_none()
    }

    /// Whether it may come and go as any phone.
    pub const fn is_in(&self) -> bool {
        self.revoked_at.is_none() && self.wipe_ordered_at.is_none() && self.wiped_at.is_none()
    }
}

/// The part of the store that knows people and their devices. What is stamped is written into the audit log in the same
/// transaction, where it changes anything.
pub trait Directory {
    /// Makes a tenant, with a key of its own.
    ///
    /// # Errors
    /// [`Error::Exists`] if there is one of this id.
    fn create_tenant(&self, tenant: &Tenant, now: Timestamp) -> Result<(), Error>;

    /// The tenant of this id.
    ///
    /// # Errors
    /// Those of the database.
    fn tenant(&self, tenant: TenantId) -> Result<Option<Tenant>, Error>;

    /// Every tenant, by id.
    ///
    /// # Errors
    /// Those of the database.
    fn tenants(&self) -> Result<Vec<Tenant>, Error>;

    /// Sets what the tenant has decided for all its phones, in the place of what it had decided before; the audit log has it.
    /// The same again changes nothing.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the tenant, [`Error::KeyDestroyed`].
    fn put_settings(&self, tenant: TenantId, bytes: &[u8], stamp: Stamp) -> Result<(), Error>;

    /// What the tenant has decided for all its phones; nothing where it has decided nothing.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::KeyDestroyed`].
    fn settings(&self, tenant: TenantId) -> Result<Option<Vec<u8>>, Error>;

    /// Destroys the tenant's key, and with it every content the tenant ever had. Says whether there was one.
    ///
    /// # Errors
    /// Those of the database.
    fn destroy_tenant_key(&self, tenant: TenantId, now: Timestamp) -> Result<bool, Error>;

    /// Makes a user, or sets the label and role of the one with this id.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the tenant, [`Error::KeyDestroyed`].
    fn put_user(&self, tenant: TenantId, user: &User, stamp: Stamp) -> Result<(), Error>;

    /// The user of this id.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::KeyDestroyed`].
    fn user(&self, tenant: TenantId, user: UserId) -> Result<Option<User>, Error>;

    /// The tenant's users, by id.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::KeyDestroyed`].
    fn users(&self, tenant: TenantId) -> Result<Vec<User>, Error>;

    /// Stores an invitation.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the user, [`Error::Exists`] if the code was given out before.
    fn invite(&self, tenant: TenantId, invitation: &Invitation, stamp: Stamp) -> Result<(), Error>;

    /// Redeems an invitation and enrols the device, both or neither. The same device with the same key may redeem it
    /// again, so that a lost answer costs nothing.
    ///
    /// # Errors
    /// [`Error::Unknown`], [`Error::InvitationExpired`], [`Error::InvitationUsed`]; [`Error::Exists`] if the device's id
    /// is taken.
    fn redeem_invitation(
        &self,
        tenant: TenantId,
        digest: ContentHash,
        enrolment: &Enrolment,
        now: Timestamp,
    ) -> Result<Device, Error>;

    /// Enrols a device without an invitation: the server's own pen.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the user, [`Error::Exists`] if the device's id is taken.
    fn enrol_device(
        &self,
        tenant: TenantId,
        user: UserId,
        enrolment: &Enrolment,
        now: Timestamp,
    ) -> Result<Device, Error>;

    /// The device of this id, revoked or not.
    ///
    /// # Errors
    /// Those of the database.
    fn device(&self, tenant: TenantId, device: DeviceId) -> Result<Option<Device>, Error>;

    /// All of a tenant's devices, by id.
    ///
    /// # Errors
    /// Those of the database.
    fn devices(&self, tenant: TenantId) -> Result<Vec<Device>, Error>;

    /// A user's devices, by id.
    ///
    /// # Errors
    /// Those of the database.
    fn devices_of(&self, tenant: TenantId, user: UserId) -> Result<Vec<Device>, Error>;

    /// Notes that a device was heard of, and by how much its clock is ahead; a challenge that it has spent is followed by a
    /// fresh one. Says whether there is such a device.
    ///
    /// # Errors
    /// Those of the database.
    fn device_seen(
        &self,
        tenant: TenantId,
        device: DeviceId,
        clock_skew_ms: i64,
        spent: Option<Spent>,
        now: Timestamp,
    ) -> Result<bool, Error>;

    /// Notes that a device brings again what was lost, up to this entry; never less than before.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] above 2^63; those of the database.
    fn note_refill(&self, tenant: TenantId, device: DeviceId, up_to: u64) -> Result<(), Error>;

    /// Shuts a device out. Says whether it was in. Whether what it still brings is taken is not the store's to decide.
    ///
    /// # Errors
    /// Those of the database.
    fn revoke_device(&self, tenant: TenantId, device: DeviceId, stamp: Stamp) -> Result<bool, Error>;

    /// Orders a device to destroy what it has, once the server has all of it. Says whether that is new: not where it was ordered
    /// or done before, nor where there is no such device.
    ///
    /// # Errors
    /// Those of the database.
    fn order_wipe(&self, tenant: TenantId, device: DeviceId, stamp: Stamp) -> Result<bool, Error>;

    /// Notes that a device has destroyed what it had. Says whether that is new.
    ///
    /// # Errors
    /// Those of the database.
    fn note_wiped(&self, tenant: TenantId, device: DeviceId, stamp: Stamp) -> Result<bool, Error>;
}
