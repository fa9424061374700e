//! What the tenant has decided for all its phones.

use super::{Error, Walkbook};
use crate::store::{self, StoreFile, View};
use walkbook_model::Settings;
use walkbook_model::cbor::{self, Caps};

impl Walkbook {
    /// The tenant's settings, as they came with the last exchange; as by default where it has set nothing. Its own codes for
    /// outcomes are among them: [`Knock::Outcome`](walkbook_model::Knock::Outcome) takes one beside the outcome that it stands
    /// for.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn settings(&self) -> Result<Settings, Error> {
        settings(self.lock().store.book.view())
    }
}

pub(super) fn settings(view: View<'_>) -> Result<Settings, Error> {
    let Some(record) = view.settings()? else { return Ok(Settings::default()) };
    let damaged = |_| Error::Store(store::Error::Damaged { file: StoreFile::Book });
    cbor::decode(&record, Caps::PAYLOAD).map_err(damaged)
}
