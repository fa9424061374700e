//! Tenants who leave: nothing of them stays.

use super::Error;
use walkbook_model::{TenantId, Timestamp};

/// The tables that have rows of tenants, beside the tenants' own, in an order in which they can be emptied: what refers to
/// others goes before them. Both stores have the same; each makes sure in its tests that none is left out.
pub(in crate::store) const TABLES: [&str; 28] = [
    "data_keys",
    "decisions",
    "rescued",
    "entries",
    "signed_tips",
    "bases",
    "scripts",
    "streets",
    "maps",
    "memberships",
    "departures",
    "assignments",
    "team_members",
    "team_lists",
    "teams",
    "feed",
    "outbox",
    "marks",
    "erased",
    "invitations",
    "password_codes",
    "accounts",
    "sign_in_tries",
    "seen_proofs",
    "support_grants",
    "devices",
    "users",
    "life_starts",
];

/// What goes last, since it is kept for as long as there is a key to it.
pub(in crate::store) const AUDIT: [&str; 2] = ["audit_heads", "audit"];

/// So many rows go in one transaction: others who write wait for that long.
pub(in crate::store) const PORTION: i64 = 2_000;

/// The part of the store that takes tenants away.
pub trait Leaving {
    /// How many rows each table has of a tenant, where it has any; nothing of one that is not there, or not any more.
    ///
    /// # Errors
    /// Those of the database.
    fn extent(&self, tenant: TenantId) -> Result<Vec<(&'static str, u64)>, Error>;

    /// Takes a tenant away with everything it has. Its key goes first, so that nothing can be read from then on; the rows go
    /// portion by portion, and the tenant itself last: whatever interrupts it, done again it goes on. Says whether there was
    /// such a tenant.
    ///
    /// # Errors
    /// Those of the database.
    fn take_away(&self, tenant: TenantId, now: Timestamp) -> Result<bool, Error>;
}
