//! Bases: the typed records that the server cuts, on which a document's edits are applied.

use crate::ScriptDraft;
use serde::{Deserialize, Serialize};
use walkbook_model::cbor::{self, Caps, Malformed};
use walkbook_model::{ContentHash, DeviceId, Door, EntryId, WalkList};

/// A document's base. The document is a pure function of it and of the edits.
///
/// A new import cuts a new base of the same epoch: the edits stay and apply on top of it, so that field work always
/// wins over the register. A new *epoch* is cut without history: what was folded into it is named, and edits to an
/// earlier epoch that were not folded are replayed on it.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[cbor(array)]
pub struct Base<T> {
    /// How many times history was cut off.
    #[n(0)]
    pub epoch: u32,
    /// For each device, the last of its edits that is folded into this base. Rising, each device once.
    #[n(1)]
    pub folded: Vec<(DeviceId, u64)>,
    /// The record.
    #[n(2)]
    pub record: T,
}

/// The base of a door.
pub type DoorBase = Base<Door>;
/// The base of a walk list.
pub type ListBase = Base<WalkList>;
/// The base of a script's draft.
pub type ScriptBase = Base<ScriptDraft>;

/// A base may hold people: it prints its epoch only.
impl<T> std::fmt::Debug for Base<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Base(epoch {}, …)", self.epoch)
    }
}

impl<T> Base<T> {
    /// The first base of a record.
    pub const fn first(record: T) -> Self {
        Self { epoch: 0, folded: Vec::new(), record }
    }

    /// Whether an edit of the document is folded into this base: it is done with, and need not be kept beside it.
    pub fn has_folded(&self, edit: EntryId) -> bool {
        let of_device = self.folded.binary_search_by_key(&edit.device, |(device, _)| *device);
        of_device.ok().and_then(|index| self.folded.get(index)).is_some_and(|(_, last)| edit.seq <= *last)
    }
}

impl<T: minicbor::Encode<()>> Base<T> {
    /// The base's canonical bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// The name of exactly this base.
    pub fn content_hash(&self) -> ContentHash {
        ContentHash::of(&self.to_bytes())
    }
}

impl<'b, T: minicbor::Decode<'b, ()>> Base<T> {
    /// Reads [`Base::to_bytes`].
    ///
    /// # Errors
    /// [`Malformed`] says where the bytes are wrong.
    pub fn from_bytes(bytes: &'b [u8]) -> Result<Self, Malformed> {
        cbor::decode(bytes, Caps::RECORD)
    }
}
