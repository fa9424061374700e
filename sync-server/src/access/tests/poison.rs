//! One bad entry holds up nothing, and is told why.

use super::*;
use crate::engine::tests::world::{RIVER, door, script};
use crate::store::{Documents, Log, Quarantine, Verdict};
use walkbook_ledger::{Header, ListChange, ListEdit, Subject};
use walkbook_model::{Answer, AnswerValue, ContentHash, Moment, QuestionKey, cbor};
use walkbook_sync::RunEntry;

fn answers(script: ContentHash, said: &[(u16, bool)]) -> Payload {
    let answers = said.iter().map(|(key, yes)| Answer { question: QuestionKey(*key), value: AnswerValue::YesNo(*yes) });
    knocked(Knock::Answers(script, answers.collect()), RIVER)
}

#[test]
fn each_entry_of_a_poisoned_run_gets_its_own_reason_and_the_good_ones_count() {
    let mut field = Field::new();
    let script = field.world.put_script();
    let phone = &mut field.aino;
    let at_river = Subject::Door(door(1));
    let mut wanted = Vec::new();
    let mut write = |phone: &mut Phone, subject, payload: Vec<u8>, became| {
        let (id, _) = phone.write_bytes(subject, payload, at(1));
        wanted.push((id, became));
        let (good, _) = phone.write_bytes(at_river, Payload::Interaction(not_home(RIVER)).to_bytes(), at(1));
        wanted.push((good, Became::Accepted));
        id
    };
    let knock = || Payload::Interaction(not_home(RIVER)).to_bytes();
    let trailing = [knock(), vec![0]].concat();
    let rename = Payload::List(ListEdit { on: Vec::new(), change: ListChange::Rename("x".into()) });
    let unfit = Became::Refused(Reason::UnfitAnswer);
    for (subject, payload, became) in [
        (at_river, Vec::new(), MALFORMED),
        (at_river, b"poison".to_vec(), MALFORMED),
        (at_river, vec![0x9f; 60_000], MALFORMED),
        (at_river, trailing, MALFORMED),
        (at_river, knock()[..3].to_vec(), MALFORMED),
        (at_river, rename.to_bytes(), MALFORMED),
        (Subject::List(RIVER), knock(), MALFORMED),
        (Subject::List(RIVER), rename.to_bytes(), NOT_ALLOWED),
        (Subject::Door(door(5)), knock(), NOT_YOURS),
        (at_river, answers(script, &[(1, true), (2, false)]).to_bytes(), Became::Accepted),
        (at_river, answers(script, &[(1, false), (2, false)]).to_bytes(), unfit),
        (at_river, answers(script, &[(7, true)]).to_bytes(), unfit),
        (at_river, answers(script, &[(2, true), (1, true)]).to_bytes(), MALFORMED),
        (at_river, answers(ContentHash::of(b"none"), &[(1, true)]).to_bytes(), unfit),
        (at_river, lift(EntryId::new(phone.device, 1)).to_bytes(), NOT_ALLOWED),
    ] {
        write(phone, subject, payload, became);
    }
    phone.sync(&field.world, at(2)).unwrap();
    for (id, became) in &wanted {
        assert_eq!(phone.became(*id), *became, "{id:?}");
    }
    let tally = crate::engine::Exchange::tally(&field.world.engine);
    assert_eq!((tally.all_accepted(), tally.all_refused()), (16, 14));
    // What was refused keeps its place in the log and nothing else.
    let log = field.world.store.log_of(NORTH, phone.device, 0, 100).unwrap();
    let refused = log.iter().filter(|stored| matches!(stored.verdict, Verdict::Refused(_)));
    assert!(
        refused.clone().count() == 14 && refused.into_iter().all(|stored| stored.content.clone().readable().is_none())
    );
}

#[test]
fn an_entry_whose_payload_the_phone_has_erased_keeps_its_place() {
    let mut field = Field::new();
    let before = field.aino.knock(RIVER, door(1), at(1));
    let header = Header { seq: 2, moment: Moment::new(at(2), 0), subject: Subject::Door(door(1)), epoch: 0 };
    field.aino.append(RunEntry { header, body: Err(ContentHash::of(b"erased")) });
    let after = field.aino.knock(RIVER, door(1), at(3));
    field.sync(4);
    let erased = EntryId::new(field.aino.device, 2);
    let became = [before, erased, after].map(|id| field.aino.became(id));
    assert_eq!(became, [Became::Accepted, Became::Refused(Reason::Erased), Became::Accepted]);
}

#[test]
fn an_answer_to_a_script_that_the_server_cannot_read_any_more_is_kept_aside() {
    let Field { world, mut aino, mut lea, .. } = Field::new();
    let script = world.put_script();
    lea.edit_list(RIVER, ListChange::SetScript(Some(script)), at(1));
    lea.sync(&world, at(2)).unwrap();
    let world = world.behind_its_back(|connection| {
        connection.execute("UPDATE scripts SET sealed = zeroblob(length(sealed))", []).unwrap();
    });
    assert!(world.store.script(NORTH, script).is_err());
    let answered = aino.write_at(door(1), answers(script, &[(1, true)]), at(3));
    let knock = aino.knock(RIVER, door(1), at(4));
    aino.sync(&world, at(5)).unwrap();
    assert_eq!([answered, knock].map(|id| aino.became(id)), [Became::SetAside, Became::Accepted]);
    // The list comes without it.
    assert_eq!(aino.book.list(RIVER).list.script, Some(script));
    assert!(aino.book.scripts.is_empty());
    assert_eq!(world.store.quarantined(NORTH, 0, 10).unwrap().len(), 1);
}

#[test]
fn a_script_that_is_no_script_is_not_worked() {
    let mut field = Field::new();
    let rubbish = field.world.store.put_script(NORTH, b"rubbish").unwrap();
    let mut other = script();
    other.title = "Autumn".into();
    let sound = field.world.store.put_script(NORTH, &cbor::encode(&other)).unwrap();
    let ids = [rubbish, sound].map(|hash| {
        let edit = ListEdit { on: Vec::new(), change: ListChange::SetScript(Some(hash)) };
        field.lea.write(Subject::List(RIVER), Payload::List(edit), at(1))
    });
    field.sync(2);
    assert_eq!(ids.map(|id| field.lea.became(id)), [NOT_YOURS, Became::Accepted]);
}
