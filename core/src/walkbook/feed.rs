//! The change feed: which doors, lists and drafts a screen has to read again.

mod listening;

pub(super) use listening::subscribe;
pub use listening::{Listener, Subscription};

use crate::store::Document;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use walkbook_model::{ContentHash, DoorId, ScriptId, WalkListId};

/// Changes of more doors, lists and drafts than this are told as "everything".
const REMEMBERED: usize = 1_024;

/// What has changed since a version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// What to ask for the next time.
    pub version: u64,
    /// Whether all has to be read again: the version is of an earlier opening, or too much has changed since. Then no
    /// doors, lists or drafts are named.
    pub everything: bool,
    /// Doors whose row, visits or contacts may be others, or that are gone.
    pub doors: BTreeSet<DoorId>,
    /// Lists whose name, script or order may be another, or that are gone.
    pub lists: BTreeSet<WalkListId>,
    /// Drafts of scripts that may read otherwise, or that are gone.
    pub drafts: BTreeSet<ScriptId>,
    /// Whether the status may be another.
    pub status_changed: bool,
    /// Whether the tenant's settings may be others.
    pub settings_changed: bool,
    /// Whether the map under the doors may be another, or more of it is here.
    pub map_changed: bool,
}

/// What one hold of the lock has changed, for good.
#[derive(Default)]
pub(super) struct News {
    pub(super) doors: BTreeSet<DoorId>,
    pub(super) lists: BTreeSet<WalkListId>,
    pub(super) drafts: BTreeSet<ScriptId>,
    pub(super) status: bool,
    pub(super) settings: bool,
    pub(super) map: bool,
}

impl News {
    pub(super) fn add(&mut self, about: Document) {
        match about {
            Document::Door(door) => self.doors.insert(door),
            Document::List(list) => self.lists.insert(list),
            Document::Draft(script) => self.drafts.insert(script),
        };
    }

    fn is_empty(&self) -> bool {
        let nothing_named = self.doors.is_empty() && self.lists.is_empty() && self.drafts.is_empty();
        nothing_named && !self.status && !self.settings && !self.map
    }
}

/// The feed. It has a lock of its own: whoever asks for changes waits for no writer.
pub(super) struct Feed {
    known: Mutex<Known>,
    more: Condvar,
}

struct Known {
    version: u64,
    /// Before this version, it is not known what has changed.
    since: u64,
    doors: BTreeMap<DoorId, u64>,
    lists: BTreeMap<WalkListId, u64>,
    drafts: BTreeMap<ScriptId, u64>,
    status: u64,
    settings: u64,
    map: u64,
    closed: bool,
}

impl Feed {
    /// A feed whose versions are not those of another opening; `random` are the random bytes of this one.
    pub(super) fn new(random: [u8; 16]) -> Self {
        let hash = ContentHash::of_parts("walkbook-feed-1", &[&random]).to_bytes();
        let first = hash.first_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes));
        // Room to count upwards, and no sign where numbers have one.
        let version = first >> 2;
        let known = Known {
            version,
            since: version,
            doors: BTreeMap::new(),
            lists: BTreeMap::new(),
            drafts: BTreeMap::new(),
            status: version,
            settings: version,
            map: version,
            closed: false,
        };
        Self { known: Mutex::new(known), more: Condvar::new() }
    }

    pub(super) fn publish(&self, news: News) {
        if news.is_empty() {
            return;
        }
        self.lock().take(news);
        self.more.notify_all();
    }

    pub(super) fn since(&self, version: u64) -> Changes {
        self.lock().since(version)
    }

    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.more.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn take(&mut self, news: News) {
        self.version += 1;
        let version = self.version;
        self.doors.extend(news.doors.into_iter().map(|door| (door, version)));
        self.lists.extend(news.lists.into_iter().map(|list| (list, version)));
        self.drafts.extend(news.drafts.into_iter().map(|draft| (draft, version)));
        if news.status {
            self.status = version;
        }
        if news.settings {
            self.settings = version;
        }
        if news.map {
            self.map = version;
        }
        if self.doors.len() + self.lists.len() + self.drafts.len() > REMEMBERED {
            self.forget_older_half();
        }
    }

    fn forget_older_half(&mut self) {
        let named = self.doors.values().chain(self.lists.values()).chain(self.drafts.values());
        let mut versions: Vec<u64> = named.copied().collect();
        versions.sort_unstable();
        self.since = versions.get(versions.len() / 2).copied().unwrap_or(self.version);
        self.doors.retain(|_, changed| *changed > self.since);
        self.lists.retain(|_, changed| *changed > self.since);
        self.drafts.retain(|_, changed| *changed > self.since);
    }

    fn since(&self, version: u64) -> Changes {
        if version < self.since || version > self.version {
            return Changes {
                version: self.version,
                everything: true,
                status_changed: true,
                settings_changed: true,
                map_changed: true,
                ..Changes::default()
            };
        }
        let later = |changed: &u64| *changed > version;
        Changes {
            version: self.version,
            everything: false,
            doors: self.doors.iter().filter(|(_, changed)| later(changed)).map(|(door, _)| *door).collect(),
            lists: self.lists.iter().filter(|(_, changed)| later(changed)).map(|(list, _)| *list).collect(),
            drafts: self.drafts.iter().filter(|(_, changed)| later(changed)).map(|(draft, _)| *draft).collect(),
            status_changed: later(&self.status),
            settings_changed: later(&self.settings),
            map_changed: later(&self.map),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn news(doors: std::ops::Range<u32>) -> News {
        News { doors: doors.map(|number| DoorId::derive(&[&number.to_be_bytes()])).collect(), ..News::default() }
    }

    #[test]
    fn what_changed_often_is_told_once_and_what_was_told_is_not_told_again() {
        let feed = Feed::new([1; 16]);
        let start = feed.since(0).version;
        (0..10).for_each(|_| feed.publish(news(0..2)));
        let changes = feed.since(start);
        assert_eq!((changes.doors.len(), changes.everything, changes.status_changed), (2, false, false));
        assert_eq!(feed.since(changes.version), Changes { version: changes.version, ..Changes::default() });
        feed.publish(News { status: true, ..News::default() });
        assert!(feed.since(changes.version).status_changed);
    }

    #[test]
    fn a_version_of_another_opening_or_from_nowhere_means_everything() {
        let feed = Feed::new([1; 16]);
        let other = Feed::new([2; 16]).since(0).version;
        let now = feed.since(0).version;
        for version in [0, other, now - 1, now + 1, u64::MAX] {
            assert!(feed.since(version).everything, "{version}");
        }
    }

    #[test]
    fn more_than_can_be_remembered_means_everything() {
        let feed = Feed::new([1; 16]);
        let start = feed.since(0).version;
        (0..200).for_each(|round| feed.publish(news(round * 10..round * 10 + 10)));
        assert!(feed.since(start).everything);
        assert!(feed.lock().doors.len() <= REMEMBERED);
        let now = feed.since(start).version;
        assert_eq!(feed.since(now - 10).doors.len(), 100, "who reads often is told door by door");
        feed.publish(news(0..5_000));
        assert!(feed.since(now).everything);
        assert!(feed.lock().doors.is_empty());
    }
}
