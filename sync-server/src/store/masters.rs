//! The region's master keys: one wraps the tenants' keys from now on; others open what they have wrapped, or are to wrap next.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use walkbook_model::ContentHash;
use walkbook_vault::SealKey;

const NAME_BYTES: usize = 8;

/// What a master key is called. It says nothing of the key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MasterName([u8; NAME_BYTES]);

impl MasterName {
    /// What this key is called.
    pub fn of(key: &SealKey) -> Self {
        let hash = ContentHash::of_parts("walkbook-master-name-1", &[key.expose()]).to_bytes();
        let mut name = [0; NAME_BYTES];
        name.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        Self(name)
    }

    pub(super) const fn to_bytes(self) -> [u8; NAME_BYTES] {
        self.0
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for MasterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for MasterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterName({self})")
    }
}

/// A master key with its name.
pub(super) struct Master {
    pub(super) name: MasterName,
    pub(super) key: SealKey,
}

impl From<SealKey> for Master {
    fn from(key: SealKey) -> Self {
        Self { name: MasterName::of(&key), key }
    }
}

/// Where the keys are read again; nothing where they cannot be.
type Again = Box<dyn Fn() -> Option<(SealKey, Vec<SealKey>)> + Send + Sync>;

/// The master keys that a store knows.
pub struct Masters {
    keys: RwLock<Keys>,
    again: Option<Again>,
}

struct Keys {
    current: Arc<Master>,
    others: Vec<Arc<Master>>,
}

impl Keys {
    fn new((current, others): (SealKey, Vec<SealKey>)) -> Self {
        Self { current: Arc::new(current.into()), others: others.into_iter().map(|key| Arc::new(key.into())).collect() }
    }

    fn all(&self) -> Vec<Arc<Master>> {
        std::iter::once(&self.current).chain(&self.others).map(Arc::clone).collect()
    }
}

impl From<SealKey> for Masters {
    fn from(only: SealKey) -> Self {
        Self::new(only, Vec::new())
    }
}

impl Masters {
    /// The key that wraps from now on, and others that open.
    pub fn new(current: SealKey, others: Vec<SealKey>) -> Self {
        Self { keys: RwLock::new(Keys::new((current, others))), again: None }
    }

    /// Where something is wrapped by a key that is none of these, they are read again: another process may have brought it.
    #[must_use]
    pub fn read_again(mut self, again: impl Fn() -> Option<(SealKey, Vec<SealKey>)> + Send + Sync + 'static) -> Self {
        self.again = Some(Box::new(again));
        self
    }

    pub(super) fn current(&self) -> Arc<Master> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner).current)
    }

    pub(super) fn all(&self) -> Vec<Arc<Master>> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).all()
    }

    /// The key of this name.
    pub(super) fn named(&self, name: MasterName) -> Option<Arc<Master>> {
        let find = || self.all().into_iter().find(|master| master.name == name);
        find().or_else(|| if self.refresh() { find() } else { None })
    }

    /// Reads the keys again; whether it could.
    pub(super) fn refresh(&self) -> bool {
        let Some(keys) = self.again.as_ref().and_then(|again| again()) else { return false };
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Keys::new(keys);
        true
    }
}

impl fmt::Debug for Masters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Masters(..)")
    }
}
