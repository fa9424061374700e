//! Made-up knocks, for pictures that are shown around.

use super::ListOnBoard;
use walkbook_ledger::DoorStatus;
use walkbook_model::ContentHash;

/// Puts made-up knocks in the place of the real ones: each list is worked from its beginning to somewhere, with about as many
/// people met as on a usual day. The same seed gives the same knocks.
pub fn make_up_knocks(lists: &mut [ListOnBoard], seed: u64) {
    for list in lists {
        let worked = share(seed, &list.list.to_bytes());
        let count = list.doors.len();
        for (number, door) in list.doors.iter_mut().enumerate() {
            let is_reached = number * 100 < count * worked;
            door.status = if is_reached { outcome(share(seed, &door.door.to_bytes())) } else { DoorStatus::Untouched };
        }
    }
}

/// Per cent, as of a die.
fn share(seed: u64, of: &[u8]) -> usize {
    let hash = ContentHash::of_parts("made-up knocks", &[&seed.to_be_bytes(), of]).to_bytes();
    let [high, low, ..] = hash;
    usize::from(u16::from_be_bytes([high, low])) % 100
}

const fn outcome(share: usize) -> DoorStatus {
    match share {
        0..55 => DoorStatus::Attempted,
        55..90 => DoorStatus::Contacted,
        90..95 => DoorStatus::DataFix,
        95.. => DoorStatus::Suppressed,
    }
}
