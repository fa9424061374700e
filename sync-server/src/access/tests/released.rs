//! Who lets something count is held to the table, too: a lead gives nobody what the lead has not got.

use super::teams::{Teams, in_teams};
use super::*;
use crate::engine::tests::world::{ANNA, HILL, RIVER, door};
use crate::office::{self, Error, Which, Would};
use crate::store::{Directory, ListUpdate, NewRescued, Reach, Rescued, Teams as _};
use walkbook_ledger::{Header, ListChange, ListEdit, Subject};
use walkbook_model::{Moment, Role};

/// What Lea wrote was lost by the server with a restore: it is set aside now, whatever it does.
fn brought_again(write: impl FnOnce(&mut Field) -> EntryId) -> (Field, EntryId) {
    let (field, _) = in_teams();
    let Field { world, aino, berta, lea } = field;
    let (world, backup) = world.backed_up();
    let mut field = Field { world, aino, berta, lea };
    let entry = write(&mut field);
    field.sync(2);
    let Field { world, aino, berta, lea } = field;
    drop(world);
    let mut field = Field { world: World::restored(backup), aino, berta, lea };
    field.sync(3);
    assert_eq!(field.lea.became(entry), Became::SetAside);
    (field, entry)
}

fn release(field: &Field, by: UserId, entry: EntryId) -> Result<(), Error> {
    office::release(&field.world.desk_of(NORTH, by), &field.world.pen(), Which::Entry(entry), at(100))
}

fn would(field: &Field, entry: EntryId) -> Would {
    office::one_set_aside(&field.world.desk(NORTH), Which::Entry(entry), at(100)).unwrap().would
}

/// What a lead writes to reach into another team.
fn reaching_out() -> [(Subject, Payload, Reason); 6] {
    let of_list = |change| (Subject::List(RIVER), Payload::List(ListEdit { on: Vec::new(), change }), Reason::NotYours);
    let at_door = |payload, reason| (Subject::Door(door(1)), payload, reason);
    let for_berta = Interaction { knocked_by: Some(BERTA), ..not_home(RIVER) };
    [
        of_list(ListChange::Place { door: door(5), behind: None }),
        of_list(ListChange::Assign(vec![AINO, BERTA])),
        at_door(Payload::Interaction(not_home(HILL)), Reason::NotYours),
        at_door(Payload::Interaction(for_berta), Reason::NotAllowed),
        at_door(consent(BERTA), Reason::NotAllowed),
        (Subject::Door(door(5)), Payload::Interaction(not_home(HILL)), Reason::NotYours),
    ]
}

#[test]
fn a_lead_lets_count_nothing_that_names_another_teams_and_the_operator_does() {
    for (case, (subject, payload, reason)) in reaching_out().into_iter().enumerate() {
        let (field, entry) = brought_again(|field| field.lea.write(subject, payload, at(1)));
        let refused = release(&field, LEA, entry).unwrap_err();
        let is_anothers = subject == Subject::Door(door(5));
        match refused {
            Error::NotAllowed { .. } => assert!(is_anothers, "{case}"),
            Error::CannotCount(Would::Not(why)) => assert_eq!((why, is_anothers), (reason, false), "{case}"),
            other => panic!("{case}: {other}"),
        }
        assert_eq!(field.world.store.team_reach(NORTH, LEA, door(5)).unwrap(), Reach::Never, "{case}");
        field.world.release(NORTH, entry, at(11)).unwrap();
    }
}

#[test]
fn what_is_listed_for_a_lead_says_how_it_stands_for_the_lead() {
    let place = ListChange::Place { door: door(5), behind: None };
    let edit = Payload::List(ListEdit { on: Vec::new(), change: place });
    let (field, _) = brought_again(|field| field.lea.write(Subject::List(RIVER), edit, at(1)));
    let seen_by = |desk| office::set_aside(&desk, at(10)).unwrap().iter().map(|aside| aside.would).collect::<Vec<_>>();
    assert_eq!(seen_by(field.world.desk(NORTH)), [Would::CountIfReleased]);
    assert_eq!(seen_by(field.world.desk_of(NORTH, LEA)), [Would::Not(Reason::NotYours)]);
    field.world.set_role(NORTH, ANNA, Role::TeamLead);
    assert_eq!(seen_by(field.world.desk_of(NORTH, ANNA)), [], "she leads no team");
}

#[test]
fn a_manager_for_whom_a_command_is_given_lets_count_what_the_operator_does() {
    for (subject, payload, _) in reaching_out() {
        let (field, entry) = brought_again(|field| field.lea.write(subject, payload, at(1)));
        field.world.set_role(NORTH, ANNA, Role::Manager);
        release(&field, ANNA, entry).unwrap();
    }
}

/// Aino has lost door 1 to Berta's team at second 20, and knocked there, on her own list, at second 21.
fn moved_to_the_other_team() -> (Field, Teams, EntryId) {
    let (mut field, teams) = in_teams();
    field.world.update(&[ListUpdate::Leave(RIVER, door(1)), ListUpdate::Join(HILL, door(1))], at(20));
    let knock = field.aino.knock(RIVER, door(1), at(21));
    field.sync(22);
    assert_eq!(field.aino.became(knock), Became::SetAside);
    (field, teams, knock)
}

#[test]
fn a_knock_at_a_door_that_went_to_another_team_is_let_by_the_lead_who_has_the_door_now() {
    let (field, teams, knock) = moved_to_the_other_team();
    assert!(matches!(release(&field, LEA, knock), Err(Error::NotAllowed { .. })), "the door is not hers any more");
    field.world.set_role(NORTH, ANNA, Role::TeamLead);
    field.world.store.join_team(NORTH, teams.theirs, ANNA, by_operator(23)).unwrap();
    // It was walked on a list of the other team, which its writer may name.
    release(&field, ANNA, knock).unwrap();
}

#[test]
fn a_permission_that_a_canvasser_took_who_has_left_the_team_is_let_by_its_lead() {
    let (mut field, teams) = in_teams();
    field.world.update(&[ListUpdate::Unassign(RIVER, AINO)], at(20));
    assert!(field.world.store.leave_team(NORTH, teams.mine, AINO, by_operator(20)).unwrap());
    let taken = field.aino.write_at(door(1), consent(AINO), at(21));
    field.sync(22);
    assert_eq!((field.aino.became(taken), would(&field, taken)), (Became::SetAside, Would::CountIfReleased));
    release(&field, LEA, taken).unwrap();
}

#[test]
fn what_a_phone_wrote_that_is_shut_out_since_never_counts_by_itself() {
    let (mut field, _) = in_teams();
    field.world.update(&[ListUpdate::Unassign(RIVER, AINO)], at(20));
    let knock = field.aino.knock(RIVER, door(1), at(21));
    field.sync(22);
    field.world.update(&[ListUpdate::Assign(RIVER, AINO)], at(23));
    assert_eq!(would(&field, knock), Would::Count);
    field.world.store.revoke_device(NORTH, field.aino.device, by_operator(24)).unwrap();
    assert_eq!(would(&field, knock), Would::CountIfReleased);
    release(&field, LEA, knock).unwrap();
}

#[test]
fn what_came_out_of_a_rescue_file_is_held_to_the_same() {
    for (case, (subject, payload, reason)) in reaching_out().into_iter().enumerate() {
        let (field, _) = in_teams();
        let header = Header { seq: 7, moment: Moment::new(at(1), 0), subject, epoch: 0 };
        let stray = NewRescued { device: field.lea.device, header, payload: payload.to_bytes(), reason: None };
        field.world.store.keep_rescued(NORTH, &[stray]).unwrap();
        let which = Which::Rescued(field.world.store.rescued(NORTH, 10).unwrap()[0].number);
        let release = |desk: &office::Desk<'_>| office::release(desk, &field.world.pen(), which, at(10));
        match release(&field.world.desk_of(NORTH, LEA)).unwrap_err() {
            Error::NotAllowed { .. } => assert_eq!(subject, Subject::Door(door(5)), "{case}"),
            Error::CannotCount(Would::Not(why)) => assert_eq!(why, reason, "{case}"),
            other => panic!("{case}: {other}"),
        }
        assert_eq!(field.world.store.count_rescued(NORTH).unwrap(), 1, "{case}");
        release(&field.world.desk(NORTH)).unwrap();
    }
}
