//! An office with its store, its pen and a small town.

mod phone;
mod town;

pub(crate) use phone::{Phone, new_signer};
pub(crate) use town::{answered, contact_id, door, door_id, doors, knocked, place, script_json};

use crate::engine::{Engine, Region};
use crate::office::{self, Cut, Pen, Wish};
use crate::store::{By, Directory, EmbeddedStore, Options, Stamp, Store};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use walkbook_ledger::Subject;
use walkbook_model::{ContentHash, Role, TenantId, Timestamp, UserId, WalkListId};
use walkbook_vault::{SealKey, SystemRandom};

pub(crate) const REGION: &str = "eu-west-1";

/// So many seconds after the start.
pub(crate) fn at(seconds: u64) -> Timestamp {
    Timestamp::from_ms(1_790_000_000_000 + seconds * 1_000)
}

/// Done by the operator, so many seconds after the start.
pub(crate) fn by_operator(seconds: u64) -> Stamp {
    Stamp::new(By::Operator, at(seconds))
}

/// The server of a region, without its ends.
pub(crate) struct World {
    pub(crate) store: Arc<EmbeddedStore>,
    pub(crate) engine: Engine,
    pub(crate) pen: Pen,
    pub(crate) random: Arc<SystemRandom>,
    folder: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(open_store(&folder.path().join("store")));
        let random = Arc::new(SystemRandom::new());
        let key = folder.path().join("pen.key");
        assert!(Pen::make(&key, &*random).unwrap());
        let pen = Pen::open(&key, random.clone()).unwrap();
        let engine = Engine::new(store.clone(), Region { name: REGION.into(), ..Region::default() });
        Self { store, engine, pen, random, folder }
    }

    pub(crate) fn store(&self) -> &dyn Store {
        &*self.store
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A copy of the store as it stands.
    pub(crate) fn back_up(&self) -> TempDir {
        let copy = tempfile::tempdir().unwrap();
        for file in ["walkbook.sqlite", "walkbook.sqlite-wal"] {
            std::fs::copy(self.folder().join("store").join(file), copy.path().join(file)).unwrap();
        }
        copy
    }

    /// Flips a byte of a stored base.
    pub(crate) fn damage_base(&self, subject: Subject) {
        let file = rusqlite::Connection::open(self.folder().join("store").join("walkbook.sqlite")).unwrap();
        let id = match subject {
            Subject::Door(door) => door.to_bytes(),
            Subject::List(list) => list.to_bytes(),
            Subject::Script(script) => script.to_bytes(),
        };
        let sql = "UPDATE bases SET sealed = CAST(substr(sealed, 1, 20) || x'00ff00' || substr(sealed, 24) AS BLOB)
            WHERE substr(subject, 2) = ?";
        assert_eq!(file.execute(sql, [id]).unwrap(), 1);
    }

    pub(crate) fn tenant(&self, name: &str) -> TenantId {
        office::add_tenant(self.store(), &*self.random, name, REGION, at(0)).unwrap()
    }

    pub(crate) fn user(&self, tenant: TenantId, label: &str, role: Role) -> UserId {
        office::add_user(self.store(), &*self.random, tenant, label, role, by_operator(0)).unwrap()
    }

    /// A user with a phone that is enrolled.
    pub(crate) fn phone(&self, tenant: TenantId, label: &str, role: Role) -> Phone {
        let user = self.user(tenant, label, role);
        Phone::enrolled(self, tenant, self.store.user(tenant, user).unwrap().unwrap())
    }

    /// The region's kitchen script, published.
    pub(crate) fn script(&self, tenant: TenantId) -> ContentHash {
        office::publish_script(self.store(), tenant, script_json().as_bytes()).unwrap()
    }

    /// Another process's pen with the same key.
    pub(crate) fn another_pen(&self) -> Pen {
        Pen::open(&self.folder().join("pen.key"), self.random.clone()).unwrap()
    }

    pub(crate) fn cut(&self, tenant: TenantId, size: usize) -> Cut {
        office::cut(self.store(), tenant, Wish::of_doors("autumn", "List", size), None, at(1), |_, _| {}).unwrap()
    }

    /// A register of so many doors in one list, handed out to these.
    pub(crate) fn one_list(&self, tenant: TenantId, count: u8, users: &[UserId]) -> WalkListId {
        office::take_register(self.store(), tenant, doors(count), |_| {}).unwrap();
        let cut = self.cut(tenant, usize::from(count));
        assert_eq!(cut.lists.len(), 1);
        office::assign(self.store(), &self.pen, tenant, cut.lists[0], users, at(2)).unwrap();
        cut.lists[0]
    }
}

/// Opens the store in a folder, or makes it.
pub(crate) fn open_store(folder: &Path) -> EmbeddedStore {
    let (key, random) = (SealKey::from_bytes([7; 32]), Arc::new(SystemRandom::new()));
    EmbeddedStore::open(folder, REGION, key, random, Options::default()).unwrap()
}
