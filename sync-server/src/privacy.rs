//! Erasing people: on the server, in the tenants' tables, on phones, and after a restore.

mod erasing;
mod ledger;

pub(crate) use erasing::sweep;
pub use erasing::{Erased, NotErased, Person, erase, work_in};
pub use ledger::{Ledger, LedgerFlaw, Record};

#[cfg(test)]
mod tests;
