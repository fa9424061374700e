//! The wire messages and the session of both sides, without IO.
//!
//! `PROTOCOL.md` beside this crate says the same in prose. A phone makes a request with [`PhoneSession`], the server
//! reads it with [`Request::read`], holds its runs against the log it knows with [`admit`], and writes frames with
//! [`ResponseWriter`]. Nothing here looks at a clock, draws a number or opens a socket.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod error;
mod invitation_link;
mod provider_visit;
mod rescue_file;
mod server_url;
mod session;
mod sign_in_link;
mod wire;

pub use error::SyncRefused;
pub use invitation_link::{InvitationLink, LinkRefused};
pub use provider_visit::{ProviderVisit, VisitRefused};
pub use rescue_file::{Loose, MAX_RESCUE_BYTES, Rescue, RescueRefused};
pub use server_url::{NotAServer, ServerUrl};
pub use session::{Admission, Admitted, Effect, LogPosition, PhoneSession, admit};
pub use sign_in_link::SignInLink;
pub use wire::{
    Decision, Decisions, Delivered, Drafts, EnrolRequest, Enrolled, FindRegion, FoundRegions, Frame, FrameReader,
    Granted, Hello, ListCursor, MAX_ENROL_BYTES, MAX_ENTRIES, MAX_FIND_BYTES, MAX_FRAME_BYTES, MAX_RECORD_BYTES,
    MAX_REQUEST_BYTES, MAX_RUNS, MAX_UNPACKED_BYTES, PasswordChosen, PasswordRequest, Provider, ProviderSignIn, Reason,
    Refusal, Request, ResponseWriter, Run, RunEntry, Settled, SignInRequest, VERSION, Verdicts, Welcome, pack,
    provider_nonce,
};
