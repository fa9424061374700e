//! Documents on their way: together, and apart where one of them does not fit.

use super::delivery::{NotRead, Reader};
use super::{Backend, Error, NotTaken};
use crate::store::{self, Store};
use std::panic::{AssertUnwindSafe, catch_unwind};
use walkbook_ledger::Subject;
use walkbook_model::TenantId;

/// What became of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Brought {
    /// The backend has them.
    Taken,
    /// The backend does not take them, or the store cannot read them.
    Unfit(&'static str),
}

/// Whoever is to hear what became of documents, as soon as it is known.
pub(super) type Tell<'a> = &'a mut dyn FnMut(&[Subject], Brought) -> Result<(), store::Error>;

/// From a store to a backend.
#[derive(Clone, Copy)]
pub(super) struct Way<'a> {
    pub(super) store: &'a dyn Store,
    pub(super) backend: &'a dyn Backend,
    pub(super) tenant: TenantId,
}

impl Way<'_> {
    /// Brings documents as they stand now.
    pub(super) fn bring(self, subjects: &[Subject], tell: Tell<'_>) -> Result<(), Error> {
        let mut reader = Reader::new(self.store, self.tenant)?;
        let mut read = Vec::with_capacity(subjects.len());
        for subject in subjects {
            match reader.read(*subject) {
                Ok(()) => read.push(*subject),
                Err(NotRead::Unreadable) => tell(&[*subject], Brought::Unfit("the store cannot read it"))?,
                Err(NotRead::Store(error)) => return Err(error.into()),
            }
        }
        if read.is_empty() {
            return Ok(());
        }
        // A fault in an adaptor is some document's: it is found like a refusal, and holds up no other.
        let taken = catch_unwind(AssertUnwindSafe(|| self.backend.take(&reader.finish())))
            .unwrap_or(Err(NotTaken::Unfit("the adaptor fell over")));
        match taken {
            Ok(()) => Ok(tell(&read, Brought::Taken)?),
            Err(NotTaken::Unfit(why)) if read.len() == 1 => Ok(tell(&read, Brought::Unfit(why))?),
            Err(NotTaken::Unfit(_)) => {
                let (first, second) = read.split_at(read.len() / 2);
                self.bring(first, tell)?;
                self.bring(second, tell)
            }
            Err(unavailable) => Err(unavailable.into()),
        }
    }
}
