//! What a phone sends.

use super::{Frame, FrameReader, MAX_ENTRIES, MAX_REQUEST_BYTES, MAX_RUNS, pack};
use crate::SyncRefused;
use minicbor::bytes::{ByteArray, ByteVec};
use std::collections::BTreeMap;
use walkbook_ledger::{Header, Subject};
use walkbook_model::{ContentHash, DeviceId, EntryId, Moment, Timestamp, WalkListId};
use walkbook_vault::{PayloadProof, Salt, SaltSeed};

/// How far a phone has come with a list. What the bytes mean is the server's business.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct ListCursor {
    /// The list.
    #[n(0)]
    pub list: WalkListId,
    /// The server's mark; empty for a list the phone has nothing of.
    #[n(1)]
    pub cursor: ByteVec,
}

/// The first frame of a request.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct Hello {
    /// Who.
    #[n(0)]
    pub device: DeviceId,
    /// The phone's own clock, uncorrected, so that the skew can be shown.
    #[n(1)]
    pub now: Timestamp,
    /// The last entry of the phone's log.
    #[n(2)]
    pub last_seq: u64,
    /// The lists it has, and how far.
    #[n(3)]
    pub lists: Vec<ListCursor>,
    /// How far it knows what was decided about entries that had been set aside; nothing on a phone that was told nothing.
    #[n(4)]
    pub decisions: Option<ByteVec>,
    /// The mark of the tenant's settings that it has; nothing on a phone that has none.
    #[n(5)]
    pub settings: Option<ByteVec>,
    /// How far it has come with the drafts of scripts, empty where it has none; nothing on a phone that knows of no drafts.
    #[n(6)]
    pub drafts: Option<ByteVec>,
    /// The number of the last frame that it knows; nothing on a phone that knows none from 30 on.
    #[n(7)]
    pub knows: Option<u16>,
    /// Whether it has destroyed what it had, as it was ordered to; nothing on every other phone.
    #[n(8)]
    pub wiped: Option<bool>,
    /// Tiles of its lists' maps that it lacks, by the hashes of their bytes; nothing on a phone that lacks none.
    #[n(9)]
    pub tiles: Option<Vec<ContentHash>>,
    /// Lists that it has and of whose maps it was never told, as long as it knew of none.
    #[n(10)]
    pub maps_of: Option<Vec<WalkListId>>,
}

impl Hello {
    /// A device that has nothing of what the server could tell it.
    pub const fn new(device: DeviceId, now: Timestamp, last_seq: u64) -> Self {
        Self {
            device,
            now,
            last_seq,
            lists: Vec::new(),
            decisions: None,
            settings: None,
            drafts: None,
            knows: None,
            wiped: None,
            tiles: None,
            maps_of: None,
        }
    }

    /// Whether the phone knows the frame of this number, from 30 on.
    pub fn knows(&self, frame: u16) -> bool {
        self.knows.is_some_and(|last| frame <= last)
    }
}

/// One entry of a run, as the log has it.
#[derive(Clone, PartialEq, Eq)]
pub struct RunEntry {
    /// The header.
    pub header: Header,
    /// What goes with it: salt and payload, or the hash of what was erased.
    pub body: Result<(Salt, Vec<u8>), ContentHash>,
}

/// A run of a device's log: entries without a gap, signed at the end. Columns, because likes compress beside likes.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct Run {
    #[n(0)]
    first_seq: u64,
    #[n(1)]
    start: ByteArray<32>,
    /// The first moment, then the difference to the one before; wrapping.
    #[n(2)]
    moments: Vec<u64>,
    #[n(3)]
    subjects: Vec<Subject>,
    #[n(4)]
    epochs: Vec<u32>,
    /// 16 bytes an entry, zeros where the payload was erased; empty where the salts come from a seed.
    #[n(5)]
    salts: ByteVec,
    /// Empty where the payload was erased.
    #[n(6)]
    payloads: Vec<ByteVec>,
    #[n(7)]
    erased: Vec<(u64, ContentHash)>,
    #[n(8)]
    signature: ByteArray<64>,
    #[n(9)]
    seed: Option<ByteArray<16>>,
}

impl Run {
    /// A run of these entries, which follow each other from the first one's sequence number on, behind a log that ended
    /// at `start`.
    pub fn new(start: [u8; 32], entries: &[RunEntry], signature: [u8; 64]) -> Self {
        let mut run = Self {
            first_seq: entries.first().map_or(0, |entry| entry.header.seq),
            start: start.into(),
            moments: Vec::with_capacity(entries.len()),
            subjects: Vec::with_capacity(entries.len()),
            epochs: Vec::with_capacity(entries.len()),
            salts: ByteVec::from(Vec::with_capacity(entries.len() * 16)),
            payloads: Vec::with_capacity(entries.len()),
            erased: Vec::new(),
            signature: signature.into(),
            seed: None,
        };
        let mut before = 0u64;
        for entry in entries {
            let moment = entry.header.moment.to_bits();
            run.moments.push(moment.wrapping_sub(before));
            before = moment;
            run.subjects.push(entry.header.subject);
            run.epochs.push(entry.header.epoch);
            let (salt, payload) = match &entry.body {
                Ok((salt, payload)) => (salt.to_bytes(), payload.clone()),
                Err(hash) => {
                    run.erased.push((entry.header.seq, *hash));
                    ([0; 16], Vec::new())
                }
            };
            run.salts.extend_from_slice(&salt);
            run.payloads.push(payload.into());
        }
        run
    }

    /// Lets one seed travel instead of the salts, if every salt was derived from it.
    #[must_use]
    pub fn with_seed(mut self, seed: SaltSeed) -> Self {
        let salts: Vec<u8> = self.seqs().flat_map(|seq| seed.salt(seq).to_bytes()).collect();
        if self.erased.is_empty() && salts == *self.salts {
            self.salts = Vec::new().into();
            self.seed = Some(seed.to_bytes().into());
        }
        self
    }

    fn seqs(&self) -> impl Iterator<Item = u64> {
        // Wrapping: a run that counts over the end is refused, not counted.
        (0..self.payloads.len() as u64).map(|index| self.first_seq.wrapping_add(index))
    }

    /// Each entry's salt; fewer than entries where the column is too short.
    fn salts(&self) -> Vec<[u8; 16]> {
        match self.seed {
            Some(seed) => {
                let seed = SaltSeed::from_bytes(seed.into());
                self.seqs().map(|seq| seed.salt(seq).to_bytes()).collect()
            }
            None => self.salts.as_chunks::<16>().0.to_vec(),
        }
    }

    /// The sequence number of the first entry.
    pub const fn first_seq(&self) -> u64 {
        self.first_seq
    }

    /// How many entries it has.
    pub fn len(&self) -> usize {
        self.payloads.len()
    }

    /// How long its longest column is, also where the columns do not fit together.
    fn widest(&self) -> usize {
        let columns =
            [self.moments.len(), self.subjects.len(), self.epochs.len(), self.payloads.len(), self.erased.len()];
        columns.into_iter().max().unwrap_or_default()
    }

    /// Whether it has none, which no server takes.
    pub fn is_empty(&self) -> bool {
        self.payloads.is_empty()
    }

    /// The end of the log before the run.
    pub fn start(&self) -> [u8; 32] {
        self.start.into()
    }

    /// The signature of the end of the log after the run.
    pub fn signature(&self) -> [u8; 64] {
        self.signature.into()
    }

    /// The entries; nothing where the columns are not of one length, or the numbers run over the end.
    pub fn entries(&self) -> Option<Vec<RunEntry>> {
        let count = self.payloads.len();
        let salts = self.salts();
        let even =
            [self.moments.len(), self.subjects.len(), self.epochs.len(), salts.len()].iter().all(|len| *len == count);
        let salts_fit = self.salts.len() == if self.seed.is_some() { 0 } else { count * 16 };
        if !even || !salts_fit || count == 0 {
            return None;
        }
        // The first hash of a number counts.
        let erased: BTreeMap<u64, ContentHash> = self.erased.iter().rev().copied().collect();
        let mut moment = 0u64;
        let mut entries = Vec::with_capacity(count);
        let columns = self.moments.iter().zip(&self.subjects).zip(&self.epochs).zip(&salts).zip(&self.payloads);
        for (index, ((((delta, subject), epoch), salt), payload)) in columns.enumerate() {
            moment = moment.wrapping_add(*delta);
            let seq = self.first_seq.checked_add(u64::try_from(index).ok()?)?;
            let body = match erased.get(&seq) {
                Some(hash) => Err(*hash),
                None => Ok((Salt::from_bytes(*salt), payload.to_vec())),
            };
            let header = Header { seq, moment: Moment::from_bits(moment), subject: *subject, epoch: *epoch };
            entries.push(RunEntry { header, body });
        }
        Some(entries)
    }
}

/// Payloads tell of people: prints the number only.
impl std::fmt::Debug for RunEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RunEntry({}, …)", self.header.seq)
    }
}

/// Payloads tell of people: prints the numbers only.
impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Run({} entries from {}, …)", self.payloads.len(), self.first_seq)
    }
}

impl RunEntry {
    /// The entry's identity in this device's log.
    pub const fn id(&self, device: DeviceId) -> EntryId {
        EntryId::new(device, self.header.seq)
    }

    pub(crate) fn proof(&self) -> PayloadProof<'_> {
        match &self.body {
            Ok((salt, payload)) => PayloadProof::Present { salt: *salt, payload },
            Err(hash) => PayloadProof::Erased(*hash),
        }
    }
}

/// A whole request, read and held against every cap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who, and what the phone has.
    pub hello: Hello,
    /// Runs of the phone's log.
    pub runs: Vec<Run>,
}

impl Request {
    /// The request's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let runs = self.runs.iter().cloned().map(Frame::Run);
        let frames = std::iter::once(Frame::Hello(self.hello.clone())).chain(runs).chain([Frame::End(false)]);
        pack(frames)
    }

    /// Reads a request. Caps are checked before anything is allocated.
    ///
    /// # Errors
    /// [`SyncRefused`] if any of it cannot be read; a request takes effect as a whole or not at all.
    pub fn read(bytes: &[u8]) -> Result<Self, SyncRefused> {
        if bytes.len() > MAX_REQUEST_BYTES {
            return Err(SyncRefused::TooLarge { limit: MAX_REQUEST_BYTES });
        }
        let mut reading = Reading::default();
        FrameReader::new().push_each(bytes, |frame| reading.take(frame))?;
        reading.finish()
    }
}

/// A request of which a part has been read. Held against the caps frame by frame: what a frame's few bytes unpack to may
/// be large.
#[derive(Default)]
struct Reading {
    hello: Option<Hello>,
    runs: Vec<Run>,
    entries: usize,
    frames: usize,
    ended: bool,
}

impl Reading {
    fn take(&mut self, frame: Frame) -> Result<(), SyncRefused> {
        let number = self.frames;
        self.frames += 1;
        match frame {
            Frame::Hello(hello) if number == 0 => self.hello = Some(hello),
            Frame::Run(run) if number > 0 && !self.ended => {
                self.entries = self.entries.saturating_add(run.widest());
                if self.runs.len() >= MAX_RUNS {
                    return Err(SyncRefused::TooMany { what: "runs", limit: MAX_RUNS });
                }
                if self.entries > MAX_ENTRIES {
                    return Err(SyncRefused::TooMany { what: "entries", limit: MAX_ENTRIES });
                }
                self.runs.push(run);
            }
            Frame::End(_) if number > 0 && !self.ended => self.ended = true,
            _ => return Err(SyncRefused::Unexpected { frame: number }),
        }
        Ok(())
    }

    fn finish(self) -> Result<Request, SyncRefused> {
        let Some(hello) = self.hello else { return Err(SyncRefused::Unexpected { frame: 0 }) };
        // Cut off before its end.
        if self.ended { Ok(Request { hello, runs: self.runs }) } else { Err(SyncRefused::NotWalkbook) }
    }
}
