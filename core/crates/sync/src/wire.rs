//! What travels: three bytes of preamble, then one zstd stream of frames, each a length and canonical CBOR.
//!
//! A field number is never used again. Unknown fields are passed over; an unknown frame is an error, because it would
//! be a promise not kept.

mod decisions;
mod drafts;
mod enrol;
mod find_region;
mod frame;
mod provider;
mod request;
mod response;
mod sign_in;
mod stream;

pub use decisions::{Decision, Decisions, Settled};
pub use drafts::Drafts;
pub use enrol::{EnrolRequest, Enrolled, MAX_ENROL_BYTES};
pub use find_region::{FindRegion, FoundRegions, MAX_FIND_BYTES};
pub use frame::Frame;
pub use provider::{Granted, Provider, ProviderSignIn, provider_nonce};
pub use request::{Hello, ListCursor, Request, Run, RunEntry};
pub use response::{Delivered, Reason, Refusal, ResponseWriter, Verdicts, Welcome};
pub use sign_in::{PasswordChosen, PasswordRequest, SignInRequest};
pub use stream::{FrameReader, pack};

/// The version of the protocol.
pub const VERSION: u8 = 1;
/// A packed request may have so many bytes.
pub const MAX_REQUEST_BYTES: usize = 8 * 1024 * 1024;
/// A message may unpack to so many bytes.
pub const MAX_UNPACKED_BYTES: usize = 64 * 1024 * 1024;
/// One frame may have so many bytes.
pub const MAX_FRAME_BYTES: usize = 1024 * 1024;
/// A record that fits into a frame may have so many bytes, beside what the frame itself takes. A larger one would reach no
/// phone.
pub const MAX_RECORD_BYTES: usize = MAX_FRAME_BYTES - 1024;
/// A request may bring so many runs.
pub const MAX_RUNS: usize = 64;
/// A request may bring so many entries in its runs: their verdicts fit into one frame.
pub const MAX_ENTRIES: usize = 32 * 1024;

const PREAMBLE: [u8; 3] = [b'W', b'B', VERSION];
