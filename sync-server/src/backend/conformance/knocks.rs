//! What happens at a door.

use super::Readable;
use super::world::{Field, assert_row};
use crate::backend::Pumped;
use crate::office::set_settings;
use crate::office::tests::world::{answered, at, by_operator, contact_id, door_id, knocked};
use walkbook_ledger::{Correction, Payload, Subject};
use walkbook_model::{
    Consent, Distance, Evidence, Interaction, Lift, Outcome, Position, Purpose, Suppression, SuppressionReason, Target,
};

/// What was brought is not brought again; and if it were, nothing would change.
pub fn a_knock_arrives_once_though_it_is_pumped_twice<B: Readable>(make: impl Fn() -> B) {
    let (mut field, backend) = (Field::new(3), make());
    let knock = Interaction { note: Some("call later".into()), ..knocked(field.list, Outcome::NotHome) };
    let id = field.aino.knock(door_id(2), knock, at(10));
    // The office's assignment is an entry too.
    assert_eq!(field.bring(&backend, 11), Pumped { delivered: 2, ..Pumped::default() });
    let (interaction, person) = (format!("interaction=\"{id}\""), format!("person=\"{}\"", field.aino.user()));
    let [list, door] = [field.list.to_string(), door_id(2).to_string()];
    let columns = [&*interaction, &person, &list, &door, "outcome=\"not_home\"", "class=\"attempt\"", "undone=0"];
    assert_row(&backend, "interaction", &columns);
    assert_row(&backend, "interaction", &["note=\"call later\"", "happened_at=\"2026-09-21T14:13:30.000Z\""]);
    assert_row(&backend, "door", &[&door, "last_class=\"attempt\""]);
    let before = backend.dump();
    assert_eq!(field.pump(&backend, 12), Pumped::default());
    assert_eq!(backend.dump(), before);
    backend.take(&field.read(&[Subject::Door(door_id(2)), Subject::List(field.list)])).unwrap();
    assert_eq!(backend.dump(), before);
}

/// How far from the door it was; where, only if the tenant keeps positions.
pub fn evidence_arrives_and_a_position_only_where_the_tenant_keeps_positions<B: Readable>(make: impl Fn() -> B) {
    let (mut field, backend) = (Field::new(3), make());
    let position = Position::from_degrees(60.25, 25.5).ok();
    let seen = |distance, mocked| Interaction {
        evidence: Some(Evidence { distance, mocked, position }),
        ..knocked(field.list, Outcome::NotHome)
    };
    let knocks = [seen(Distance::Near, false), seen(Distance::Middling, true), seen(Distance::NoFix, false)];
    let [first, second, third] = knocks;
    let id = field.aino.knock(door_id(1), first, at(10));
    field.bring(&backend, 11);
    let nowhere = ["distance=\"near\"", "mocked=0", "latitude=null", "longitude=null"];
    assert_row(&backend, "interaction", &[&[&*id.to_string()], &nowhere[..]].concat());
    set_settings(field.store(), field.tenant, br#"{ "keeps_positions": true }"#, by_operator(12)).unwrap();
    let id = field.aino.knock(door_id(2), second, at(12));
    let unseen = field.aino.knock(door_id(3), knocked(field.list, Outcome::Refused), at(13));
    field.aino.knock(door_id(3), third, at(14));
    field.bring(&backend, 15);
    let somewhere = ["distance=\"middling\"", "mocked=1", "latitude=60.25", "longitude=25.5"];
    assert_row(&backend, "interaction", &[&[&*id.to_string()], &somewhere[..]].concat());
    assert_row(&backend, "interaction", &[&unseen.to_string(), "distance=null", "mocked=null", "latitude=null"]);
    assert_row(&backend, "interaction", &[&door_id(3).to_string(), "distance=\"no_fix\"", "outcome=\"not_home\""]);
}

/// Options by their texts, and by their codes beside them.
pub fn answers_are_written_as_people_read_them<B: Readable>(make: impl Fn() -> B) {
    let (mut field, backend) = (Field::new(1), make());
    field.aino.knock(door_id(1), answered(field.list, field.script, 1), at(10));
    field.bring(&backend, 11);
    assert_row(&backend, "interaction", &["outcome=\"canvassed\"", &format!("script=\"{}\"", field.script)]);
    for columns in [
        ["question=1 ", "name=\"party\"", "value=\"Blue\"", "code=\"2\""],
        ["question=2 ", "name=\"themes\"", "value=\"Parks; Schools\"", "code=\"[1, 3]\""],
        ["question=3 ", "name=\"support\"", "value=\"4\"", "code=null"],
        ["question=4 ", "name=\"sign\"", "value=\"yes\"", "code=null"],
        ["question=5 ", "name=\"voters\"", "value=\"3\"", "code=null"],
        ["question=6 ", "name=\"remark\"", "value=\"the park first\"", "code=null"],
    ] {
        assert_row(&backend, "answer", &columns);
    }
    assert_eq!(backend.rows("answer").len(), 6);
}

/// One row for a knock, whatever became of it.
pub fn a_correction_takes_the_knocks_place_and_an_undo_empties_it<B: Readable>(make: impl Fn() -> B) {
    let (mut field, backend) = (Field::new(1), make());
    let door = Subject::Door(door_id(1));
    let knock = field.aino.knock(door_id(1), answered(field.list, field.script, 1), at(10));
    field.bring(&backend, 11);
    let with = Some(knocked(field.list, Outcome::Refused));
    let correction = Payload::Correction(Correction { replaces: knock, with });
    let corrected = field.aino.write(door, &correction, at(12));
    field.bring(&backend, 13);
    assert_row(&backend, "interaction", &[&knock.to_string(), "outcome=\"refused\"", "corrections=1", "undone=0"]);
    assert_eq!((backend.rows("interaction").len(), backend.rows("answer").len()), (1, 0));
    field.aino.write(door, &Payload::Correction(Correction { replaces: corrected, with: None }), at(14));
    field.bring(&backend, 15);
    let emptied = ["outcome=null", "class=null", "note=null", "script=null", "corrections=2", "undone=1"];
    assert_row(&backend, "interaction", &emptied);
    assert_row(&backend, "door", &["last_class=null"]);
    assert_eq!((backend.rows("interaction").len(), backend.rows("entry").len()), (1, 4));
}

/// Every "no" that stands is there, and no other.
pub fn do_not_contact_shows_until_it_is_lifted<B: Readable>(make: impl Fn() -> B) {
    let (mut field, backend) = (Field::new(2), make());
    let say_no =
        |target, until_on| Payload::Suppression(Suppression { target, reason: SuppressionReason::Objection, until_on });
    let until = "2999-12-31".parse().unwrap();
    let of_door = field.aino.write(Subject::Door(door_id(1)), &say_no(Target::Door, None), at(10));
    let of_contact = say_no(Target::Contact(contact_id(2)), Some(until));
    field.aino.write(Subject::Door(door_id(2)), &of_contact, at(10));
    field.bring(&backend, 11);
    let (first, second) = (door_id(1).to_string(), door_id(2).to_string());
    assert_row(&backend, "suppression", &[&first, "contact=null", "reason=\"objection\"", "until_on=null"]);
    let contact = format!("contact=\"{}\"", contact_id(2));
    assert_row(&backend, "suppression", &[&second, &contact, "until_on=\"2999-12-31\""]);
    let lift = Payload::Lift(Lift { names: vec![of_door], reason: "asked us back".into() });
    field.cilla.write(Subject::Door(door_id(1)), &lift, at(12));
    field.cilla.sync_well(field.world.store(), at(13));
    field.pump(&backend, 13);
    assert_row(&backend, "suppression", &[&second]);
    assert_eq!(backend.rows("suppression").len(), 1);
}

/// The record of each permission stays; where it stands changes.
pub fn a_permission_shows_with_its_wording_until_it_is_withdrawn<B: Readable>(make: impl Fn() -> B) {
    let (mut field, backend) = (Field::new(1), make());
    let consent = |given| Consent {
        contact: contact_id(1),
        purpose: Purpose::Phone,
        given,
        wording: "May we call you?".into(),
        language: "en".into(),
        witness: field.aino.user(),
    };
    let (yes, no) = (Payload::Consent(consent(true)), Payload::Consent(consent(false)));
    field.aino.write(Subject::Door(door_id(1)), &yes, at(10));
    field.bring(&backend, 11);
    assert_row(
        &backend,
        "consent",
        &["purpose=\"phone\"", "given=1", "wording=\"May we call you?\"", "language=\"en\""],
    );
    assert_row(&backend, "permission", &["purpose=\"phone\"", "given=1"]);
    field.aino.write(Subject::Door(door_id(1)), &no, at(12));
    field.bring(&backend, 13);
    assert_row(&backend, "permission", &["purpose=\"phone\"", "given=0"]);
    assert_eq!((backend.rows("consent").len(), backend.rows("permission").len()), (2, 1));
}
