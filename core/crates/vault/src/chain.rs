//! The hash-chained log of a device: each entry is linked to the one before, the end of every batch is signed.
//!
//! A link covers the entry's header and the *salted hash* of its payload, so that a payload can be erased (with its salt)
//! and the chain still checks. All hashes are SHA-256 (FIPS 180-4) and start with a label of their own.

use crate::digest::sha256;
use crate::{Forged, PublicKey, SignFailed, Signature, Signer, hex};
use thiserror::Error;
use walkbook_model::{ContentHash, DeviceId};

const START: &[u8] = b"walkbook-chain-start-1\n";
const LINK: &[u8] = b"walkbook-chain-link-1\n";
const SALT: &[u8] = b"walkbook-salt-1\n";
const PAYLOAD: &[u8] = b"walkbook-payload-1\n";
const TIP: &[u8] = b"walkbook-tip-1\n";

/// What hides a payload's content in its hash: 16 random bytes, new for every entry. Erasing a payload means erasing its
/// salt too, or the few likely payloads could be tried one by one. Never printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt([u8; 16]);

impl Salt {
    /// The salt with these bytes, which the caller drew at random for this one entry.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The salt's bytes, to be stored beside the payload.
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0
    }
}

impl std::fmt::Debug for Salt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Salt(..)")
    }
}

/// Where the salts of a run of entries come from: 16 random bytes, from which each entry's salt is derived. So one seed
/// travels instead of a salt an entry. Whoever receives it keeps the salts and forgets the seed: a salt that is erased
/// must not be there to derive again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SaltSeed([u8; 16]);

impl SaltSeed {
    /// The seed with these bytes, which the caller drew at random for one run of entries.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The seed's bytes.
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0
    }

    /// The salt of the entry with this sequence number: the first half of the hash of a label, the seed and the number.
    ///
    /// ```
    /// use walkbook_vault::SaltSeed;
    /// let seed = SaltSeed::from_bytes([1; 16]);
    /// assert!(seed.salt(1) != seed.salt(2));
    /// ```
    pub fn salt(self, seq: u64) -> Salt {
        let mut salt = [0; 16];
        salt.iter_mut().zip(sha256(&[SALT, &self.0, &seq.to_be_bytes()])).for_each(|(to, from)| *to = from);
        Salt(salt)
    }
}

impl std::fmt::Debug for SaltSeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SaltSeed(..)")
    }
}

/// The salted hash of a payload: what the chain keeps of it for ever.
///
/// ```
/// use walkbook_vault::{Salt, payload_hash};
/// let knock = payload_hash(Salt::from_bytes([1; 16]), b"nobody home");
/// assert_ne!(knock, payload_hash(Salt::from_bytes([2; 16]), b"nobody home"));
/// ```
pub fn payload_hash(salt: Salt, payload: &[u8]) -> ContentHash {
    ContentHash::from_bytes(sha256(&[PAYLOAD, &salt.0, payload]))
}

/// The state of a log after some entry: stands for that entry and all before it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChainHash([u8; 32]);

impl ChainHash {
    /// The state of this device's log before its first entry.
    pub fn start(device: DeviceId) -> Self {
        Self(sha256(&[START, &device.to_bytes()]))
    }

    /// The state after one more entry: the hash of the label, this state, the header's length, the header and the
    /// payload's hash. The header is the entry's canonical bytes without the payload.
    ///
    /// ```
    /// use walkbook_model::DeviceId;
    /// use walkbook_vault::{ChainHash, Salt, payload_hash};
    /// let start = ChainHash::start(DeviceId::from_bytes([1; 16]));
    /// let knock = payload_hash(Salt::from_bytes([2; 16]), b"nobody home");
    /// assert_ne!(start.next(b"door 4", knock), start.next(b"door 5", knock));
    /// ```
    #[must_use]
    pub fn next(&self, header: &[u8], payload_hash: ContentHash) -> Self {
        let length = (header.len() as u64).to_be_bytes();
        Self(sha256(&[LINK, &self.0, &length, header, &payload_hash.to_bytes()]))
    }

    /// The state with these stored bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The state's bytes.
    pub const fn to_bytes(self) -> [u8; 32] {
        self.0
    }
}

impl std::fmt::Debug for ChainHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ChainHash({})", hex::encode(&self.0))
    }
}

/// Signs the end of a batch: that `device`'s log up to and including entry `seq` has the state `tip`.
///
/// # Errors
///
/// [`SignFailed`] if the device's key does not sign.
pub fn sign_tip(signer: &dyn Signer, device: DeviceId, seq: u64, tip: ChainHash) -> Result<Signature, SignFailed> {
    signer.sign(&tip_message(device, seq, tip))
}

/// Whether the device with this key signed this state of its log.
///
/// # Errors
///
/// [`Forged`] if not.
pub fn verify_tip(
    public_key: &PublicKey,
    device: DeviceId,
    seq: u64,
    tip: ChainHash,
    signature: &Signature,
) -> Result<(), Forged> {
    public_key.verify(&tip_message(device, seq, tip), signature)
}

fn tip_message(device: DeviceId, seq: u64, tip: ChainHash) -> Vec<u8> {
    [TIP, &device.to_bytes(), &seq.to_be_bytes(), &tip.0].concat()
}

/// What there is of an entry's payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayloadProof<'a> {
    /// The payload and its salt.
    Present {
        /// What it was hashed with.
        salt: Salt,
        /// The payload's bytes.
        payload: &'a [u8],
    },
    /// Only the hash is left. The chain cannot tell an erased payload from a withheld one: accept this only where an
    /// erasure is known.
    Erased(ContentHash),
}

impl PayloadProof<'_> {
    /// The hash that the chain holds.
    pub fn hash(&self) -> ContentHash {
        match self {
            Self::Present { salt, payload } => payload_hash(*salt, payload),
            Self::Erased(hash) => *hash,
        }
    }
}

/// Why a run of entries does not continue a device's log. Take none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ChainBroken {
    /// There is no entry, so there is nothing to sign.
    #[error("a run has at least one entry")]
    Empty,
    /// The sequence numbers pass 2⁶⁴ − 1.
    #[error("sequence numbers ran out after {first_seq}")]
    Overflow {
        /// The number of the first entry.
        first_seq: u64,
    },
    /// The device did not sign these entries in this order after this state: something was altered, left out, put in or
    /// moved, or the state is not the one the device continued from. Ask for the log from an earlier entry.
    #[error("entries {first_seq} to {last_seq} are not what the device signed")]
    Forged {
        /// The number of the first entry.
        first_seq: u64,
        /// The number of the last entry, which the signature covers.
        last_seq: u64,
    },
}

/// Checks that the entries, headers with payloads, continue `device`'s log from the trusted state `start`, and that the
/// device signed where they end. Gives that end, the next run's start.
///
/// Entry numbers are counted from `first_seq`; the caller checks that each header says the same device and number.
///
/// # Errors
///
/// [`ChainBroken`], without telling which entry is wrong: only the end is signed.
///
/// ```
/// use std::sync::Arc;
/// use walkbook_model::DeviceId;
/// use walkbook_vault::*;
/// let rng = Arc::new(SystemRandom::new());
/// let signer = SoftwareSigner::from_pkcs8(&make_device_key(&*rng)?, rng)?;
/// let device = DeviceId::from_bytes([1; 16]);
/// let start = ChainHash::start(device);
/// let knock = PayloadProof::Present { salt: Salt::from_bytes([2; 16]), payload: b"nobody home" };
/// let tip = start.next(b"header", knock.hash());
/// let signature = sign_tip(&signer, device, 1, tip)?;
///
/// let run = [(b"header".as_slice(), knock)];
/// assert_eq!(verify_run(device, &signer.public_key(), start, 1, run, &signature), Ok(tip));
/// let erased = [(b"header".as_slice(), PayloadProof::Erased(knock.hash()))];
/// assert_eq!(verify_run(device, &signer.public_key(), start, 1, erased, &signature), Ok(tip));
/// # Ok::<(), Error>(())
/// ```
pub fn verify_run<'a>(
    device: DeviceId,
    public_key: &PublicKey,
    start: ChainHash,
    first_seq: u64,
    entries: impl IntoIterator<Item = (&'a [u8], PayloadProof<'a>)>,
    signature: &Signature,
) -> Result<ChainHash, ChainBroken> {
    let mut tip = start;
    let mut last_seq = None;
    for (header, proof) in entries {
        let seq = last_seq.map_or(Some(first_seq), |last: u64| last.checked_add(1));
        last_seq = Some(seq.ok_or(ChainBroken::Overflow { first_seq })?);
        tip = tip.next(header, proof.hash());
    }
    let last_seq = last_seq.ok_or(ChainBroken::Empty)?;
    verify_tip(public_key, device, last_seq, tip, signature)
        .map_err(|_| ChainBroken::Forged { first_seq, last_seq })?;
    Ok(tip)
}

#[cfg(test)]
mod tests;
