//! Drafts of scripts, for those who may write them.

use super::Delivered;
use minicbor::bytes::ByteVec;

/// What is new of the tenant's drafts, up to a mark.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct Drafts {
    /// Edits of drafts, in the order in which they were taken.
    #[n(0)]
    pub edits: Vec<Delivered>,
    /// The server's mark, which the phone keeps and does not look into. Without one the drafts are not the phone's any more:
    /// it forgets them.
    #[n(1)]
    pub cursor: Option<ByteVec>,
}
