//! What the pen writes about several lists at once: all of it or nothing.

use super::wanted::Wanted;
use super::{Error, Pen, TRIES};
use crate::engine::{self, Taken, Terms, take_on_terms};
use crate::store::{Arrangement, Store};
use walkbook_ledger::{ListChange, ListState};
use walkbook_model::{TenantId, Timestamp};

/// Changes of lists, in the order in which they are made, and what is arranged with them.
pub(in crate::office) struct Arranged {
    pub(in crate::office) changes: Vec<(ListState, Vec<ListChange>)>,
    pub(in crate::office) arrangement: Arrangement,
}

impl Pen {
    /// Writes what is wanted, which is asked anew whenever one of its lists was changed by somebody else meanwhile, or one of
    /// its doors taken. Without a change nothing is written.
    pub(in crate::office) fn arrange<T>(
        &self,
        store: &dyn Store,
        tenant: TenantId,
        wanted: impl Fn() -> Result<(Arranged, T), Error>,
        now: Timestamp,
    ) -> Result<T, Error> {
        for _ in 0..TRIES {
            let sender = self.sender(store, tenant, now)?;
            // Before anything is read: what comes in between is noticed.
            let as_of = store.head(tenant)?;
            let device = store.device(tenant, sender.device)?.ok_or(Error::Unknown { what: "device" })?;
            let (Arranged { changes, arrangement }, told) = wanted()?;
            let changes: Vec<Wanted> =
                changes.into_iter().map(|(state, changes)| Wanted::of_list(&state, changes)).collect();
            if changes.iter().all(Wanted::is_nothing) {
                return Ok(told);
            }
            let Some(run) = self.run(store, &sender, &device, changes, now)? else { continue };
            match take_on_terms(store, &sender, &run, &Terms { as_of, arrangement }, now) {
                Ok(Taken::New(_)) => return Ok(told),
                Ok(Taken::Refused(reason)) => return Err(Error::Refused(reason)),
                Ok(Taken::Known | Taken::Ahead) | Err(engine::Refused::Forked | engine::Refused::Busy) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Err(engine::Refused::Busy.into())
    }
}
