//! Erasing people, and tenants who leave: on the server, in the tenants' tables, on phones, and after a restore.

mod erasing;
mod leaving;
mod ledger;

pub(crate) use erasing::sweep;
pub use erasing::{Erased, NotErased, Person, erase, work_in};
pub use leaving::erase_tenant;
pub use ledger::{Ledger, LedgerFlaw, Record};

#[cfg(test)]
mod tests;
