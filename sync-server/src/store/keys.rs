//! The tenants' keys under the region's master keys.

use super::{Error, MasterName, Stamp};
use walkbook_model::TenantId;

/// The part of the store that keeps the tenants' keys.
pub trait Keys {
    /// How many tenants' keys each master key wraps. Of those that were wrapped before names were noted it is not known.
    ///
    /// # Errors
    /// Those of the database.
    fn wrapped_by(&self) -> Result<Vec<(Option<MasterName>, u64)>, Error>;

    /// Wraps a tenant's key with the master key that wraps from now on, in the audit log too. Says whether it did: not where
    /// that wraps it already, or the key was destroyed.
    ///
    /// # Errors
    /// [`Error::Unknown`] without the tenant; [`Error::WrongMasterKey`] where the key that wraps it is not here.
    fn rewrap(&self, tenant: TenantId, stamp: Stamp) -> Result<bool, Error>;

    /// From now on the store opens with the master key that wraps, and with no other.
    ///
    /// # Errors
    /// Those of the database.
    fn open_with_current(&self, region: &str) -> Result<(), Error>;

    /// Whether it does so already.
    ///
    /// # Errors
    /// Those of the database.
    fn opens_with_current(&self, region: &str) -> Result<bool, Error>;
}
