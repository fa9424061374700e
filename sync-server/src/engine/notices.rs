//! What is written into the audit log once an hour at most: who is turned away can come as often as they like.

use crate::store::{By, Deed, Device, Error, Stamp, Store};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use walkbook_model::{ContentHash, TenantId, Timestamp};

const PAUSE_MS: u64 = 60 * 60 * 1_000;
/// Comers remembered, about 100 bytes each. When there are more, they are forgotten, and written down once more.
const REMEMBERED: usize = 50_000;

#[derive(Default)]
pub(super) struct Notices {
    last: Mutex<BTreeMap<(TenantId, ContentHash), Timestamp>>,
}

impl Notices {
    /// Writes this down, unless it was written of the same comer within the hour.
    pub(super) fn note(
        &self,
        store: &dyn Store,
        tenant: TenantId,
        comer: ContentHash,
        deed: Deed,
        stamp: Stamp,
    ) -> Result<(), Error> {
        if self.is_due(tenant, comer, stamp.at) { store.note(tenant, deed, stamp) } else { Ok(()) }
    }

    /// Writes down that a phone came which is shut out.
    pub(super) fn came_shut_out(
        &self,
        store: &dyn Store,
        tenant: TenantId,
        device: &Device,
        now: Timestamp,
    ) -> Result<(), Error> {
        let deed = Deed::CameShutOut { user: device.user, device: device.id };
        let stamp = Stamp::new(By::Device(device.id), now);
        self.note(store, tenant, ContentHash::of(&device.id.to_bytes()), deed, stamp)
    }

    fn is_due(&self, tenant: TenantId, comer: ContentHash, now: Timestamp) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.get(&(tenant, comer)).is_some_and(|at| now.as_ms().abs_diff(at.as_ms()) < PAUSE_MS) {
            return false;
        }
        if last.len() >= REMEMBERED {
            last.clear();
        }
        last.insert((tenant, comer), now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: TenantId = TenantId::from_bytes([1; 16]);

    #[test]
    fn a_comer_is_written_down_once_an_hour() {
        let notices = Notices::default();
        let at = |ms| Timestamp::from_ms(ms);
        assert!(notices.is_due(TENANT, ContentHash::of(b"one"), at(0)));
        assert!(!notices.is_due(TENANT, ContentHash::of(b"one"), at(PAUSE_MS - 1)));
        assert!(notices.is_due(TENANT, ContentHash::of(b"two"), at(5)), "another one is another one");
        assert!(
            notices.is_due(TenantId::from_bytes([2; 16]), ContentHash::of(b"one"), at(5)),
            "and another tenant's too"
        );
        assert!(notices.is_due(TENANT, ContentHash::of(b"one"), at(PAUSE_MS)));
    }

    #[test]
    fn no_number_of_comers_exhausts_the_memory() {
        let notices = Notices::default();
        for number in 0..=REMEMBERED as u64 {
            let comer = ContentHash::of(&number.to_be_bytes());
            assert!(notices.is_due(TENANT, comer, Timestamp::from_ms(0)));
        }
        assert!(notices.last.lock().unwrap().len() <= REMEMBERED);
    }
}
