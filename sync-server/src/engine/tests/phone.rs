//! A test phone: the real session over a log in memory, with a real key.

mod sending;

pub(crate) use sending::{PATH, Signed};

use super::book::Book;
use super::world::World;
use crate::engine::{Exchange, Refused};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use walkbook_ledger::{DoorChange, DoorEdit, Entry, Header, ListChange, ListEdit, Payload, Subject, door_added_by};
use walkbook_model::{
    Address, DeviceId, DoorId, EntryId, HybridClock, Interaction, Moment, Outcome, Settings, TenantId, Timestamp,
    UserId, WalkListId, Withheld,
};
use walkbook_sync::{Decision, Effect, EnrolRequest, Enrolled, Frame, Reason, RunEntry, Settled};
use walkbook_vault::{ChainHash, Challenge, SaltSeed, SoftwareSigner, SystemRandom, make_device_key, payload_hash};

/// What the server made of an entry, as its phone was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Became {
    Accepted,
    SetAside,
    Refused(Reason),
}

pub(crate) struct Phone {
    pub(crate) tenant: TenantId,
    pub(crate) user: UserId,
    pub(crate) device: DeviceId,
    pub(crate) signer: SoftwareSigner,
    /// How far its wall clock is off, in milliseconds.
    pub(crate) skew_ms: i64,
    /// Up to where it believes its log on the server.
    pub(crate) safe_up_to: u64,
    pub(crate) refused: BTreeMap<u64, Reason>,
    pub(crate) set_aside: BTreeSet<u64>,
    pub(crate) bounded: BTreeMap<u64, Moment>,
    /// The server's mark of what was decided about what had been set aside, and the words with which it was refused.
    pub(crate) decisions: Option<Vec<u8>>,
    pub(crate) words: BTreeMap<u64, String>,
    /// The tenant's settings and the server's mark of them, and how often they came.
    pub(crate) settings: Option<(Settings, Vec<u8>)>,
    pub(crate) settings_came: u32,
    /// What it is not shown, as it was told.
    pub(crate) withheld: Option<Withheld>,
    pub(crate) book: Book,
    /// The last frame that this version of the app knows.
    pub(crate) knows: Option<u16>,
    /// Lists that it has and of whose maps it asks.
    pub(crate) maps_of: Option<Vec<WalkListId>>,
    clock: HybridClock,
    nonce: Cell<u64>,
    /// What the server has given it; it knows of none unless the test says so.
    pub(crate) challenge: Cell<Option<Challenge>>,
    log: Vec<(RunEntry, ChainHash)>,
    written: BTreeMap<EntryId, Entry>,
    /// What a welcome said. It counts once the verdicts are there.
    welcomed: Option<u64>,
}

pub(crate) fn make_signer() -> SoftwareSigner {
    let random = Arc::new(SystemRandom::new());
    SoftwareSigner::from_pkcs8(&make_device_key(&*random).unwrap(), random).unwrap()
}

impl Phone {
    /// A phone that has redeemed an invitation of this person's.
    pub(crate) fn enrolled(world: &World, tenant: TenantId, user: UserId) -> Self {
        let signer = make_signer();
        let code = walkbook_vault::Signer::public_key(&signer).as_bytes()[1..17].try_into().unwrap();
        world.invite(tenant, user, code);
        let request = EnrolRequest::new(tenant, code, &signer).unwrap().to_bytes();
        let answer = world.engine.enrol(tenant, &request, super::world::at(0)).unwrap();
        Self::of(tenant, user, Enrolled::from_bytes(&answer).unwrap().device, signer)
    }

    /// A phone with an empty log.
    pub(crate) fn of(tenant: TenantId, user: UserId, device: DeviceId, signer: SoftwareSigner) -> Self {
        Self {
            tenant,
            user,
            device,
            signer,
            skew_ms: 0,
            safe_up_to: 0,
            refused: BTreeMap::new(),
            set_aside: BTreeSet::new(),
            bounded: BTreeMap::new(),
            decisions: None,
            words: BTreeMap::new(),
            settings: None,
            settings_came: 0,
            withheld: None,
            book: Book::default(),
            knows: Some(Frame::LAST),
            maps_of: None,
            clock: HybridClock::default(),
            nonce: Cell::new(0),
            challenge: Cell::new(None),
            log: Vec::new(),
            written: BTreeMap::new(),
            welcomed: None,
        }
    }

    pub(crate) fn became(&self, id: EntryId) -> Became {
        assert!(id.device == self.device && id.seq <= self.safe_up_to, "{id:?} is not on the server");
        match self.refused.get(&id.seq) {
            Some(reason) => Became::Refused(*reason),
            None if self.set_aside.contains(&id.seq) => Became::SetAside,
            None => Became::Accepted,
        }
    }

    pub(crate) fn last_seq(&self) -> u64 {
        self.log.len() as u64
    }

    /// Writes down what happened.
    pub(crate) fn write(&mut self, subject: Subject, payload: Payload, now: Timestamp) -> EntryId {
        self.write_on(0, subject, payload, now)
    }

    /// The same, on a base of this epoch.
    fn write_on(&mut self, epoch: u32, subject: Subject, payload: Payload, now: Timestamp) -> EntryId {
        let (id, header) = self.write_bytes_on(epoch, subject, payload.to_bytes(), now);
        let entry = Entry { device: self.device, header, bound: None, payload };
        self.written.insert(id, entry.clone());
        self.book.entries.insert(id, entry);
        id
    }

    pub(crate) fn write_at(&mut self, door: DoorId, payload: Payload, now: Timestamp) -> EntryId {
        self.write(Subject::Door(door), payload, now)
    }

    /// The two-tap not-home.
    pub(crate) fn knock(&mut self, list: WalkListId, door: DoorId, now: Timestamp) -> EntryId {
        self.write_at(door, Payload::Interaction(Interaction::of_outcome(list, None, Outcome::NotHome)), now)
    }

    /// Edits a door on top of what the phone shows.
    pub(crate) fn edit(&mut self, door: DoorId, change: DoorChange, now: Timestamp) -> EntryId {
        let on = self.book.door(door).tips;
        self.write_at(door, Payload::Door(DoorEdit { on, change }), now)
    }

    /// Adds a door that is on no list, at the end of this one.
    pub(crate) fn add_door(&mut self, list: WalkListId, now: Timestamp) -> DoorId {
        let new = door_added_by(EntryId::new(self.device, self.last_seq() + 1));
        let address = Address { street: "Back Lane".into(), number: "1".into(), ..Address::default() };
        let edit = DoorEdit { on: Vec::new(), change: DoorChange::SetAddress(address) };
        self.write_at(new, Payload::Door(edit), now);
        self.edit_list(list, ListChange::Place { door: new, behind: None }, now);
        new
    }

    /// Edits a list on top of what the phone shows.
    pub(crate) fn edit_list(&mut self, list: WalkListId, change: ListChange, now: Timestamp) -> EntryId {
        let state = self.book.lists.contains_key(&list).then(|| self.book.list(list));
        let (on, epoch) = state.map_or_else(Default::default, |state| (state.tips, state.epoch));
        self.write_on(epoch, Subject::List(list), Payload::List(ListEdit { on, change }), now)
    }

    /// Puts any bytes into the log.
    pub(crate) fn write_bytes(&mut self, subject: Subject, payload: Vec<u8>, now: Timestamp) -> (EntryId, Header) {
        self.write_bytes_on(0, subject, payload, now)
    }

    fn write_bytes_on(&mut self, epoch: u32, subject: Subject, payload: Vec<u8>, now: Timestamp) -> (EntryId, Header) {
        let seq = self.last_seq() + 1;
        let moment = self.clock.tick(now.shifted_ms(self.skew_ms));
        let header = Header { seq, moment, subject, epoch };
        let salt = SaltSeed::from_bytes(self.device.to_bytes()).salt(seq);
        self.append(RunEntry { header, body: Ok((salt, payload)) });
        (EntryId::new(self.device, seq), header)
    }

    /// Puts an entry into the log as it stands.
    pub(crate) fn append(&mut self, entry: RunEntry) {
        let hash = match &entry.body {
            Ok((salt, payload)) => payload_hash(*salt, payload),
            Err(hash) => *hash,
        };
        let tip = self.tip_at(self.last_seq()).next(&entry.header.to_bytes(), hash);
        self.log.push((entry, tip));
    }

    /// Sets the log back, as a restored copy of the phone's files does.
    pub(crate) fn set_back_to(&mut self, seq: u64) {
        self.log.truncate(usize::try_from(seq).unwrap());
        self.safe_up_to = self.safe_up_to.min(seq);
    }

    pub(crate) fn tip_at(&self, seq: u64) -> ChainHash {
        let before = usize::try_from(seq).unwrap().checked_sub(1);
        before.map_or_else(|| ChainHash::start(self.device), |index| self.log[index].1)
    }

    pub(crate) fn send(&self, world: &World, sent: &Signed, now: Timestamp) -> Result<Vec<u8>, Refused> {
        world.engine.sync(self.tenant, &sent.proof, PATH, &sent.body, now)
    }

    /// Takes an answer, or as much of it as came. Whether more waits; nothing where it broke off.
    pub(crate) fn take(&mut self, answer: &[u8], now: Timestamp) -> Option<bool> {
        let mut more = None;
        for effect in self.session(now).handle_bytes(answer).unwrap() {
            if let Effect::Done { more: waits } = effect {
                more = Some(waits);
            }
            self.apply(effect, now);
        }
        self.book.drop_pending();
        self.welcomed = None;
        more
    }

    /// The server was set back: what it says of the lost entries now is what counts.
    fn send_again_after(&mut self, seq: u64) {
        self.safe_up_to = seq;
        self.refused.retain(|refused, _| *refused <= seq);
        self.set_aside.retain(|aside| *aside <= seq);
        self.bounded.retain(|bounded, _| *bounded <= seq);
        let again = self.written.range(EntryId::new(self.device, seq + 1)..);
        self.book.entries.extend(again.map(|(id, entry)| (*id, entry.clone())));
    }

    fn apply(&mut self, effect: Effect, now: Timestamp) {
        match effect {
            Effect::SetClock(server_now) => {
                self.clock.correct(now.shifted_ms(self.skew_ms), server_now);
            }
            Effect::SafeUpTo(seq) => self.welcomed = Some(seq),
            Effect::SendAgainFrom(seq) => self.send_again_after(seq),
            Effect::Verdicts(verdicts) => {
                self.safe_up_to = self.welcomed.take().unwrap_or(self.safe_up_to);
                for refusal in verdicts.refused {
                    self.refused.insert(refusal.seq, refusal.reason);
                    self.book.entries.remove(&EntryId::new(self.device, refusal.seq));
                }
                for seq in verdicts.quarantined {
                    self.set_aside.insert(seq);
                    self.book.entries.remove(&EntryId::new(self.device, seq));
                }
                for (seq, bound) in verdicts.bounded {
                    self.bounded.insert(seq, bound);
                    if let Some(entry) = self.book.entries.get_mut(&EntryId::new(self.device, seq)) {
                        entry.bound = Some(bound);
                    }
                }
            }
            Effect::Decisions(decisions) => {
                decisions.decided.into_iter().for_each(|decision| self.settle(decision));
                self.decisions = Some(decisions.cursor.into());
            }
            Effect::KeepSettings(settings, mark) => {
                self.settings = Some((settings, mark));
                self.settings_came += 1;
            }
            Effect::KeepWithheld(withheld) => self.withheld = Some(withheld),
            Effect::KeepEntry(entry) => {
                self.clock.observe(entry.moment());
                self.book.handle(Effect::KeepEntry(entry), self.device);
            }
            other => self.book.handle(other, self.device),
        }
    }

    fn settle(&mut self, Decision { seq, settled }: Decision) {
        let id = EntryId::new(self.device, seq);
        self.set_aside.remove(&seq);
        match settled {
            Settled::Taken(bound) => {
                let entry = Entry { bound, ..self.written[&id].clone() };
                self.book.entries.insert(id, entry);
            }
            Settled::Refused(reason, words) => {
                self.refused.insert(seq, reason);
                self.words.insert(seq, words);
                self.book.entries.remove(&id);
            }
            Settled::SetAside => {
                self.set_aside.insert(seq);
                self.book.entries.remove(&id);
            }
        }
    }

    /// Exchanges until nothing waits.
    pub(crate) fn sync(&mut self, world: &World, now: Timestamp) -> Result<(), Refused> {
        for _ in 0..100 {
            let answer = self.send(world, &self.request(now), now)?;
            let more = self.take(&answer, now).expect("the answer is whole");
            if !more && self.safe_up_to == self.last_seq() {
                return Ok(());
            }
        }
        panic!("the server always has more");
    }
}
