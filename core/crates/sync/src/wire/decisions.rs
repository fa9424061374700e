//! What somebody decided about entries that had been set aside.

use super::Reason;
use minicbor::bytes::ByteVec;
use walkbook_model::Moment;

/// What has become of the phone's own entries that were set aside, up to a mark.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct Decisions {
    /// Entry by entry, in the order in which it was decided.
    #[n(0)]
    pub decided: Vec<Decision>,
    /// The server's mark, which the phone keeps and does not look into.
    #[n(1)]
    pub cursor: ByteVec,
}

/// What has become of one entry.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct Decision {
    /// Which entry of the phone's log.
    #[n(0)]
    pub seq: u64,
    /// What has become of it.
    #[n(1)]
    pub settled: Settled,
}

/// How it was decided.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub enum Settled {
    /// It counts, with its moment bounded by the time of receipt where the phone's clock had run ahead of it.
    #[n(0)]
    Taken(#[n(0)] Option<Moment>),
    /// It does not count, in the words of whoever decided.
    #[n(1)]
    Refused(#[n(0)] Reason, #[n(1)] String),
    /// It is still set aside: said to a phone whose mark the server does not know.
    #[n(2)]
    SetAside,
}

/// The words may speak of a person: prints how it was decided only.
impl std::fmt::Debug for Settled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Taken(bound) => write!(f, "Taken({bound:?})"),
            Self::Refused(reason, _) => write!(f, "Refused({reason:?}, …)"),
            Self::SetAside => f.write_str("SetAside"),
        }
    }
}
