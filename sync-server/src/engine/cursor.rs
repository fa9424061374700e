//! The server's mark on a list: how far a phone has come with it, and what it was shown.
//!
//! `life (8 bytes) ‖ position (8) ‖ rank (8)`, big-endian. While the rank is not 0, the first download is under way: the
//! position is where the tenant stood when it began, the rank that of the last door that was sent. Where something is withheld
//! from the phone's user, or the phone may have what it was not sent since, or was told what is erased of its log, there follow
//! `what it has besides (1) ‖ what is withheld (7)`: flags, and a hash. Phones keep the bytes and do not look into them.

use super::answering::ViewMark;
use crate::store::{Error, Life, LogPosition, Store};
use walkbook_model::TenantId;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) life: Life,
    pub(super) stage: Stage,
    /// What was withheld of what the phone has.
    pub(super) view: ViewMark,
    /// What the phone has besides.
    pub(super) besides: Besides,
}

/// What a phone may have of a list besides what it was sent up to its mark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Besides {
    /// Doors as they were shown before: it is being sent the list anew.
    pub(super) earlier: bool,
    /// Entries that the server had before it was restored, and may be brought again.
    pub(super) lost: bool,
    /// Word of what is erased of its own log, up to the mark: a version that does not know what that means has none.
    pub(super) erased: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Doors up to this rank are there; what is new since the position comes afterwards.
    Downloading { since: LogPosition, rank: LogPosition },
    /// Everything up to this position is there.
    Following(LogPosition),
}

impl Cursor {
    /// A mark of something of which nothing is withheld.
    pub(super) fn new(life: Life, stage: Stage) -> Self {
        Self { life, stage, view: ViewMark::default(), besides: Besides::default() }
    }

    pub(super) fn to_bytes(self) -> Vec<u8> {
        let (since, rank) = match self.stage {
            Stage::Downloading { since, rank } => (since, rank),
            Stage::Following(since) => (since, LogPosition::START),
        };
        let mut bytes = [self.life.0, since.get().to_be_bytes(), rank.get().to_be_bytes()].concat();
        if (self.besides, self.view) != Default::default() {
            let Besides { earlier, lost, erased } = self.besides;
            bytes.push(u8::from(earlier) | u8::from(lost) << 1 | u8::from(erased) << 2);
            bytes.extend(self.view.0);
        }
        bytes
    }

    /// Reads a phone's cursor; nothing where it is none, or the store does not stand by it (any more).
    pub(super) fn read(store: &dyn Store, tenant: TenantId, bytes: &[u8]) -> Result<Option<Self>, Error> {
        let Some(cursor) = Self::from_bytes(bytes) else { return Ok(None) };
        let up_to = match cursor.stage {
            Stage::Downloading { since, rank } => since.max(rank),
            Stage::Following(since) => since,
        };
        Ok(store.stands_by(tenant, cursor.life, up_to)?.then_some(cursor))
    }

    /// The position up to which it marks.
    pub(super) const fn position(self) -> LogPosition {
        match self.stage {
            Stage::Downloading { since, .. } | Stage::Following(since) => since,
        }
    }

    /// Whether it marks a place behind this one.
    pub(super) fn is_behind(self, last: u64) -> bool {
        matches!(self.stage, Stage::Downloading { rank, .. } if rank.get() > last)
    }

    /// The same of a mark whose rank is no position, but a place in something that does not change.
    pub(super) fn read_since(store: &dyn Store, tenant: TenantId, bytes: &[u8]) -> Result<Option<Self>, Error> {
        let Some(cursor) = Self::from_bytes(bytes) else { return Ok(None) };
        Ok(store.stands_by(tenant, cursor.life, cursor.position())?.then_some(cursor))
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (numbers, []) = bytes.as_chunks::<8>() else { return None };
        let (life, since, rank, [besides, view @ ..]) = match *numbers {
            [life, since, rank] => (life, since, rank, [0; 8]),
            [life, since, rank, seen] => (life, since, rank, seen),
            _ => return None,
        };
        let [since, rank] = [since, rank].map(|number| LogPosition::new(u64::from_be_bytes(number)));
        let stage =
            if rank == LogPosition::START { Stage::Following(since) } else { Stage::Downloading { since, rank } };
        let besides = Besides { earlier: besides & 1 != 0, lost: besides & 2 != 0, erased: besides & 4 != 0 };
        Some(Self { life: Life(life), stage, view: ViewMark(view), besides })
    }
}
