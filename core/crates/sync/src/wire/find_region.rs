//! In which region somebody is, of whom no more is known than an e-mail address.

use crate::SyncRefused;
use walkbook_model::cbor::{self, Caps};

/// A question may have so many bytes.
pub const MAX_FIND_BYTES: usize = 512;

const QUESTION: Caps = Caps { bytes: MAX_FIND_BYTES, depth: 2, items: 8 };
const ANSWER: Caps = Caps { bytes: 64 * 1024, depth: 4, items: 1_024 };

/// What a phone asks any server.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct FindRegion {
    /// Somebody's e-mail address.
    #[n(0)]
    pub email: String,
}

walkbook_model::redacted!(FindRegion);

/// What the server answers: every region there is, in the order in which to look. Whether anybody is known anywhere it does not say.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct FoundRegions {
    /// Their names, and where their servers are.
    #[n(0)]
    pub regions: Vec<(String, String)>,
}

impl FindRegion {
    /// The message's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads [`FindRegion::to_bytes`].
    ///
    /// # Errors
    /// [`SyncRefused::Frame`] says what is wrong and where.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SyncRefused> {
        cbor::decode(bytes, QUESTION).map_err(|why| SyncRefused::Frame { frame: 0, why })
    }
}

impl FoundRegions {
    /// The message's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads [`FoundRegions::to_bytes`].
    ///
    /// # Errors
    /// [`SyncRefused::Frame`] says what is wrong and where.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SyncRefused> {
        cbor::decode(bytes, ANSWER).map_err(|why| SyncRefused::Frame { frame: 0, why })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_travels_is_read_back_and_prints_no_address() {
        let question = FindRegion { email: "aino@example.org".into() };
        assert_eq!(question.to_bytes(), b"\x81\x70aino@example.org");
        assert!(FindRegion::from_bytes(&question.to_bytes()).unwrap() == question);
        assert_eq!(format!("{question:?}"), "FindRegion(…)");
        let found = FoundRegions { regions: vec![("eu-west-1".into(), "https://eu.example".into())] };
        assert_eq!(FoundRegions::from_bytes(&found.to_bytes()).unwrap(), found);
        let long = FindRegion { email: "x".repeat(MAX_FIND_BYTES) }.to_bytes();
        for none in [&b""[..], b"\x80", b"\x81\x01", b"\x81\x9b\xff\xff\xff\xff\xff\xff\xff\xff", &long] {
            assert!(FindRegion::from_bytes(none).is_err());
        }
    }
}
