//! The `Walkbook` object: what an app holds.
//!
//! Every call is synchronous and works without any network. The exchange with the server is a session that the courier
//! drives; what it brings is worked in here.

mod adding;
mod clashes;
mod error;
mod exchange;
mod feed;
mod fitting;
mod identity;
mod lock;
mod reading;
mod rebasing;
mod recording;
mod refused;
mod rescue;
mod rows;
mod runs;
mod scripts;
mod states;
mod status;
mod walking;
mod wiping;
mod working_in;
mod writing;

pub use error::Error;
pub use exchange::Exchange;
pub use feed::{Changes, Listener, Subscription};
pub use identity::Identity;
pub use reading::DoorView;
pub use refused::{NotTaken, Why};
pub use rescue::{Loose, Rescue, RescueRefused, read_rescue_file};
pub use status::Status;
pub use walking::NearbyDoor;

use crate::store::Store;
use feed::News;
use lock::OpenFeed;
use std::path::Path;
use std::sync::Mutex;
use walkbook_model::{Day, EntryId, HybridClock, Timestamp};
use walkbook_vault::{ChainHash, SaltSeed};

/// A phone's walkbook: lists, doors and what happened at them, encrypted on disk. Safe to share between threads.
pub struct Walkbook {
    inner: Mutex<Inner>,
    feed: OpenFeed,
}

struct Inner {
    store: Store,
    identity: Option<Identity>,
    clock: HybridClock,
    last_seq: u64,
    tip: Option<ChainHash>,
    /// Where the salts of the entries since the last exchange come from.
    seed: SaltSeed,
    /// Whether the log can be gone on with.
    can_record: bool,
    /// What has changed since the lock was taken.
    news: News,
}

impl Walkbook {
    /// Opens the walkbook in this folder, or makes it. `key` is the database's key, which the app's key store keeps;
    /// `random` are 16 random bytes, new at every opening; `now` is the phone's clock.
    ///
    /// # Errors
    /// [`Error::Store`]: a wrong key, no room, a file of a newer app. Nothing is changed then.
    pub fn open(folder: &Path, key: &[u8; 32], random: [u8; 16], now: Timestamp) -> Result<Self, Error> {
        let store = Store::open(folder, key)?;
        let identity = Identity::load(&store.log)?;
        let offset_ms = identity.as_ref().map_or(0, |identity| identity.clock_offset_ms);
        let tail = store.log.tail()?;
        let last = tail.map(|tail| tail.moment).unwrap_or_default();
        let mut inner = Inner {
            clock: HybridClock::resume(last, offset_ms),
            last_seq: tail.map_or(0, |tail| tail.seq),
            tip: tail.map(|tail| ChainHash::from_bytes(tail.chain)),
            seed: SaltSeed::from_bytes(random),
            store,
            identity,
            can_record: true,
            news: News::default(),
        };
        inner.bring_up_to_date(now)?;
        Ok(Self { inner: Mutex::new(inner), feed: OpenFeed::new(random) })
    }

    /// Becomes a device: what the server answered to the enrolment.
    ///
    /// # Errors
    /// [`Error::AlreadyEnrolled`] if this walkbook is another device already; [`Error::Store`].
    pub fn enrolled_as(&self, identity: Identity) -> Result<(), Error> {
        let mut inner = self.lock();
        match &inner.identity {
            Some(known) if known.device == identity.device => Ok(()),
            Some(_) => Err(Error::AlreadyEnrolled),
            None => {
                identity.save(&mut inner.store.log)?;
                inner.identity = Some(identity);
                Ok(())
            }
        }
    }

    /// Who this device is, once enrolled.
    pub fn identity(&self) -> Option<Identity> {
        self.lock().identity.clone()
    }
}

impl Inner {
    fn identity(&self) -> Result<&Identity, Error> {
        self.identity.as_ref().ok_or(Error::NotEnrolled)
    }

    /// The day on which suppressions are looked at, by the corrected clock.
    fn today(&self, now: Timestamp) -> Day {
        Day::of(now.shifted_ms(self.clock.offset_ms()))
    }

    /// What the next entry of the log will be called.
    fn next_id(&self) -> Result<EntryId, Error> {
        if !self.can_record {
            return Err(Error::LogShort);
        }
        Ok(EntryId::new(self.identity()?.device, self.last_seq + 1))
    }
}

#[cfg(test)]
mod tests;
