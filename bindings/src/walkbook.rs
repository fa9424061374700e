//! The `Walkbook` object: opened, asked, closed.

mod drafting;
mod editing;
mod exchanging;
mod looking;
mod mapping;
mod recording;
mod standing;
mod walking;

pub use exchanging::{Identity, Region, SecondFactor, Synced};
pub use standing::{Mended, Status, Unreadable};

use crate::error::WalkbookError;
use crate::key_store::{AppsKeyStore, KeyStore};
use crate::listener::{AppsListener, Changes, Listener, Subscription};
use crate::signer::{Signer, signer_of};
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use walkbook_core as core;
use walkbook_model::Timestamp;

/// A phone's walkbook: lists, doors and what happened at them, encrypted on disk. Every call works without any network; safe
/// from any thread. Calls that record return once the phone has it on disk.
#[derive(uniffi::Object)]
pub struct Walkbook {
    /// Nothing, once it is closed. Rust closes by letting go; other languages need a word for it.
    open: RwLock<Option<Arc<core::Walkbook>>>,
    /// Used when it is closed: ends the exchanges under way.
    closing: core::CancelToken,
}

type Open =
    fn(&Path, &dyn core::KeyStore, Option<Arc<dyn core::Signer>>, Timestamp) -> Result<core::Walkbook, core::Error>;

#[uniffi::export]
impl Walkbook {
    /// Opens the walkbook in this folder, or makes it. The databases' key is drawn once and kept wrapped by the app's key
    /// store. `signer` is the app's signing key, if it has one in hardware; without one the walkbook keeps its own.
    #[uniffi::constructor(default(signer = None))]
    pub fn open(
        folder: String,
        key_store: Arc<dyn KeyStore>,
        signer: Option<Arc<dyn Signer>>,
    ) -> Result<Self, WalkbookError> {
        Self::opened(core::Walkbook::open, &folder, key_store, signer)
    }

    /// Opens the walkbook after a call has said that a file is damaged: close it, then let this look at all of both files
    /// and mend. Nothing is deleted; `status` says what was done. Takes time in proportion to the files.
    #[uniffi::constructor(default(signer = None))]
    pub fn mend(
        folder: String,
        key_store: Arc<dyn KeyStore>,
        signer: Option<Arc<dyn Signer>>,
    ) -> Result<Self, WalkbookError> {
        Self::opened(core::Walkbook::mend, &folder, key_store, signer)
    }

    /// Closes the walkbook: waits for calls under way, ends exchanges and subscriptions, lets go of the files. Whatever is
    /// asked afterwards is refused. Harmless when it is closed already.
    pub fn close(&self) {
        self.closing.cancel();
        let open = self.open.write().unwrap_or_else(PoisonError::into_inner).take();
        drop(open);
    }

    /// Tells a listener of every change from now on, until the subscription is ended or the walkbook closed.
    pub fn subscribe(&self, listener: Arc<dyn Listener>) -> Result<Arc<Subscription>, WalkbookError> {
        self.ask(|walkbook| Ok(Arc::new(walkbook.subscribe(Arc::new(AppsListener(listener)))?.into())))
    }

    /// What has changed since a version that an earlier call gave. The first call gives any number, and is told that
    /// everything has.
    #[uniffi::method(default(version = 0))]
    pub fn changes_since(&self, version: u64) -> Result<Changes, WalkbookError> {
        self.ask(|walkbook| Ok(walkbook.changes_since(version).into()))
    }
}

impl Walkbook {
    fn opened(
        open: Open,
        folder: &str,
        key_store: Arc<dyn KeyStore>,
        signer: Option<Arc<dyn Signer>>,
    ) -> Result<Self, WalkbookError> {
        let signer = signer.map(signer_of).transpose()?;
        let walkbook = open(Path::new(folder), &AppsKeyStore(key_store), signer, now())?;
        Ok(Self { open: RwLock::new(Some(Arc::new(walkbook))), closing: core::CancelToken::new() })
    }

    /// Asks the walkbook, which stays open for as long as that takes. It is told the time first: a lease ends while nobody
    /// writes.
    fn ask<T>(&self, call: impl FnOnce(&core::Walkbook) -> Result<T, core::Error>) -> Result<T, WalkbookError> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        let walkbook = open.as_ref().ok_or(WalkbookError::Closed)?;
        walkbook.tell_time(now())?;
        Ok(call(walkbook)?)
    }

    /// The walkbook itself, for work that goes on after this call.
    fn share(&self) -> Result<Arc<core::Walkbook>, WalkbookError> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.as_ref().map(Arc::clone).ok_or(WalkbookError::Closed)
    }
}

/// The phone's own clock.
fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_ms(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// An instant, as the languages have it.
pub(crate) fn time_of(at: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(at.as_ms())
}

#[cfg(test)]
mod tests;
