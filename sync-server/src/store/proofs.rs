//! Proofs of requests that were taken: none is taken twice, at whatever server on the store, and before or after a restart.

use super::Error;
use walkbook_model::{DeviceId, TenantId, Timestamp};

/// A proof that a device showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SeenProof {
    /// When it was made, by the device's clock.
    pub at: Timestamp,
    /// By whom.
    pub device: DeviceId,
    /// What tells it from others of the same moment.
    pub nonce: [u8; 16],
}

/// The part of the store that remembers proofs.
pub trait Proofs {
    /// Whether other servers may take requests on this store at the same time.
    fn is_shared(&self) -> bool;

    /// Notes a proof that is about to be taken. Says whether it is the first time.
    ///
    /// # Errors
    /// Those of the database.
    fn note_proof(&self, tenant: TenantId, proof: SeenProof) -> Result<bool, Error>;

    /// Forgets the tenant's proofs from before this moment.
    ///
    /// # Errors
    /// Those of the database.
    fn forget_proofs(&self, tenant: TenantId, before: Timestamp) -> Result<(), Error>;
}
