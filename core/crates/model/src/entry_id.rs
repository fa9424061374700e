//! What an entry is called: whose log, and where in it.

use crate::DeviceId;
use thiserror::Error;

/// The identity of an entry: a device's log and the place in it, counted from 1 without gaps.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    minicbor::Encode,
    minicbor::Decode,
    serde::Serialize,
    serde::Deserialize,
)]
#[cbor(array)]
pub struct EntryId {
    /// Whose log.
    #[n(0)]
    pub device: DeviceId,
    /// The place in the log, from 1.
    #[n(1)]
    pub seq: u64,
}

impl EntryId {
    /// The entry at this place of this device's log.
    pub const fn new(device: DeviceId, seq: u64) -> Self {
        Self { device, seq }
    }
}

impl std::fmt::Display for EntryId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}#{}", self.device, self.seq)
    }
}

/// Reads the text form; no other spelling of the number than the one that is printed.
impl std::str::FromStr for EntryId {
    type Err = InvalidEntryId;

    fn from_str(text: &str) -> Result<Self, InvalidEntryId> {
        let (device, seq) = text.split_once('#').ok_or(InvalidEntryId)?;
        let id =
            Self { device: device.parse().map_err(|_| InvalidEntryId)?, seq: seq.parse().map_err(|_| InvalidEntryId)? };
        if id.seq > 0 && id.seq.to_string() == seq { Ok(id) } else { Err(InvalidEntryId) }
    }
}

/// The text is no entry's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an entry's id is a device's id, `#` and a number from 1")]
pub struct InvalidEntryId;

impl std::fmt::Debug for EntryId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_is_read_back_and_nothing_else_is() {
        let id = EntryId::new(DeviceId::from_bytes([7; 16]), 12);
        assert_eq!(id.to_string().parse(), Ok(id));
        let device = id.device;
        for text in
            [String::new(), device.to_string(), format!("{device}#"), format!("{device}#0"), format!("{device}#+1")]
        {
            assert_eq!(text.parse::<EntryId>(), Err(InvalidEntryId), "{text}");
        }
        assert!(format!("{device}#01").parse::<EntryId>().is_err() && "door_x#1".parse::<EntryId>().is_err());
    }
}
