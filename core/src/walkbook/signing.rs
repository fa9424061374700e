//! The key that the phone signs with.

use super::{Error, Walkbook};
use crate::store::{self, StoreFile};
use std::sync::Arc;
use walkbook_vault::{Signer, SoftwareSigner, make_device_key};
use zeroize::Zeroizing;

const NAME: &str = "device key";

impl Walkbook {
    /// The app's signing key, or the one that the log keeps; drawn, and durable, when it is first needed.
    pub(super) fn signer(&self) -> Result<Arc<dyn Signer>, Error> {
        if let Some(signer) = &self.signer {
            return Ok(Arc::clone(signer));
        }
        let mut inner = self.lock();
        let key = match inner.store.log.note(NAME)? {
            Some(key) => Zeroizing::new(key),
            None => {
                let key = make_device_key(&*self.random)?;
                inner.store.log.set_note(NAME, &key)?;
                key
            }
        };
        drop(inner);
        let signer = SoftwareSigner::from_pkcs8(&key, self.random.clone())
            .map_err(|_| store::Error::Damaged { file: StoreFile::Log })?;
        Ok(Arc::new(signer))
    }
}
