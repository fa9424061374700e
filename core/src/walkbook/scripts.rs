//! Scripts: what is asked at the doors of a list.

use super::states::list_state;
use super::{Error, Walkbook};
use crate::store::{self, StoreFile, View};
use walkbook_model::cbor::{self, Caps};
use walkbook_model::{ContentHash, Script, WalkListId};

impl Walkbook {
    /// The version of a script with this hash, also one that is not worked any more.
    ///
    /// # Errors
    /// [`Error::NotHere`] if it never came; [`Error::Store`].
    pub fn script(&self, hash: ContentHash) -> Result<Script, Error> {
        script(self.lock().store.book.view(), hash)
    }

    /// The version of the script that is worked on a list, with its hash, which answers name; none where the list has no
    /// script.
    ///
    /// # Errors
    /// [`Error::NotHere`] if the list, or its script, has not come; [`Error::Store`], [`Error::Document`].
    pub fn script_of(&self, list: WalkListId) -> Result<Option<(ContentHash, Script)>, Error> {
        let mut inner = self.lock();
        let view = inner.book()?;
        let state = list_state(view, list)?.ok_or(Error::NotHere { what: "list" })?;
        state.list.script.map(|hash| Ok((hash, script(view, hash)?))).transpose()
    }
}

pub(super) fn script(view: View<'_>, hash: ContentHash) -> Result<Script, Error> {
    let record = view.script(hash)?.ok_or(Error::NotHere { what: "script" })?;
    let damaged = |_| Error::Store(store::Error::Damaged { file: StoreFile::Book });
    cbor::decode(&record, Caps::RECORD).map_err(damaged)
}
