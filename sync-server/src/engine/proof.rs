//! Whether a request is a device's own, made just now, and seen for the first time.

use super::Refused;
use crate::store::{Device, Store};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use walkbook_model::{ContentHash, DeviceId, TenantId, Timestamp};
use walkbook_vault::{RequestParts, RequestProof, verify_request};

/// How far a proof's time may be from the server's clock, in milliseconds, either way.
const WINDOW_MS: u64 = 5 * 60 * 1_000;
/// Proofs remembered, about 100 bytes each. That many requests within ten minutes are more than this server serves.
const REMEMBERED: usize = 500_000;

/// A request, as much as its proof speaks of.
pub(super) struct Seen<'a> {
    pub(super) tenant: TenantId,
    pub(super) proof: &'a str,
    pub(super) path: &'a str,
    pub(super) body: &'a [u8],
    pub(super) now: Timestamp,
}

/// Lets each request of a device through once.
#[derive(Default)]
pub(super) struct Gate {
    memory: Mutex<Memory>,
}

impl Gate {
    /// The device that has signed this request.
    pub(super) fn pass(&self, store: &dyn Store, seen: &Seen<'_>) -> Result<Device, Refused> {
        let unproven = Refused::Unproven { now: seen.now };
        let Ok(proof) = RequestProof::parse(seen.proof) else { return Err(unproven) };
        if proof.at_ms.abs_diff(seen.now.as_ms()) > WINDOW_MS {
            return Err(unproven);
        }
        let Some(device) = store.device(seen.tenant, proof.device)? else { return Err(unproven) };
        let parts = RequestParts {
            method: "POST",
            path: seen.path,
            at_ms: proof.at_ms,
            nonce: proof.nonce,
            body_hash: ContentHash::of(seen.body),
        };
        if verify_request(&device.public_key, &parts, &proof.signature).is_err() {
            return Err(unproven);
        }
        // Only what is proven is remembered: nobody can fill the memory with rubbish.
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        match memory.admit(&proof, seen.now) {
            Admitted::First => Ok(device),
            Admitted::Again => Err(unproven),
            Admitted::Full => Err(Refused::Busy),
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Admitted {
    First,
    Again,
    Full,
}

/// The proofs whose time is still within the window.
#[derive(Default)]
struct Memory {
    by_time: BTreeMap<u64, BTreeSet<(DeviceId, [u8; 16])>>,
    count: usize,
}

impl Memory {
    fn admit(&mut self, proof: &RequestProof, now: Timestamp) -> Admitted {
        self.forget_before(now.as_ms().saturating_sub(WINDOW_MS));
        let name = (proof.device, proof.nonce);
        if self.by_time.get(&proof.at_ms).is_some_and(|seen| seen.contains(&name)) {
            return Admitted::Again;
        }
        if self.count >= REMEMBERED {
            return Admitted::Full;
        }
        self.by_time.entry(proof.at_ms).or_default().insert(name);
        self.count += 1;
        Admitted::First
    }

    fn forget_before(&mut self, oldest: u64) {
        while let Some(first) = self.by_time.first_entry() {
            if *first.key() >= oldest {
                break;
            }
            self.count = self.count.saturating_sub(first.remove().len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use walkbook_vault::Signature;

    fn proof(at_ms: u64, nonce: u8) -> RequestProof {
        let (device, signature) = (DeviceId::from_bytes([1; 16]), Signature::from_bytes([0; 64]));
        RequestProof { device, at_ms, nonce: [nonce; 16], signature }
    }

    #[test]
    fn a_proof_passes_once_and_is_forgotten_when_its_time_has_passed() {
        let mut memory = Memory::default();
        let at = |ms| Timestamp::from_ms(ms);
        assert_eq!(memory.admit(&proof(1_000_000, 1), at(1_000_000)), Admitted::First);
        assert_eq!(memory.admit(&proof(1_000_000, 1), at(1_000_001)), Admitted::Again);
        assert_eq!(memory.admit(&proof(1_000_000, 2), at(1_000_001)), Admitted::First);
        assert_eq!(memory.count, 2);
        assert_eq!(memory.admit(&proof(2_000_000, 3), at(2_000_000)), Admitted::First);
        assert_eq!((memory.count, memory.by_time.len()), (1, 1));
    }
}
