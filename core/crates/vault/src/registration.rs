//! The registration directory: in which region somebody is, known by a keyed hash of their e-mail address.
//!
//! One key is shared by the servers of all regions, and by nobody else. Without it nobody can tell whose a tag is, nor find out by
//! trying addresses. Three keys are derived from it ([`derive_key`]), so that what is told of the one says nothing of the others: for
//! tags, for the order of regions, for what servers prove to each other.

use crate::digest::first_32;
use crate::{Forged, SealKey, derive_key};
use ring::hmac;
use walkbook_model::Email;

const TAG: &str = "registration tag";
const ORDER: &str = "registration order";
const SPOKEN: &str = "registration spoken";

/// Somebody's e-mail address, as it lies on disks and travels between regions.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegistrationTag([u8; 16]);

walkbook_model::redacted!(RegistrationTag, RegistrationKey);

impl RegistrationTag {
    /// The tag with these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0
    }
}

/// What the servers of all regions share.
pub struct RegistrationKey {
    tag: hmac::Key,
    order: hmac::Key,
    spoken: hmac::Key,
}

impl RegistrationKey {
    /// The keys that follow from the one that is shared.
    pub fn new(shared: &SealKey) -> Self {
        let [tag, order, spoken] = [TAG, ORDER, SPOKEN]
            .map(|label| hmac::Key::new(hmac::HMAC_SHA256, derive_key(shared, label, b"").expose()));
        Self { tag, order, spoken }
    }

    /// Whose address this is.
    ///
    /// ```
    /// use walkbook_vault::{RegistrationKey, SealKey};
    /// let [key, other] = [1, 2].map(|byte| RegistrationKey::new(&SealKey::from_bytes([byte; 32])));
    /// let aino = "aino@example.org".parse()?;
    /// assert!(key.tag(&aino) == key.tag(&" Aino@Example.ORG".parse()?));
    /// assert!(key.tag(&aino) != other.tag(&aino));
    /// # Ok::<(), walkbook_model::Invalid>(())
    /// ```
    pub fn tag(&self, email: &Email) -> RegistrationTag {
        let mut tag = [0; 16];
        let whole = hmac::sign(&self.tag, email.as_str().as_bytes());
        tag.iter_mut().zip(whole.as_ref()).for_each(|(to, from)| *to = *from);
        RegistrationTag(tag)
    }

    /// Where a region stands among the others for this address, as long as nothing is known of it: the same ever after, on every
    /// server, and as good as drawn for whoever has not got the key.
    pub fn rank(&self, tag: RegistrationTag, region: &str) -> [u8; 32] {
        first_32(hmac::sign(&self.order, &[&tag.0, region.as_bytes()].concat()).as_ref())
    }

    /// What shows that one of the servers says this.
    pub fn prove(&self, said: &[u8]) -> [u8; 32] {
        first_32(hmac::sign(&self.spoken, said).as_ref())
    }

    /// Whether one of the servers says this.
    ///
    /// # Errors
    /// [`Forged`] if not.
    pub fn verify(&self, said: &[u8], proof: &[u8]) -> Result<(), Forged> {
        hmac::verify(&self.spoken, said, proof).map_err(|_| Forged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex;

    fn key(byte: u8) -> RegistrationKey {
        RegistrationKey::new(&SealKey::from_bytes([byte; 32]))
    }

    fn email(number: usize) -> Email {
        format!("somebody-{number}@example.org").parse().unwrap()
    }

    #[test]
    fn a_tag_is_the_same_for_ever() {
        let tag = key(7).tag(&"aino@example.org".parse().unwrap());
        assert_eq!(hex::encode(&tag.to_bytes()), "742be4d2dda63fc9b9223d5a174b2cb2");
        assert_eq!(format!("{tag:?} {:?}", key(7)), "RegistrationTag(…) RegistrationKey(…)");
    }

    #[test]
    fn of_two_regions_each_comes_first_for_about_half_of_all_addresses() {
        let key = key(7);
        let is_first = |number: &usize| {
            let tag = key.tag(&email(*number));
            key.rank(tag, "eu-west-1") < key.rank(tag, "us-west-1")
        };
        let first = (0..1_000).filter(is_first).count();
        assert!((400..600).contains(&first), "{first}");
    }

    #[test]
    fn only_who_has_the_key_proves_what_is_said() {
        let proof = key(7).prove(b"said");
        key(7).verify(b"said", &proof).unwrap();
        assert_eq!(key(7).verify(b"Said", &proof), Err(Forged));
        assert_eq!(key(8).verify(b"said", &proof), Err(Forged));
        assert_eq!(key(7).verify(b"said", &[]), Err(Forged));
        // What is known of one use is worth nothing for another.
        assert_ne!(proof, key(7).rank(RegistrationTag([0; 16]), ""));
    }
}
