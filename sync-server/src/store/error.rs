use std::sync::Arc;
use thiserror::Error;
use walkbook_vault::ChainHash;

/// Why the store refused or failed. No variant says whom or what it was about.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum Error {
    /// The device's log does not stand where the batch expects it. Send again from here.
    #[error("the device's log stands at {last_seq}, not where the batch expects it")]
    Conflict {
        /// The last sequence number that is stored.
        last_seq: u64,
        /// The state of the log after it.
        tip: ChainHash,
    },
    /// The batch is empty, or its sequence numbers have a gap. Refuse what it came with.
    #[error("the batch's sequence numbers do not follow one another")]
    NotContinuous,
    /// The tenant has no such thing. Nothing was written.
    #[error("the tenant has no such {what}")]
    Unknown {
        /// What was named.
        what: &'static str,
    },
    /// There is another thing of this name already. Nothing was written.
    #[error("another {what} has this name")]
    Exists {
        /// What was to be made.
        what: &'static str,
    },
    /// Somebody has decided otherwise about it, and that stands. Nothing was written.
    #[error("it was decided otherwise already")]
    Decided,
    /// One of the doors is on a list by now. Nothing was written; look again which are free.
    #[error("a door is on a list already")]
    Taken,
    /// The invitation is past its time. Ask for a new one.
    #[error("the invitation has expired")]
    InvitationExpired,
    /// The invitation was redeemed by another device. Ask for a new one.
    #[error("the invitation was used already")]
    InvitationUsed,
    /// The master key, or the region, is not the one that the store was made with. Find the right one.
    #[error("the master key does not open this store")]
    WrongMasterKey,
    /// The store was written by later software. Update; nothing was touched.
    #[error("the store has schema {found}, this software knows up to {known}")]
    NewerSchema {
        /// The store's.
        found: i64,
        /// This software's.
        known: i64,
    },
    /// The tenant's key was destroyed: the tenant is erased.
    #[error("the tenant's key was destroyed")]
    KeyDestroyed,
    /// Stored bytes are not what was stored. Restore them from a backup, or set them aside.
    #[error("a stored {what} is damaged")]
    Damaged {
        /// What it is.
        what: &'static str,
    },
    /// A number is larger than the store can hold. Refuse what it came with.
    #[error("a number is out of range")]
    OutOfRange,
    /// The system gave no random bytes. Try again.
    #[error("no random bytes")]
    NoRandomness,
    /// The disk is full. Make room; nothing was written.
    #[error("the disk is full")]
    DiskFull,
    /// The store is shutting down, or its writer has died. Open it again.
    #[error("the store has stopped")]
    Stopped,
    /// The database cannot be reached, or does not let this server in; the source says why. Try again; what was being
    /// written is all there or not at all.
    #[error("the database cannot be reached")]
    Unreachable(#[source] Arc<dyn std::error::Error + Send + Sync>),
    /// The store was written by earlier software. Bring it up to date: `walkbook-server store migrate`.
    #[error("the store has schema {found}, this software needs {needed}; run `walkbook-server store migrate`")]
    OlderSchema {
        /// The store's.
        found: i64,
        /// This software's.
        needed: i64,
    },
    /// The database's role could look past the bounds between tenants. Use one that owns nothing and may nothing special.
    #[error("the database role could look past the bounds between tenants: it {why}")]
    RoleNotBound {
        /// What is wrong with it.
        why: &'static str,
    },
    /// The database below failed; the source says how. Nothing was written.
    #[error("the database failed")]
    Database(#[source] Arc<dyn std::error::Error + Send + Sync>),
}
