//! Logs of which a restored server has lost a part, while their phones bring it again.
//!
//! What an entry rests on (a door that a team mate added, a list that a lead handed out) may have been lost too, and come
//! with another phone later. Nothing that the phone had written when it met the restored server is refused for that: it is
//! set aside, and not lost.

use crate::store::Device;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use walkbook_model::{DeviceId, TenantId};
use walkbook_sync::Request;

/// Logs remembered, about 100 bytes each; more than a region has phones.
const REMEMBERED: usize = 100_000;

/// How far each log went whose phone believed more of it safe than the server has. A phone that says so falsely has what
/// would be refused set aside instead, which takes no effect either.
#[derive(Default)]
pub(super) struct Refills {
    up_to: Mutex<BTreeMap<(TenantId, DeviceId), u64>>,
}

impl Refills {
    /// The last entry that the phone had written when it met the restored server; 0 where nothing was lost.
    pub(super) fn up_to(&self, tenant: TenantId, device: &Device, request: &Request) -> u64 {
        let believed_safe = match request.runs.first() {
            Some(run) => run.first_seq().saturating_sub(1),
            None => request.hello.last_seq,
        };
        let name = (tenant, device.id);
        let mut logs = self.up_to.lock().unwrap_or_else(PoisonError::into_inner);
        let before = logs.get(&name).copied().unwrap_or_default();
        let now = if believed_safe > device.last_seq { believed_safe.max(request.hello.last_seq) } else { 0 };
        let up_to = before.max(now);
        if up_to <= device.last_seq {
            logs.remove(&name);
            return 0;
        }
        if before > 0 || logs.len() < REMEMBERED {
            logs.insert(name, up_to);
        }
        up_to
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use walkbook_model::{Timestamp, UserId};
    use walkbook_sync::Hello;
    use walkbook_vault::{ChainHash, PublicKey};

    fn device(number: u32, last_seq: u64) -> Device {
        let mut id = [1; 16];
        id[..4].copy_from_slice(&number.to_be_bytes());
        let id = DeviceId::from_bytes(id);
        let mut key = [1; 65];
        key[0] = 4;
        Device {
            id,
            user: UserId::from_bytes([1; 16]),
            public_key: PublicKey::from_bytes(&key).unwrap(),
            enrolled_at: Timestamp::from_ms(0),
            last_seen_at: None,
            last_seq,
            tip: ChainHash::start(id),
            clock_skew_ms: 0,
            revoked_at: None,
        }
    }

    fn says(last_seq: u64) -> Request {
        let hello = Hello::new(device(0, 0).id, Timestamp::from_ms(0), last_seq);
        Request { hello, runs: Vec::new() }
    }

    const TENANT: TenantId = TenantId::from_bytes([1; 16]);

    #[test]
    fn a_log_is_remembered_until_it_is_whole_again() {
        let refills = Refills::default();
        assert_eq!(refills.up_to(TENANT, &device(1, 7), &says(7)), 0);
        assert_eq!(refills.up_to(TENANT, &device(1, 3), &says(7)), 7);
        assert_eq!(refills.up_to(TENANT, &device(1, 5), &says(0)), 7);
        assert_eq!(refills.up_to(TENANT, &device(1, 7), &says(0)), 0);
        assert_eq!(refills.up_to(TENANT, &device(1, 5), &says(0)), 0);
    }

    #[test]
    fn no_number_of_phones_exhausts_the_memory() {
        let refills = Refills::default();
        for number in 0..=u32::try_from(REMEMBERED).unwrap() {
            assert_eq!(refills.up_to(TENANT, &device(number, 0), &says(u64::MAX)), u64::MAX);
        }
        assert_eq!(refills.up_to.lock().unwrap().len(), REMEMBERED);
    }
}
