//! How people sign in: accounts, the codes by which they are set up, and the tenants' own providers.
//!
//! What is in an account the store does not look into: it keeps it sealed under the tenant's key.

use super::{Deed, Device, Enrolment, Error, Stamp};
use serde::{Deserialize, Serialize};
use walkbook_model::{ContentHash, TenantId, Timestamp, UserId};

/// A code with which a user chooses a password, or shows for the first time who they are at the tenant's provider; once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCode {
    /// The digest of the code; the code itself is never stored.
    pub digest: ContentHash,
    /// Whose account it sets up.
    pub user: UserId,
    /// From when on it is worth nothing.
    pub expires_at: Timestamp,
}

/// An account as it was at some moment.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredAccount {
    /// How often it was changed: whoever puts another one in its place says which one they saw.
    pub version: u64,
    /// What is in it.
    pub bytes: Vec<u8>,
}

walkbook_model::redacted!(StoredAccount);

/// Tries to sign in that are counted together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tries {
    /// How many.
    pub count: u32,
    /// When the last one was.
    pub last_at: Timestamp,
}

/// What somebody signed in with, beside the password; or in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondFactor {
    /// Nothing.
    None,
    /// A code of the authenticator.
    Authenticator,
    /// A recovery code.
    RecoveryCode,
    /// The tenant's provider vouched for them, and for no second factor.
    Provider,
    /// The tenant's provider vouched for them, and that two factors were asked for.
    ProviderWithSecondFactor,
}

impl SecondFactor {
    /// Whether the tenant's provider vouched.
    pub const fn is_of_provider(self) -> bool {
        matches!(self, Self::Provider | Self::ProviderWithSecondFactor)
    }
}

/// How an account is set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetUp {
    /// By a password.
    Password,
    /// By who the user is at the tenant's provider.
    Identity,
}

impl SetUp {
    pub(super) const fn deed(self, user: UserId) -> Deed {
        match self {
            Self::Password => Deed::PasswordChosen { user },
            Self::Identity => Deed::IdentityShown { user },
        }
    }
}

/// A sign-in that was found right.
pub struct SignIn<'a> {
    /// Who.
    pub user: UserId,
    /// The account that it was held against.
    pub seen: u64,
    /// The account with the code spent.
    pub account: &'a [u8],
    /// What came beside the password.
    pub with: SecondFactor,
    /// The phone.
    pub enrolment: Enrolment,
}

/// The part of the store that knows accounts. What is stamped is written into the audit log in the same transaction.
pub trait Accounts {
    /// Stores a code. The user's earlier codes are worth nothing from then on.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the user, [`Error::KeyDestroyed`].
    fn put_password_code(&self, tenant: TenantId, code: &PasswordCode, stamp: Stamp) -> Result<(), Error>;

    /// The code of this digest, if it is good for this phone: not past its time, and used by no other.
    ///
    /// # Errors
    /// [`Error::Unknown`], [`Error::InvitationExpired`], [`Error::InvitationUsed`].
    fn password_code(
        &self,
        tenant: TenantId,
        digest: ContentHash,
        phone: ContentHash,
        now: Timestamp,
    ) -> Result<PasswordCode, Error>;

    /// Puts an account in the place of whatever the user had, and spends the code: on this phone, which may do so again
    /// while the code is good, so that a lost answer costs nothing.
    ///
    /// # Errors
    /// Those of [`password_code`](Self::password_code), [`Error::KeyDestroyed`].
    fn set_up_account(
        &self,
        tenant: TenantId,
        digest: ContentHash,
        phone: ContentHash,
        account: (&[u8], SetUp),
        now: Timestamp,
    ) -> Result<(), Error>;

    /// Says who a user is at the tenant's provider, for whom it is known beforehand: the account in the place of the one that
    /// was seen, 0 where there was none.
    ///
    /// # Errors
    /// [`Error::Decided`] if the account is another one by now, [`Error::Unknown`] without the user, [`Error::KeyDestroyed`].
    fn expect_identity(
        &self,
        tenant: TenantId,
        user: UserId,
        seen: u64,
        account: &[u8],
        stamp: Stamp,
    ) -> Result<(), Error>;

    /// The user's account.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::KeyDestroyed`].
    fn account(&self, tenant: TenantId, user: UserId) -> Result<Option<StoredAccount>, Error>;

    /// Lets a phone in and spends what it came with, both or neither. A phone that is the user's already stays what it is.
    ///
    /// # Errors
    /// [`Error::Decided`] if the account is another one by now: what was spent once is not spent again.
    /// [`Error::Exists`] if the device's id is taken.
    fn sign_in(&self, tenant: TenantId, sign_in: &SignIn<'_>, now: Timestamp) -> Result<Device, Error>;

    /// The tries in this slot, at whatever server they were made.
    ///
    /// # Errors
    /// Those of the database.
    fn tries(&self, tenant: TenantId, slot: u16) -> Result<Tries, Error>;

    /// Puts other tries in the place of these; changes nothing, and says so, where they are not these any more.
    ///
    /// # Errors
    /// Those of the database.
    fn replace_tries(&self, tenant: TenantId, slot: u16, seen: Tries, tries: Tries) -> Result<bool, Error>;

    /// Takes a user's account and codes away. Says whether there was an account.
    ///
    /// # Errors
    /// Those of the database.
    fn close_account(&self, tenant: TenantId, user: UserId, stamp: Stamp) -> Result<bool, Error>;

    /// Decides whether everybody needs a second factor to sign in. The same again changes nothing.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the tenant, [`Error::KeyDestroyed`].
    fn demand_second_factor(&self, tenant: TenantId, is_demanded: bool, stamp: Stamp) -> Result<(), Error>;

    /// Whether everybody needs a second factor to sign in; so it is until somebody decides otherwise.
    ///
    /// # Errors
    /// Those of the database.
    fn demands_second_factor(&self, tenant: TenantId) -> Result<bool, Error>;

    /// Sets where the tenant's people sign in, in the place of what was set before; nothing means the built-in sign-in. The
    /// same again changes nothing.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the tenant, [`Error::KeyDestroyed`].
    fn put_provider(&self, tenant: TenantId, bytes: Option<&[u8]>, stamp: Stamp) -> Result<(), Error>;

    /// Where the tenant's people sign in; nothing means the built-in sign-in, or that there is no such tenant.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::KeyDestroyed`].
    fn provider(&self, tenant: TenantId) -> Result<Option<Vec<u8>>, Error>;
}
