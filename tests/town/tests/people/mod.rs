//! The people of the stories.

#![allow(dead_code, reason = "each story has some of them")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a story fails loudly")]

use tempfile::TempDir;
use walkbook_model::{DoorId, Role, WalkListId};
use walkbook_town::real::{Phone, Town};

/// One stairwell: a list of twelve doors; and the list of the house beside it.
pub(crate) struct Stairwell {
    pub(crate) town: Town,
    pub(crate) list: WalkListId,
    pub(crate) doors: Vec<DoorId>,
    _folder: TempDir,
}

impl Stairwell {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let town = Town::build(folder.path(), 24, 12);
        let list = town.lists[0];
        let state = walkbook_server::reading::list_state(&*town.store, town.tenant, list).unwrap().unwrap();
        Self { town, list, doors: state.list.doors, _folder: folder }
    }

    /// These canvassers, on the list, each with a phone that has it.
    pub(crate) fn canvassers<const N: usize>(&self, names: [&str; N]) -> [Phone; N] {
        let users = names.map(|name| self.town.user_of(name, Role::Canvasser));
        self.town.assign(self.list, &users);
        users.map(|user| {
            let phone = Phone::enrol(&self.town, user);
            phone.sync(&self.town);
            phone
        })
    }

    /// What the server shows of a door.
    pub(crate) fn on_server(&self, door: DoorId) -> Vec<u8> {
        walkbook_server::reading::door_state(&*self.town.store, self.town.tenant, door).unwrap().unwrap().to_bytes()
    }

    /// Makes sure that these phones and the server show the same of every door.
    pub(crate) fn all_agree(&self, phones: &[&Phone]) {
        for door in &self.doors {
            let wanted = self.on_server(*door);
            for phone in phones {
                assert!(phone.walkbook.door(*door).unwrap().to_bytes() == wanted, "a phone shows {door} otherwise");
            }
        }
    }
}
