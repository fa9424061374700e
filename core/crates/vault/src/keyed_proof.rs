//! A proof for a server that may not know the device.

use crate::{Error, PublicKey, RequestProof, hex};

/// A proof with the key that is to verify it: for a server that may not know the device. The device's name follows from
/// tenant and key, so that nobody but its owner can show both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyedProof {
    /// The proof.
    pub proof: RequestProof,
    /// The device's key.
    pub key: PublicKey,
}

impl KeyedProof {
    /// The text form, for a header: the proof's, a dot, and the key in lower-case hexadecimal.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use walkbook_model::{ContentHash, DeviceId};
    /// use walkbook_vault::*;
    /// # let rng = Arc::new(SystemRandom::new());
    /// # let signer = SoftwareSigner::from_pkcs8(&make_device_key(&*rng)?, rng)?;
    /// let body_hash = ContentHash::of(b"");
    /// let (at_ms, challenge) = (1_700_000_000_000, None);
    /// let parts = RequestParts { method: "POST", path: "/sync", at_ms, nonce: [9; 16], challenge, body_hash };
    /// let signature = sign_request(&signer, &parts)?;
    /// let device = DeviceId::from_bytes([1; 16]);
    /// let proof = RequestProof { device, at_ms, nonce: parts.nonce, challenge, signature };
    /// let keyed = KeyedProof { proof, key: signer.public_key() };
    /// assert_eq!(KeyedProof::parse(&keyed.format())?, keyed);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn format(&self) -> String {
        format!("{}.{}", self.proof.format(), hex::encode(self.key.as_bytes()))
    }

    /// Reads exactly what [`format`](Self::format) writes.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidProof`] for any other text.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let (proof, key) = text.rsplit_once('.').ok_or(Error::InvalidProof)?;
        let proof = RequestProof::parse(proof)?;
        let key: [u8; 65] = hex::decode(key).ok_or(Error::InvalidProof)?;
        let key = PublicKey::from_bytes(&key).map_err(|_| Error::InvalidProof)?;
        Ok(Self { proof, key })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Signature;
    use walkbook_model::DeviceId;

    #[test]
    fn a_keyed_proof_is_no_plain_one_and_has_one_text_form() {
        let (device, signature) = (DeviceId::from_bytes([0xfe; 16]), Signature::from_bytes([0xcd; 64]));
        let proof = RequestProof { device, at_ms: 17, nonce: [0xab; 16], challenge: None, signature };
        let key = PublicKey::from_bytes(&[4; 65]).unwrap();
        let text = KeyedProof { proof, key }.format();
        assert_eq!(KeyedProof::parse(&text), Ok(KeyedProof { proof, key }));
        assert_eq!(RequestProof::parse(&text), Err(Error::InvalidProof));
        let altered = [
            proof.format(),
            text.replace("cdcd", "CDCD"),
            format!("{text}."),
            format!("{text}04"),
            text.replace(".0404", ".0304"),
            text.replace(".17.", ".017."),
            format!("{}.{}", proof.format(), "0".repeat(1 << 20)),
        ];
        for bad in altered {
            assert_eq!(KeyedProof::parse(&bad), Err(Error::InvalidProof), "{bad:.300}");
        }
    }
}
