//! What the server answers.

use super::Frame;
use super::stream::FrameWriter;
use minicbor::bytes::{ByteArray, ByteVec};
use walkbook_ledger::{Entry, Header, Payload};
use walkbook_model::cbor::Malformed;
use walkbook_model::{DeviceId, Moment, Timestamp};

/// The first frame of a response.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct Welcome {
    /// The server's clock.
    #[n(0)]
    pub now: Timestamp,
    /// The last entry that the server has of the phone's log, counting this request's.
    #[n(1)]
    pub last_seq: u64,
    /// The end of the log there.
    #[n(2)]
    pub tip: ByteArray<32>,
    /// The last entry up to which all are in the tenant's backend.
    #[n(3)]
    pub in_backend_up_to: u64,
}

/// Why one entry is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum Reason {
    /// The payload is not well-formed or over a bound.
    #[n(0)]
    Malformed,
    /// The door or list is not on the sender's lists, and was not.
    #[n(1)]
    NotYours,
    /// The sender's role may not do this.
    #[n(2)]
    NotAllowed,
    /// It was made on top of an edit that is refused or unknown: to be made again on what the phone now has.
    #[n(3)]
    Rebase,
    /// It concerns someone who was erased.
    #[n(4)]
    Erased,
    /// It answers a question that the script hides, or in the wrong type.
    #[n(5)]
    UnfitAnswer,
    /// Somebody has looked at it, and does not let it count.
    #[n(6)]
    Declined,
    /// It clears a field that the sender is not shown: nobody clears what they have not seen.
    #[n(7)]
    Withheld,
}

impl Reason {
    /// Every reason, in the order of the numbers.
    pub const ALL: [Self; 8] = [
        Self::Malformed,
        Self::NotYours,
        Self::NotAllowed,
        Self::Rebase,
        Self::Erased,
        Self::UnfitAnswer,
        Self::Declined,
        Self::Withheld,
    ];

    /// The reason of this number; one that this version does not know counts as malformed.
    pub fn of(number: u16) -> Self {
        Self::ALL.get(usize::from(number)).copied().unwrap_or(Self::Malformed)
    }
}

/// One entry that is refused. The entries around it are not held up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct Refusal {
    /// Which entry of the phone's log.
    #[n(0)]
    pub seq: u64,
    /// Why.
    #[n(1)]
    pub reason: Reason,
}

/// What became of the runs. Everything up to the welcome's last entry that is not named here is accepted.
#[derive(Debug, Clone, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct Verdicts {
    /// Refused, one by one.
    #[n(0)]
    pub refused: Vec<Refusal>,
    /// Accepted, outside of any assignment: the lead looks at it.
    #[n(1)]
    pub quarantined: Vec<u64>,
    /// Accepted, with a moment bounded by the time of receipt.
    #[n(2)]
    pub bounded: Vec<(u64, Moment)>,
}

/// An entry of someone else's log. It comes from the server, over TLS: salts and signatures stay there.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct Delivered {
    #[n(0)]
    device: DeviceId,
    #[n(1)]
    header: Header,
    #[n(2)]
    bound: Option<Moment>,
    #[n(3)]
    payload: ByteVec,
}

/// Payloads tell of people: prints the identity only.
impl std::fmt::Debug for Delivered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Delivered({}#{}, …)", self.device, self.header.seq)
    }
}

impl From<&Entry> for Delivered {
    fn from(entry: &Entry) -> Self {
        let payload = entry.payload.to_bytes().into();
        Self { device: entry.device, header: entry.header, bound: entry.bound, payload }
    }
}

impl Delivered {
    /// An entry whose payload was checked when it was taken, by its bytes.
    pub fn new(device: DeviceId, header: Header, bound: Option<Moment>, payload: Vec<u8>) -> Self {
        Self { device, header, bound, payload: payload.into() }
    }

    /// About how many bytes it takes.
    pub fn size(&self) -> usize {
        // Ids, place, time and subject.
        64 + self.payload.len()
    }

    /// The entry.
    ///
    /// # Errors
    /// [`Malformed`] if this phone does not understand the payload; it is to be set aside, everything else goes on.
    pub fn open(&self) -> Result<Entry, Malformed> {
        let payload = Payload::from_bytes(&self.payload)?;
        Ok(Entry { device: self.device, header: self.header, bound: self.bound, payload })
    }
}

/// Writes a response frame by frame, up to a wished size.
pub struct ResponseWriter {
    frames: FrameWriter,
    unpacked_bytes: usize,
    wished_bytes: usize,
}

impl ResponseWriter {
    /// A response that ends, with more to come, once it has about so many unpacked bytes.
    pub fn new(wished_bytes: usize) -> Self {
        Self { frames: FrameWriter::new(), unpacked_bytes: 0, wished_bytes }
    }

    /// Adds a frame.
    pub fn push(&mut self, frame: &Frame) {
        self.unpacked_bytes += self.frames.push(frame);
    }

    /// Whether the wished size is reached: the rest is for the next request.
    pub const fn is_full(&self) -> bool {
        self.unpacked_bytes >= self.wished_bytes
    }

    /// The response's bytes.
    pub fn finish(mut self, more: bool) -> Vec<u8> {
        self.push(&Frame::End(more));
        self.frames.finish()
    }
}
