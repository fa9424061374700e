//! The `Walkbook` object: what an app holds.
//!
//! Every call is synchronous and works without any network. The exchange with the server is a session that the courier
//! drives; what it brings is worked in here.

mod adding;
mod at_provider;
mod beginning;
mod catching_up;
mod clashes;
mod drafts;
mod error;
mod exchange;
mod feed;
mod finding;
mod fitting;
mod hearing;
mod identity;
mod lease;
mod lock;
mod maps;
mod planning;
mod reading;
mod rebasing;
mod recording;
mod refused;
mod rescue;
mod rows;
mod runs;
mod salting;
mod scripts;
mod settings;
mod signing;
mod signing_in;
mod states;
mod status;
mod syncing;
mod walking;
mod wipe_order;
mod wiping;
mod withheld;
mod working_in;
mod writing;

pub use at_provider::ProviderSignInBegun;
pub use error::Error;
pub use exchange::Exchange;
pub use feed::{Changes, Listener, Subscription};
pub use finding::Region;
pub use hearing::Heard;
pub(crate) use hearing::Listening;
pub use identity::Identity;
pub use maps::OfflineMap;
pub use planning::PlannedWalk;
pub use reading::DoorView;
pub use refused::{NotTaken, Why};
pub use rescue::read_rescue_file;
pub use signing_in::SecondFactor;
pub use status::Status;
pub use syncing::{Clock, Ended, SyncListener, SyncOptions, SyncPhase, SyncProgress, Synced};
pub use walking::{DoorHere, NearbyDoor};

use crate::courier::Courier;
use crate::key_store::{self, KeyStore};
use crate::store::{self, Store};
use catching_up::Lag;
use feed::News;
use lease::Lease;
use lock::OpenFeed;
use planning::KeptStreets;
use salting::Salting;
use std::path::Path;
use std::sync::{Arc, Mutex};
use walkbook_model::{Day, EntryId, HybridClock, Timestamp};
use walkbook_vault::{ChainHash, Challenge, SecureRandom, Signer, SystemRandom};
use wipe_order::WipeOrder;

/// A phone's walkbook: lists, doors and what happened at them, encrypted on disk. Safe to share between threads.
pub struct Walkbook {
    inner: Mutex<Inner>,
    /// The app's own signing key, where it has one; otherwise the log keeps one.
    signer: Option<Arc<dyn Signer>>,
    courier: Courier,
    random: Arc<SystemRandom>,
    feed: OpenFeed,
    streets: KeptStreets,
}

struct Inner {
    store: Store,
    identity: Option<Identity>,
    /// What the server has last given to sign with.
    challenge: Option<Challenge>,
    clock: HybridClock,
    last_seq: u64,
    tip: Option<ChainHash>,
    salting: Salting,
    /// Whether the log can be gone on with.
    can_record: bool,
    /// What the log has and the book has not.
    lag: Lag,
    lease: Lease,
    /// How far it has come with an order to destroy what it has, if there is one.
    wipe: Option<WipeOrder>,
    /// What has changed since the lock was taken.
    news: News,
}

impl Walkbook {
    /// Opens the walkbook in this folder, or makes it. The databases' key is drawn once and kept wrapped by the app's key
    /// store. `signer` is the app's signing key, if it has one in hardware; without one the walkbook makes its own at
    /// enrolment and keeps it in the encrypted log. `now` is the phone's clock.
    ///
    /// # Errors
    /// [`Error::KeyStore`], [`Error::KeyGone`]; [`Error::Store`]: no room, a file of a newer app. Nothing is changed then.
    pub fn open(
        folder: &Path,
        key_store: &dyn KeyStore,
        signer: Option<Arc<dyn Signer>>,
        now: Timestamp,
    ) -> Result<Self, Error> {
        Self::open_by(Store::open, folder, key_store, signer, now)
    }

    /// Opens the walkbook after a call has said [`store::Error::Damaged`](crate::store::Error::Damaged): drop it, then look
    /// at every page of both files, and mend. A damaged book is made anew, a damaged log is salvaged entry by entry, and
    /// neither is deleted; [`Status::mended`] says what was done. Takes time in proportion to the files.
    ///
    /// # Errors
    /// As [`Walkbook::open`].
    pub fn mend(
        folder: &Path,
        key_store: &dyn KeyStore,
        signer: Option<Arc<dyn Signer>>,
        now: Timestamp,
    ) -> Result<Self, Error> {
        Self::open_by(Store::mend, folder, key_store, signer, now)
    }

    fn open_by(
        open: fn(&Path, &[u8; 32]) -> Result<Store, store::Error>,
        folder: &Path,
        key_store: &dyn KeyStore,
        signer: Option<Arc<dyn Signer>>,
        now: Timestamp,
    ) -> Result<Self, Error> {
        // A wipe that was cut off has left files without their key.
        Store::finish_wiping(folder)?;
        let random = SystemRandom::new();
        let key = match key_store::load(folder, key_store)? {
            Some(key) => key,
            // A new key would make the old databases look damaged.
            None if Store::is_there(folder) => return Err(Error::KeyGone),
            None => key_store::make(folder, key_store, &random)?,
        };
        let mut seed = [0; 16];
        random.fill(&mut seed).map_err(|_| Error::NoRandomness)?;
        let walkbook = Self::with_store(open(folder, &key)?, seed, now)?;
        Ok(Self { signer, ..walkbook })
    }

    /// Opens the walkbook with the databases' key itself. `random` are 16 random bytes, new at every opening.
    ///
    /// # Errors
    /// As [`Walkbook::open`]; [`store::Error::WrongKey`](crate::store::Error::WrongKey).
    pub fn open_with_key(folder: &Path, key: &[u8; 32], random: [u8; 16], now: Timestamp) -> Result<Self, Error> {
        Self::with_store(Store::open(folder, key)?, random, now)
    }

    fn with_store(store: Store, random: [u8; 16], now: Timestamp) -> Result<Self, Error> {
        let identity = Identity::load(&store.log)?;
        let offset_ms = identity.as_ref().map_or(0, |identity| identity.clock_offset_ms);
        let tail = store.log.tail()?;
        let last = tail.map(|tail| tail.moment).unwrap_or_default();
        let lag = Lag::new(store.book.view().applied_to()?, Day::of(now.shifted_ms(offset_ms)));
        let lease = Lease::of(store.book.view())?;
        let wipe = WipeOrder::load(&store.log)?;
        let mut inner = Inner {
            clock: HybridClock::resume(last, offset_ms),
            last_seq: tail.map_or(0, |tail| tail.seq),
            tip: tail.map(|tail| ChainHash::from_bytes(tail.chain)),
            salting: Salting::resume(&store.log, random)?,
            challenge: signing::kept_challenge(&store.log)?,
            store,
            identity,
            can_record: true,
            lag,
            lease,
            wipe,
            news: News::default(),
        };
        inner.bring_up_to_date(now)?;
        inner.told_time(now)?;
        let (courier, random_source) = (Courier::default(), Arc::new(SystemRandom::new()));
        Ok(Self {
            inner: Mutex::new(inner),
            signer: None,
            courier,
            random: random_source,
            feed: OpenFeed::new(random),
            streets: KeptStreets::default(),
        })
    }

    /// Becomes a device: what the server answered to the enrolment. Enrolled again as the same device, the phone goes to the
    /// server that the new invitation named.
    ///
    /// # Errors
    /// [`Error::AlreadyEnrolled`] if this walkbook is another device already; [`Error::Store`].
    pub fn enrolled_as(&self, identity: Identity) -> Result<(), Error> {
        let mut inner = self.lock();
        let identity = match &inner.identity {
            Some(known) if known.device != identity.device => return Err(Error::AlreadyEnrolled),
            // The exchanges know the clock better.
            Some(known) => Identity { clock_offset_ms: known.clock_offset_ms, ..identity },
            None => identity,
        };
        identity.save(&mut inner.store.log)?;
        inner.identity = Some(identity);
        Ok(())
    }

    /// Who this device is, once enrolled.
    pub fn identity(&self) -> Option<Identity> {
        self.lock().identity.clone()
    }

    /// What the phone's clock tells, corrected by the server's as seen last: the day on which a "no" is looked at is this
    /// one's.
    pub fn corrected(&self, now: Timestamp) -> Timestamp {
        now.shifted_ms(self.lock().clock.offset_ms())
    }

    /// Takes the server's clock, where the phone's was found to be wrong.
    fn correct_clock(&self, asked_at: Timestamp, now: Timestamp, server_now: Timestamp) -> Result<(), Error> {
        self.lock().set_clock(asked_at, now, server_now)
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
        self.check_order()?;
        if !self.can_record {
            return Err(Error::LogShort);
        }
        Ok(EntryId::new(self.identity()?.device, self.last_seq + 1))
    }
}

#[cfg(test)]
mod tests;
