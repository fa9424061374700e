//! A database as it was at a moment.

use super::catalogue::{Kind, Piece, pieces, snapshots};
use super::chest::{Chest, Files, damaged, files_from_bytes, pages_from_bytes};
use super::verifying::{blocks_of, follow_one_another, open_block};
use super::{Error, Target};
use crate::clock;
use crate::store::embedded::settle_restored;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;
use walkbook_model::Timestamp;
use walkbook_vault::{SealKey, SecureRandom};
use zeroize::Zeroizing;

/// What to put together.
pub(super) struct Plan {
    snapshot: Piece,
    commits: Vec<Piece>,
    files: Option<Piece>,
}

/// What came out of a backup.
pub struct Restored {
    /// Everything that was committed by then is in it.
    pub at: Timestamp,
    /// The small files beside the database, by name.
    pub files: Vec<(String, Zeroizing<Vec<u8>>)>,
}

/// Puts the database together in a new file, as it was at a moment, and makes sure that it is sound.
///
/// # Errors
/// [`Error::NothingThen`], [`Error::Damaged`], [`Error::Missing`], [`Error::NotSound`]; the backup is never changed.
pub fn restore(
    target: &dyn Target,
    key: &SealKey,
    random: Arc<dyn SecureRandom + Send + Sync>,
    to: Timestamp,
    file: &Path,
) -> Result<Restored, Error> {
    let chest = Chest::new(key, random);
    let plan = plan(target, to)?;
    rebuild(target, &chest, &plan, file)?;
    let files = plan.files.map(|files| files_at(target, &chest, &files)).transpose()?.unwrap_or_default();
    let at = plan.commits.last().unwrap_or(&plan.snapshot).at;
    Ok(Restored { at, files: files.into_iter().collect() })
}

/// The last snapshot before a moment, and what was committed between them.
pub(super) fn plan(target: &dyn Target, to: Timestamp) -> Result<Plan, Error> {
    let every = snapshots(target)?;
    let since = every.first().map(|first| clock::written(first.at));
    let snapshot = every.into_iter().rfind(|snapshot| snapshot.at <= to).ok_or(Error::NothingThen { since })?;
    let pieces = pieces(target, &snapshot.chain)?;
    let is_behind = |piece: &&Piece| piece.kind == Kind::Pages && piece.number > snapshot.number && piece.at <= to;
    let commits: Vec<Piece> = pieces.iter().filter(is_behind).cloned().collect();
    follow_one_another(&commits)?;
    if let Some(first) = commits.first().filter(|first| first.number != snapshot.number + 1) {
        let missing = Piece { number: snapshot.number + 1, ..first.clone() };
        return Err(Error::Missing { name: missing.name() });
    }
    let files = pieces.iter().rfind(|piece| piece.kind == Kind::Files && piece.at <= to.max(snapshot.at)).cloned();
    let files = files.or_else(|| pieces.iter().find(|piece| piece.kind == Kind::Files).cloned());
    Ok(Plan { snapshot, commits, files })
}

/// Puts a database together, and makes sure that it is sound.
pub(super) fn rebuild(target: &dyn Target, chest: &Chest, plan: &Plan, path: &Path) -> Result<(), Error> {
    let failed = |source| Error::File { file: path.to_owned(), source };
    let snapshot = blocks_of(target, chest, &plan.snapshot)?;
    let mut file = File::options().write(true).create_new(true).open(path).map_err(failed)?;
    for name in &snapshot.blocks {
        file.write_all(&open_block(target, chest, name)?).map_err(failed)?;
    }
    if file.metadata().map_err(failed)?.len() != snapshot.bytes {
        return Err(damaged(&plan.snapshot.name()));
    }
    for commit in &plan.commits {
        let name = commit.name();
        let bytes = chest.open(&name, &target.get(&name)?)?;
        let pages = pages_from_bytes(&bytes).ok_or_else(|| damaged(&name))?;
        for (number, page) in &pages.pages {
            let place = u64::from(number.saturating_sub(1)) * u64::from(pages.page_bytes);
            file.seek(SeekFrom::Start(place)).and_then(|_| file.write_all(page)).map_err(failed)?;
        }
        file.set_len(u64::from(pages.count) * u64::from(pages.page_bytes)).map_err(failed)?;
    }
    file.sync_all().map_err(failed)?;
    drop(file);
    if settle_restored(path)? { Ok(()) } else { Err(Error::NotSound) }
}

/// The files that a piece holds.
pub(super) fn files_at(target: &dyn Target, chest: &Chest, piece: &Piece) -> Result<Files, Error> {
    let name = piece.name();
    files_from_bytes(&chest.open(&name, &target.get(&name)?)?).ok_or_else(|| damaged(&name))
}
