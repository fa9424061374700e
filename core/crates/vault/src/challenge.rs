//! What a server gives a device to sign with its next request.

use crate::{Error, hex};
use std::fmt;
use std::str::FromStr;

/// Sixteen random bytes of the server's that nobody knows before: a request that names them was not signed before they were
/// told. They are no secret, and are worth nothing without the device's key.
///
/// ```
/// use walkbook_vault::Challenge;
/// let challenge = Challenge::from_bytes([0xab; 16]);
/// assert_eq!(challenge.to_string().parse(), Ok(challenge));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Challenge([u8; 16]);

impl Challenge {
    /// The challenge of these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0
    }
}

/// Lower-case hexadecimal.
impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl FromStr for Challenge {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        hex::decode(text).map(Self).ok_or(Error::InvalidProof)
    }
}

/// The text of a challenge, or an empty one where there is none.
pub(crate) fn format(challenge: Option<Challenge>) -> String {
    challenge.map_or_else(String::new, |challenge| challenge.to_string())
}

/// Reads what [`format`] writes.
pub(crate) fn parse(text: &str) -> Option<Option<Challenge>> {
    if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) }
}
