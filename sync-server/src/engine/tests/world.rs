//! A region's server in a folder, with two tenants, their people, lists and doors.

use super::phone::Phone;
use crate::engine::{Engine, Region};
use crate::office::{self, Desk, Pen, Which};
use crate::privacy::{self, Ledger, NotErased, Person};
use crate::sign_in::provider::Providers;
use crate::store::{
    By, Directory, Documents, EmbeddedStore, Ground, Invitation, ListUpdate, NewBase, Options, Stamp, Tenant, User,
};
use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use walkbook_ledger::{DoorBase, ListBase, Subject};
use walkbook_model::{
    Address, ContactId, ContentHash, Door, DoorId, EffortId, EntryId, Question, QuestionKey, QuestionKind, Role,
    Script, ScriptId, TenantId, Timestamp, UserId, WalkList, WalkListId, cbor,
};
use walkbook_vault::{InvitationCode, SealKey, SystemRandom};

/// The tenant that most stories are about.
pub(crate) const NORTH: TenantId = TenantId::from_bytes([1; 16]);
/// Another one of this region.
pub(crate) const SOUTH: TenantId = TenantId::from_bytes([2; 16]);
/// One of another region.
pub(crate) const FAR: TenantId = TenantId::from_bytes([3; 16]);
/// A canvasser.
pub(crate) const AINO: UserId = UserId::from_bytes([11; 16]);
/// Another one.
pub(crate) const BERTA: UserId = UserId::from_bytes([12; 16]);
/// A team lead.
pub(crate) const LEA: UserId = UserId::from_bytes([13; 16]);
/// An analyst.
pub(crate) const ANNA: UserId = UserId::from_bytes([14; 16]);
/// A list, Aino's in most stories.
pub(crate) const RIVER: WalkListId = WalkListId::from_bytes([31; 16]);
/// Another one, Berta's in most stories.
pub(crate) const HILL: WalkListId = WalkListId::from_bytes([32; 16]);

const REGION: &str = "eu-west-1";
const FILE: &str = "walkbook.sqlite";

/// So many seconds after the start.
pub(crate) fn at(seconds: u64) -> Timestamp {
    Timestamp::from_ms(1_795_000_000_000_u64.saturating_add(seconds.saturating_mul(1_000)))
}

/// Done by the operator, so many seconds after the start.
pub(crate) fn by_operator(seconds: u64) -> Stamp {
    Stamp::new(By::Operator, at(seconds))
}

/// The door of this number.
pub(crate) fn door(number: u16) -> DoorId {
    let [high, low] = number.to_be_bytes();
    let mut bytes = [100; 16];
    (bytes[14], bytes[15]) = (high, low);
    DoorId::from_bytes(bytes)
}

/// The door of this number, as the register knows it.
pub(crate) fn door_base(number: u16) -> DoorBase {
    let address = Address { street: "Main St".into(), number: number.to_string(), ..Address::default() };
    let (position, access_notes) = (None, String::new());
    DoorBase::first(Door { id: door(number), address, position, access_notes, contacts: Vec::new() })
}

/// A script with a question, and one that is asked of those who said yes to it.
pub(crate) fn script() -> Script {
    let question = |key, when| Question {
        key: QuestionKey(key),
        name: format!("q{key}"),
        text: "?".into(),
        kind: QuestionKind::YesNo,
        when,
    };
    let said_yes = walkbook_model::Condition::Said(QuestionKey(1), true);
    let questions = vec![question(1, None), question(2, Some(said_yes))];
    Script { id: ScriptId::from_bytes([51; 16]), title: "Spring".into(), questions }
}

/// The server.
pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) store: Arc<EmbeddedStore>,
    folder: TempDir,
}

impl World {
    /// A server with the tenants and their people, and nothing to knock at.
    pub(crate) fn new() -> Self {
        let world = Self::open(tempfile::tempdir().unwrap());
        for (id, region) in [(NORTH, REGION), (SOUTH, REGION), (FAR, "us-west-1")] {
            world.store.create_tenant(&Tenant { id, name: "a tenant".into(), region: region.into() }, at(0)).unwrap();
            for (id_of_user, role) in
                [(AINO, Role::Canvasser), (BERTA, Role::Canvasser), (LEA, Role::TeamLead), (ANNA, Role::Analyst)]
            {
                world.set_role(id, id_of_user, role);
            }
        }
        world
    }

    /// A server with two lists in the north: Aino walks doors 1 to 4 by the river, Berta 5 to 8 on the hill.
    pub(crate) fn with_lists() -> Self {
        let world = Self::new();
        world.put_list(NORTH, RIVER, 1..=4, &[AINO]);
        world.put_list(NORTH, HILL, 5..=8, &[BERTA]);
        world
    }

    /// The same, where canvassers of the north see what others recorded.
    pub(crate) fn showing_history(self) -> Self {
        let settings = br#"{ "canvassers_see_history": true }"#;
        office::set_settings(&*self.store, NORTH, settings, by_operator(0)).unwrap();
        self
    }

    /// Somebody in the north is erased, if she is there.
    pub(crate) fn erase(&self, door: DoorId, contact: ContactId, seconds: u64) {
        let ledger = Ledger::by_default(self.folder.path().join("erasures.log"));
        let person = Person { tenant: NORTH, door, contact };
        match privacy::erase(&*self.store, &ledger, person, Ground::Request, by_operator(seconds)) {
            Ok(_) | Err(NotErased::Unknown) => {}
            Err(other) => panic!("{other}"),
        }
    }

    fn open(folder: TempDir) -> Self {
        let random = Arc::new(SystemRandom::new());
        let key = SealKey::from_bytes([7; 32]);
        let store = EmbeddedStore::open(folder.path(), REGION, key, random, Options::default()).unwrap();
        let store = Arc::new(store);
        let others = [("us-west-1".to_owned(), "https://us.walkbook.example".to_owned())].into();
        let engine = Engine::new(store.clone(), Region { name: REGION.into(), others });
        Self { engine, store, folder }
    }

    /// The server folds a list's edits into its base after so many.
    pub(crate) fn rebasing_every(self, edits: usize) -> Self {
        Self { engine: self.engine.rebasing_every(edits), ..self }
    }

    /// The server asks the tenants' providers this way.
    pub(crate) fn asking(self, providers: Arc<dyn Providers>) -> Self {
        Self { engine: self.engine.asking(providers), ..self }
    }

    /// The server after a stop and a start.
    pub(crate) fn restarted(self) -> Self {
        let Self { engine, store, folder } = self;
        drop((engine, store));
        Self::open(folder)
    }

    /// The server after a stop and a start at this moment: what was made before it is not taken.
    pub(crate) fn restarted_at(self, now: Timestamp) -> Self {
        let world = self.restarted();
        Self { engine: world.engine.started_at(now), ..world }
    }

    /// Copies what the server has, which stops and starts for that.
    pub(crate) fn backed_up(self) -> (Self, TempDir) {
        let backup = tempfile::tempdir().unwrap();
        let Self { engine, store, folder } = self;
        drop((engine, store));
        copy(folder.path(), backup.path());
        (Self::open(folder), backup)
    }

    /// The server after something was done to its file behind its back.
    pub(crate) fn behind_its_back(self, act: impl FnOnce(&Connection)) -> Self {
        let Self { engine, store, folder } = self;
        drop((engine, store));
        act(&Connection::open(folder.path().join(FILE)).unwrap());
        Self::open(folder)
    }

    /// The server after a restore.
    pub(crate) fn restored(backup: TempDir) -> Self {
        Self::open(backup)
    }

    pub(crate) fn set_role(&self, tenant: TenantId, user: UserId, role: Role) {
        self.store.put_user(tenant, &User { id: user, label: "somebody".into(), role }, by_operator(0)).unwrap();
    }

    /// Puts a list with its doors, and hands it out.
    pub(crate) fn put_list(
        &self,
        tenant: TenantId,
        list: WalkListId,
        doors: impl IntoIterator<Item = u16>,
        users: &[UserId],
    ) {
        let doors: Vec<u16> = doors.into_iter().collect();
        let bases = doors.iter().map(|number| base(Subject::Door(door(*number)), door_base(*number).to_bytes()));
        self.store.put_bases(tenant, &bases.collect::<Vec<_>>()).unwrap();
        let record = WalkList {
            id: list,
            effort: EffortId::from_bytes([41; 16]),
            name: "a list".into(),
            script: None,
            assigned: users.to_vec(),
            doors: doors.iter().map(|number| door(*number)).collect(),
        };
        let joins = record.doors.iter().map(|door| ListUpdate::Join(list, *door));
        let updates: Vec<_> = joins.chain(users.iter().map(|user| ListUpdate::Assign(list, *user))).collect();
        let bytes = ListBase::first(record).to_bytes();
        self.store.put_bases(tenant, &[base(Subject::List(list), bytes)]).unwrap();
        self.store.update_lists(tenant, &updates, at(0)).unwrap();
    }

    pub(crate) fn update(&self, updates: &[ListUpdate], now: Timestamp) {
        self.store.update_lists(NORTH, updates, now).unwrap();
    }

    pub(crate) fn put_script(&self) -> ContentHash {
        self.store.put_script(NORTH, &cbor::encode(&script())).unwrap()
    }

    /// Invites somebody with this code, for an hour.
    pub(crate) fn invite(&self, tenant: TenantId, user: UserId, code: [u8; 16]) {
        let digest = InvitationCode::from_bytes(code).digest();
        self.store.invite(tenant, &Invitation { digest, user, expires_at: at(3_600) }, by_operator(0)).unwrap();
    }

    /// The office lets what was set aside count.
    pub(crate) fn release(&self, tenant: TenantId, entry: EntryId, now: Timestamp) -> Result<(), office::Error> {
        office::release(&self.desk(tenant), &self.pen(), Which::Entry(entry), now)
    }

    /// The operator's desk at the tenant's office.
    pub(crate) fn desk(&self, tenant: TenantId) -> Desk<'_> {
        Desk::new(&*self.store, tenant, None).unwrap()
    }

    /// The same, with this user at it.
    pub(crate) fn desk_of(&self, tenant: TenantId, user: UserId) -> Desk<'_> {
        Desk::new(&*self.store, tenant, Some(user)).unwrap()
    }

    /// The office's pen.
    pub(crate) fn pen(&self) -> Pen {
        let file = self.folder.path().join("pen.key");
        Pen::make(&file, &SystemRandom::new()).unwrap();
        Pen::open(&file, Arc::new(SystemRandom::new())).unwrap()
    }

    /// An enrolled phone of this person.
    pub(crate) fn phone(&self, tenant: TenantId, user: UserId) -> Phone {
        Phone::enrolled(self, tenant, user)
    }
}

pub(crate) fn base(subject: Subject, bytes: Vec<u8>) -> NewBase {
    NewBase { subject, bytes }
}

fn copy(from: &Path, to: &Path) {
    std::fs::copy(from.join(FILE), to.join(FILE)).unwrap();
}
