//! The server's own state: entries, documents, cursors, users, accounts, devices, keys and the audit log.
//!
//! Everything is asked for by tenant, and what belongs to another tenant does not exist for the asker. Every write is
//! durable when its method returns. The methods block; asynchronous callers move them off their threads.
//!
//! A *position* is a tenant-wide number that rises with every accepted change and is given inside the writing
//! transaction: whoever has read up to a position has missed nothing before it.

pub mod accounts;
pub mod audit;
mod columns;
#[cfg(test)]
pub mod conformance;
pub mod directory;
pub mod documents;
pub mod embedded;
pub mod erasures;
mod error;
pub mod hearing;
mod keys;
pub mod leaving;
pub mod log;
pub mod maps;
mod masters;
pub mod outbox;
pub mod postgres;
pub mod proofs;
pub mod quarantine;
pub mod registrations;
pub mod rescued;
mod sealing;
pub mod support;
pub mod teams;

pub use accounts::{Accounts, Tries};
pub use audit::{Act, Audit, By, Deed, Stamp};
pub use directory::{Challenges, Device, Directory, Enrolment, Invitation, Spent, Tenant, User};
pub use documents::{Assignment, Change, ChangePage, Documents, Life, ListUpdate, NewBase, Reach, StoredBase};
pub use embedded::{EmbeddedStore, Options};
pub use erasures::{Erasure, Erasures, Ground, Recorded, Seen};
pub use error::Error;
pub use hearing::{Bell, Heard, Hearing, News, Rung, Watched};
pub use keys::Keys;
pub use leaving::Leaving;
pub use log::{
    Arrangement, Batch, Content, Held, Log, LogPosition, Merged, NewEntry, Reason, Receipt, Remark, SignedTip,
    StoredEntry, Tip, Verdict,
};
pub use maps::{Maps, NewMap};
pub use masters::{MasterName, Masters};
pub use outbox::{Lease, Outbox, OutboxCounts, OutboxItem};
pub use proofs::{Proofs, SeenProof};
pub use quarantine::{Decision, Quarantine, Standing, Which};
pub use registrations::Registrations;
pub use rescued::{NewRescued, Rescued, RescuedEntry};
pub use support::{Support, SupportGrant};
pub use teams::{Team, Teams};

/// Everything that the server keeps. Implemented by whatever implements its parts.
pub trait Store:
    Accounts
    + Audit
    + Directory
    + Documents
    + Erasures
    + Hearing
    + Keys
    + Leaving
    + Log
    + Maps
    + Outbox
    + Proofs
    + Quarantine
    + Registrations
    + Rescued
    + Support
    + Teams
    + Send
    + Sync
{
}

impl<T> Store for T where
    T: Accounts
        + Audit
        + Directory
        + Documents
        + Erasures
        + Hearing
        + Keys
        + Leaving
        + Log
        + Maps
        + Outbox
        + Proofs
        + Quarantine
        + Registrations
        + Rescued
        + Support
        + Teams
        + Send
        + Sync
{
}
