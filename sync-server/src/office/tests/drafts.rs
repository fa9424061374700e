//! Scripts are written by several, and published from what they have agreed on.

use super::world::*;
use crate::backend::{Pumped, Tables, pump};
use crate::office::{Error, publish_draft, publish_script, start_draft};
use crate::reading;
use crate::store::{Directory, Log, Outbox};
use std::sync::Barrier;
use walkbook_ledger::{Flaw, ScriptChange, ScriptState, Subject, question_added_by};
use walkbook_model::{
    Condition, ContentHash, EntryId, Question, QuestionId, QuestionKey, QuestionKind, Role, Script, ScriptId, TenantId,
};

fn start(world: &World, tenant: TenantId, json: &str) -> Result<ScriptId, Error> {
    start_draft(world.store(), &world.pen, tenant, json.as_bytes(), at(10))
}

fn publish(world: &World, tenant: TenantId, script: ScriptId, seconds: u64) -> Result<ContentHash, Error> {
    publish_draft(world.store(), &world.pen, tenant, script, at(seconds))
}

fn version(world: &World, tenant: TenantId, version: ContentHash) -> Script {
    reading::script(world.store(), tenant, version).unwrap().unwrap()
}

fn state(world: &World, tenant: TenantId, script: ScriptId) -> ScriptState {
    reading::draft_state(world.store(), tenant, script).unwrap().unwrap()
}

/// The change by which this phone's next entry adds a question to the front.
fn added(phone: &Phone, name: &str) -> (QuestionId, ScriptChange) {
    let key = question_added_by(EntryId::new(phone.device(), phone.next_seq()));
    let question = Question { key, name: name.into(), text: "?".into(), kind: QuestionKind::YesNo, when: None };
    (key, ScriptChange::AddQuestion { question, behind: None })
}

#[test]
fn a_draft_of_a_file_is_published_as_the_file_says() {
    let world = World::new();
    let tenant = world.tenant("North");
    // Numbers that do not rise, and a condition.
    let json = script_json().replace("\"key\": 1,", "\"key\": 9,");
    let json = json.replace("\"kind\": \"integer\"", "\"kind\": \"integer\", \"when\": { \"chose\": [9, 2] }");
    let script = start(&world, tenant, &json).unwrap();
    let from_draft = version(&world, tenant, publish(&world, tenant, script, 11).unwrap());
    let from_file = publish_script(world.store(), tenant, json.as_bytes()).unwrap();
    assert_eq!(from_draft, Script { id: script, ..version(&world, tenant, from_file) });
    assert_eq!(from_draft.questions[4].when, Some(Condition::Chose(QuestionKey(9), 2)));
}

#[test]
fn what_leads_add_to_the_offices_draft_is_published_under_numbers_that_stay() {
    let world = World::new();
    let tenant = world.tenant("North");
    let (mut cilla, mut dora) =
        (world.phone(tenant, "Cilla", Role::TeamLead), world.phone(tenant, "Dora", Role::Organiser));
    let script = start(&world, tenant, script_json()).unwrap();
    let (hers, change) = added(&cilla, "weather");
    cilla.edit_draft(world.store(), script, change, at(20));
    let (_, change) = added(&dora, "dog");
    dora.edit_draft(world.store(), script, change, at(21));
    cilla.sync_well(world.store(), at(22));
    dora.sync_well(world.store(), at(22));
    let first = publish(&world, tenant, script, 23).unwrap();
    assert_eq!(publish(&world, tenant, script, 24).unwrap(), first, "the same again is the same version");
    let first = version(&world, tenant, first);
    let numbers = |script: &Script| -> Vec<u16> { script.questions.iter().map(|question| question.key.0).collect() };
    assert_eq!((first.questions.len(), numbers(&first)), (8, vec![7, 8, 1, 2, 3, 4, 5, 6]));

    cilla.edit_draft(world.store(), script, ScriptChange::Drop(hers), at(30));
    let (_, change) = added(&cilla, "later");
    cilla.edit_draft(world.store(), script, change, at(31));
    cilla.sync_well(world.store(), at(32));
    let second = version(&world, tenant, publish(&world, tenant, script, 33).unwrap());
    let dog = first.questions.iter().find(|question| question.name == "dog").unwrap().key.0;
    assert_eq!(numbers(&second), [9, dog, 1, 2, 3, 4, 5, 6]);
    assert_eq!(second.id, first.id);
}

#[test]
fn several_commands_that_publish_one_draft_at_once_publish_one_version() {
    let world = World::new();
    for round in 0..4 {
        let tenant = world.tenant("North");
        let mut cilla = world.phone(tenant, "Cilla", Role::TeamLead);
        let script = start(&world, tenant, script_json()).unwrap();
        for name in ["weather", "dog", "bell"] {
            let (_, change) = added(&cilla, name);
            cilla.edit_draft(world.store(), script, change, at(20));
            cilla.sync_well(world.store(), at(21));
        }
        let start = Barrier::new(3);
        let versions: Vec<ContentHash> = std::thread::scope(|scope| {
            let publishing = || {
                let pen = world.another_pen();
                start.wait();
                publish_draft(world.store(), &pen, tenant, script, at(30))
            };
            let threads: Vec<_> = (0..3).map(|_| scope.spawn(publishing)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap().unwrap()).collect()
        });
        assert!(versions.iter().all(|version| *version == versions[0]), "round {round}");
        let numbered = reading::entries_of(world.store(), tenant, Subject::Script(script)).unwrap();
        // Title, six questions and their numbers, three questions; published once.
        assert_eq!(numbered.len(), 1 + 12 + 3 + 1, "round {round}");
    }
}

#[test]
fn what_two_leads_wrote_at_once_is_chosen_from_before_it_is_published() {
    let world = World::new();
    let tenant = world.tenant("North");
    let (mut cilla, mut dora) =
        (world.phone(tenant, "Cilla", Role::TeamLead), world.phone(tenant, "Dora", Role::TeamLead));
    let script = start(&world, tenant, script_json()).unwrap();
    let sign = state(&world, tenant, script).draft.script.questions[3].key;
    cilla.edit_draft(world.store(), script, ScriptChange::SetText(sign, "A sign in your window?".into()), at(20));
    dora.edit_draft(world.store(), script, ScriptChange::Drop(sign), at(21));
    cilla.sync_well(world.store(), at(22));
    dora.sync_well(world.store(), at(22));
    let before = world.store.head(tenant).unwrap();
    let refused = publish(&world, tenant, script, 23).unwrap_err();
    assert!(matches!(&refused, Error::Flawed(flaws) if flaws[..] == [Flaw::Clashes(1)]), "{refused}");
    assert_eq!(world.store.head(tenant).unwrap(), before);
    let chosen = state(&world, tenant, script).clashes[0][0].1.clone();
    cilla.edit_draft(world.store(), script, chosen, at(24));
    cilla.sync_well(world.store(), at(25));
    let published = version(&world, tenant, publish(&world, tenant, script, 26).unwrap());
    assert_eq!(published.questions[3].text, "A sign in your window?");
}

#[test]
fn who_publishes_a_draft_that_is_not_ready_is_told_everything_that_is_wrong_with_it() {
    let world = World::new();
    let tenant = world.tenant("North");
    let empty = start(&world, tenant, r#"{ "title": "Doorstep", "questions": [] }"#).unwrap();
    let refused = publish(&world, tenant, empty, 11).unwrap_err();
    assert_eq!(refused.to_string(), "the draft cannot be published: script.questions is empty");

    let script = start(&world, tenant, script_json()).unwrap();
    let questions = state(&world, tenant, script).draft.script.questions;
    let [party, .., remark] = &questions[..] else { panic!("six questions") };
    let mut cilla = world.phone(tenant, "Cilla", Role::TeamLead);
    for (question, on) in [(party.key, remark.key), (questions[1].key, questions[1].key)] {
        let change = ScriptChange::SetCondition(question, Some(Condition::Answered(on)));
        cilla.edit_draft(world.store(), script, change, at(20));
        cilla.sync_well(world.store(), at(21));
    }
    let refused = publish(&world, tenant, script, 22).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the draft cannot be published: question 1: a condition's question is not an earlier one; \
         question 2: a condition's question is not an earlier one"
    );
}

#[test]
fn a_draft_that_is_not_there_is_not_published_and_a_bad_file_starts_none() {
    let world = World::new();
    let (tenant, south) = (world.tenant("North"), world.tenant("South"));
    let script = start(&world, tenant, script_json()).unwrap();
    assert!(matches!(publish(&world, south, script, 11), Err(Error::Unknown { what: "draft" })));
    let before = world.store.head(tenant).unwrap();
    let twice = script_json().replace("\"key\": 2", "\"key\": 1");
    assert!(matches!(start(&world, tenant, &twice), Err(Error::Invalid(_))));
    assert!(matches!(start(&world, tenant, "{"), Err(Error::Script(_))));
    let long = format!("{{ \"title\": \"{}\", \"questions\": [] }}", "x".repeat(257));
    assert!(matches!(start(&world, tenant, &long), Err(Error::Invalid(_))));
    assert_eq!(world.store.head(tenant).unwrap(), before);
}

#[test]
fn a_version_that_would_reach_no_phone_is_not_published() {
    let world = World::new();
    let tenant = world.tenant("North");
    let options: Vec<String> =
        (0..100).map(|code| format!("{{ \"code\": {code}, \"text\": \"{}\" }}", "x".repeat(250))).collect();
    let questions: Vec<String> = (1..=50)
        .map(|key| {
            let kind = format!("{{ \"single\": [{}] }}", options.join(","));
            format!("{{ \"key\": {key}, \"name\": \"q{key}\", \"text\": \"?\", \"kind\": {kind} }}")
        })
        .collect();
    let json = format!("{{ \"title\": \"Long\", \"questions\": [{}] }}", questions.join(","));
    assert!(matches!(publish_script(world.store(), tenant, json.as_bytes()), Err(Error::Invalid(_))));
    let script = start(&world, tenant, &json).unwrap();
    assert!(matches!(publish(&world, tenant, script, 11), Err(Error::Invalid(_))));
}

#[test]
fn a_draft_holds_up_nothing_on_the_way_to_the_backend() {
    let world = World::new();
    let tenant = world.tenant("North");
    start(&world, tenant, script_json()).unwrap();
    let list = world.one_list(tenant, 2, &[]);
    let tables = Tables::open(&world.folder().join("backend.sqlite")).unwrap();
    let pumped = pump(world.store(), &tables, tenant, at(20)).unwrap();
    assert_eq!(pumped, Pumped { delivered: 14, ..Pumped::default() });
    let office = world.store.users(tenant).unwrap()[0].id;
    let pen = world.store.devices_of(tenant, office).unwrap()[0];
    assert_eq!(world.store.in_backend_up_to(tenant, pen.id).unwrap(), pen.last_seq);
    assert_eq!(reading::lists(world.store(), tenant).unwrap(), [list]);
}
