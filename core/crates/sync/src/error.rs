//! Why a whole message is refused. A single bad entry is not here: it has a [`crate::Reason`] of its own.

use thiserror::Error;
use walkbook_model::cbor::Malformed;

/// A message that cannot be read. Nothing of it takes effect, nothing is lost: the sender still has it all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SyncRefused {
    /// The other side speaks a version this one does not know. The app has to be updated, or the server.
    #[error("version {found} of the protocol is not spoken here; {known} is")]
    Version {
        /// What the message says.
        found: u8,
        /// What is spoken here.
        known: u8,
    },
    /// The bytes are no message of this protocol, or cut off where none may be.
    #[error("not a message of this protocol")]
    NotWalkbook,
    /// The message is larger than allowed, packed or unpacked.
    #[error("the message is larger than {limit} bytes")]
    TooLarge {
        /// The cap in bytes.
        limit: usize,
    },
    /// There are more runs, or more entries in them, than one request may bring. The rest goes into another.
    #[error("more than {limit} {what} in one request")]
    TooMany {
        /// Runs or entries.
        what: &'static str,
        /// The cap.
        limit: usize,
    },
    /// The compressed stream is damaged.
    #[error("the compressed stream is damaged")]
    Damaged,
    /// A frame is not well-formed.
    #[error("frame {frame} is {why}")]
    Frame {
        /// Which one, from 0.
        frame: usize,
        /// What is wrong and where.
        why: Malformed,
    },
    /// A frame came where it has no place.
    #[error("frame {frame} has no place here")]
    Unexpected {
        /// Which one, from 0.
        frame: usize,
    },
}
