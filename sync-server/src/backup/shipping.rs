//! The running server's backup: what is committed is drawn off and handed to the thread that writes it.

use super::catalogue::{Kind, Piece};
use super::chest::{Chest, Files, files_to_bytes, pages_to_bytes};
use super::uploading::{Desk, piece};
use super::{Error, Folder, Standing};
use crate::clock;
use crate::config::Layout;
use crate::store::EmbeddedStore;
use crate::store::embedded::tap::Tap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use walkbook_model::Timestamp;
use walkbook_vault::{SealKey, SecureRandom};
use zeroize::Zeroizing;

/// How a backup is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// How often it is looked for what was committed: so much can be lost with the disk.
    pub pace: Duration,
    /// How often the whole database is copied: what was committed since then has to be replayed at a restore.
    pub snapshot_every: Duration,
    /// For how long every moment can be restored.
    pub keep: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        let day = Duration::from_secs(86_400);
        Self { pace: Duration::from_secs(1), snapshot_every: day, keep: day * 30 }
    }
}

/// A chain that could not go on is not followed by the next at once: copying the database has a price.
const BETWEEN_CHAINS: Duration = Duration::from_secs(10);
/// How long a server that stops waits for its backup.
const PATIENCE: Duration = Duration::from_secs(10);
const COPY: &str = "snapshot-";

/// A backup that goes on until it is stopped.
pub struct Shipping {
    shared: Arc<Shared>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

struct Shared {
    store: Arc<EmbeddedStore>,
    layout: Layout,
    folder: Folder,
    chest: Chest,
    policy: Policy,
    /// Between the two threads.
    desk: Desk,
    /// Tells the reading thread to stop; the other one goes on until all is written.
    reading: Desk,
}

/// A chain that goes on.
struct Chain {
    name: String,
    tap: Arc<Tap>,
    number: u64,
    files: Files,
    snapshot_at: Timestamp,
}

impl Shipping {
    /// Starts to back up a store into a folder that is there. Where it is not, or is not writable, it is tried again
    /// until it is, and [`Self::standing`] says so.
    pub fn start(
        store: Arc<EmbeddedStore>,
        layout: Layout,
        folder: Folder,
        key: &SealKey,
        random: Arc<dyn SecureRandom + Send + Sync>,
        policy: Policy,
    ) -> Self {
        let chest = Chest::new(key, random);
        let (desk, reading) = (Desk::new(), Desk::new());
        let shared = Arc::new(Shared { store, layout, folder, chest, policy, desk, reading });
        let (reads, writes) = (Arc::clone(&shared), Arc::clone(&shared));
        let threads = vec![
            std::thread::spawn(move || reads.read_all()),
            std::thread::spawn(move || writes.desk.write_all(&writes.folder, &writes.chest, writes.policy)),
        ];
        Self { shared, threads: Mutex::new(threads) }
    }

    /// How it stands.
    pub fn standing(&self) -> Standing {
        self.shared.desk.standing()
    }

    /// Draws off the last and waits for a while until it is written; says whether it is. What was not written is in no
    /// backup until the server runs again.
    pub fn stop(&self) -> bool {
        self.shared.reading.stop();
        let mut threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner)).into_iter();
        if threads.next().is_some_and(|reading| reading.join().is_err()) {
            tracing::error!("the backup's reading thread had ended with a fault");
        }
        let is_written = self.shared.desk.is_written_within(PATIENCE);
        self.shared.desk.stop();
        // A thread that hangs in a disk that does not answer is left to the end of the process.
        if is_written && threads.next().is_some_and(|writing| writing.join().is_err()) {
            tracing::error!("the backup's writing thread had ended with a fault");
        }
        is_written
    }
}

impl crate::routes::Backup for Shipping {
    fn standing(&self) -> Standing {
        self.shared.desk.standing()
    }
}

impl Drop for Shipping {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Backs up a store as it is now.
///
/// # Errors
/// [`Error::InUse`] where a server does so all the time; those of the store and the backup.
pub fn back_up_once(
    store: &Arc<EmbeddedStore>,
    layout: Layout,
    folder: Folder,
    key: &SealKey,
    random: Arc<dyn SecureRandom + Send + Sync>,
    policy: Policy,
) -> Result<Timestamp, Error> {
    // Tried once here, so that what is wrong is said.
    drop(folder.lock()?);
    let shipping = Shipping::start(Arc::clone(store), layout, folder.clone(), key, random, policy);
    loop {
        let standing = shipping.standing();
        if let Some(at) = standing.safe_at {
            shipping.stop();
            return Ok(at);
        }
        if standing.failing_since.is_some() {
            drop(folder.lock()?);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

impl Shared {
    fn read_all(&self) {
        self.take_away_copies();
        let (mut chain, mut begun) = (None::<Chain>, None::<Instant>);
        loop {
            let goes_on = begun.is_none() || self.reading.pause(self.policy.pace);
            if self.desk.is_overfull() && chain.take().is_some() {
                self.desk.failed();
                tracing::error!("the backup is too far behind; it begins anew once it has come after");
            }
            let done = match &mut chain {
                Some(chain) => self.draw(chain),
                None if !goes_on || !self.desk.is_empty() => Ok(()),
                None if begun.is_some_and(|begun| begun.elapsed() < BETWEEN_CHAINS) => Ok(()),
                None => {
                    begun = Some(Instant::now());
                    self.begin().map(|new| chain = Some(new))
                }
            };
            if let Err(error) = done {
                chain = None;
                self.desk.failed();
                tracing::error!(%error, "the backup has to begin anew");
            }
            if !goes_on {
                return;
            }
        }
    }

    /// Begins a chain with a copy of everything.
    fn begin(&self) -> Result<Chain, Error> {
        self.desk.begin_chain();
        let tap = self.store.tap()?;
        let now = clock::now();
        let name = format!("{:013}-{}", now.as_ms(), self.chest.draw_name()?);
        let files = self.files()?;
        self.put_files(&name, 0, now, &files);
        let mut chain = Chain { name, tap, number: 0, files, snapshot_at: now };
        self.snapshot(&mut chain)?;
        Ok(chain)
    }

    /// Draws off what was committed.
    fn draw(&self, chain: &mut Chain) -> Result<(), Error> {
        loop {
            let now = clock::now();
            let Some(drawn) = chain.tap.draw()? else {
                self.desk.note_drawn(now);
                break;
            };
            chain.number = drawn.number;
            let piece = piece(&chain.name, drawn.number, drawn.at, Kind::Pages);
            self.desk.put(piece, Zeroizing::new(pages_to_bytes(&drawn.pages)));
            if self.desk.is_overfull() {
                return Ok(());
            }
        }
        let files = self.files()?;
        if files != chain.files {
            self.put_files(&chain.name, chain.number, clock::now(), &files);
            chain.files = files;
        }
        let since_ms = clock::now().ms_since(chain.snapshot_at);
        if i128::from(since_ms) >= i128::try_from(self.policy.snapshot_every.as_millis()).unwrap_or(i128::MAX)
            && self.desk.is_empty()
        {
            self.snapshot(chain)?;
        }
        Ok(())
    }

    fn snapshot(&self, chain: &mut Chain) -> Result<(), Error> {
        let folder = self.layout.store();
        let failed = |source| Error::File { file: folder.clone(), source };
        let copy = tempfile::Builder::new().prefix(COPY).tempfile_in(&folder).map_err(failed)?.into_temp_path();
        let copied = chain.tap.copy(&copy)?;
        chain.snapshot_at = copied.at;
        self.desk.put_snapshot(piece(&chain.name, copied.number, copied.at, Kind::Snapshot), copy);
        Ok(())
    }

    fn put_files(&self, chain: &str, number: u64, at: Timestamp, files: &Files) {
        let piece: Piece = piece(chain, number, at, Kind::Files);
        self.desk.put(piece, files_to_bytes(files));
    }

    /// The small files that a server on another machine needs. The office's pen is not among them: after a restore there is
    /// a new one, since nobody may write twice in one place of a log.
    fn files(&self) -> Result<Files, Error> {
        let mut files = Files::new();
        for (name, path) in self.layout.files_to_back_up()? {
            match std::fs::read(&path) {
                Ok(bytes) => drop(files.insert(name, Zeroizing::new(bytes))),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(source) => return Err(Error::File { file: path, source }),
            }
        }
        Ok(files)
    }

    /// Copies that a process left behind when it was killed.
    fn take_away_copies(&self) {
        let Ok(entries) = std::fs::read_dir(self.layout.store()) else { return };
        for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(COPY)) {
            // What stays takes room, and nothing else.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}
