//! What of the tables goes with a tenant who leaves.

use super::rows::{HANGING, LASTING};

/// Every table with tenants that the servers write, in an order in which they can be emptied; the tenant itself comes last.
pub(super) fn tables() -> impl Iterator<Item = &'static str> {
    let named = HANGING.iter().rev().chain(LASTING.iter().rev()).map(|table| table.name);
    ["noticed", "authority"].into_iter().chain(named)
}
