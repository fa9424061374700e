//! What an entry is called: whose log, and where in it.

use crate::{DeviceId, InvalidId};
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

impl std::fmt::Debug for EntryId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// Why a text names no entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidEntryId {
    /// What stands before the `#` is no device.
    #[error("before the `#`: {0}")]
    Device(#[from] InvalidId),
    /// There is no `#`, or behind it no number from 1 on.
    #[error("an entry is called by its device, `#` and a number from 1 on")]
    Number,
}

/// Reads what `Display` writes: `device_…#12`.
impl std::str::FromStr for EntryId {
    type Err = InvalidEntryId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (device, seq) = text.split_once('#').ok_or(InvalidEntryId::Number)?;
        let seq = seq.parse().ok().filter(|seq| *seq > 0).ok_or(InvalidEntryId::Number)?;
        Ok(Self::new(device.parse()?, seq))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_entry_is_called_is_read_back() {
        let entry = EntryId::new(DeviceId::from_bytes([7; 16]), 12);
        assert_eq!(entry.to_string().parse(), Ok(entry));
        let device = entry.device.to_string();
        for number in ["", "#", "#0", "#-1", "#x", "#99999999999999999999"] {
            assert_eq!(format!("{device}{number}").parse::<EntryId>(), Err(InvalidEntryId::Number));
        }
        assert!(matches!("door_1#1".parse::<EntryId>(), Err(InvalidEntryId::Device(_))));
    }
}
