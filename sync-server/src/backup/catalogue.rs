//! What lies in a backup, by name.

use super::{Error, Target};
use walkbook_model::Timestamp;

const CHAINS: &str = "chains";

/// What a piece of a chain is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Pages,
    Files,
    Snapshot,
}

const KINDS: [(Kind, &str); 3] = [(Kind::Pages, "pages"), (Kind::Files, "files"), (Kind::Snapshot, "snapshot")];

/// A piece of a chain. They sort by their place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Piece {
    pub(super) chain: String,
    pub(super) number: u64,
    pub(super) at: Timestamp,
    pub(super) kind: Kind,
}

/// A moment from which on, up to another, every moment can be restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// When the snapshot was taken.
    pub snapshot_at: Timestamp,
    /// The last that was committed after it and before the next snapshot, and is there.
    pub last_at: Timestamp,
}

impl Piece {
    pub(super) fn name(&self) -> String {
        let kind = KINDS.iter().find(|(kind, _)| *kind == self.kind).map_or("", |(_, name)| name);
        format!("{}/{:010}-{:013}.{kind}", folder_of(&self.chain), self.number, self.at.as_ms())
    }

    fn read(chain: &str, file: &str) -> Option<Self> {
        let (place, kind) = file.split_once('.')?;
        let (number, at) = place.split_once('-')?;
        let kind = KINDS.iter().find(|(_, name)| *name == kind)?.0;
        let at = Timestamp::from_ms(at.parse().ok()?);
        Some(Self { chain: chain.to_owned(), number: number.parse().ok()?, at, kind })
    }
}

pub(super) fn folder_of(chain: &str) -> String {
    format!("{CHAINS}/{chain}")
}

/// The chains, the earliest first.
pub(super) fn chains(target: &dyn Target) -> Result<Vec<String>, Error> {
    target.list(CHAINS)
}

/// A chain's pieces in order. What has another name is none.
pub(super) fn pieces(target: &dyn Target, chain: &str) -> Result<Vec<Piece>, Error> {
    let files = target.list(&folder_of(chain))?;
    let mut pieces: Vec<Piece> = files.iter().filter_map(|file| Piece::read(chain, file)).collect();
    pieces.sort_unstable();
    Ok(pieces)
}

/// Every snapshot, the earliest first.
pub(super) fn snapshots(target: &dyn Target) -> Result<Vec<Piece>, Error> {
    let mut snapshots = Vec::new();
    for chain in chains(target)? {
        snapshots.extend(pieces(target, &chain)?.into_iter().filter(|piece| piece.kind == Kind::Snapshot));
    }
    Ok(snapshots)
}

/// Blocks that lie there.
pub(super) fn blocks(target: &dyn Target) -> Result<Vec<String>, Error> {
    let mut blocks = Vec::new();
    for part in target.list("blocks")? {
        let under = format!("blocks/{part}");
        blocks.extend(target.list(&under)?.into_iter().map(|name| format!("{under}/{name}")));
    }
    Ok(blocks)
}
