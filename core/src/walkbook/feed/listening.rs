//! Listeners: told of changes on a thread of their own.

use super::{Changes, Feed};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};

/// What an app implements to hear of changes.
pub trait Listener: Send + Sync {
    /// Something has changed. Comes after the change is on the disk, on a thread that holds no lock: the walkbook may be
    /// asked from here. However long this takes, nobody waits for it; what changes meanwhile comes in one piece afterwards.
    fn changed(&self, changes: Changes);
}

/// A listener is told for as long as this is kept. A call that is under way when it is dropped comes to its end.
#[must_use = "the listener is told only as long as this is kept"]
pub struct Subscription {
    feed: Arc<Feed>,
    over: Arc<AtomicBool>,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
        // With the lock, so that the thread is either waiting by now or will see the mark.
        drop(self.feed.lock());
        self.feed.more.notify_all();
    }
}

/// Tells the listener of everything from now on.
///
/// # Errors
/// What the system says if it gives no thread.
pub(in crate::walkbook) fn subscribe(feed: &Arc<Feed>, listener: Arc<dyn Listener>) -> std::io::Result<Subscription> {
    let over = Arc::new(AtomicBool::new(false));
    let subscription = Subscription { feed: Arc::clone(feed), over: Arc::clone(&over) };
    let feed = Arc::clone(feed);
    let seen = feed.lock().version;
    let listening = move || listen(&feed, &over, &*listener, seen);
    std::thread::Builder::new().name("walkbook-listener".into()).spawn(listening)?;
    Ok(subscription)
}

fn listen(feed: &Feed, over: &AtomicBool, listener: &dyn Listener, mut seen: u64) {
    while let Some(changes) = feed.wait(seen, over) {
        seen = changes.version;
        // One that panics has missed this piece of news, and hears the next all the same.
        let _ = catch_unwind(AssertUnwindSafe(|| listener.changed(changes)));
    }
}

impl Feed {
    /// Waits for what comes after a version; nothing, once it is over.
    fn wait(&self, seen: u64, over: &AtomicBool) -> Option<Changes> {
        let mut known = self.lock();
        loop {
            if known.closed || over.load(Ordering::Acquire) {
                return None;
            }
            if known.version != seen {
                return Some(known.since(seen));
            }
            known = self.more.wait(known).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
