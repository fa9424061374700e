//! What of its doors the phone is not shown.

use super::{Error, Walkbook};
use crate::store::{self, StoreFile, View};
use walkbook_model::Withheld;
use walkbook_model::cbor::{self, Caps};

impl Walkbook {
    /// What the server does not send to this phone's user, as it said with the last exchange. A screen says so where it would
    /// stand: a field that is withheld looks like one that nobody knows, and of what others recorded at a door there is the last
    /// outcome alone, however often somebody was there.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn withheld(&self) -> Result<Withheld, Error> {
        withheld(self.lock().store.book.view())
    }
}

pub(super) fn withheld(view: View<'_>) -> Result<Withheld, Error> {
    let Some(record) = view.withheld()? else { return Ok(Withheld::default()) };
    let damaged = |_| Error::Store(store::Error::Damaged { file: StoreFile::Book });
    cbor::decode(&record, Caps::PAYLOAD).map_err(damaged)
}
