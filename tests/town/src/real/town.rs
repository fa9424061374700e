//! A server with a made-up town on its lists.

use super::phone::Phone;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use walkbook_model::{
    Address, ContactId, ContentHash, DeviceId, Door, DoorId, EntryId, Position, Role, ScriptId, TenantId, Timestamp,
    UserId, WalkListId,
};
use walkbook_server::engine::{Engine, Region};
use walkbook_server::import::made_up;
use walkbook_server::office::{self, Desk, Pen, Rescued, SetAside, Which, Wish};
use walkbook_server::privacy::{self, Ledger, Person};
use walkbook_server::store::{By, Directory, EmbeddedStore, Ground, Options, Quarantine, Stamp, Store};
use walkbook_sync::Rescue;
use walkbook_vault::{SealKey, SystemRandom};

/// The day's script.
pub const SCRIPT: &str = include_str!("../../../../examples/field_day/script.json");
/// Where all this is.
pub const REGION: &str = "eu-west-1";

/// A tenant with lists.
pub struct Town {
    folder: PathBuf,
    /// The server's store.
    pub store: Arc<EmbeddedStore>,
    /// What answers.
    pub engine: Arc<Engine>,
    /// The tenant.
    pub tenant: TenantId,
    /// Its lists.
    pub lists: Vec<WalkListId>,
    /// Its doors, as they were taken.
    pub doors: Vec<Door>,
    /// The script.
    pub script: ContentHash,
    pen: Pen,
    random: Arc<SystemRandom>,
}

/// The system's time.
pub fn now() -> Timestamp {
    walkbook_server::clock::now()
}

/// Doors on a grid of streets, with 1.8 made-up people each on average, eight fields a person.
fn doors(count: usize) -> Vec<Door> {
    (0..count)
        .map(|number| {
            let (street, house) = (number / 40, number % 40);
            let id = DoorId::derive(&[b"made-up town", &(number as u64).to_be_bytes()]);
            let lat = 60.0 + street as f64 * 0.001 + (house % 2) as f64 * 0.0002;
            let position = Position::from_degrees(lat, 24.0 + house as f64 * 0.0004).ok();
            let address = Address {
                number: (house + 1).to_string(),
                street: format!("Made-up Street {street}"),
                city: "Madeupton".into(),
                postcode: "00000".into(),
                ..Address::default()
            };
            let contacts = made_up::contacts(7, id, made_up::Language::English);
            Door { id, address, position, access_notes: String::new(), contacts }
        })
        .collect()
}

impl Town {
    /// A town of so many doors, on lists of about `size`, of which canvassers see everything.
    pub fn build(folder: &Path, count: usize, size: usize) -> Self {
        let random = Arc::new(SystemRandom::new());
        let store = open(folder, &random);
        let tenant = office::add_tenant(&*store, &*random, "Made-up Movement", REGION, now()).unwrap();
        set(&*store, tenant, r#"{ "canvassers_see_history": true }"#);
        let doors = doors(count);
        office::take_register(&*store, tenant, doors.clone(), |_| ()).unwrap();
        let script = office::publish_script(&*store, tenant, SCRIPT.as_bytes()).unwrap();
        let wish = Wish { script: Some(script), ..Wish::of_doors("Measuring", "List", size) };
        let lists = office::cut(&*store, tenant, wish, None, now(), |_, _| ()).unwrap().lists;
        let key = folder.join("pen.key");
        Pen::make(&key, &*random).unwrap();
        let pen = Pen::open(&key, random.clone()).unwrap();
        let engine = engine_of(&store);
        Self { folder: folder.to_owned(), store, engine, tenant, lists, doors, script, pen, random }
    }

    /// Decides what holds on all phones.
    pub fn set(&self, settings: &str) {
        set(&*self.store, self.tenant, settings);
    }

    /// Copies the store as a backup does, while nobody writes.
    pub fn back_up(&self) -> TempDir {
        let backup = tempfile::tempdir().unwrap();
        copy(&self.folder.join("store"), backup.path());
        backup
    }

    /// The server fails, and is restored from a backup.
    pub fn restore(self, backup: &TempDir) -> Self {
        let Self { folder, store, engine, tenant, lists, doors, script, pen, random } = self;
        drop((store, engine));
        std::fs::remove_dir_all(folder.join("store")).unwrap();
        copy(backup.path(), &folder.join("store"));
        let store = open(&folder, &random);
        let engine = engine_of(&store);
        Self { folder, store, engine, tenant, lists, doors, script, pen, random }
    }

    /// A canvasser.
    pub fn user(&self) -> UserId {
        self.user_of("a canvasser", Role::Canvasser)
    }

    /// Somebody of this name and role.
    pub fn user_of(&self, name: &str, role: Role) -> UserId {
        office::add_user(&*self.store, &*self.random, self.tenant, name, role, by_operator()).unwrap()
    }

    /// Erases somebody; how many entries spoke of them.
    pub fn erase(&self, door: DoorId, contact: ContactId) -> usize {
        let person = Person { tenant: self.tenant, door, contact };
        privacy::erase(&*self.store, &self.erasures(), person, Ground::Request, by_operator()).unwrap().spoke
    }

    /// Erases again whom a restored store has again, as a server does at its start; how many.
    pub fn work_in_erasures(&self) -> usize {
        privacy::work_in(&*self.store, &self.erasures(), now()).unwrap()
    }

    fn erasures(&self) -> Ledger {
        Ledger::by_default(self.folder.join("erasures.log"))
    }

    /// Takes the same register once more.
    pub fn take_register_again(&self) {
        office::take_register(&*self.store, self.tenant, self.doors.clone(), |_| ()).unwrap();
    }

    /// Hands a list out.
    pub fn assign(&self, list: WalkListId, users: &[UserId]) {
        office::assign(&*self.store, &self.pen, self.tenant, list, users, now()).unwrap();
    }

    /// Gives a list another version of a script.
    pub fn give_script(&self, list: WalkListId, version: ContentHash) {
        office::give_script(&*self.store, &self.pen, self.tenant, list, Some(version), now()).unwrap();
    }

    /// Starts the draft of a script at the office.
    pub fn start_draft(&self, json: &[u8]) -> ScriptId {
        office::start_draft(&*self.store, &self.pen, self.tenant, json, now()).unwrap()
    }

    /// Publishes a draft at the office.
    pub fn publish_draft(&self, script: ScriptId) -> ContentHash {
        office::publish_draft(&*self.store, &self.pen, self.tenant, script, now()).unwrap()
    }

    /// Makes something else of a phone's user.
    pub fn set_role(&self, phone: &Phone, role: Role) {
        let user = phone.walkbook.identity().unwrap().user;
        office::change_role(&*self.store, self.tenant, user, role, by_operator()).unwrap();
    }

    /// What the server has set aside until somebody has looked at it.
    pub fn set_aside(&self) -> Vec<EntryId> {
        let set_aside = self.store.quarantined(self.tenant, 0, 100).unwrap();
        set_aside.into_iter().map(|entry| EntryId::new(entry.device, entry.header.seq)).collect()
    }

    /// Lets what was set aside count.
    pub fn release(&self, entry: EntryId) {
        office::release(&self.desk(), &self.pen, Which::Entry(entry), now()).unwrap();
    }

    /// Refuses what was set aside.
    pub fn refuse(&self, entry: EntryId, why: &str) {
        office::refuse(&self.desk(), Which::Entry(entry), why, now()).unwrap();
    }

    /// Takes what came out of a rescue file; `user` is whose phone it was, where the server does not know it.
    pub fn take_rescue(&self, rescue: &Rescue, user: Option<UserId>) -> Result<Rescued, office::Error> {
        office::take_rescue(&*self.store, self.tenant, rescue, user, by_operator())
    }

    /// What is set aside, out of rescue files too.
    pub fn waiting(&self) -> Vec<SetAside> {
        office::set_aside(&self.desk(), now()).unwrap()
    }

    /// Lets everything count that was set aside.
    pub fn release_all(&self) {
        for aside in self.waiting() {
            office::release(&self.desk(), &self.pen, aside.which, now()).unwrap();
        }
    }

    fn desk(&self) -> Desk<'_> {
        Desk::new(&*self.store, self.tenant, None).unwrap()
    }

    /// Shuts a phone out.
    pub fn shut_out(&self, device: DeviceId) {
        assert!(self.store.revoke_device(self.tenant, device, by_operator()).unwrap());
    }

    /// Orders a phone to destroy what it has.
    pub fn order_wipe(&self, device: DeviceId) {
        assert!(self.store.order_wipe(self.tenant, device, by_operator()).unwrap());
    }

    /// The code of a new invitation.
    pub fn invite(&self, user: UserId) -> walkbook_vault::InvitationCode {
        let day = std::time::Duration::from_secs(24 * 60 * 60);
        office::invite(&*self.store, &*self.random, self.tenant, user, day, by_operator()).unwrap()
    }
}

fn set(store: &dyn Store, tenant: TenantId, settings: &str) {
    office::set_settings(store, tenant, settings.as_bytes(), by_operator()).unwrap();
}

fn open(folder: &Path, random: &Arc<SystemRandom>) -> Arc<EmbeddedStore> {
    let master = SealKey::from_bytes([5; 32]);
    let store = EmbeddedStore::open(&folder.join("store"), REGION, master, random.clone(), Options::default());
    Arc::new(store.unwrap())
}

fn engine_of(store: &Arc<EmbeddedStore>) -> Arc<Engine> {
    let region = Region { name: REGION.into(), ..Region::default() };
    Arc::new(Engine::new(store.clone() as Arc<dyn Store>, region))
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

fn by_operator() -> Stamp {
    Stamp::new(By::Operator, now())
}
