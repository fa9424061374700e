//! A desk at which eight leads write one script, and the things that can happen there.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::new_without_default,
    clippy::cast_possible_truncation,
    reason = "each test file uses its part"
)]

use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use walkbook_ledger::{
    Base, Entry, Header, Payload, ScriptBase, ScriptChange, ScriptDraft, ScriptEdit, ScriptState, Subject,
    question_added_by, script_started_by,
};
use walkbook_model::*;

/// Something a lead does, or the signal does to a device.
#[derive(Debug, Clone)]
pub enum Act {
    Title(u8),
    Add(u8),
    Name(u8, u8),
    Text(u8, u8),
    Kind(u8, u8),
    Condition(u8, u8),
    Move(u8, u8),
    Drop(u8),
    Number(u8, u8),
    Publish,
    Hear(usize),
    ClockJumps(i64),
}

pub fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (0..3u8).prop_map(Act::Title),
        any::<u8>().prop_map(Act::Add),
        (any::<u8>(), 0..3u8).prop_map(|(question, value)| Act::Name(question, value)),
        (any::<u8>(), 0..3u8).prop_map(|(question, value)| Act::Text(question, value)),
        (any::<u8>(), 0..3u8).prop_map(|(question, value)| Act::Kind(question, value)),
        (any::<u8>(), any::<u8>()).prop_map(|(question, on)| Act::Condition(question, on)),
        (any::<u8>(), any::<u8>()).prop_map(|(question, behind)| Act::Move(question, behind)),
        any::<u8>().prop_map(Act::Drop),
        (any::<u8>(), 1..6u8).prop_map(|(question, number)| Act::Number(question, number)),
        Just(Act::Publish),
        (0..8usize).prop_map(Act::Hear),
        (0..8usize).prop_map(Act::Hear),
        (-100_000_000i64..100_000_000_000).prop_map(Act::ClockJumps),
    ]
}

/// The devices of the leads and what each has heard of.
pub struct Desk {
    id: ScriptId,
    base: Option<ScriptBase>,
    devices: Vec<Device>,
    now_ms: u64,
}

#[derive(Default, Clone)]
struct Device {
    log: u64,
    clock: HybridClock,
    ahead_ms: i64,
    known: BTreeMap<EntryId, Entry>,
}

pub fn device(number: usize) -> DeviceId {
    DeviceId::from_bytes([number as u8 + 1; 16])
}

/// A question that asks yes or no.
pub fn question(key: QuestionId, name: &str) -> Question<QuestionId> {
    Question { key, name: name.into(), text: format!("{name}?"), kind: QuestionKind::YesNo, when: None }
}

/// A base with two questions, numbered 4 and 7, of which 7 is asked first.
pub fn base() -> ScriptBase {
    let [greens, parks] = [1, 2].map(|number| QuestionId::from_bytes([number; 16]));
    let script = Script {
        id: ScriptId::from_bytes([9; 16]),
        title: "Spring".into(),
        questions: vec![question(parks, "parks"), question(greens, "greens")],
    };
    let numbers = [(greens, QuestionKey(4)), (parks, QuestionKey(7))].into();
    Base::first(ScriptDraft { script, numbers, last_number: 7 })
}

impl Desk {
    /// The first lead has started a draft, and everybody has heard of it.
    pub fn new() -> Self {
        let id = script_started_by(EntryId::new(device(0), 1));
        let mut desk = Self { id, base: None, devices: vec![Device::default(); 8], now_ms: 1_795_000_000_000 };
        desk.write(0, Vec::new(), ScriptChange::SetTitle("Spring".into()));
        (1..8).for_each(|number| desk.hear(number, 0));
        desk
    }

    /// The server has cut a base.
    pub fn on_base(base: ScriptBase) -> Self {
        let id = base.record.script.id;
        Self { id, base: Some(base), devices: vec![Device::default(); 8], now_ms: 1_795_000_000_000 }
    }

    pub fn after(is_new: bool, acts: &[(usize, Act)]) -> Self {
        let mut desk = if is_new { Self::new() } else { Self::on_base(base()) };
        desk.act(0, &Act::Add(0));
        for (lead, act) in acts {
            desk.act(*lead, act);
        }
        desk
    }

    pub fn id(&self) -> ScriptId {
        self.id
    }

    pub fn everything(&self) -> Vec<Entry> {
        let all: BTreeMap<EntryId, Entry> = self.devices.iter().flat_map(|device| device.known.clone()).collect();
        all.into_values().collect()
    }

    pub fn known_to(&self, lead: usize) -> Vec<Entry> {
        self.devices[lead].known.values().cloned().collect()
    }

    pub fn of<'a>(&self, entries: impl IntoIterator<Item = &'a Entry>) -> ScriptState {
        ScriptState::compute(self.id, self.base.as_ref(), entries).unwrap()
    }

    pub fn merged(&self) -> ScriptState {
        self.of(&self.everything())
    }

    pub fn view(&self, lead: usize) -> ScriptState {
        self.of(&self.known_to(lead))
    }

    pub fn hear(&mut self, lead: usize, from: usize) {
        let heard = self.devices[from].known.clone();
        self.devices[lead].known.extend(heard);
    }

    /// Everybody hears of everything.
    pub fn meet(&mut self) {
        let all: BTreeMap<EntryId, Entry> = self.everything().into_iter().map(|entry| (entry.id(), entry)).collect();
        self.devices.iter_mut().for_each(|device| device.known = all.clone());
    }

    pub fn next_id(&self, lead: usize) -> EntryId {
        EntryId::new(device(lead), self.devices[lead].log + 1)
    }

    pub fn write(&mut self, lead: usize, on: Vec<EntryId>, change: ScriptChange) -> EntryId {
        self.now_ms += 1_000;
        let id = self.next_id(lead);
        let now = Timestamp::from_ms(self.now_ms);
        let author = &mut self.devices[lead];
        author.log = id.seq;
        let moment = author.clock.tick(now.shifted_ms(author.ahead_ms));
        let header = Header { seq: id.seq, moment, subject: Subject::Script(self.id), epoch: 0 };
        let payload = Payload::Script(ScriptEdit { on, change });
        let entry = Entry { device: device(lead), header, bound: None, payload };
        entry.check().unwrap();
        author.known.insert(id, entry);
        id
    }

    /// Changes the draft on top of what the lead knows of it.
    pub fn edit(&mut self, lead: usize, change: ScriptChange) -> EntryId {
        let on = self.view(lead).tips;
        self.write(lead, on, change)
    }

    /// Adds a question that asks yes or no.
    pub fn add(&mut self, lead: usize, name: &str, behind: Option<QuestionId>) -> QuestionId {
        let id = question_added_by(self.next_id(lead));
        self.edit(lead, ScriptChange::AddQuestion { question: question(id, name), behind });
        id
    }

    pub fn act(&mut self, lead: usize, act: &Act) {
        let state = self.view(lead);
        let script = &state.draft.script;
        // What was dropped may be worked on too: that puts it back.
        let all: Vec<QuestionId> = script.questions.iter().chain(&state.dropped).map(|question| question.key).collect();
        let pick = |pick: u8| all.get(usize::from(pick) % all.len().max(1)).copied();
        let change = match *act {
            Act::Title(value) => Some(ScriptChange::SetTitle(format!("title {value}"))),
            Act::Add(behind) => {
                self.add(lead, &format!("added {behind}"), pick(behind).filter(|_| behind % 4 > 0));
                None
            }
            Act::Name(question, value) => {
                pick(question).map(|question| ScriptChange::SetName(question, format!("name {value}")))
            }
            Act::Text(question, value) => {
                pick(question).map(|question| ScriptChange::SetText(question, format!("text {value}")))
            }
            Act::Kind(question, value) => pick(question).map(|question| {
                let kind =
                    [QuestionKind::Text, QuestionKind::Note, QuestionKind::Scale(1, 5)][usize::from(value)].clone();
                ScriptChange::SetKind(question, kind)
            }),
            Act::Condition(question, on) => pick(question).map(|question| {
                ScriptChange::SetCondition(question, pick(on).filter(|_| on % 3 > 0).map(Condition::Answered))
            }),
            Act::Move(question, behind) => pick(question).map(|question| {
                let behind = pick(behind).filter(|other| *other != question && behind % 4 > 0);
                ScriptChange::Move { question, behind }
            }),
            Act::Drop(question) => pick(question).map(ScriptChange::Drop),
            Act::Number(question, number) => {
                pick(question).map(|question| ScriptChange::Number(question, QuestionKey(number.into())))
            }
            Act::Publish => state.publishing().ok(),
            Act::Hear(from) => return self.hear(lead, from),
            Act::ClockJumps(by) => {
                self.devices[lead].ahead_ms = by;
                None
            }
        };
        change.map(|change| self.edit(lead, change));
    }
}

pub fn change(entry: &Entry) -> &ScriptChange {
    match &entry.payload {
        Payload::Script(edit) => &edit.change,
        other => panic!("{other:?}"),
    }
}

/// The question that an edit says something about, but for its number.
pub fn touches(change: &ScriptChange) -> Option<QuestionId> {
    match change {
        ScriptChange::SetTitle(_) | ScriptChange::Number(..) | ScriptChange::Publish { .. } => None,
        ScriptChange::AddQuestion { question, .. } => Some(question.key),
        ScriptChange::SetName(question, _)
        | ScriptChange::SetText(question, _)
        | ScriptChange::SetKind(question, _)
        | ScriptChange::SetCondition(question, _)
        | ScriptChange::Move { question, .. }
        | ScriptChange::Drop(question) => Some(*question),
    }
}

/// For each edit, all that its author knew of.
pub fn known_before(entries: &[Entry]) -> BTreeMap<EntryId, BTreeSet<EntryId>> {
    let by_id: BTreeMap<EntryId, &Entry> = entries.iter().map(|entry| (entry.id(), entry)).collect();
    let mut before = BTreeMap::new();
    for id in by_id.keys() {
        let mut seen: BTreeSet<EntryId> = BTreeSet::new();
        let mut to_see = vec![*id];
        while let Some(next) = to_see.pop() {
            to_see.extend(by_id[&next].payload.made_on().iter().copied().filter(|on| seen.insert(*on)));
        }
        before.insert(*id, seen);
    }
    before
}
