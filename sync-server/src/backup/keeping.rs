//! What is kept, and for how long: every moment since `since` stays restorable, and nothing older.

use super::catalogue::{Kind, Piece, blocks, chains, folder_of, pieces, snapshots};
use super::chest::Chest;
use super::verifying::blocks_of;
use super::{Error, Target};
use std::collections::HashSet;
use walkbook_model::Timestamp;

/// Takes away what only earlier moments need.
pub(super) fn forget_before(target: &dyn Target, chest: &Chest, since: Timestamp) -> Result<(), Error> {
    // The moment itself begins with the last snapshot before it.
    let every = snapshots(target)?;
    let Some(first) = every.iter().rfind(|snapshot| snapshot.at <= since) else { return Ok(()) };
    for chain in chains(target)?.into_iter().filter(|chain| *chain < first.chain) {
        target.remove(&folder_of(&chain))?;
    }
    let earlier = pieces(target, &first.chain)?;
    let files = earlier.iter().rfind(|piece| piece.kind == Kind::Files && piece.at <= first.at).cloned();
    let is_needed = |piece: &Piece| match piece.kind {
        Kind::Pages => piece.number > first.number,
        Kind::Files => piece.number > first.number || files.as_ref().is_none_or(|files| piece >= files),
        Kind::Snapshot => piece >= first,
    };
    for piece in earlier.iter().filter(|piece| !is_needed(piece)) {
        target.remove(&piece.name())?;
    }
    if every.first() != Some(first) {
        sweep(target, chest)?;
    }
    Ok(())
}

/// Takes away blocks that no snapshot has.
fn sweep(target: &dyn Target, chest: &Chest) -> Result<(), Error> {
    let mut named = HashSet::new();
    for snapshot in snapshots(target)? {
        // Where one cannot be read, nobody can say what it needs, and nothing goes.
        named.extend(blocks_of(target, chest, &snapshot)?.blocks);
    }
    for block in blocks(target)?.iter().filter(|block| !named.contains(*block)) {
        target.remove(block)?;
    }
    Ok(())
}
