//! A tenant with a list in the field, and the ways to a backend.

use super::Readable;
use crate::backend::delivery::Reader;
use crate::backend::{Delivery, Pumped, publish_bases, pump};
use crate::office::tests::world::{Phone, World, at};
use crate::store::Store;
use walkbook_ledger::Subject;
use walkbook_model::{ContentHash, Role, TenantId, WalkListId};

/// A tenant of whose doors Aino and Bela work a list. Cilla leads them.
pub struct Field {
    pub(crate) world: World,
    pub(crate) tenant: TenantId,
    pub(crate) list: WalkListId,
    pub(crate) script: ContentHash,
    pub(crate) aino: Phone,
    pub(crate) bela: Phone,
    pub(crate) cilla: Phone,
}

impl Field {
    /// A list of so many doors.
    pub fn new(doors: u8) -> Self {
        let world = World::new();
        let tenant = world.tenant("North");
        let aino = world.phone(tenant, "Aino", Role::Canvasser);
        let bela = world.phone(tenant, "Bela", Role::Canvasser);
        let cilla = world.phone(tenant, "Cilla", Role::TeamLead);
        let list = world.one_list(tenant, doors, &[aino.user(), bela.user()]);
        let script = world.script(tenant);
        Self { world, tenant, list, script, aino, bela, cilla }
    }

    pub(crate) fn store(&self) -> &dyn Store {
        self.world.store()
    }

    /// Aino's phone syncs, and everything goes to the backend.
    pub fn bring(&mut self, backend: &dyn Readable, seconds: u64) -> Pumped {
        self.aino.sync_well(self.world.store(), at(seconds));
        self.pump(backend, seconds)
    }

    /// Everything that waits goes to the backend.
    pub fn pump(&self, backend: &dyn Readable, seconds: u64) -> Pumped {
        pump(self.store(), backend, self.tenant, at(seconds)).unwrap()
    }

    /// Everything that the office has put goes to the backend.
    pub fn publish(&self, backend: &dyn Readable) -> u64 {
        publish_bases(self.store(), backend, self.tenant).unwrap().taken
    }

    /// These documents as they stand now.
    pub fn read(&self, subjects: &[Subject]) -> Delivery {
        read(self.store(), self.tenant, subjects)
    }
}

/// Documents as they stand now.
pub fn read(store: &dyn Store, tenant: TenantId, subjects: &[Subject]) -> Delivery {
    let mut reader = Reader::new(store, tenant).unwrap();
    subjects.iter().for_each(|subject| reader.read(*subject).unwrap());
    reader.finish()
}

/// Whether there is exactly one such row, with all of these in it.
#[track_caller]
pub fn assert_row(backend: &dyn Readable, table: &str, columns: &[&str]) {
    let rows = backend.rows(table);
    let found = rows.iter().filter(|row| columns.iter().all(|column| row.contains(column))).count();
    assert_eq!(found, 1, "{columns:?} in {rows:#?}");
}
