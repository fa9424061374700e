//! What crosses to another language and back is what it was.

use super::*;
use std::fmt::Debug;
use walkbook_core as core;
use walkbook_model::{
    self as model, Address, ContactId, ContentHash, Decimal, Distance, EntryId, Evidence, Outcome, Position, Purpose,
    QuestionKey, SuppressionReason, TimeOfDay, UserId, WalkListId,
};

/// Takes it to the languages' form and back.
fn crosses<M, W>(values: impl IntoIterator<Item = M>)
where
    M: Clone + PartialEq + Debug + From<W>,
    W: From<M>,
{
    for value in values {
        assert_eq!(M::from(W::from(value.clone())), value);
    }
}

fn contact_id(n: u8) -> ContactId {
    ContactId::from_bytes([n; 16])
}

fn entry_id(seq: u64) -> EntryId {
    EntryId::new(model::DeviceId::from_bytes([7; 16]), seq)
}

fn fields() -> Vec<model::ContactField> {
    use model::ContactField as Field;
    let mut fields = vec![Field::GivenName, Field::FamilyName, Field::Phone, Field::Email, Field::Language];
    fields.extend([Field::BirthYear, Field::Gender, Field::Support, Field::Reference, Field::Custom("dog".into())]);
    fields
}

fn contact() -> model::Contact {
    let fields = fields().into_iter().enumerate().map(|(n, field)| (field, format!("value {n}"))).collect();
    model::Contact { id: contact_id(1), fields }
}

fn interaction(knock: model::Knock) -> model::Interaction {
    model::Interaction {
        knock,
        contact: Some(contact_id(2)),
        list: WalkListId::from_bytes([3; 16]),
        knocked_by: Some(UserId::from_bytes([4; 16])),
        note: Some("kind dog".into()),
        evidence: Some(Evidence { distance: Distance::Middling, mocked: true, position: None }),
    }
}

#[test]
fn answers_of_every_type_cross() {
    use model::AnswerValue as Value;
    let values = [
        Value::Single(3),
        Value::Multiple(vec![1, 4]),
        Value::Scale(-2),
        Value::YesNo(true),
        Value::Text("words".into()),
        Value::Integer(i64::MIN),
        Value::Decimal(Decimal { digits: -125, scale: 2 }),
        Value::Date("2026-11-24".parse().unwrap()),
        Value::Time(TimeOfDay(1439)),
        Value::ContactDetail(model::ContactField::Custom("dog".into()), "Rex".into()),
        Value::Consent(Purpose::KeepOpinion, false),
        Value::Note("a remark".into()),
    ];
    crosses::<model::Answer, Answer>(values.map(|value| model::Answer { question: QuestionKey(5), value }));
}

#[test]
fn contacts_with_every_field_cross() {
    crosses::<model::ContactField, ContactField>(fields());
    crosses::<model::Contact, Contact>([contact()]);
}

#[test]
fn knocks_cross() {
    let answers = vec![model::Answer { question: QuestionKey(1), value: model::AnswerValue::YesNo(false) }];
    let knocks = [
        model::Knock::Outcome(Outcome::Hostile, Some("HOS".into())),
        model::Knock::Outcome(Outcome::NotHome, None),
        model::Knock::Answers(ContentHash::from_bytes([9; 32]), answers),
    ];
    crosses::<model::Interaction, Interaction>(knocks.map(interaction));
}

#[test]
fn every_no_and_every_permission_crosses() {
    let until_on = Some("2027-01-31".parse().unwrap());
    let targets = [model::Target::Door, model::Target::Contact(contact_id(5))];
    crosses::<model::Suppression, Suppression>(targets.map(|target| model::Suppression {
        target,
        reason: SuppressionReason::Safety,
        until_on,
    }));
    crosses::<model::Lift, Lift>([model::Lift { names: vec![entry_id(1), entry_id(2)], reason: "a mistake".into() }]);
    crosses::<model::Consent, Consent>([model::Consent {
        contact: contact_id(6),
        purpose: Purpose::TextMessage,
        given: true,
        wording: "May we write to you?".into(),
        language: "en".into(),
        witness: UserId::from_bytes([8; 16]),
    }]);
}

#[test]
fn changes_of_every_kind_cross() {
    let address = Address { street: "Unioninkatu".into(), number: "40".into(), floor: Some(-1), ..Address::default() };
    let position = Position::from_degrees(60.17, 24.95).unwrap();
    let standings = [core::Standing::Present, core::Standing::Gone, core::Standing::SameAs(contact_id(9))];
    let mut changes: Vec<core::DoorChange> = standings
        .map(|standing| core::DoorChange::SetStanding(contact_id(1), standing))
        .into_iter()
        .chain(fields().into_iter().map(|field| core::DoorChange::SetContactField(contact_id(1), field, "new".into())))
        .collect();
    changes.extend([
        core::DoorChange::SetAddress(address),
        core::DoorChange::SetPosition(Some(position)),
        core::DoorChange::SetPosition(None),
        core::DoorChange::SetAccessNotes("ring twice".into()),
        core::DoorChange::AddContact(contact()),
    ]);
    crosses::<core::DoorChange, DoorChange>(changes);
}

#[test]
fn every_change_of_a_draft_crosses() {
    use model::{Condition, QuestionKind};
    let question = |n| model::QuestionId::from_bytes([n; 16]);
    let parties = vec![model::Choice { code: 1, text: "Green".into() }];
    let kinds = [
        QuestionKind::Single(parties.clone()),
        QuestionKind::Multiple(parties),
        QuestionKind::Scale(-2, 5),
        QuestionKind::YesNo,
        QuestionKind::Text,
        QuestionKind::Integer,
        QuestionKind::Decimal,
        QuestionKind::Date,
        QuestionKind::Time,
        QuestionKind::ContactDetail(model::ContactField::Email),
        QuestionKind::Consent(Purpose::Email, "May we write to you?".into()),
        QuestionKind::Note,
    ];
    let when = Condition::All(vec![
        Condition::Answered(question(1)),
        Condition::Any(vec![Condition::Chose(question(2), 7), Condition::Said(question(3), false)]),
        Condition::Not(Box::new(Condition::Between(question(4), -1, 9))),
    ]);
    let added = model::Question {
        key: question(5),
        name: "party".into(),
        text: "Which?".into(),
        kind: QuestionKind::YesNo,
        when: Some(when.clone()),
    };
    let version = ContentHash::of(b"a version");
    let mut changes = vec![
        core::ScriptChange::SetTitle("Spring".into()),
        core::ScriptChange::AddQuestion { question: added, behind: Some(question(1)) },
        core::ScriptChange::SetName(question(1), "sign".into()),
        core::ScriptChange::SetText(question(1), "A sign?".into()),
        core::ScriptChange::SetCondition(question(1), Some(when)),
        core::ScriptChange::SetCondition(question(1), None),
        core::ScriptChange::Move { question: question(1), behind: None },
        core::ScriptChange::Drop(question(1)),
        core::ScriptChange::Number(question(1), QuestionKey(7)),
        core::ScriptChange::Publish { numbers: [(question(1), QuestionKey(7))].into(), version },
    ];
    changes.extend(kinds.map(|kind| core::ScriptChange::SetKind(question(1), kind)));
    crosses::<core::ScriptChange, DraftChange>(changes);
}
