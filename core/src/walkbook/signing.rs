//! The key that the phone signs with.

use super::{Clock, Error, Walkbook};
use crate::store::{self, Log, StoreFile};
use std::sync::Arc;
use walkbook_model::ContentHash;
use walkbook_vault::{
    Challenge, RequestParts, RequestProof, SecureRandom, Signer, SoftwareSigner, make_device_key, sign_request,
};
use zeroize::Zeroizing;

const NAME: &str = "device key";
const CHALLENGE: &str = "challenge";

/// The last challenge that the server has given. One that cannot be read is none.
pub(super) fn kept_challenge(log: &Log) -> Result<Option<Challenge>, Error> {
    let bytes = log.note(CHALLENGE)?.and_then(|bytes| bytes.try_into().ok());
    Ok(bytes.map(Challenge::from_bytes))
}

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

    /// The proof that a request with this method and path is this device's, by the server's clock as far as it is known.
    pub(super) fn prove(
        &self,
        signer: &dyn Signer,
        clock: &Clock,
        (method, path): (&str, &str),
        body: &[u8],
    ) -> Result<RequestProof, Error> {
        let identity = self.identity().ok_or(Error::NotEnrolled)?;
        let at_ms = clock().shifted_ms(identity.clock_offset_ms).as_ms();
        let nonce = self.draw()?;
        let challenge = self.lock().challenge;
        let parts = RequestParts { method, path, at_ms, nonce, challenge, body_hash: ContentHash::of(body) };
        let signature = sign_request(signer, &parts)?;
        Ok(RequestProof { device: identity.device, at_ms, nonce, challenge, signature })
    }

    /// Signs with this challenge from now on.
    pub(super) fn take_challenge(&self, challenge: Option<Challenge>) {
        let mut inner = self.lock();
        if inner.challenge != challenge {
            inner.challenge = challenge;
            let bytes = challenge.map(Challenge::to_bytes);
            // A challenge that could not be kept costs a round trip after the app's next start, and nothing else.
            let _ = inner.store.log.set_note(CHALLENGE, bytes.as_ref().map_or(&[][..], <[u8; 16]>::as_slice));
        }
    }

    /// Sixteen random bytes.
    pub(super) fn draw(&self) -> Result<[u8; 16], Error> {
        let mut bytes = [0; 16];
        self.random.fill(&mut bytes).map_err(|_| Error::NoRandomness)?;
        Ok(bytes)
    }
}
