//! How far an exchange is.

use crate::listener::ListenerError;
use std::sync::Arc;
use walkbook_core::{self as core, SyncPhase, SyncProgress};

/// What an exchange is about.
#[uniffi::remote(Enum)]
pub enum SyncPhase {
    /// The server is looked for.
    Connecting,
    /// The server is brought what it lacks, and works.
    Sending,
    /// What is new comes in.
    Receiving,
    /// It is over, whichever way: what `sync` gives says how. Nothing is told after this.
    Done,
}

/// How far an exchange is. One that takes several requests sends and receives by turns, and goes on counting.
#[uniffi::remote(Record)]
pub struct SyncProgress {
    /// What it is about.
    pub phase: SyncPhase,
    /// Entries of the phone's own that the server has answered.
    pub answered_entries: u64,
    /// Entries of the phone's own that are to be brought, with those that are answered. More, where some are recorded meanwhile.
    pub entries: u64,
    /// Bytes that have gone out.
    pub sent_bytes: u64,
    /// Bytes of the requests so far.
    pub bytes_to_send: u64,
    /// Doors that have come, new ones and changed ones.
    pub doors: u64,
    /// Doors on the phone's lists that it does not have yet: nothing, where none comes for the first time. More, once a further
    /// list has come.
    pub awaited_doors: u64,
    /// Bytes that have come.
    pub received_bytes: u64,
    /// Bytes of the answers so far, where the server says how long they are.
    pub bytes_to_receive: Option<u64>,
}

/// What an app implements to hear how far an exchange is. The languages' own layers take a function.
#[uniffi::export(foreign)]
pub trait SyncListener: Send + Sync {
    /// It has come so far. Comes a few times a second at most, on a thread of its own, on which the walkbook may be asked; the
    /// exchange does not wait for it, and what comes meanwhile is told in one piece. The last call says that it is done; it may
    /// come when the exchange has returned.
    fn progressed(&self, progress: SyncProgress) -> Result<(), ListenerError>;
}

/// The app's listener, as the core tells it.
pub(crate) struct AppsSyncListener(pub(crate) Arc<dyn SyncListener>);

impl core::SyncListener for AppsSyncListener {
    fn progressed(&self, progress: SyncProgress) {
        // What a listener throws is the app's own affair: it hears what comes next all the same.
        let _: Result<(), ListenerError> = self.0.progressed(progress);
    }
}
