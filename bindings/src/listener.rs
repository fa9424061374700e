//! The change feed: which doors and lists a screen has to read again.

use std::sync::{Arc, Mutex, PoisonError};
use thiserror::Error;
use walkbook_model::{DoorId, ScriptId, WalkListId};

/// What has changed since a version.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Changes {
    /// What to ask for the next time.
    pub version: u64,
    /// Whether all has to be read again: the version is of an earlier opening, or too much has changed since. Then no doors,
    /// lists or drafts are named.
    pub everything: bool,
    /// Doors whose row, visits or contacts may be others, or that are gone.
    pub doors: Vec<DoorId>,
    /// Lists whose name, script or order may be another, or that are gone.
    pub lists: Vec<WalkListId>,
    /// Drafts of scripts that may read otherwise, or that are gone.
    pub drafts: Vec<ScriptId>,
    /// Whether the status may be another.
    pub status_changed: bool,
    /// Whether the tenant's settings may be others.
    pub settings_changed: bool,
    /// Whether the map under the doors may be another, or more of it is here.
    pub map_changed: bool,
}

impl From<walkbook_core::Changes> for Changes {
    fn from(changes: walkbook_core::Changes) -> Self {
        let walkbook_core::Changes {
            version,
            everything,
            doors,
            lists,
            drafts,
            status_changed,
            settings_changed,
            map_changed,
        } = changes;
        Self {
            version,
            everything,
            doors: doors.into_iter().collect(),
            lists: lists.into_iter().collect(),
            drafts: drafts.into_iter().collect(),
            status_changed,
            settings_changed,
            map_changed,
        }
    }
}

/// What an app implements to hear of changes. The languages' own layers do it: `changes` is a Flow, an AsyncSequence, an
/// asynchronous iterator.
#[uniffi::export(foreign)]
pub trait Listener: Send + Sync {
    /// Something has changed. Comes after the change is on the disk, on a thread of its own, on which the walkbook may be
    /// asked; nobody waits for it, and what changes meanwhile comes in one piece afterwards.
    fn changed(&self, changes: Changes) -> Result<(), ListenerError>;
}

/// A listener failed. It has missed this piece of news, and hears the next all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, uniffi::Error)]
pub enum ListenerError {
    /// The app's code threw something.
    #[error("the listener failed")]
    Failed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for ListenerError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

/// A listener is told until this is ended, or the walkbook is closed.
#[derive(uniffi::Object)]
pub struct Subscription(Mutex<Option<walkbook_core::Subscription>>);

#[uniffi::export]
impl Subscription {
    /// Tells the listener nothing more. A call that is under way comes to its end.
    pub fn end(&self) {
        drop(self.0.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

impl From<walkbook_core::Subscription> for Subscription {
    fn from(subscription: walkbook_core::Subscription) -> Self {
        Self(Mutex::new(Some(subscription)))
    }
}

/// The app's listener, as the core tells it.
pub(crate) struct AppsListener(pub(crate) Arc<dyn Listener>);

impl walkbook_core::Listener for AppsListener {
    fn changed(&self, changes: walkbook_core::Changes) {
        // What a listener throws is the app's own affair: it hears the next change all the same.
        let _: Result<(), ListenerError> = self.0.changed(changes.into());
    }
}
