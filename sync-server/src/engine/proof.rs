//! Whether a request is a device's own, made just now and not ahead, and seen for the first time.

use super::{Asked, Refused};
use crate::store::{self, Device, SeenProof, Spent, Store};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use walkbook_model::{ContentHash, DeviceId, TenantId, Timestamp};
use walkbook_vault::{KeyedProof, PublicKey, RequestParts, RequestProof, verify_request};

/// How far a proof's time may be from the server's clock, in milliseconds, either way.
const WINDOW_MS: u64 = 5 * 60 * 1_000;
/// How long a proof is remembered behind its time. Longer than it is taken, because two requests may read the clock in
/// another order than they come here, and because the clock may be set back.
const REMEMBERED_MS: u64 = 2 * WINDOW_MS;
/// Proofs remembered, about 100 bytes each. That many requests within ten minutes are more than this server serves.
const REMEMBERED: usize = 500_000;
/// Proofs of one device among them, far above what a phone needs: no device takes the others' room.
const REMEMBERED_OF_DEVICE: usize = 2_000;

/// How often a tenant's stored proofs are tidied, in milliseconds.
const TIDIED_MS: u64 = 60 * 1_000;

/// Lets each request of a device through once.
#[derive(Default)]
pub(super) struct Gate {
    opened_at: Timestamp,
    memory: Mutex<Memory>,
    /// When each tenant's stored proofs were last tidied.
    tidied: Mutex<BTreeMap<TenantId, Timestamp>>,
}

impl Gate {
    /// A gate that remembers what comes from now on.
    pub(super) fn opened_at(now: Timestamp) -> Self {
        Self { opened_at: now, ..Self::default() }
    }

    /// The device that has signed this request, and the challenge that it spends.
    pub(super) fn pass(
        &self,
        store: &dyn Store,
        tenant: TenantId,
        asked: &Asked<'_>,
        now: Timestamp,
    ) -> Result<(Device, Option<Spent>), Refused> {
        let unproven = Refused::Unproven { now };
        let Some((proof, key)) = read(asked.proof) else { return Err(unproven) };
        // Whether a proof from before the opening was seen, nobody knows.
        if proof.at_ms.abs_diff(now.as_ms()) > WINDOW_MS || proof.at_ms < self.opened_at.as_ms() {
            return Err(unproven);
        }
        let device = store.device(tenant, proof.device)?;
        let parts = RequestParts {
            method: asked.method,
            path: asked.path,
            at_ms: proof.at_ms,
            nonce: proof.nonce,
            challenge: proof.challenge,
            body_hash: ContentHash::of(asked.body),
        };
        // A device that there is not costs as much as one whose key is another: how long it takes tells nothing.
        let known = device.as_ref().map(|device| device.public_key);
        let key = match known.or_else(|| key.filter(|key| is_of(key, &proof, tenant))) {
            Some(key) => key,
            None => nobodys_key().ok_or(unproven.clone())?,
        };
        if verify_request(&key, &parts, &proof.signature).is_err() {
            return Err(unproven);
        }
        // Whoever has not got the device's key is told the same of one that is there and of one that is not.
        let Some(device) = device else { return Err(Refused::UnknownDevice) };
        // Not before the key is proven. Whoever plays an old request again learns the current challenge so, and cannot sign it.
        if !device.challenges.allow(proof.challenge) {
            return Err(Refused::Stale { now, challenge: device.challenges.current });
        }
        // Only what is proven is remembered: nobody can fill the memory with rubbish.
        let admitted = self.memory.lock().unwrap_or_else(PoisonError::into_inner).admit(&proof, now);
        match admitted {
            Admitted::First if self.is_first_anywhere(store, tenant, &proof, now)? => {
                let spent = device.challenges.spent_by(proof.challenge);
                Ok((device, spent))
            }
            Admitted::First | Admitted::Again => Err(unproven),
            Admitted::Full => Err(Refused::Busy),
        }
    }

    /// Whether no other server on the store has taken this proof, nor this one before it was started anew. One that is alone
    /// refuses what was made before its start. So it has to write down what is dated ahead only, and to ask for what may have
    /// been dated ahead of an earlier start's end.
    fn is_first_anywhere(
        &self,
        store: &dyn Store,
        tenant: TenantId,
        proof: &RequestProof,
        now: Timestamp,
    ) -> Result<bool, store::Error> {
        let may_be_from_before = proof.at_ms <= self.opened_at.as_ms().saturating_add(WINDOW_MS);
        if !store.is_shared() && !may_be_from_before && proof.at_ms <= now.as_ms() {
            return Ok(true);
        }
        if self.is_to_be_tidied(tenant, now) {
            store.forget_proofs(tenant, Timestamp::from_ms(now.as_ms().saturating_sub(REMEMBERED_MS)))?;
        }
        let (at, device, nonce) = (Timestamp::from_ms(proof.at_ms), proof.device, proof.nonce);
        store.note_proof(tenant, SeenProof { at, device, nonce })
    }

    fn is_to_be_tidied(&self, tenant: TenantId, now: Timestamp) -> bool {
        let mut tidied = self.tidied.lock().unwrap_or_else(PoisonError::into_inner);
        let last = tidied.entry(tenant).or_default();
        let is_due = now.as_ms().abs_diff(last.as_ms()) >= TIDIED_MS;
        if is_due {
            *last = now;
        }
        is_due
    }
}

/// A proof, and the key that a phone shows with it which is not sure whether it is known.
fn read(text: &str) -> Option<(RequestProof, Option<PublicKey>)> {
    if let Ok(proof) = RequestProof::parse(text) {
        return Some((proof, None));
    }
    KeyedProof::parse(text).ok().map(|keyed| (keyed.proof, Some(keyed.key)))
}

/// Whether the device of a proof is the one with this key.
fn is_of(key: &PublicKey, proof: &RequestProof, tenant: TenantId) -> bool {
    proof.device == DeviceId::derive(&[&tenant.to_bytes(), key.as_bytes()])
}

/// The curve's base point (SEC 2, 2.4.2), to which nobody's device answers.
fn nobodys_key() -> Option<PublicKey> {
    const X: [u64; 4] = [0x6b17_d1f2_e12c_4247, 0xf8bc_e6e5_63a4_40f2, 0x7703_7d81_2deb_33a0, 0xf4a1_3945_d898_c296];
    const Y: [u64; 4] = [0x4fe3_42e2_fe1a_7f9b, 0x8ee7_eb4a_7c0f_9e16, 0x2bce_3357_6b31_5ece, 0xcbb6_4068_37bf_51f5];
    let words = X.into_iter().chain(Y).flat_map(u64::to_be_bytes);
    PublicKey::from_bytes(&[4].into_iter().chain(words).collect::<Vec<u8>>()).ok()
}

#[derive(Debug, PartialEq, Eq)]
enum Admitted {
    First,
    Again,
    Full,
}

/// The proofs whose time is not long past.
#[derive(Default)]
struct Memory {
    by_time: BTreeSet<(u64, DeviceId, [u8; 16])>,
    of_device: BTreeMap<DeviceId, usize>,
}

impl Memory {
    fn admit(&mut self, proof: &RequestProof, now: Timestamp) -> Admitted {
        self.forget_before(now.as_ms().saturating_sub(REMEMBERED_MS));
        let name = (proof.at_ms, proof.device, proof.nonce);
        if self.by_time.contains(&name) {
            return Admitted::Again;
        }
        let of_device = self.of_device.get(&proof.device).copied().unwrap_or_default();
        if self.by_time.len() >= REMEMBERED || of_device >= REMEMBERED_OF_DEVICE {
            return Admitted::Full;
        }
        self.by_time.insert(name);
        self.of_device.insert(proof.device, of_device + 1);
        Admitted::First
    }

    fn forget_before(&mut self, oldest: u64) {
        while let Some((_, device, _)) = self.by_time.first().copied().filter(|(at_ms, ..)| *at_ms < oldest) {
            self.by_time.pop_first();
            match self.of_device.get_mut(&device) {
                Some(left) if *left > 1 => *left -= 1,
                _ => {
                    self.of_device.remove(&device);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use walkbook_vault::Signature;

    fn proof(device: u16, at_ms: u64, nonce: u64) -> RequestProof {
        let [mut id, mut random] = [[1; 16], [0; 16]];
        id[..2].copy_from_slice(&device.to_be_bytes());
        random[..8].copy_from_slice(&nonce.to_be_bytes());
        let (device, signature) = (DeviceId::from_bytes(id), Signature::from_bytes([0; 64]));
        RequestProof { device, at_ms, nonce: random, challenge: None, signature }
    }

    const fn at(ms: u64) -> Timestamp {
        Timestamp::from_ms(ms)
    }

    #[test]
    fn a_proof_passes_once_and_is_forgotten_when_its_time_has_long_passed() {
        let mut memory = Memory::default();
        assert_eq!(memory.admit(&proof(1, 1_000_000, 1), at(1_000_000)), Admitted::First);
        assert_eq!(memory.admit(&proof(1, 1_000_000, 1), at(1_000_001)), Admitted::Again);
        assert_eq!(memory.admit(&proof(1, 1_000_000, 2), at(1_000_001)), Admitted::First);
        assert_eq!(memory.admit(&proof(2, 1_000_000, 1), at(1_000_001)), Admitted::First);
        assert_eq!((memory.by_time.len(), memory.of_device.len()), (3, 2));
        assert_eq!(memory.admit(&proof(1, 2_000_000, 3), at(2_000_000)), Admitted::First);
        assert_eq!((memory.by_time.len(), memory.of_device.len()), (1, 1));
    }

    #[test]
    fn nobodys_key_is_a_key() {
        assert!(nobodys_key().is_some());
    }

    #[test]
    fn a_device_that_asks_without_end_takes_only_its_own_room() {
        let mut memory = Memory::default();
        for nonce in 0..REMEMBERED_OF_DEVICE as u64 {
            assert_eq!(memory.admit(&proof(1, 1_000_000, nonce), at(1_000_000)), Admitted::First);
        }
        assert_eq!(memory.admit(&proof(1, 1_000_000, 9_999), at(1_000_000)), Admitted::Full);
        assert_eq!(memory.admit(&proof(2, 1_000_000, 1), at(1_000_000)), Admitted::First);
        assert_eq!(memory.admit(&proof(1, 1_600_001, 9_999), at(1_600_001)), Admitted::First);
    }

    #[test]
    fn all_devices_together_take_no_more_than_the_memorys_room() {
        let mut memory = Memory::default();
        let devices = u16::try_from(REMEMBERED / REMEMBERED_OF_DEVICE).unwrap();
        for device in 0..devices {
            for nonce in 0..REMEMBERED_OF_DEVICE as u64 {
                assert_eq!(memory.admit(&proof(device, 1_000_000, nonce), at(1_000_000)), Admitted::First);
            }
        }
        assert_eq!(memory.admit(&proof(devices, 1_000_000, 1), at(1_000_000)), Admitted::Full);
        assert_eq!(memory.by_time.len(), REMEMBERED);
        assert_eq!(memory.admit(&proof(devices, 1_600_001, 1), at(1_600_001)), Admitted::First);
        assert_eq!((memory.by_time.len(), memory.of_device.len()), (1, 1));
    }
}
