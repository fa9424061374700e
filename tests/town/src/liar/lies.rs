//! Entries that the liar may not write. It signs them as its own.

use super::street::{ELSEWHERE, Street, USERS};
use super::{no, not_home};
use crate::{Chance, door_base, door_id, list_id};
use std::collections::BTreeMap;
use walkbook_ledger::{
    Correction, DoorChange, DoorEdit, Entry, Header, ListChange, ListEdit, Payload, ScriptChange, ScriptEdit, Subject,
};
use walkbook_model::{
    Answer, AnswerValue, Consent, Contact, ContactId, ContentHash, DeviceId, DoorId, EntryId, HybridClock, Interaction,
    Knock, Lift, Outcome, Purpose, QuestionKey, ScriptId, Timestamp, UserId, WalkListId,
};
use walkbook_sync::{Hello, Request, Run, RunEntry};
use walkbook_vault::{ChainHash, SaltSeed, SoftwareSigner, payload_hash, sign_tip};

/// A lie, ready to be written down.
pub(super) struct Lie {
    pub(super) what: &'static str,
    subject: Subject,
    epoch: u32,
    payload: Vec<u8>,
}

impl Lie {
    /// Any of those there are, about this door where it is about one.
    pub(super) fn drawn(chance: &mut Chance, door: u8, wanted: &BTreeMap<EntryId, Entry>, street: &Street<'_>) -> Self {
        let own = street.liar.device;
        let others = wanted.values().filter(|entry| entry.device != own && entry.header.subject == here(door));
        let [mut knock, mut anothers_no] = [None, None];
        for entry in others {
            match entry.payload {
                Payload::Interaction(_) => knock = Some(entry.id()),
                Payload::Suppression(_) => anothers_no = Some(entry.id()),
                _ => {}
            }
        }
        let contact = door_base(door).record.contacts[0].id;
        let list = |what, list, change| Self::about(what, Subject::List(list), Payload::List(edit_of(change)));
        let at = |what, payload| Self::about(what, here(door), payload);
        match chance.below(20) {
            0 => at("a lift of a no", lift(anothers_no.unwrap_or(nobodys(1)))),
            1 => at("a lift of a withdrawal", lift(nobodys(1))),
            2 => at("an undoing of another's knock", undo(knock.unwrap_or(nobodys(1)))),
            3 => at("a knock in another's name", knocked(|knock| knock.knocked_by = Some(USERS[1]))),
            4 => at("a knock in nobody's name", knocked(|knock| knock.knocked_by = Some(UserId::from_bytes([1; 16])))),
            5 => at("a knock for another's list", knocked(|knock| knock.list = ELSEWHERE.0)),
            6 => at("a knock for no list", knocked(|knock| knock.list = WalkListId::from_bytes([0xab; 16]))),
            7 => at("answers to no script", knocked(|knock| knock.knock = answers())),
            8 => at("a permission witnessed by another", consent(contact)),
            9 => at("a contact under another's id", door_edit(DoorChange::AddContact(Contact::new(contact)))),
            10 => Self::about("a knock at another's door", Subject::Door(ELSEWHERE.1), not_home()),
            11 => Self::about("a no at no door", Subject::Door(DoorId::from_bytes([1; 16])), no()),
            12 => list("a name for the list", list_id(), ListChange::Rename("Mine".into())),
            13 => list("a list handed to itself", ELSEWHERE.0, ListChange::Assign(vec![USERS[3]])),
            14 => list("the list handed to itself alone", list_id(), ListChange::Assign(vec![USERS[3]])),
            15 => list("a door pulled in", list_id(), ListChange::Place { door: ELSEWHERE.1, behind: None }),
            16 => list("a door put off", list_id(), ListChange::Drop(door_id(door))),
            17 => Self::about("a script's draft", Subject::Script(ScriptId::from_bytes([1; 16])), draft()),
            18 => Self { epoch: u32::MAX, ..at("a knock on an epoch to come", not_home()) },
            _ => Self { what: "rubbish", subject: here(door), epoch: 0, payload: vec![0xff; 9] },
        }
    }

    fn about(what: &'static str, subject: Subject, payload: Payload) -> Self {
        Self { what, subject, epoch: 0, payload: payload.to_bytes() }
    }
}

fn here(door: u8) -> Subject {
    Subject::Door(door_id(door))
}

fn nobodys(seq: u64) -> EntryId {
    EntryId::new(DeviceId::from_bytes([0xaa; 16]), seq)
}

fn lift(names: EntryId) -> Payload {
    Payload::Lift(Lift { names: vec![names], reason: "why not".into() })
}

fn undo(replaces: EntryId) -> Payload {
    Payload::Correction(Correction { replaces, with: None })
}

fn knocked(bend: impl FnOnce(&mut Interaction)) -> Payload {
    let mut knock = Interaction::of_outcome(list_id(), None, Outcome::Hostile);
    bend(&mut knock);
    Payload::Interaction(knock)
}

fn answers() -> Knock {
    let value = AnswerValue::YesNo(true);
    Knock::Answers(ContentHash::of(b"no script"), vec![Answer { question: QuestionKey(1), value }])
}

fn consent(contact: ContactId) -> Payload {
    let (wording, language) = ("May we call you?".into(), "en".into());
    Payload::Consent(Consent { contact, purpose: Purpose::Phone, given: true, wording, language, witness: USERS[1] })
}

fn door_edit(change: DoorChange) -> Payload {
    Payload::Door(DoorEdit { on: Vec::new(), change })
}

const fn edit_of(change: ListChange) -> ListEdit {
    ListEdit { on: Vec::new(), change }
}

fn draft() -> Payload {
    Payload::Script(ScriptEdit { on: Vec::new(), change: ScriptChange::SetTitle("Mine".into()) })
}

/// The liar's own log, which it keeps as any phone does.
pub(super) struct Liar {
    pub(super) device: DeviceId,
    pub(super) signer: SoftwareSigner,
    clock: HybridClock,
    pub(super) log: Vec<(RunEntry, ChainHash)>,
    sent: usize,
}

impl Liar {
    pub(super) fn new(device: DeviceId, signer: SoftwareSigner) -> Self {
        Self { device, signer, clock: HybridClock::default(), log: Vec::new(), sent: 0 }
    }

    /// Writes down what it may.
    pub(super) fn write(&mut self, door: DoorId, payload: Payload, now: Timestamp) -> Entry {
        let bytes = payload.to_bytes();
        let header = self.put(Subject::Door(door), 0, bytes, now);
        Entry { device: self.device, header, bound: None, payload }
    }

    /// Writes a lie down.
    pub(super) fn append(&mut self, lie: Lie, now: Timestamp) -> Header {
        self.put(lie.subject, lie.epoch, lie.payload, now)
    }

    fn put(&mut self, subject: Subject, epoch: u32, payload: Vec<u8>, now: Timestamp) -> Header {
        let seq = self.log.len() as u64 + 1;
        let header = Header { seq, moment: self.clock.tick(now), subject, epoch };
        let salt = SaltSeed::from_bytes(self.device.to_bytes()).salt(seq);
        let tip = self.tip_at(self.log.len()).next(&header.to_bytes(), payload_hash(salt, &payload));
        self.log.push((RunEntry { header, body: Ok((salt, payload)) }, tip));
        header
    }

    pub(super) fn tip_at(&self, count: usize) -> ChainHash {
        count.checked_sub(1).map_or_else(|| ChainHash::start(self.device), |last| self.log[last].1)
    }

    /// What it brings: its log as it is.
    pub(super) fn request(&self, now: Timestamp) -> Request {
        let hello = Hello::new(self.device, now, self.log.len() as u64);
        let runs = if self.sent < self.log.len() { vec![self.run_behind(self.sent)] } else { Vec::new() };
        Request { hello, runs }
    }

    /// Its log from behind so many entries on, signed.
    pub(super) fn run_behind(&self, count: usize) -> Run {
        let signature = sign_tip(&self.signer, self.device, self.log.len() as u64, self.tip_at(self.log.len()));
        let entries: Vec<RunEntry> = self.log.iter().skip(count).map(|(entry, _)| entry.clone()).collect();
        Run::new(self.tip_at(count).to_bytes(), &entries, *signature.expect("signs").as_bytes())
    }

    pub(super) fn sent(&mut self) {
        self.sent = self.log.len();
    }
}
