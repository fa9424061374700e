//! What an entry is called: whose log, and where in it.

use crate::DeviceId;

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
