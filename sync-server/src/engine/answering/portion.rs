//! What stands between two marks of an answer.

use crate::store::StoredEntry;
use walkbook_model::{DoorId, WalkListId};
use walkbook_sync::{Delivered, Frame, ResponseWriter};

/// Bytes of records in one frame; far below the protocol's cap.
const FRAME_BYTES: usize = 256 * 1024;

/// Records of one list on their way into frames.
#[derive(Default)]
pub(super) struct Portion {
    bases: Vec<Vec<u8>>,
    entries: Vec<Delivered>,
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
        for delivered in entries.into_iter().filter_map(delivered) {
            self.bytes += delivered.size();
            self.entries.push(delivered);
        }
    }

    pub(super) fn left(&mut self, door: DoorId) {
        self.left.push(door);
    }

    /// Whether it is time for a mark.
    pub(super) const fn is_large(&self) -> bool {
        self.bytes >= FRAME_BYTES
    }

    /// Puts everything into frames.
    pub(super) fn write(self, list: WalkListId, out: &mut ResponseWriter) {
        for chunk in chunks(self.bases, Vec::len) {
            out.push(&Frame::Doors(chunk.into_iter().map(Into::into).collect()));
        }
        for chunk in chunks(self.entries, Delivered::size) {
            out.push(&Frame::Entries(chunk));
        }
        if !self.left.is_empty() {
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
