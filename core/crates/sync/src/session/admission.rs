//! The server's gate: does a run continue the log that the server knows, unaltered, under the device's own signature?
//!
//! This is asked before anyone looks at what an entry says. Role, lists and content come after.

use crate::wire::{Run, RunEntry};
use walkbook_model::DeviceId;
use walkbook_vault::{ChainBroken, ChainHash, PublicKey, Signature, verify_run};

/// What a server holds of a device: one number, and the end of the log there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogPosition {
    /// The last entry's sequence number; 0 where there is none.
    pub last_seq: u64,
    /// The end of the log there.
    pub tip: ChainHash,
}

impl LogPosition {
    /// The start of a device's log.
    pub fn start(device: DeviceId) -> Self {
        Self { last_seq: 0, tip: ChainHash::start(device) }
    }
}

/// What is to be done with a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// It continues the log: these entries are new. None, where all were known: an answer was lost.
    Continues(Vec<Admitted>),
    /// It begins behind the end of what the server has, which was restored to an earlier state: the phone is to send
    /// from the entry after this number.
    Ahead {
        /// The last entry that the server has.
        last_seq: u64,
    },
    /// It is not what the server has at the same place: the log was copied to two phones, or forged.
    Forked,
    /// The signature is not the device's, or an entry was altered, or the columns do not fit together.
    Forged,
}

/// A new entry, and the end of the log behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    /// The entry.
    pub entry: RunEntry,
    /// The end of the log behind it.
    pub tip: ChainHash,
}

/// Holds a run against what the server knows. `tip_at` tells the end of the known log behind an entry, for runs that
/// begin or end within it; 0 is the log's start.
pub fn admit(
    device: DeviceId,
    key: &PublicKey,
    known: LogPosition,
    tip_at: impl Fn(u64) -> Option<ChainHash>,
    run: &Run,
) -> Admission {
    let Some(entries) = run.entries() else { return Admission::Forged };
    let Some(before) = run.first_seq().checked_sub(1) else { return Admission::Forged };
    if before > known.last_seq {
        return Admission::Ahead { last_seq: known.last_seq };
    }
    let start = ChainHash::from_bytes(run.start());
    let known_start = if before == known.last_seq { Some(known.tip) } else { tip_at(before) };
    if known_start != Some(start) {
        return Admission::Forked;
    }
    let headers: Vec<Vec<u8>> = entries.iter().map(|entry| entry.header.to_bytes()).collect();
    let chain = headers.iter().map(Vec::as_slice).zip(entries.iter().map(RunEntry::proof));
    let signature = Signature::from_bytes(run.signature());
    let verified: Result<ChainHash, ChainBroken> = verify_run(device, key, start, run.first_seq(), chain, &signature);
    if verified.is_err() {
        return Admission::Forged;
    }
    let mut tip = start;
    let mut last_seq = before;
    let mut new = Vec::new();
    for (entry, header) in entries.into_iter().zip(&headers) {
        tip = tip.next(header, entry.proof().hash());
        last_seq = entry.header.seq;
        // At the known end, the chain vouches that nothing before differs.
        if last_seq == known.last_seq && tip != known.tip {
            return Admission::Forked;
        }
        if last_seq > known.last_seq {
            new.push(Admitted { entry, tip });
        }
    }
    // So it does at the run's own end, where the log was set back and is still shorter than the known one.
    if last_seq < known.last_seq && tip_at(last_seq) != Some(tip) {
        return Admission::Forked;
    }
    Admission::Continues(new)
}
