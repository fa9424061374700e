//! The server's mark on a list: how far a phone has come with it.
//!
//! `life (8 bytes) ‖ position (8) ‖ rank (8)`, big-endian. While the rank is not 0, the first download is under way: the
//! position is where the tenant stood when it began, the rank that of the last door that was sent. Phones keep the bytes
//! and do not look into them.

use crate::store::{Error, Life, LogPosition, Store};
use walkbook_model::TenantId;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) life: Life,
    pub(super) stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Doors up to this rank are there; what is new since the position comes afterwards.
    Downloading { since: LogPosition, rank: LogPosition },
    /// Everything up to this position is there.
    Following(LogPosition),
}

impl Cursor {
    pub(super) fn to_bytes(self) -> Vec<u8> {
        let (since, rank) = match self.stage {
            Stage::Downloading { since, rank } => (since, rank),
            Stage::Following(since) => (since, LogPosition::START),
        };
        [self.life.0, since.get().to_be_bytes(), rank.get().to_be_bytes()].concat()
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

    /// Whether it marks a place behind this one.
    pub(super) fn is_behind(self, last: u64) -> bool {
        matches!(self.stage, Stage::Downloading { rank, .. } if rank.get() > last)
    }

    /// The same of a mark whose rank is no position, but a place in something that does not change.
    pub(super) fn read_since(store: &dyn Store, tenant: TenantId, bytes: &[u8]) -> Result<Option<Self>, Error> {
        let Some(cursor) = Self::from_bytes(bytes) else { return Ok(None) };
        let (Stage::Downloading { since, .. } | Stage::Following(since)) = cursor.stage;
        Ok(store.stands_by(tenant, cursor.life, since)?.then_some(cursor))
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (numbers, []) = bytes.as_chunks::<8>() else { return None };
        let [life, since, rank] = *numbers else { return None };
        let [since, rank] = [since, rank].map(|number| LogPosition::new(u64::from_be_bytes(number)));
        let stage =
            if rank == LogPosition::START { Stage::Following(since) } else { Stage::Downloading { since, rank } };
        Some(Self { life: Life(life), stage })
    }
}
