//! Entries that their sender may not write, among those that he may: a phone with a valid login and the wrong intentions.

use crate::device::{Became, Device, knock, not_home, now, random, undo};
use crate::world::World;
use walkbook_ledger::{Correction, DoorChange, DoorEdit, Header, Payload, ScriptChange, ScriptEdit, Standing, Subject};
use walkbook_model::limits::PAYLOAD_BYTES;
use walkbook_model::{
    Address, Answer, AnswerValue, Consent, Contact, ContactField, ContactId, ContentHash, DoorId, EntryId, Interaction,
    Knock, Lift, Moment, Purpose, QuestionKey, ScriptId, Suppression, SuppressionReason, Target, Timestamp, UserId,
    WalkListId,
};
use walkbook_sync::{Reason, RunEntry};
use walkbook_vault::Salt;

/// Mallory and Aino, who walk the river.
struct Stairs {
    world: World,
    mallory: Device,
    aino: Device,
    /// A door of theirs.
    door: DoorId,
}

async fn stairs() -> Stairs {
    let world = World::start();
    let mallory = Device::enrolled(&world, "mallory").await;
    let aino = Device::enrolled(&world, "aino").await;
    let door = world.doors(world.names.river)[0];
    Stairs { world, mallory, aino, door }
}

fn no() -> Payload {
    let reason = SuppressionReason::Objection;
    Payload::Suppression(Suppression { target: Target::Door, reason, until_on: None })
}

fn lift(names: EntryId) -> Payload {
    Payload::Lift(Lift { names: vec![names], reason: "asked for".into() })
}

fn set(change: DoorChange) -> Payload {
    Payload::Door(DoorEdit { on: Vec::new(), change })
}

fn notes() -> Payload {
    set(DoorChange::SetAccessNotes("mine now".into()))
}

fn answers(script: ContentHash, value: AnswerValue) -> Payload {
    Payload::Interaction(Interaction {
        knock: Knock::Answers(script, vec![Answer { question: QuestionKey(1), value }]),
        ..not_home(WalkListId::from_bytes([0; 16]))
    })
}

fn on_list(payload: Payload, list: WalkListId) -> Payload {
    match payload {
        Payload::Interaction(interaction) => Payload::Interaction(Interaction { list, ..interaction }),
        other => other,
    }
}

#[tokio::test]
async fn a_no_is_not_lifted_by_who_walks_be_it_his_own() {
    let Stairs { world, mut mallory, mut aino, door } = stairs().await;
    let (hers, his) = (aino.write_at(door, &no()), mallory.write_at(door, &no()));
    assert_eq!(aino.became([hers]).await, [Became::Accepted]);
    assert_eq!(mallory.became([his]).await, [Became::Accepted]);
    let tries = vec![(Subject::Door(door), lift(hers)), (Subject::Door(door), lift(his))];
    mallory.is_refused(&world, Reason::NotAllowed, tries).await;
}

#[tokio::test]
async fn a_lead_does_not_lift_a_no_at_another_teams_door() {
    let Stairs { world, .. } = stairs().await;
    let [mut lea, mut berta] = [Device::enrolled(&world, "lea").await, Device::enrolled(&world, "berta").await];
    let theirs = world.doors(world.names.hill)[0];
    let said = berta.write_at(theirs, &no());
    assert_eq!(berta.became([said]).await, [Became::Accepted]);
    lea.is_refused(&world, Reason::NotYours, vec![(Subject::Door(theirs), lift(said))]).await;
    // Nor by a lift at a door of the own team that names it: it stands on.
    let own = world.doors(world.names.river)[0];
    let aside = lea.write_at(own, &lift(said));
    lea.became([aside]).await;
    let board = world.home.run(&["list", "board", "--tenant", &world.names.north.to_string()]);
    let hill = board.iter().find(|line| line.starts_with(&world.names.hill.to_string())).unwrap();
    assert_eq!(hill.split('\t').nth(8), Some("1"), "{hill}");
}

#[tokio::test]
async fn anothers_knock_is_not_undone_nor_replaced() {
    let Stairs { world, mut mallory, mut aino, door } = stairs().await;
    let hers = aino.write_at(door, &knock(world.names.river));
    assert_eq!(aino.became([hers]).await, [Became::Accepted]);
    let instead = Correction { replaces: hers, with: Some(not_home(world.names.river)) };
    let tries = [undo(hers), Payload::Correction(instead)].map(|payload| (Subject::Door(door), payload));
    mallory.is_refused(&world, Reason::NotAllowed, tries.to_vec()).await;
}

#[tokio::test]
async fn a_correction_of_what_never_was_is_nobodys() {
    let Stairs { world, mut mallory, door, .. } = stairs().await;
    let nobody = EntryId::new(walkbook_model::DeviceId::from_bytes(random()), 1);
    let sanna = Device::enrolled(&world, "sanna").await;
    let abroad = EntryId::new(sanna.id, 1);
    let tries = [nobody, abroad].map(|entry| (Subject::Door(door), undo(entry)));
    mallory.is_refused(&world, Reason::NotYours, tries.to_vec()).await;
}

#[tokio::test]
async fn nobody_knocks_in_anothers_name() {
    let Stairs { world, mut mallory, door, .. } = stairs().await;
    let users = [world.user("aino"), world.user("lea"), world.user("sofia"), UserId::from_bytes(random())];
    let in_the_name_of = |user| Interaction { knocked_by: Some(user), ..not_home(world.names.river) };
    let tries = users.map(|user| (Subject::Door(door), Payload::Interaction(in_the_name_of(user))));
    mallory.is_refused(&world, Reason::NotAllowed, tries.to_vec()).await;
}

#[tokio::test]
async fn nobody_bears_witness_in_anothers_name() {
    let Stairs { world, mut mallory, door, .. } = stairs().await;
    let consent = |witness| Consent {
        contact: ContactId::from_bytes([1; 16]),
        purpose: Purpose::Phone,
        given: true,
        wording: "May we call you?".into(),
        language: "en".into(),
        witness,
    };
    let users = [world.user("aino"), world.user("sofia"), UserId::from_bytes(random())];
    let tries = users.map(|user| (Subject::Door(door), Payload::Consent(consent(user))));
    mallory.is_refused(&world, Reason::NotAllowed, tries.to_vec()).await;
}

#[tokio::test]
async fn a_lead_types_in_for_nobody_of_another_team_or_tenant() {
    let Stairs { world, door, .. } = stairs().await;
    let mut lea = Device::enrolled(&world, "lea").await;
    let by = |user| Interaction { knocked_by: Some(user), ..not_home(world.names.river) };
    let users = [world.user("berta"), world.user("sanna"), UserId::from_bytes(random())];
    let tries = users.map(|user| (Subject::Door(door), Payload::Interaction(by(user))));
    lea.is_refused(&world, Reason::NotAllowed, tries.to_vec()).await;
}

#[tokio::test]
async fn a_door_of_another_team_of_another_tenant_and_one_that_does_not_exist_are_alike() {
    let Stairs { world, mut mallory, .. } = stairs().await;
    let mut lea = Device::enrolled(&world, "lea").await;
    let names = &world.names;
    let theirs = world.doors(names.theirs).into_iter().find(|door| !world.doors(names.river).contains(door));
    let doors =
        [world.doors(names.hill)[0], world.doors(names.spare)[0], theirs.unwrap(), DoorId::from_bytes(random())];
    for phone in [&mut mallory, &mut lea] {
        let payloads = [knock(names.river), no(), notes()];
        let tries = doors.iter().flat_map(|door| payloads.clone().map(|payload| (Subject::Door(*door), payload)));
        phone.is_refused(&world, Reason::NotYours, tries.collect()).await;
    }
}

#[tokio::test]
async fn a_knock_for_a_list_of_another_team_or_tenant_is_refused_as_for_one_that_does_not_exist() {
    let Stairs { world, mut mallory, door, .. } = stairs().await;
    let names = &world.names;
    let lists = [names.hill, names.spare, names.theirs, WalkListId::from_bytes(random())];
    let tries = lists.map(|list| (Subject::Door(door), knock(list)));
    mallory.is_refused(&world, Reason::NotYours, tries.to_vec()).await;
}

#[tokio::test]
async fn a_door_is_not_added_under_a_chosen_id() {
    let Stairs { world, mut mallory, .. } = stairs().await;
    let address = Address { street: "Nowhere".into(), ..Address::default() };
    let ids = [DoorId::from_bytes(random()), world.doors(world.names.hill)[0]];
    let tries = ids.map(|id| (Subject::Door(id), set(DoorChange::SetAddress(address.clone()))));
    mallory.is_refused(&world, Reason::NotYours, tries.to_vec()).await;
}

#[tokio::test]
async fn a_contact_is_not_added_under_a_chosen_id() {
    let Stairs { world, mut mallory, .. } = stairs().await;
    let store = world.home.store();
    let somebody_at = |door: DoorId| {
        let base = store.base_of(world.names.north, Subject::Door(door)).unwrap().unwrap();
        let base = walkbook_ledger::DoorBase::from_bytes(&base.bytes.readable().unwrap()).unwrap();
        Some((door, base.record.contacts.first()?.id))
    };
    // Nobody is registered at some of the doors.
    let (door, contact) = world.doors(world.names.river).into_iter().find_map(somebody_at).unwrap();
    let ids = [ContactId::from_bytes(random()), contact];
    let tries = ids.map(|id| (Subject::Door(door), set(DoorChange::AddContact(Contact::new(id)))));
    mallory.is_refused(&world, Reason::Malformed, tries.to_vec()).await;
}

#[tokio::test]
async fn a_script_is_not_drafted_by_who_walks() {
    let Stairs { world, mut mallory, .. } = stairs().await;
    let title = || Payload::Script(ScriptEdit { on: Vec::new(), change: ScriptChange::SetTitle("Mine".into()) });
    let scripts = [ScriptId::from_bytes(random()), ScriptId::from_bytes([1; 16])];
    let tries = scripts.map(|script| (Subject::Script(script), title()));
    mallory.is_refused(&world, Reason::NotAllowed, tries.to_vec()).await;
}

#[tokio::test]
async fn answers_to_a_script_of_another_tenant_or_of_none_or_that_do_not_fit_are_unfit() {
    let Stairs { world, mut mallory, door, .. } = stairs().await;
    let names = &world.names;
    let (step, yes) = (AnswerValue::Scale(1), AnswerValue::YesNo(true));
    let tries = [
        answers(names.their_script, step.clone()),
        answers(ContentHash::from_bytes(random()), step),
        answers(names.script, AnswerValue::Scale(6)),
        answers(names.script, AnswerValue::Scale(i16::MIN)),
        answers(names.script, yes),
    ];
    let tries = tries.map(|payload| (Subject::Door(door), on_list(payload, names.river)));
    mallory.is_refused(&world, Reason::UnfitAnswer, tries.to_vec()).await;
}

#[tokio::test]
async fn an_entry_about_the_wrong_thing_is_malformed() {
    let Stairs { world, mut mallory, door, .. } = stairs().await;
    let names = &world.names;
    let lists = [knock(names.river), no(), notes()].map(|payload| (Subject::List(names.river), payload));
    let scripts =
        [knock(names.river), notes()].map(|payload| (Subject::Script(ScriptId::from_bytes([1; 16])), payload));
    let rename = walkbook_ledger::ListChange::Rename("Mine".into());
    let list_edit = Payload::List(walkbook_ledger::ListEdit { on: Vec::new(), change: rename });
    let tries = [&lists[..], &scripts[..], &[(Subject::Door(door), list_edit)]].concat();
    mallory.is_refused(&world, Reason::Malformed, tries).await;
}

#[tokio::test]
async fn what_is_over_a_bound_is_malformed_and_holds_up_nothing() {
    let Stairs { world, mut mallory, door, .. } = stairs().await;
    let subject = Subject::Door(door);
    let long = |bytes: usize| "x".repeat(bytes);
    let many = (1..=65).map(|seq| EntryId::new(mallory.id, seq)).collect();
    let rubbish = vec![
        vec![0xff; 8],
        vec![0x81; 10_000],
        [knock(world.names.river).to_bytes(), vec![0]].concat(),
        vec![0; PAYLOAD_BYTES + 1],
        Payload::Interaction(Interaction { note: Some(long(4_097)), ..not_home(world.names.river) }).to_bytes(),
        set(DoorChange::SetAccessNotes(long(60_000))).to_bytes(),
        set(DoorChange::SetContactField(ContactId::from_bytes([1; 16]), ContactField::Custom(long(300)), "x".into()))
            .to_bytes(),
        Payload::Lift(Lift { names: many, reason: "x".into() }).to_bytes(),
        Payload::Lift(Lift { names: Vec::new(), reason: "x".into() }).to_bytes(),
    ];
    let before = world.stand();
    let ids: Vec<EntryId> = rubbish.into_iter().map(|bytes| mallory.write_bytes(subject, 0, bytes)).collect();
    let ids: [EntryId; 9] = ids.try_into().unwrap();
    assert_eq!(mallory.became(ids).await, [Became::Refused(Reason::Malformed); 9]);
    before.counts_as(&world.stand());
    mallory.is_served(world.names.river, door).await;
}

#[tokio::test]
async fn an_edit_on_what_never_was_or_is_still_to_come_does_not_hang_in_the_air() {
    let Stairs { world, mut mallory, mut aino, door } = stairs().await;
    let sanna = Device::enrolled(&world, "sanna").await;
    let on = |device, seq| {
        let on = vec![EntryId::new(device, seq)];
        Payload::Door(DoorEdit { on, change: DoorChange::SetAccessNotes("mine".into()) })
    };
    let nobody = walkbook_model::DeviceId::from_bytes(random());
    let tries = [on(nobody, 1), on(sanna.id, 1)].map(|payload| (Subject::Door(door), payload));
    mallory.is_refused(&world, Reason::Rebase, tries.to_vec()).await;
    // On a colleague's edit to come it may wait: nobody else is held up by that.
    let waits = mallory.write_at(door, &on(aino.id, 1_000_000));
    assert_eq!(mallory.became([waits]).await, [Became::Accepted]);
    let edit = aino.write_at(door, &notes());
    assert_eq!(aino.became([edit]).await, [Became::Accepted]);
    let show = ["list", "show", &world.names.river.to_string(), "--tenant", &world.names.north.to_string()];
    assert_eq!(world.home.run(&show).len(), 40);
}

#[tokio::test]
async fn a_contact_does_not_become_another_by_a_merge_into_itself() {
    let Stairs { world, mut mallory, door, .. } = stairs().await;
    let contact = ContactId::from_bytes([5; 16]);
    let itself = set(DoorChange::SetStanding(contact, Standing::SameAs(contact)));
    mallory.is_refused(&world, Reason::Malformed, vec![(Subject::Door(door), itself)]).await;
}

#[tokio::test]
async fn a_clock_of_the_year_584_million_does_not_win() {
    let Stairs { world, mut mallory, mut aino, door } = stairs().await;
    let moments = [Moment::from_bits(u64::MAX), Moment::new(Timestamp::from_ms(now().as_ms() + 1_000_000_000), 7)];
    for moment in moments {
        let seq = mallory.last_seq() + 1;
        let header = Header { seq, moment, subject: Subject::Door(door), epoch: 0 };
        mallory.append(RunEntry { header, body: Ok((Salt::from_bytes([1; 16]), notes().to_bytes())) });
    }
    mallory.sync().await;
    // The colleague's clock is right and comes later: what she writes is what is shown.
    let hers = set(DoorChange::SetAccessNotes("ring twice".into()));
    aino.write_at(door, &hers);
    aino.sync().await;
    let store = world.home.store();
    let entries = store.entries_of(world.names.north, Subject::Door(door)).unwrap();
    assert!(entries.iter().filter(|entry| entry.device == mallory.id).all(|entry| entry.bound.is_some()));
    let state = walkbook_server::reading::door_state(&*store, world.names.north, door).unwrap().unwrap();
    assert_eq!(state.door.access_notes, "ring twice");
}

#[tokio::test]
async fn an_epoch_that_never_was_hides_nothing_and_wins_nothing() {
    let Stairs { world, mut mallory, mut aino, door } = stairs().await;
    let change = |notes: &str| set(DoorChange::SetAccessNotes(notes.into())).to_bytes();
    let ids = [100_000, 1 << 31, u32::MAX].map(|epoch| mallory.write_bytes(Subject::Door(door), epoch, change("mine")));
    assert_eq!(mallory.became(ids).await, [Became::Refused(Reason::Malformed); 3]);
    let hers = aino.write_at(door, &notes());
    assert_eq!(aino.became([hers]).await, [Became::Accepted]);
    aino.is_served(world.names.river, door).await;
}

#[tokio::test]
async fn an_entry_whose_words_were_taken_out_before_it_came_is_refused_as_erased() {
    let Stairs { world, mut mallory, door, .. } = stairs().await;
    let before = world.stand();
    let header = Header { seq: 1, moment: Moment::new(now(), 0), subject: Subject::Door(door), epoch: 0 };
    let id = mallory.append(RunEntry { header, body: Err(ContentHash::of(b"a knock")) });
    assert_eq!(mallory.became([id]).await, [Became::Refused(Reason::Erased)]);
    before.counts_as(&world.stand());
}

#[tokio::test]
async fn forbidden_entries_hold_up_nothing_of_what_stands_between_them() {
    let Stairs { world, mut mallory, mut aino, door } = stairs().await;
    let hers = aino.write_at(door, &no());
    aino.sync().await;
    let [first, bad, second, worse, third] = [
        mallory.write_at(door, &knock(world.names.river)),
        mallory.write_at(door, &lift(hers)),
        mallory.write_at(door, &knock(world.names.river)),
        mallory.write_at(world.doors(world.names.hill)[0], &knock(world.names.hill)),
        mallory.write_at(door, &no()),
    ];
    let became = mallory.became([first, bad, second, worse, third]).await;
    let (no, yours) = (Became::Refused(Reason::NotAllowed), Became::Refused(Reason::NotYours));
    assert_eq!(became, [Became::Accepted, no, Became::Accepted, yours, Became::Accepted]);
}

#[tokio::test]
async fn what_is_written_after_a_list_was_taken_away_is_set_aside_and_takes_no_effect() {
    let Stairs { world, mut mallory, door, .. } = stairs().await;
    let (river, tenant) = (world.names.river.to_string(), world.names.north.to_string());
    let aino = world.user("aino").to_string();
    world.home.run(&["list", "assign", &river, &aino, "--tenant", &tenant]);
    let before = world.home.run(&["list", "board", "--tenant", &tenant]);
    let id = mallory.write_at(door, &knock(world.names.river));
    assert_eq!(mallory.became([id]).await, [Became::SetAside]);
    assert_eq!(world.home.run(&["list", "board", "--tenant", &tenant]), before);
}
