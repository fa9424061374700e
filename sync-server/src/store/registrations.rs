//! Who is in the registration directory: what other regions are told, and nothing but that.

use super::{Error, Stamp};
use walkbook_model::{TenantId, UserId};
use walkbook_vault::RegistrationTag;

/// The part of the store that knows which addresses are of this region, as tags. The addresses themselves are nowhere.
pub trait Registrations {
    /// Sets by which tag a user is found, in the place of the one before; none takes it away. Says whether that changed anything;
    /// then the audit log has it.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the user, [`Error::KeyDestroyed`].
    fn register(
        &self,
        tenant: TenantId,
        user: UserId,
        tag: Option<RegistrationTag>,
        stamp: Stamp,
    ) -> Result<bool, Error>;

    /// The tags of a tenant's users; none of one that was erased.
    ///
    /// # Errors
    /// Those of the database.
    fn registered(&self, tenant: TenantId) -> Result<Vec<RegistrationTag>, Error>;
}
