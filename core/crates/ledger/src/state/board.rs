//! The board: how far a list, a turf or a tenant has come.

use super::DoorState;
use serde::{Deserialize, Serialize};
use walkbook_model::{Class, Day};

/// What the map shows of a door.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum DoorStatus {
    /// Nobody has been there.
    #[n(0)]
    Untouched,
    /// Nobody was reached at the last attempt.
    #[n(1)]
    Attempted,
    /// Someone was spoken to at the last attempt.
    #[n(2)]
    Contacted,
    /// The register is wrong here.
    #[n(3)]
    DataFix,
    /// Nobody shall go there.
    #[n(4)]
    Suppressed,
}

/// Counts over doors. No person in it.
///
/// ```
/// use walkbook_ledger::Board;
/// let board = Board::default();
/// assert_eq!(board.contact_rate(), None);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode, Serialize, Deserialize)]
#[cbor(array)]
pub struct Board {
    /// Doors in all.
    #[n(0)]
    pub doors: u64,
    /// Doors where nobody has been.
    #[n(1)]
    pub untouched: u64,
    /// Doors where nobody was reached at the last attempt.
    #[n(2)]
    pub attempted: u64,
    /// Doors where someone was spoken to at the last attempt.
    #[n(3)]
    pub contacted: u64,
    /// Doors where the register is wrong.
    #[n(4)]
    pub data_fix: u64,
    /// Doors where nobody shall go.
    #[n(5)]
    pub suppressed: u64,
    /// Knocks that count, over all doors.
    #[n(6)]
    pub knocks: u64,
    /// Knocks that count at which someone was spoken to.
    #[n(7)]
    pub contacts: u64,
}

impl Board {
    /// Counts one more door.
    pub fn count(&mut self, door: &DoorState, today: Day) {
        self.doors += 1;
        *match door.status(today) {
            DoorStatus::Untouched => &mut self.untouched,
            DoorStatus::Attempted => &mut self.attempted,
            DoorStatus::Contacted => &mut self.contacted,
            DoorStatus::DataFix => &mut self.data_fix,
            DoorStatus::Suppressed => &mut self.suppressed,
        } += 1;
        for (_, interaction) in door.counting() {
            self.knocks += 1;
            self.contacts += u64::from(interaction.knock.class() == Class::Contact);
        }
    }

    /// The share of knocks at which someone was spoken to; none before the first knock.
    #[allow(clippy::cast_precision_loss, reason = "a share of counts far below 2⁵²")]
    pub fn contact_rate(&self) -> Option<f64> {
        (self.knocks > 0).then(|| self.contacts as f64 / self.knocks as f64)
    }
}
