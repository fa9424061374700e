//! Whether a backup is what was written, and what can be restored from it.

use super::catalogue::{Kind, Moment, Piece, chains, pieces, snapshots};
use super::chest::{BLOCK_BYTES, Chest, Snapshot, damaged, pages_from_bytes};
use super::restoring::{files_at, plan, rebuild};
use super::{Error, Target};
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use walkbook_model::Timestamp;
use walkbook_vault::{SealKey, SecureRandom};

/// What was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Verified {
    /// Snapshots that are whole.
    pub snapshots: u64,
    /// Different blocks that they are made of.
    pub blocks: u64,
    /// Pieces that say what was committed.
    pub commits: u64,
}

/// Opens everything that is in a backup, and rebuilds the latest state in a folder for as long as that takes.
///
/// # Errors
/// The first thing that is [`Error::Damaged`] or [`Error::Missing`]; [`Error::NotSound`].
pub fn verify(
    target: &dyn Target,
    key: &SealKey,
    random: Arc<dyn SecureRandom + Send + Sync>,
    rehearse_in: &Path,
) -> Result<Verified, Error> {
    let chest = Chest::new(key, random);
    let (mut verified, mut looked_at) = (Verified::default(), HashSet::new());
    for chain in chains(target)? {
        let pieces = pieces(target, &chain)?;
        follow_one_another(&pieces)?;
        for piece in &pieces {
            match piece.kind {
                Kind::Pages => {
                    let name = piece.name();
                    let bytes = chest.open(&name, &target.get(&name)?)?;
                    pages_from_bytes(&bytes).ok_or_else(|| damaged(&name))?;
                    verified.commits += 1;
                }
                Kind::Files => drop(files_at(target, &chest, piece)?),
                Kind::Snapshot => {
                    for block in blocks_of(target, &chest, piece)?.blocks {
                        if looked_at.insert(block.clone()) {
                            open_block(target, &chest, &block)?;
                        }
                    }
                    verified.snapshots += 1;
                }
            }
        }
    }
    verified.blocks = looked_at.len() as u64;
    let plan = plan(target, Timestamp::from_ms(u64::MAX))?;
    let folder =
        tempfile::tempdir_in(rehearse_in).map_err(|source| Error::File { file: rehearse_in.to_owned(), source })?;
    rebuild(target, &chest, &plan, &folder.path().join("rehearsed.sqlite"))?;
    Ok(verified)
}

/// The stretches of time that can be restored, the earliest first.
///
/// # Errors
/// [`Error::File`].
pub fn moments(target: &dyn Target) -> Result<Vec<Moment>, Error> {
    let mut moments = Vec::new();
    for snapshot in snapshots(target)? {
        let pieces = pieces(target, &snapshot.chain)?;
        let next = pieces.iter().find(|piece| piece.kind == Kind::Snapshot && **piece > snapshot);
        let until = next.map_or(u64::MAX, |next| next.number);
        let after = pieces.iter().filter(|piece| piece.kind == Kind::Pages && piece.number <= until);
        let last_at = after.map(|piece| piece.at).max().unwrap_or(snapshot.at).max(snapshot.at);
        moments.push(Moment { snapshot_at: snapshot.at, last_at });
    }
    Ok(moments)
}

/// What a snapshot says.
pub(super) fn blocks_of(target: &dyn Target, chest: &Chest, snapshot: &Piece) -> Result<Snapshot, Error> {
    let name = snapshot.name();
    let bytes = chest.open(&name, &target.get(&name)?)?;
    serde_json::from_slice(&bytes)
        .ok()
        .filter(|snapshot: &Snapshot| snapshot.version == 1)
        .ok_or_else(|| damaged(&name))
}

/// A block, if it is what its name says.
pub(super) fn open_block(target: &dyn Target, chest: &Chest, name: &str) -> Result<zeroize::Zeroizing<Vec<u8>>, Error> {
    let block = chest.open(name, &target.get(name)?)?;
    if block.len() > BLOCK_BYTES || chest.name_block(&block) != name {
        return Err(damaged(name));
    }
    Ok(block)
}

/// Between a chain's first piece and its last, none is missing.
pub(super) fn follow_one_another(pieces: &[Piece]) -> Result<(), Error> {
    let commits: Vec<&Piece> = pieces.iter().filter(|piece| piece.kind == Kind::Pages).collect();
    for (one, next) in commits.iter().zip(commits.iter().skip(1)) {
        if next.number != one.number + 1 {
            let missing = Piece { number: one.number + 1, at: one.at, ..(*one).clone() };
            return Err(Error::Missing { name: missing.name() });
        }
    }
    Ok(())
}
