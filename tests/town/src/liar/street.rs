//! A street of a real server: a tenant of its own for every day.

use super::forgeries::Forgery;
use super::lies::Liar;
use crate::{DOORS, Fate, Phone, day::make_signer, door_base, door_id, list_base, list_id};
use std::sync::Arc;
use tempfile::TempDir;
use walkbook_ledger::{ListBase, Subject};
use walkbook_model::{
    ContentHash, DeviceId, DoorId, EffortId, Role, Settings, TenantId, Timestamp, UserId, WalkList, WalkListId, cbor,
};
use walkbook_server::engine::{Engine, Exchange, Refused};
use walkbook_server::reading;
use walkbook_server::store::{
    By, Directory, Documents, EmbeddedStore, Enrolment, ListUpdate, Log, LogPosition, NewBase, Options, Stamp, Tenant,
    User,
};
use walkbook_sync::{Frame, FrameReader};
use walkbook_vault::{RequestParts, RequestProof, SealKey, SecureRandom, Signer, SystemRandom, sign_request};

const REGION: &str = "eu-west-1";
const PATH: &str = "/v1/sync";
/// A list that is somebody else's, and the door on it.
pub(super) const ELSEWHERE: (WalkListId, DoorId) = (WalkListId::from_bytes([0xee; 16]), DoorId::from_bytes([0xed; 16]));
/// Who leads, who walks honestly, who lies, and who walks elsewhere.
pub(super) const USERS: [UserId; 5] = [
    UserId::from_bytes([21; 16]),
    UserId::from_bytes([22; 16]),
    UserId::from_bytes([23; 16]),
    UserId::from_bytes([24; 16]),
    UserId::from_bytes([25; 16]),
];
const LIAR: usize = 3;

/// A server for as many days as are lived.
pub struct Region {
    engine: Engine,
    store: Arc<EmbeddedStore>,
    _folder: TempDir,
}

impl Default for Region {
    fn default() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let random = Arc::new(SystemRandom::new());
        let (key, options) = (SealKey::from_bytes([7; 32]), Options::default());
        let store = Arc::new(EmbeddedStore::open(folder.path(), REGION, key, random, options).expect("a new store"));
        let region = walkbook_server::engine::Region { name: REGION.into(), ..Default::default() };
        Self { engine: Engine::new(store.clone(), region), store, _folder: folder }
    }
}

/// The phones of a day, and their server.
pub(super) struct Street<'a> {
    region: &'a Region,
    tenant: TenantId,
    pub(super) honest: Vec<Phone>,
    pub(super) liar: Liar,
    lists: [Vec<DoorId>; 2],
}

impl<'a> Street<'a> {
    /// A street for the day of this seed, which no other day has.
    pub(super) fn of(region: &'a Region, seed: u64, now: Timestamp) -> Self {
        let tenant = TenantId::derive(&[&seed.to_be_bytes()]);
        let store = &*region.store;
        store.create_tenant(&Tenant { id: tenant, name: "A street".into(), region: REGION.into() }, now).expect("new");
        let stamp = Stamp::new(By::Operator, now);
        // Everybody sees everything, or a canvasser would not notice what a lie has changed.
        let settings = Settings { canvassers_see_history: true, ..Settings::default() };
        store.put_settings(tenant, &cbor::encode(&settings), stamp).expect("settings");
        for (number, id) in USERS.into_iter().enumerate() {
            let role = if number == 0 { Role::TeamLead } else { Role::Canvasser };
            store.put_user(tenant, &User { id, label: "Somebody".into(), role }, stamp).expect("a user");
        }
        let doors: Vec<DoorId> = (0..DOORS).map(door_id).collect();
        let bases = (0..DOORS).map(|door| (Subject::Door(door_id(door)), door_base(door).to_bytes()));
        let bases: Vec<NewBase> = bases.map(|(subject, bytes)| NewBase { subject, bytes }).collect();
        store.put_bases(tenant, &bases).expect("doors");
        store.make_list(tenant, list_id(), &list_base().to_bytes(), &doors).expect("a list");
        let (list, door) = ELSEWHERE;
        store.make_list(tenant, list, &elsewhere().to_bytes(), &[door]).expect("another list");
        let walk_here = USERS[..=LIAR].iter().map(|user| ListUpdate::Assign(list_id(), *user));
        let walks_there = ListUpdate::Assign(list, USERS[LIAR + 1]);
        store.update_lists(tenant, &walk_here.chain([walks_there]).collect::<Vec<_>>(), now).expect("assigned");
        let honest: Vec<Phone> = (0..3).map(|number| Phone::new(number, make_signer())).collect();
        let liar = Liar::new(DeviceId::from_bytes([9; 16]), make_signer());
        for (number, phone) in honest.iter().enumerate() {
            let enrolment = Enrolment { device: phone.device, public_key: phone.signer().public_key() };
            store.enrol_device(tenant, USERS[number], &enrolment, now).expect("a device");
        }
        let enrolment = Enrolment { device: liar.device, public_key: liar.signer.public_key() };
        store.enrol_device(tenant, USERS[LIAR], &enrolment, now).expect("a device");
        let mut street = Self { region, tenant, honest, liar, lists: Default::default() };
        street.lists = street.doors_of_lists();
        street
    }

    pub(super) fn sync(&mut self, number: usize, fate: Fate, now: Timestamp) {
        let (region, tenant, phone) = (self.region, self.tenant, &mut self.honest[number]);
        let device = phone.device;
        phone.exchange(fate, now, |signer, body| {
            let proof = proof(device, signer, body, now);
            region.engine.sync(tenant, &proof, PATH, body, now).expect("an honest phone is answered")
        });
    }

    /// Brings what the liar has written; tells which of it was refused, in order. Nothing where all of it was.
    pub(super) fn the_liar_syncs(&mut self, now: Timestamp) -> Option<Vec<u64>> {
        let body = self.liar.request(now).to_bytes();
        let answer = self.send(&proof(self.liar.device, &self.liar.signer, &body, now), &body, now).ok()?;
        self.liar.sent();
        let frames = FrameReader::new().push(&answer).ok()?;
        let refused = frames.into_iter().find_map(|frame| match frame {
            Frame::Verdicts(verdicts) if verdicts.quarantined.is_empty() => Some(verdicts.refused),
            _ => None,
        });
        Some(refused?.into_iter().map(|refusal| refusal.seq).collect())
    }

    /// Whether anything came of it.
    pub(super) fn is_taken(&self, forgery: &Forgery, now: Timestamp) -> bool {
        let store = &self.region.store;
        let stands = || {
            let devices = self.honest.iter().map(|phone| phone.device).chain([self.liar.device]);
            let tips = devices.map(|device| store.device(self.tenant, device).expect("sound").map(|known| known.tip));
            (store.head(self.tenant).expect("sound"), tips.collect::<Vec<_>>())
        };
        let before = stands();
        let refused = self.send(&forgery.proof, &forgery.body, now).is_err();
        !refused || before != stands()
    }

    fn send(&self, proof: &str, body: &[u8], now: Timestamp) -> Result<Vec<u8>, Refused> {
        self.region.engine.sync(self.tenant, proof, PATH, body, now)
    }

    /// What the server shows of a door, in canonical bytes.
    pub(super) fn state(&self, door: u8) -> Vec<u8> {
        let state = reading::door_state(&*self.region.store, self.tenant, door_id(door));
        state.expect("sound").expect("a door").to_bytes()
    }

    pub(super) fn lists_are_as_they_were(&self) -> bool {
        let assigned = |user| self.region.store.assignments_of(self.tenant, user).expect("sound").len() == 1;
        self.lists == self.doors_of_lists() && USERS.into_iter().all(assigned)
    }

    fn doors_of_lists(&self) -> [Vec<DoorId>; 2] {
        [list_id(), ELSEWHERE.0].map(|list| {
            let page = self.region.store.doors_of(self.tenant, list, LogPosition::START, 100).expect("sound");
            page.into_iter().map(|(_, door)| door).collect()
        })
    }
}

fn elsewhere() -> ListBase {
    let (id, door) = ELSEWHERE;
    let effort = EffortId::from_bytes([1; 16]);
    let (name, script, assigned) = ("Elsewhere".into(), None, vec![USERS[LIAR + 1]]);
    ListBase::first(WalkList { id, effort, name, script, assigned, doors: vec![door] })
}

/// A proof that this device sends this, now.
pub(super) fn proof(device: DeviceId, signer: &dyn Signer, body: &[u8], now: Timestamp) -> String {
    let mut nonce = [0; 16];
    SystemRandom::new().fill(&mut nonce).expect("the system has random numbers");
    let (at_ms, body_hash) = (now.as_ms(), ContentHash::of(body));
    let parts = RequestParts { method: "POST", path: PATH, at_ms, nonce, challenge: None, body_hash };
    let signature = sign_request(signer, &parts).expect("signs");
    RequestProof { device, at_ms, nonce, challenge: None, signature }.format()
}
