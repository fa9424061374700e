//! The thread that writes into the backup. However slow the backup is, or however long it is away, nobody waits for it.

use super::catalogue::{Kind, Piece};
use super::chest::{BLOCK_BYTES, Chest, Snapshot};
use super::keeping::forget_before;
use super::{Error, Folder, Policy, Target};
use crate::clock;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tempfile::TempPath;
use walkbook_model::Timestamp;
use zeroize::Zeroizing;

/// Bytes that wait; above this the chain ends, and another begins once the backup has come after.
const WAITING_BYTES: usize = 64 * 1024 * 1024;
const SHORTEST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);

/// How the backup stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// Everything that was committed by then can be restored.
    pub safe_at: Option<Timestamp>,
    /// When the last whole snapshot was taken.
    pub snapshot_at: Option<Timestamp>,
    /// Since when nothing could be written, or nothing be read.
    pub failing_since: Option<Timestamp>,
    /// Bytes that were written since the start.
    pub written_bytes: u64,
}

/// What waits for being written.
#[derive(Default)]
struct Waiting {
    pieces: VecDeque<(Piece, Zeroizing<Vec<u8>>)>,
    bytes: usize,
    snapshot: Option<(Piece, TempPath)>,
    /// Everything committed by then is among the pieces, or was written.
    drawn_at: Option<Timestamp>,
    /// Whether the chain that goes on has a whole snapshot.
    is_whole: bool,
    is_writing: bool,
    is_stopped: bool,
    standing: Standing,
}

/// Between the thread that reads and the one that writes.
pub(super) struct Desk {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

/// A snapshot that is being written, block by block.
struct Copying {
    piece: Piece,
    copy: File,
    _path: TempPath,
    snapshot: Snapshot,
}

impl Desk {
    pub(super) fn new() -> Self {
        Self { waiting: Mutex::default(), changed: Condvar::new() }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn standing(&self) -> Standing {
        self.waiting().standing
    }

    pub(super) fn put(&self, piece: Piece, bytes: Zeroizing<Vec<u8>>) {
        let mut waiting = self.waiting();
        waiting.bytes += bytes.len();
        waiting.pieces.push_back((piece, bytes));
        self.changed.notify_all();
    }

    pub(super) fn put_snapshot(&self, piece: Piece, copy: TempPath) {
        self.waiting().snapshot = Some((piece, copy));
        self.changed.notify_all();
    }

    pub(super) fn is_overfull(&self) -> bool {
        self.waiting().bytes > WAITING_BYTES
    }

    /// Another chain begins: until its snapshot is whole, no later moment can be restored.
    pub(super) fn begin_chain(&self) {
        self.waiting().is_whole = false;
    }

    /// Notes that everything committed by then was put here.
    pub(super) fn note_drawn(&self, at: Timestamp) {
        let mut waiting = self.waiting();
        waiting.drawn_at = Some(at);
        waiting.note_safe();
    }

    /// Whether everything is written.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting().is_empty()
    }

    pub(super) fn failed(&self) {
        self.waiting().standing.failing_since.get_or_insert_with(clock::now);
    }

    /// Waits until everything is written, for so long; says whether it is.
    pub(super) fn is_written_within(&self, patience: Duration) -> bool {
        let waited = self.changed.wait_timeout_while(self.waiting(), patience, |waiting| !waiting.is_empty());
        waited.unwrap_or_else(PoisonError::into_inner).0.is_empty()
    }

    /// No more is written than what is under way.
    pub(super) fn stop(&self) {
        self.waiting().is_stopped = true;
        self.changed.notify_all();
    }

    /// Waits so long, or until stopped; says whether to go on.
    pub(super) fn pause(&self, time: Duration) -> bool {
        let waited = self.changed.wait_timeout_while(self.waiting(), time, |waiting| !waiting.is_stopped);
        !waited.unwrap_or_else(PoisonError::into_inner).0.is_stopped
    }

    /// Writes until stopped.
    pub(super) fn write_all(&self, folder: &Folder, chest: &Chest, policy: Policy) {
        let mut lock = None;
        let mut copying = None;
        let mut wait = SHORTEST;
        while self.wait_for_work(copying.is_some()) {
            let written = (|| {
                if lock.is_none() {
                    lock = Some(folder.lock()?);
                }
                self.write_one(folder, chest, policy, &mut copying)
            })();
            match written {
                Ok(()) => {
                    wait = SHORTEST;
                    self.note_written(copying.is_some());
                }
                Err(error) => {
                    self.failed();
                    tracing::error!(%error, "the backup cannot be written; it is tried again");
                    self.pause(wait);
                    wait = (wait * 2).min(LONGEST);
                }
            }
        }
    }

    fn wait_for_work(&self, is_copying: bool) -> bool {
        let idle = |waiting: &mut Waiting| {
            waiting.is_writing = is_copying;
            !waiting.is_stopped && !is_copying && waiting.pieces.is_empty() && waiting.snapshot.is_none()
        };
        let mut waiting = self.changed.wait_while(self.waiting(), idle).unwrap_or_else(PoisonError::into_inner);
        waiting.is_writing = !waiting.is_stopped;
        !waiting.is_stopped
    }

    fn note_written(&self, is_copying: bool) {
        let mut waiting = self.waiting();
        waiting.is_writing = is_copying;
        waiting.standing.failing_since = None;
        waiting.note_safe();
        self.changed.notify_all();
    }

    /// Writes the next piece, or else the next block of a snapshot.
    fn write_one(
        &self,
        folder: &Folder,
        chest: &Chest,
        policy: Policy,
        copying: &mut Option<Copying>,
    ) -> Result<(), Error> {
        let next = self.waiting().pieces.front().map(|(piece, bytes)| (piece.name(), bytes.clone()));
        if let Some((name, bytes)) = next {
            self.write(folder, chest, &name, &bytes)?;
            let mut waiting = self.waiting();
            waiting.bytes -= bytes.len().min(waiting.bytes);
            waiting.pieces.pop_front();
            return Ok(());
        }
        if copying.is_none() {
            let Some((piece, path)) = self.waiting().snapshot.take() else { return Ok(()) };
            let copy = File::open(&path).map_err(|source| Error::File { file: path.to_path_buf(), source })?;
            let snapshot = Snapshot { version: 1, bytes: 0, blocks: Vec::new() };
            *copying = Some(Copying { piece, copy, _path: path, snapshot });
        }
        let Some(under_way) = copying else { return Ok(()) };
        if self.write_block(folder, chest, under_way)? {
            return Ok(());
        }
        let text = serde_json::to_vec(&under_way.snapshot).unwrap_or_default();
        self.write(folder, chest, &under_way.piece.name(), &text)?;
        {
            let mut waiting = self.waiting();
            waiting.is_whole = true;
            waiting.standing.snapshot_at = Some(under_way.piece.at);
        }
        *copying = None;
        let keep_ms = i64::try_from(policy.keep.as_millis()).unwrap_or(i64::MAX);
        // What cannot be taken away now is taken away after the next snapshot.
        forget_before(folder, chest, clock::now().shifted_ms(keep_ms.saturating_neg()))
            .unwrap_or_else(|error| tracing::error!(%error, "old backups cannot be taken away"));
        tracing::info!("a snapshot is in the backup");
        Ok(())
    }

    /// Writes the next block, unless it is there; says whether there was one.
    fn write_block(&self, folder: &Folder, chest: &Chest, under_way: &mut Copying) -> Result<bool, Error> {
        let failed = |source| Error::File { file: "the snapshot".into(), source };
        let mut block = Zeroizing::new(Vec::with_capacity(BLOCK_BYTES));
        under_way.copy.seek(SeekFrom::Start(under_way.snapshot.bytes)).map_err(failed)?;
        (&under_way.copy).take(BLOCK_BYTES as u64).read_to_end(&mut block).map_err(failed)?;
        if block.is_empty() {
            return Ok(false);
        }
        let name = chest.name_block(&block);
        if !folder.has(&name)? {
            self.write(folder, chest, &name, &block)?;
        }
        under_way.snapshot.bytes += block.len() as u64;
        under_way.snapshot.blocks.push(name);
        Ok(true)
    }

    fn write(&self, folder: &Folder, chest: &Chest, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let sealed = chest.seal(name, bytes)?;
        folder.put(name, &sealed)?;
        self.waiting().standing.written_bytes += sealed.len() as u64;
        Ok(())
    }
}

impl Waiting {
    fn is_empty(&self) -> bool {
        self.pieces.is_empty() && self.snapshot.is_none() && !self.is_writing
    }

    fn note_safe(&mut self) {
        // Pieces of a chain without a snapshot restore nothing.
        if self.pieces.is_empty() && self.is_whole {
            self.standing.safe_at = self.drawn_at;
        }
    }
}

/// The piece of a chain.
pub(super) fn piece(chain: &str, number: u64, at: Timestamp, kind: Kind) -> Piece {
    Piece { chain: chain.to_owned(), number, at, kind }
}
