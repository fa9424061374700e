//! The form of a rescue file: eight letters, then canonical CBOR sealed under the code's key.

use crate::session::{Admission, LogPosition, admit};
use crate::wire::Run;
use minicbor::bytes::ByteVec;
use thiserror::Error;
use walkbook_ledger::Header;
use walkbook_model::cbor::{self, Caps};
use walkbook_model::{DeviceId, TenantId, Timestamp, UserId};
use walkbook_vault::{ChainHash, Nonce, PublicKey, RescueCode};

/// What every rescue file begins with; part of what is authenticated.
const BEGINNING: &[u8] = b"WBRESCUE";
/// Bytes of the largest file there can be: what it holds, and what sealing adds.
pub const MAX_RESCUE_BYTES: usize = CAPS.bytes + 64;
/// Years of knocks; what is larger was not written by a phone.
const CAPS: Caps = Caps { bytes: 64 * 1024 * 1024, depth: 40, items: 4 * 1024 * 1024 };

/// What a rescue file holds.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct Rescue {
    /// Whose log it is of.
    #[n(0)]
    pub device: DeviceId,
    /// The user to whom the device belonged.
    #[n(1)]
    pub user: UserId,
    /// The tenant.
    #[n(2)]
    pub tenant: TenantId,
    /// The device's public key, as the phone knew it. A server trusts only the one that was enrolled.
    #[n(3)]
    pub public_key: ByteVec,
    /// When it was written, by the corrected clock.
    #[n(4)]
    pub written_at: Timestamp,
    /// What was not on the server: runs of the log, each signed by the device.
    #[n(5)]
    pub runs: Vec<Run>,
    /// What stands by itself.
    #[n(6)]
    pub loose: Vec<Loose>,
}

/// An entry by itself: refused and not seen, or behind a gap in a damaged log. No signature vouches for it.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct Loose {
    /// Place, time and subject.
    #[n(0)]
    pub header: Header,
    /// What it says, in canonical bytes.
    #[n(1)]
    pub payload: ByteVec,
    /// The protocol's number for the reason, if it was refused.
    #[n(2)]
    pub reason: Option<u16>,
}

/// Payloads tell of people: prints the number only.
impl std::fmt::Debug for Loose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Loose({}, …)", self.header.seq)
    }
}

/// Payloads tell of people: prints how much there is.
impl std::fmt::Debug for Rescue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rescue({}, {} entries)", self.device, self.seqs().count())
    }
}

/// Why a rescue file is not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RescueRefused {
    /// What was typed is no code. Ask the person to type it again.
    #[error("not a rescue code")]
    NoCode,
    /// The bytes are no rescue file.
    #[error("not a rescue file")]
    NotRescue,
    /// A newer version of the app wrote it. Update the app.
    #[error("a rescue file of a newer version")]
    Newer,
    /// It is the code of another file, or the file was altered or cut off.
    #[error("the code does not open this rescue file")]
    WrongCode,
    /// It opens, but its runs are not what the device signed. Do not trust it.
    #[error("the rescue file is not what the device signed")]
    Unverified,
    /// More than a rescue file may hold.
    #[error("larger than a rescue file may be")]
    TooLarge,
}

impl Rescue {
    /// The sequence numbers of the entries in it.
    pub fn seqs(&self) -> impl Iterator<Item = u64> {
        let of_runs = self.runs.iter().flat_map(|run| {
            // Wrapping: a run that counts over the end is refused, not counted.
            (0..run.len() as u64).map(|index| run.first_seq().wrapping_add(index))
        });
        of_runs.chain(self.loose.iter().map(|loose| loose.header.seq))
    }

    /// The file's bytes, sealed under the code.
    ///
    /// # Errors
    /// [`RescueRefused::TooLarge`].
    pub fn seal(&self, code: &RescueCode, nonce: Nonce) -> Result<Vec<u8>, RescueRefused> {
        let plain = cbor::encode(self);
        if plain.len() > CAPS.bytes {
            return Err(RescueRefused::TooLarge);
        }
        let sealed = code.key().seal(nonce, BEGINNING, &plain).map_err(|_| RescueRefused::TooLarge)?;
        Ok([BEGINNING, &sealed].concat())
    }

    /// Opens a file with the code as the person types it, and verifies that the device wrote what is in its runs.
    ///
    /// # Errors
    /// [`RescueRefused`] says what is wrong.
    pub fn read(bytes: &[u8], typed: &str) -> Result<Self, RescueRefused> {
        Self::open(bytes, &RescueCode::parse(typed).map_err(|_| RescueRefused::NoCode)?)
    }

    /// Opens a file with its code, and verifies as [`Rescue::read`] does.
    ///
    /// # Errors
    /// [`RescueRefused`] says what is wrong.
    pub fn open(bytes: &[u8], code: &RescueCode) -> Result<Self, RescueRefused> {
        if bytes.len() > MAX_RESCUE_BYTES {
            return Err(RescueRefused::TooLarge);
        }
        let sealed = bytes.strip_prefix(BEGINNING).ok_or(RescueRefused::NotRescue)?;
        let plain = code.key().open(BEGINNING, sealed).map_err(|error| match error {
            walkbook_vault::Error::UnknownVersion(_) => RescueRefused::Newer,
            _ => RescueRefused::WrongCode,
        })?;
        let rescue: Self = cbor::decode(&plain, CAPS).map_err(|_| RescueRefused::NotRescue)?;
        rescue.verify()?;
        Ok(rescue)
    }

    /// Holds every run against its chain and its signature, and against the one that it follows.
    fn verify(&self) -> Result<(), RescueRefused> {
        let key = PublicKey::from_bytes(&self.public_key).map_err(|_| RescueRefused::Unverified)?;
        let mut end: Option<LogPosition> = None;
        for run in &self.runs {
            let before = run.first_seq().checked_sub(1).ok_or(RescueRefused::Unverified)?;
            let start = LogPosition { last_seq: before, tip: ChainHash::from_bytes(run.start()) };
            if end.is_some_and(|end| end.last_seq == start.last_seq && end.tip != start.tip) {
                return Err(RescueRefused::Unverified);
            }
            let Admission::Continues(entries) = admit(self.device, &key, start, |_| None, run) else {
                return Err(RescueRefused::Unverified);
            };
            end = entries.last().map(|last| LogPosition { last_seq: last.entry.header.seq, tip: last.tip });
        }
        Ok(())
    }
}
