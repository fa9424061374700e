//! What stands between two marks of an answer.

use crate::store::StoredEntry;
use walkbook_ledger::Entry;
use walkbook_model::{DoorId, EntryId, WalkListId};
use walkbook_sync::{Delivered, Frame, ResponseWriter};

/// Bytes of records in one frame; far below the protocol's cap.
const FRAME_BYTES: usize = 256 * 1024;
/// Of an entry's name, at most.
pub(super) const RECALLED_BYTES: usize = 32;

/// Records of one list on their way into frames.
#[derive(Default)]
pub(super) struct Portion {
    bases: Vec<Vec<u8>>,
    entries: Vec<Delivered>,
    recalled: Vec<EntryId>,
    erased: Vec<u64>,
    left: Vec<DoorId>,
    bytes: usize,
}

impl Portion {
    pub(super) fn base(&mut self, base: Option<Vec<u8>>) {
        self.bytes += base.as_ref().map_or(0, Vec::len);
        self.bases.extend(base);
    }

    /// Entries by the bytes that were taken. What was erased, or cannot be read, stays here.
    pub(super) fn entries(&mut self, entries: impl IntoIterator<Item = StoredEntry>) {
        self.deliver(entries.into_iter().filter_map(delivered));
    }

    /// Entries as they are shown.
    pub(super) fn shown<'e>(&mut self, entries: impl IntoIterator<Item = &'e Entry>) {
        self.deliver(entries.into_iter().map(Delivered::from));
    }

    fn deliver(&mut self, entries: impl Iterator<Item = Delivered>) {
        for delivered in entries {
            self.bytes += delivered.size();
            self.entries.push(delivered);
        }
    }

    pub(super) fn recalled(&mut self, entries: impl IntoIterator<Item = EntryId>) {
        let before = self.recalled.len();
        self.recalled.extend(entries);
        self.bytes += (self.recalled.len() - before) * RECALLED_BYTES;
    }

    /// Entries of the phone's own that say less by now, or nothing.
    pub(super) fn erased(&mut self, own: impl IntoIterator<Item = u64>) {
        let before = self.erased.len();
        self.erased.extend(own);
        self.bytes += (self.erased.len() - before) * RECALLED_BYTES;
    }

    pub(super) fn left(&mut self, door: DoorId) {
        self.left.push(door);
    }

    /// Whether it is time for a mark.
    pub(super) const fn is_large(&self) -> bool {
        self.bytes >= FRAME_BYTES
    }

    /// Puts everything into frames. What left, left a list.
    pub(super) fn write(self, list: Option<WalkListId>, out: &mut ResponseWriter) {
        for chunk in chunks(self.bases, Vec::len) {
            out.push(&Frame::Doors(chunk.into_iter().map(Into::into).collect()));
        }
        // One that was released since, or of which something is left, comes among the entries.
        for chunk in chunks(self.recalled, |_| RECALLED_BYTES) {
            out.push(&Frame::ForgetEntries(chunk));
        }
        for chunk in chunks(self.erased, |_| RECALLED_BYTES) {
            out.push(&Frame::Erase(chunk));
        }
        for chunk in chunks(self.entries, Delivered::size) {
            out.push(&Frame::Entries(chunk));
        }
        if let Some(list) = list.filter(|_| !self.left.is_empty()) {
            out.push(&Frame::ForgetDoors(list, self.left));
        }
    }
}

/// An entry by the bytes that were taken; nothing where it was erased, or cannot be read.
pub(super) fn delivered(stored: StoredEntry) -> Option<Delivered> {
    let StoredEntry { device, header, bound, content, .. } = stored;
    content.readable().map(|content| Delivered::new(device, header, bound, content.payload))
}

/// Items in their order, in chunks that fit into a frame.
pub(super) fn chunks<T>(items: Vec<T>, size: impl Fn(&T) -> usize) -> Vec<Vec<T>> {
    let (mut chunks, mut bytes) = (Vec::<Vec<T>>::new(), usize::MAX);
    for item in items {
        let more = size(&item);
        if bytes.saturating_add(more) > FRAME_BYTES {
            chunks.push(Vec::new());
            bytes = 0;
        }
        bytes += more;
        if let Some(chunk) = chunks.last_mut() {
            chunk.push(item);
        }
    }
    chunks
}
