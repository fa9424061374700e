//! The code that opens a rescue file: shown to the person once, kept nowhere.

use crate::digest::sha256;
use crate::{Error, InvitationCode, SealKey};
use zeroize::Zeroizing;

const LABEL: &[u8] = b"walkbook-rescue-1\n";

/// 128 random bits in the form of an invitation's code, for people to write down. Wiped when dropped, never printed.
pub struct RescueCode(InvitationCode);

impl RescueCode {
    /// The code with these bytes, which the caller drew at random for this one file.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(InvitationCode::from_bytes(bytes))
    }

    /// The text to show.
    pub fn text(&self) -> Zeroizing<String> {
        self.0.text()
    }

    /// Reads a code as people type it, as [`InvitationCode::parse`] does.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidCode`] if it is none.
    pub fn parse(text: &str) -> Result<Self, Error> {
        InvitationCode::parse(text).map(Self)
    }

    /// The key that the file is sealed under: the hash of a label and the code. 128 random bits need no slowing down.
    ///
    /// ```
    /// use walkbook_vault::{Nonce, RescueCode};
    /// let code = RescueCode::from_bytes([7; 16]);
    /// let sealed = code.key().seal(Nonce::from_bytes([1; 12]), b"rescue", b"nobody home")?;
    /// let typed = RescueCode::parse(&code.text().to_lowercase())?;
    /// assert_eq!(typed.key().open(b"rescue", &sealed)?, b"nobody home");
    /// # Ok::<(), walkbook_vault::Error>(())
    /// ```
    pub fn key(&self) -> SealKey {
        SealKey::from_bytes(sha256(&[LABEL, self.0.expose()]))
    }
}

impl std::fmt::Debug for RescueCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RescueCode(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex;

    #[test]
    fn the_key_is_frozen_and_another_for_another_code() {
        let key = |byte| hex::encode(RescueCode::from_bytes([byte; 16]).key().expose());
        assert_eq!(key(7), "4c538b9329b39ea860836156576e8bd2b82e683026c111e3c4df60ef56020774");
        assert_ne!(key(7), key(8));
    }

    #[test]
    fn an_invitation_of_the_same_digits_does_not_give_the_key_away() {
        let digest = InvitationCode::from_bytes([7; 16]).digest().to_bytes();
        assert_ne!(RescueCode::from_bytes([7; 16]).key().expose(), &digest);
    }

    #[test]
    fn a_code_is_not_printed() {
        assert_eq!(format!("{:?}", RescueCode::from_bytes([7; 16])), "RescueCode(..)");
    }
}
