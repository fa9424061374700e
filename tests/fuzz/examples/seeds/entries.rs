//! A door, a list and a draft, and everything that can happen to them.

use crate::{Made, made};
use minicbor::bytes::ByteVec;
use walkbook_fuzz::DEVICE;
use walkbook_ledger::*;
use walkbook_model::*;
use walkbook_sync::Delivered;

pub(crate) fn seeds() -> Vec<Made> {
    let doors = entries_of_a_door();
    let lists = entries_of_a_list();
    let drafts = entries_of_a_draft();
    let mut seeds = vec![
        made("base", "door", door_base().to_bytes()),
        made("base", "list", list_base().to_bytes()),
        made("base", "draft", draft_base().to_bytes()),
        made("base", "script", cbor::encode(&script())),
        made("payload", "header", doors[0].header.to_bytes()),
        made("door", "day", delivered(Some(door_base().to_bytes()), &doors)),
        made("door", "added", delivered(None, &doors)),
        made("list", "day", delivered(Some(list_base().to_bytes()), &lists)),
        made("draft", "published", delivered(Some(draft_base().to_bytes()), &drafts)),
        made("draft", "started", delivered(None, &drafts)),
    ];
    for (kind, entries) in [("door", doors), ("list", lists), ("draft", drafts)] {
        for entry in entries {
            let name = format!("{kind}_{}_{:02}", entry.payload.kind(), entry.header.seq);
            seeds.push(made("payload", &name, entry.payload.to_bytes()));
        }
    }
    seeds
}

fn delivered(base: Option<Vec<u8>>, entries: &[Entry]) -> Vec<u8> {
    let entries: Vec<Delivered> = entries.iter().map(Delivered::from).collect();
    cbor::encode(&(base.map(ByteVec::from), entries))
}

const DOOR: DoorId = DoorId::from_bytes([4; 16]);
const CONTACT: ContactId = ContactId::from_bytes([5; 16]);
const LIST: WalkListId = WalkListId::from_bytes([3; 16]);
const USER: UserId = UserId::from_bytes([7; 16]);
const OTHER: DeviceId = DeviceId::from_bytes([10; 16]);

pub(crate) fn door_base() -> DoorBase {
    let fields = [(ContactField::GivenName, "Aino".into()), (ContactField::Custom("pet".into()), "cat".into())];
    Base::first(Door {
        id: DOOR,
        address: Address { street: "Unioninkatu".into(), number: "40".into(), floor: Some(2), ..Address::default() },
        position: Position::from_degrees(60.17, 24.95).ok(),
        access_notes: "Ring twice".into(),
        contacts: vec![Contact { id: CONTACT, fields: fields.into() }],
    })
}

pub(crate) fn list_base() -> ListBase {
    Base::first(WalkList {
        id: LIST,
        effort: EffortId::from_bytes([6; 16]),
        name: "Kruununhaka".into(),
        script: Some(script().content_hash()),
        assigned: vec![USER],
        doors: (1..=5).map(|number| DoorId::from_bytes([number; 16])).collect(),
    })
}

fn draft_base() -> ScriptBase {
    let id = ScriptId::from_bytes([8; 16]);
    let numbers = [(question(1), QuestionKey(1)), (question(2), QuestionKey(2))];
    let asked = |number, kind| Question {
        key: question(number),
        name: format!("q{number}"),
        text: "May I ask?".into(),
        kind,
        when: None,
    };
    let questions = vec![asked(1, QuestionKind::YesNo), asked(2, QuestionKind::Scale(1, 5))];
    let script = Script { id, title: "Spring".into(), questions };
    Base { epoch: 1, folded: vec![(OTHER, 1)], record: ScriptDraft { script, numbers: numbers.into(), last_number: 2 } }
}

const fn question(number: u8) -> QuestionId {
    QuestionId::from_bytes([number; 16])
}

/// A version with a question of every type, branching.
pub(crate) fn script() -> Script {
    let choices = || vec![Choice { code: 1, text: "Green".into() }, Choice { code: 2, text: "Red".into() }];
    let kinds = [
        QuestionKind::YesNo,
        QuestionKind::Single(choices()),
        QuestionKind::Multiple(choices()),
        QuestionKind::Scale(1, 5),
        QuestionKind::Text,
        QuestionKind::Integer,
        QuestionKind::Decimal,
        QuestionKind::Date,
        QuestionKind::Time,
        QuestionKind::ContactDetail(ContactField::Phone),
        QuestionKind::Consent(Purpose::Phone, "May we call you?".into()),
        QuestionKind::Note,
    ];
    let first = QuestionKey(1);
    let when = |key: u16| match key {
        1 => None,
        2 => Some(Condition::Said(first, true)),
        3 => Some(Condition::Not(Box::new(Condition::Answered(first)))),
        4 => Some(Condition::Any(vec![Condition::Chose(QuestionKey(2), 1), Condition::Between(first, -1, 1)])),
        _ => Some(Condition::All(vec![Condition::Answered(first)])),
    };
    let questions = (1..).zip(kinds).map(|(key, kind)| Question {
        key: QuestionKey(key),
        name: format!("q{key}"),
        text: "May I ask?".into(),
        kind,
        when: when(key),
    });
    Script { id: ScriptId::from_bytes([8; 16]), title: "Spring".into(), questions: questions.collect() }
}

fn answers() -> Vec<Answer> {
    let values = [
        AnswerValue::YesNo(true),
        AnswerValue::Single(1),
        AnswerValue::Multiple(vec![1, 2]),
        AnswerValue::Scale(3),
        AnswerValue::Text("schools".into()),
        AnswerValue::Integer(-4),
        AnswerValue::Decimal(Decimal { digits: 125, scale: 1 }),
        AnswerValue::Date("2026-11-24".parse().unwrap()),
        AnswerValue::Time(TimeOfDay(17 * 60 + 30)),
        AnswerValue::ContactDetail(ContactField::Phone, "050 123".into()),
        AnswerValue::Consent(Purpose::Phone, true),
        AnswerValue::Note("dog".into()),
    ];
    (1..).zip(values).map(|(key, value)| Answer { question: QuestionKey(key), value }).collect()
}

/// Entries about one subject, each edit on top of the one before, every third by somebody else at the same time.
fn entries(subject: Subject, payloads: Vec<Payload>) -> Vec<Entry> {
    let entry = |(seq, payload): (u64, Payload)| Entry {
        device: if seq.is_multiple_of(3) { OTHER } else { DEVICE },
        header: Header { seq, moment: Moment::new(Timestamp::from_ms(1_795_000_000_000 + seq), 0), subject, epoch: 0 },
        bound: seq.is_multiple_of(5).then(|| Moment::from_bits(9)),
        payload,
    };
    (1..).zip(payloads).map(entry).collect()
}

/// What the edit at this place in the list names: the one before, unless that is the other device's.
fn on(seq: u64) -> Vec<EntryId> {
    (seq > 1 && !seq.is_multiple_of(3))
        .then(|| EntryId::new(if (seq - 1).is_multiple_of(3) { OTHER } else { DEVICE }, seq - 1))
        .into_iter()
        .collect()
}

pub(crate) fn entries_of_a_door() -> Vec<Entry> {
    let entry_one = EntryId::new(DEVICE, 1);
    let evidence = Evidence { distance: Distance::Near, mocked: false, position: door_base().record.position };
    let home = Interaction {
        knock: Knock::Answers(script().content_hash(), answers()),
        contact: Some(CONTACT),
        note: Some("Come back in spring".into()),
        evidence: Some(evidence),
        knocked_by: Some(USER),
        ..Interaction::of_outcome(LIST, None, Outcome::Canvassed)
    };
    let consent = |given| Consent {
        contact: CONTACT,
        purpose: Purpose::Email,
        given,
        wording: "May we write?".into(),
        language: "en".into(),
        witness: USER,
    };
    let suppression = |target| Suppression { target, reason: SuppressionReason::Objection, until_on: None };
    let mut payloads = vec![
        Payload::Interaction(Interaction::of_outcome(LIST, None, Outcome::NotHome)),
        Payload::Interaction(home.clone()),
        Payload::Correction(Correction { replaces: entry_one, with: Some(home) }),
        Payload::Correction(Correction { replaces: EntryId::new(DEVICE, 2), with: None }),
        Payload::Suppression(suppression(Target::Door)),
        Payload::Suppression(suppression(Target::Contact(CONTACT))),
        Payload::Lift(Lift { names: vec![EntryId::new(DEVICE, 5)], reason: "asked us to come".into() }),
        Payload::Consent(consent(true)),
        Payload::Consent(consent(false)),
    ];
    let added = Contact {
        id: contact_added_by(EntryId::new(DEVICE, 13)),
        fields: [(ContactField::FamilyName, "Aho".into())].into(),
    };
    let changes = [
        DoorChange::SetAddress(door_base().record.address),
        DoorChange::SetPosition(None),
        DoorChange::SetAccessNotes("Through the yard".into()),
        DoorChange::AddContact(added.clone()),
        DoorChange::SetContactField(CONTACT, ContactField::Phone, "050 123".into()),
        DoorChange::SetContactField(CONTACT, ContactField::Phone, "050 124".into()),
        DoorChange::SetStanding(added.id, Standing::SameAs(CONTACT)),
        DoorChange::SetStanding(CONTACT, Standing::Gone),
        DoorChange::SetStanding(CONTACT, Standing::SameAs(added.id)),
    ];
    payloads.extend((10..).zip(changes).map(|(seq, change)| {
        let on = if seq == 10 { vec![] } else { on(seq) };
        Payload::Door(DoorEdit { on, change })
    }));
    entries(Subject::Door(DOOR), payloads)
}

fn entries_of_a_list() -> Vec<Entry> {
    let door = |number| DoorId::from_bytes([number; 16]);
    let changes = [
        ListChange::Rename("Kallio".into()),
        ListChange::SetScript(None),
        ListChange::Assign(vec![USER, UserId::from_bytes([8; 16])]),
        ListChange::Place { door: door(1), behind: Some(door(2)) },
        ListChange::Place { door: door(2), behind: Some(door(1)) },
        ListChange::Place { door: door(9), behind: None },
        ListChange::Drop(door(3)),
        ListChange::Place { door: door(3), behind: Some(door(9)) },
    ];
    let payloads = (1..).zip(changes).map(|(seq, change)| Payload::List(ListEdit { on: on(seq), change }));
    entries(Subject::List(LIST), payloads.collect())
}

fn entries_of_a_draft() -> Vec<Entry> {
    let script = script_started_by(EntryId::new(DEVICE, 1));
    let added = question_added_by(EntryId::new(DEVICE, 2));
    let asked = Question {
        key: added,
        name: "support".into(),
        text: "Whom?".into(),
        kind: QuestionKind::Single(vec![Choice { code: 1, text: "Green".into() }]),
        when: None,
    };
    let when = Condition::Not(Box::new(Condition::Any(vec![Condition::Chose(question(1), 2)])));
    let changes = [
        ScriptChange::SetTitle("Spring".into()),
        ScriptChange::AddQuestion { question: asked, behind: Some(question(1)) },
        ScriptChange::SetName(added, "party".into()),
        ScriptChange::SetText(added, "Which?".into()),
        ScriptChange::SetKind(added, QuestionKind::Scale(1, 5)),
        ScriptChange::SetCondition(added, Some(when)),
        ScriptChange::Move { question: added, behind: None },
        ScriptChange::Move { question: question(1), behind: Some(question(2)) },
        ScriptChange::Drop(added),
        ScriptChange::Number(added, QuestionKey(7)),
        ScriptChange::Publish { numbers: [(added, QuestionKey(8))].into(), version: ContentHash::of(b"version") },
    ];
    let payloads = (1..).zip(changes).map(|(seq, change)| Payload::Script(ScriptEdit { on: on(seq), change }));
    entries(Subject::Script(script), payloads.collect())
}
