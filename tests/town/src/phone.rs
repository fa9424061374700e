//! A phone of the town: the real session over a log and a book in memory.

use crate::{Fate, Server, door_base, door_id, list_base, list_id};
use std::collections::{BTreeMap, BTreeSet};
use walkbook_ledger::{
    DoorChange, DoorEdit, DoorState, Entry, Header, ListBase, ListChange, ListEdit, ListState, Payload, Subject,
};
use walkbook_model::{DeviceId, EntryId, HybridClock, Moment, Timestamp};
use walkbook_sync::{Effect, Frame, Hello, ListCursor, PhoneSession, Reason, Run, RunEntry, Settled};
use walkbook_vault::{ChainHash, SaltSeed, Signer, SoftwareSigner, payload_hash, sign_tip};

/// A phone.
pub struct Phone {
    /// Its device.
    pub device: DeviceId,
    signer: SoftwareSigner,
    clock: HybridClock,
    /// How far its wall clock is off, in milliseconds.
    pub skew_ms: i64,
    log: Vec<(RunEntry, ChainHash)>,
    safe_up_to: u64,
    /// What it counts.
    known: BTreeMap<EntryId, Entry>,
    /// What it wrote, whatever became of it.
    own: BTreeMap<EntryId, Entry>,
    refused: BTreeMap<EntryId, Reason>,
    aside: BTreeSet<EntryId>,
    list: ListBase,
    cursor: Option<Vec<u8>>,
    decisions: Option<Vec<u8>>,
}

impl Phone {
    /// A phone with this key.
    pub fn new(number: u8, signer: SoftwareSigner) -> Self {
        Self {
            device: DeviceId::from_bytes([number + 1; 16]),
            signer,
            clock: HybridClock::default(),
            skew_ms: 0,
            log: Vec::new(),
            safe_up_to: 0,
            known: BTreeMap::new(),
            own: BTreeMap::new(),
            refused: BTreeMap::new(),
            aside: BTreeSet::new(),
            list: list_base(),
            cursor: None,
            decisions: None,
        }
    }

    /// What signs its log.
    pub fn signer(&self) -> &dyn Signer {
        &self.signer
    }

    /// Every entry of its log.
    pub fn logged(&self) -> impl Iterator<Item = EntryId> {
        (1..=self.log.len() as u64).map(|seq| EntryId::new(self.device, seq))
    }

    /// The entries that it wrote and that were not refused, as far as it knows.
    pub fn written(&self) -> impl Iterator<Item = EntryId> {
        self.logged().filter(|id| !self.refused.contains_key(id))
    }

    /// How many entries are not yet safe on the server.
    pub fn at_risk(&self) -> usize {
        self.log.len() - usize::try_from(self.safe_up_to).expect("small")
    }

    /// The entries that it believes safe on the server, and counted there.
    pub fn believed_safe(&self) -> impl Iterator<Item = EntryId> {
        self.written().filter(|id| id.seq <= self.safe_up_to && !self.aside.contains(id))
    }

    /// Whether it counts this entry, whoever wrote it.
    pub fn counts(&self, id: EntryId) -> bool {
        self.known.contains_key(&id)
    }

    /// The entries that it knows to be set aside.
    pub fn set_aside(&self) -> &BTreeSet<EntryId> {
        &self.aside
    }

    /// The entries that it knows to be refused, and why.
    pub fn refused(&self) -> &BTreeMap<EntryId, Reason> {
        &self.refused
    }

    /// What the phone shows of the list.
    pub fn list_state(&self) -> ListState {
        ListState::compute(&self.list, self.known.values()).expect("sound")
    }

    fn compute(&self, number: u8) -> DoorState {
        DoorState::compute(door_id(number), Some(&door_base(number)), self.known.values()).expect("sound")
    }

    /// What the phone shows of a door.
    pub fn view(&self, number: u8) -> DoorState {
        self.compute(number)
    }

    /// The state of a door, in canonical bytes.
    pub fn state(&self, number: u8) -> Vec<u8> {
        self.compute(number).to_bytes()
    }

    /// Writes down what happened at a door.
    pub fn write(&mut self, number: u8, payload: Payload, now: Timestamp) -> EntryId {
        let bytes = payload.to_bytes();
        let (id, header) = self.append(number, bytes, now);
        self.remember(Entry { device: self.device, header, bound: None, payload });
        id
    }

    /// Edits the list on top of what the phone shows.
    pub fn edit_list(&mut self, change: ListChange, now: Timestamp) -> EntryId {
        let ListState { tips, epoch, .. } = self.list_state();
        let payload = Payload::List(ListEdit { on: tips, change });
        let subject = Subject::List(list_id());
        let (id, header) = self.append_about(subject, epoch, payload.to_bytes(), now);
        self.remember(Entry { device: self.device, header, bound: None, payload });
        id
    }

    fn remember(&mut self, entry: Entry) {
        self.own.insert(entry.id(), entry.clone());
        self.known.insert(entry.id(), entry);
    }

    /// Edits a door on top of what the phone shows.
    pub fn edit(&mut self, number: u8, change: DoorChange, now: Timestamp) -> EntryId {
        let edit = self.edit_of(number, change);
        self.write(number, edit, now)
    }

    /// Such an edit, not written down yet.
    pub fn edit_of(&self, number: u8, change: DoorChange) -> Payload {
        Payload::Door(DoorEdit { on: self.compute(number).tips, change })
    }

    /// An entry that it has, as it stands there.
    pub fn entry(&self, id: EntryId) -> Entry {
        self.known[&id].clone()
    }

    /// A bug of the app puts bytes into the log that are no payload.
    pub fn write_poison(&mut self, number: u8, now: Timestamp) -> EntryId {
        self.append(number, b"poison".to_vec(), now).0
    }

    fn append(&mut self, number: u8, payload: Vec<u8>, now: Timestamp) -> (EntryId, Header) {
        self.append_about(Subject::Door(door_id(number)), 0, payload, now)
    }

    fn append_about(&mut self, subject: Subject, epoch: u32, payload: Vec<u8>, now: Timestamp) -> (EntryId, Header) {
        let seq = self.log.len() as u64 + 1;
        let moment = self.clock.tick(now.shifted_ms(self.skew_ms));
        let header = Header { seq, moment, subject, epoch };
        let salt = SaltSeed::from_bytes(self.device.to_bytes()).salt(seq);
        let tip = self.tip_at(seq - 1).next(&header.to_bytes(), payload_hash(salt, &payload));
        self.log.push((RunEntry { header, body: Ok((salt, payload)) }, tip));
        (EntryId::new(self.device, seq), header)
    }

    fn tip_at(&self, seq: u64) -> ChainHash {
        let before = usize::try_from(seq).expect("small").checked_sub(1);
        before.map_or_else(|| ChainHash::start(self.device), |index| self.log[index].1)
    }

    fn session(&self, now: Timestamp) -> PhoneSession {
        let last_seq = self.log.len() as u64;
        let lists = vec![ListCursor { list: list_id(), cursor: self.cursor.clone().unwrap_or_default().into() }];
        let decisions = self.decisions.clone().map(Into::into);
        let knows = Some(Frame::LAST);
        let hello =
            Hello { lists, decisions, knows, ..Hello::new(self.device, now.shifted_ms(self.skew_ms), last_seq) };
        let unsafe_yet: Vec<RunEntry> = self
            .log
            .iter()
            .skip(usize::try_from(self.safe_up_to).expect("small"))
            .map(|(entry, _)| entry.clone())
            .collect();
        let run = (!unsafe_yet.is_empty()).then(|| {
            let signature = sign_tip(self.signer(), self.device, last_seq, self.tip_at(last_seq));
            Run::new(self.tip_at(self.safe_up_to).to_bytes(), &unsafe_yet, *signature.expect("signs").as_bytes())
        });
        PhoneSession::new(hello, run.into_iter().collect(), self.safe_up_to)
    }

    /// One exchange with the server. Returns whether the answer came whole.
    pub fn sync(&mut self, server: &mut Server, fate: Fate, now: Timestamp) -> bool {
        self.exchange(fate, now, |_, request| server.handle(request, now))
    }

    /// The same with any server: it is given what signs for this phone, and the request.
    pub fn exchange(
        &mut self,
        fate: Fate,
        now: Timestamp,
        mut handle: impl FnMut(&dyn Signer, &[u8]) -> Vec<u8>,
    ) -> bool {
        let mut session = self.session(now);
        let request = session.request_bytes();
        if fate == Fate::RequestLost {
            return false;
        }
        let mut answer = handle(&self.signer, &request);
        match fate {
            Fate::AnswerLost => return false,
            Fate::AnswerCut(percent) => answer.truncate(answer.len() * usize::from(percent) / 100),
            Fate::Twice => answer = handle(&self.signer, &request),
            Fate::Arrives | Fate::RequestLost => {}
        }
        let effects = session.handle_bytes(&answer).expect("the town's server speaks the protocol");
        effects.into_iter().for_each(|effect| self.apply(effect, now));
        session.is_done()
    }

    fn apply(&mut self, effect: Effect, now: Timestamp) {
        match effect {
            Effect::SetClock(server_now) => {
                self.clock.correct(now.shifted_ms(self.skew_ms), server_now);
            }
            Effect::SafeUpTo(seq) => self.safe_up_to = seq,
            Effect::SendAgainFrom(seq) => self.send_again_after(seq),
            Effect::Verdicts(verdicts) => {
                for refusal in verdicts.refused {
                    self.settle(refusal.seq, &Settled::Refused(refusal.reason, String::new()));
                }
                for seq in verdicts.quarantined {
                    self.settle(seq, &Settled::SetAside);
                }
                for (seq, bound) in verdicts.bounded {
                    self.bind(EntryId::new(self.device, seq), bound);
                }
            }
            Effect::KeepEntry(entry) => {
                self.clock.observe(entry.moment());
                self.known.insert(entry.id(), *entry);
            }
            Effect::ForgetEntry(id) => {
                self.known.remove(&id);
            }
            Effect::KeepList(base) => self.list = *base,
            Effect::Decisions(decisions) => {
                for decision in &decisions.decided {
                    self.settle(decision.seq, &decision.settled);
                }
                self.decisions = Some(decisions.cursor.to_vec());
            }
            Effect::Commit(_, cursor) => self.cursor = Some(cursor),
            Effect::SetAside(why) => panic!("an honest server sent something {why}"),
            _ => {}
        }
    }

    /// The server was restored, and judges anew: until it has, what it had turned down counts.
    fn send_again_after(&mut self, seq: u64) {
        self.safe_up_to = seq;
        self.refused.retain(|id, _| id.seq <= seq);
        self.aside.retain(|id| id.seq <= seq);
        for (id, entry) in self.own.iter().filter(|(id, _)| id.seq > seq) {
            self.known.entry(*id).or_insert_with(|| entry.clone());
        }
    }

    /// What has become of an own entry.
    fn settle(&mut self, seq: u64, settled: &Settled) {
        let id = EntryId::new(self.device, seq);
        self.refused.remove(&id);
        self.aside.remove(&id);
        self.known.remove(&id);
        match settled {
            Settled::Taken(bound) => {
                let entry = self.own.get(&id).map(|entry| Entry { bound: *bound, ..entry.clone() });
                self.known.extend(entry.map(|entry| (id, entry)));
            }
            Settled::Refused(reason, _) => {
                self.refused.insert(id, *reason);
            }
            Settled::SetAside => {
                self.aside.insert(id);
            }
        }
    }

    fn bind(&mut self, id: EntryId, bound: Moment) {
        if let Some(entry) = self.known.get_mut(&id) {
            entry.bound = Some(bound);
        }
    }
}
