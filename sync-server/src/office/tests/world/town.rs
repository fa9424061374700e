//! A street with numbered doors, and what is asked behind them.

use walkbook_model::{
    Address, Answer, AnswerValue, Contact, ContactField, ContactId, ContentHash, Door, DoorId, Interaction, Knock,
    Outcome, Position, QuestionKey, WalkListId,
};

pub(crate) fn door_id(number: u8) -> DoorId {
    DoorId::from_bytes([number; 16])
}

/// The person behind the door of this number.
pub(crate) fn contact_id(number: u8) -> ContactId {
    ContactId::from_bytes([number; 16])
}

/// Where a door of this number is: ten to a block, blocks on a grid.
pub(crate) fn place(number: u8) -> Position {
    let (block, house) = (f64::from(number / 10), f64::from(number % 10));
    Position::from_degrees(60.17 + block * 0.002, 24.94 + house * 0.001 + block * 0.0001).unwrap()
}

/// A door with one person.
pub(crate) fn door(number: u8) -> Door {
    let mut contact = Contact::new(contact_id(number));
    contact.fields.insert(ContactField::GivenName, format!("Given{number}"));
    contact.fields.insert(ContactField::FamilyName, format!("Family{number}"));
    Door {
        id: door_id(number),
        address: Address {
            street: format!("Street{}", number / 10),
            number: (number % 10 + 1).to_string(),
            city: "Helsinki".into(),
            ..Address::default()
        },
        position: Some(place(number)),
        access_notes: String::new(),
        contacts: vec![contact],
    }
}

/// Doors 1 to this number.
pub(crate) fn doors(count: u8) -> Vec<Door> {
    (1..=count).map(door).collect()
}

/// What came of a knock, and nothing else.
pub(crate) fn knocked(list: WalkListId, outcome: Outcome) -> Interaction {
    Interaction::of_outcome(list, None, outcome)
}

/// A script of six questions, as a file.
pub(crate) fn script_json() -> &'static str {
    include_str!("script.json")
}

/// Six answers to it, by the person behind the door of this number.
pub(crate) fn answered(list: WalkListId, script: ContentHash, number: u8) -> Interaction {
    let values = [
        AnswerValue::Single(2),
        AnswerValue::Multiple(vec![1, 3]),
        AnswerValue::Scale(4),
        AnswerValue::YesNo(true),
        AnswerValue::Integer(3),
        AnswerValue::Text("the park first".into()),
    ];
    let answers = (1..).zip(values).map(|(key, value)| Answer { question: QuestionKey(key), value }).collect();
    Interaction {
        knock: Knock::Answers(script, answers),
        contact: Some(contact_id(number)),
        ..Interaction::of_outcome(list, None, Outcome::NotHome)
    }
}
