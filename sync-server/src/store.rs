//! The server's own state: entries, documents, cursors, users, devices, keys and the audit log.
//!
//! Everything is asked for by tenant, and what belongs to another tenant does not exist for the asker. Every write is
//! durable when its method returns. The methods block; asynchronous callers move them off their threads.
//!
//! A *position* is a tenant-wide number that rises with every accepted change and is given inside the writing
//! transaction: whoever has read up to a position has missed nothing before it.

pub mod audit;
mod columns;
#[cfg(test)]
pub mod conformance;
pub mod directory;
pub mod documents;
pub mod embedded;
mod error;
pub mod log;
pub mod outbox;
pub mod postgres;
pub mod quarantine;
pub mod rescued;
mod sealing;
pub mod teams;

pub use audit::{Act, Audit, By, Deed, Stamp};
pub use directory::{Device, Directory, Enrolment, Invitation, Tenant, User};
pub use documents::{Assignment, Change, ChangePage, Documents, Life, ListUpdate, NewBase, Reach, StoredBase};
pub use embedded::{EmbeddedStore, Options};
pub use error::Error;
pub use log::{
    Batch, Content, Held, Log, LogPosition, Merged, NewEntry, Reason, Receipt, Remark, SignedTip, StoredEntry, Tip,
    Verdict,
};
pub use outbox::{Lease, Outbox, OutboxCounts, OutboxItem};
pub use quarantine::{Decision, Quarantine, Standing, Which};
pub use rescued::{NewRescued, Rescued, RescuedEntry};
pub use teams::{Team, Teams};

/// Everything that the server keeps. Implemented by whatever implements its parts.
pub trait Store: Audit + Directory + Log + Documents + Outbox + Quarantine + Rescued + Teams + Send + Sync {}

impl<T: Audit + Directory + Log + Documents + Outbox + Quarantine + Rescued + Teams + Send + Sync> Store for T {}
