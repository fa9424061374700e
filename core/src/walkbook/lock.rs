//! The lock: what was changed under it is told once it is free.

use super::feed::subscribe;
use super::feed::{Changes, Feed, Listener, News, Subscription};
use super::{Error, Inner, Walkbook};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, MutexGuard, PoisonError};

/// The feed of an open walkbook; its listeners come to their end with it.
pub(super) struct OpenFeed(Arc<Feed>);

impl OpenFeed {
    pub(super) fn new(random: [u8; 16]) -> Self {
        Self(Arc::new(Feed::new(random)))
    }
}

impl Drop for OpenFeed {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// The walkbook's inside, held. The fields are dropped in their order: first the lock is free, then the news is out.
pub(super) struct Locked<'a> {
    inner: MutexGuard<'a, Inner>,
    after: After<'a>,
}

struct After<'a> {
    feed: &'a Feed,
    news: News,
}

impl Deref for Locked<'_> {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.inner
    }
}

impl DerefMut for Locked<'_> {
    fn deref_mut(&mut self) -> &mut Inner {
        &mut self.inner
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        self.after.news = std::mem::take(&mut self.inner.news);
    }
}

impl Drop for After<'_> {
    fn drop(&mut self) {
        self.feed.publish(std::mem::take(&mut self.news));
    }
}

impl Walkbook {
    pub(super) fn lock(&self) -> Locked<'_> {
        // What a panic left behind is sound: every change of the store is one transaction.
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        Locked { inner, after: After { feed: &self.feed.0, news: News::default() } }
    }

    /// What has changed since a version that an earlier call gave. The first call gives any number, and is told that
    /// everything has.
    pub fn changes_since(&self, version: u64) -> Changes {
        self.feed.0.since(version)
    }

    /// Tells a listener of every change from now on, on a thread of its own, for as long as the subscription is kept and
    /// the walkbook is open.
    ///
    /// # Errors
    /// [`Error::NoThread`] if the system gives none.
    pub fn subscribe(&self, listener: Arc<dyn Listener>) -> Result<Subscription, Error> {
        subscribe(&self.feed.0, listener).map_err(|_| Error::NoThread)
    }
}
