//! Who reads: what of a door the phone's user is shown. What is withheld is not sent.

use crate::access::Sender;
use crate::reading::opened;
use crate::store::{self, LogPosition, Store, StoredEntry};
use std::collections::BTreeSet;
use walkbook_ledger::{DoorBase, Entry, shown_base, shown_entries};
use walkbook_model::{ContactField, ContentHash, DeviceId, Settings, Withheld, cbor};

/// The mark of what is withheld: a phone that has what was shown under another one is sent it anew. Zeros where nothing is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::engine) struct ViewMark(pub(in crate::engine) [u8; 7]);

/// The phone's user, as the one who reads.
pub(super) struct Reader {
    pub(super) withheld: Withheld,
    pub(super) mark: ViewMark,
    /// The user's phones: what one of them wrote is one's own.
    devices: BTreeSet<DeviceId>,
}

impl Reader {
    pub(super) fn new(store: &dyn Store, sender: &Sender, settings: Option<&Settings>) -> Result<Self, store::Error> {
        let withheld =
            settings.map_or_else(|| most_withheld_from(sender), |settings| settings.withheld_from(sender.user.role));
        if withheld.is_nothing() {
            return Ok(Self { withheld, mark: ViewMark::default(), devices: BTreeSet::new() });
        }
        let devices = store.devices_of(sender.tenant, sender.user.id)?.into_iter().map(|device| device.id).collect();
        Ok(Self { mark: ViewMark::of(&withheld), withheld, devices })
    }

    pub(super) fn sees_all(&self) -> bool {
        self.withheld.is_nothing()
    }

    /// Whether what is shown of others' attempts at a door changes with the next one.
    pub(super) const fn sees_last_only(&self) -> bool {
        self.withheld.history
    }

    /// A door's base as it is shown. One that cannot be read is not: nobody can tell what is in it.
    pub(super) fn base(&self, bytes: Option<Vec<u8>>) -> Option<Vec<u8>> {
        if self.sees_all() {
            return bytes;
        }
        let base = DoorBase::from_bytes(&bytes?).ok()?;
        Some(shown_base(base, &self.withheld).to_bytes())
    }

    /// What is shown of a door as it stood at this position.
    pub(super) fn entries(&self, entries: &[StoredEntry], at: LogPosition) -> Vec<Entry> {
        let counted = entries.iter().filter(|entry| entry.position.is_some_and(|position| position <= at));
        self.shown(&counted.filter_map(opened).collect::<Vec<_>>())
    }

    /// One entry that is not about an attempt, as it is shown; nothing where it cannot be read.
    pub(super) fn entry(&self, entry: &StoredEntry) -> Option<Entry> {
        self.shown(&[opened(entry)?]).pop()
    }

    fn shown(&self, entries: &[Entry]) -> Vec<Entry> {
        shown_entries(entries, &self.withheld, |writer| self.devices.contains(&writer))
    }
}

impl ViewMark {
    fn of(withheld: &Withheld) -> Self {
        let mut mark = Self::default();
        mark.0.copy_from_slice(&ContentHash::of(&cbor::encode(withheld)).to_bytes()[..7]);
        mark
    }
}

/// Where the tenant's settings cannot be read: everything that they could withhold from this role by a name that every tenant
/// knows.
fn most_withheld_from(sender: &Sender) -> Withheld {
    let (role, fields) = (sender.user.role, ContactField::named().collect());
    let most = Settings { withheld_fields: [(role, fields)].into(), ..Settings::default() };
    if most.check().is_ok() { most.withheld_from(role) } else { Settings::default().withheld_from(role) }
}
