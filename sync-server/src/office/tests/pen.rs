//! What the office decides, it writes as any device would.

use super::world::*;
use crate::office::{Error, assign, give_script, rename};
use crate::reading;
use crate::store::{Directory, Documents, Log};
use std::sync::Barrier;
use walkbook_ledger::{ListChange, ListEdit, ListState, Payload, Subject};
use walkbook_model::limits::NAMED_ENTRIES;
use walkbook_model::{ContentHash, Outcome, Role, TenantId, UserId, WalkListId};

fn state(world: &World, tenant: TenantId, list: WalkListId) -> ListState {
    reading::list_state(world.store(), tenant, list).unwrap().unwrap()
}

/// Whose phones are sent the list now.
fn holders(world: &World, tenant: TenantId, list: WalkListId, users: &[UserId]) -> Vec<UserId> {
    let holds = |user: &&UserId| {
        let held = world.store.assignments_of(tenant, **user).unwrap();
        held.iter().any(|assignment| assignment.list == list && assignment.until.is_none())
    };
    users.iter().filter(holds).copied().collect()
}

#[test]
fn a_list_that_is_handed_out_can_be_worked_and_one_that_was_taken_back_cannot() {
    let world = World::new();
    let tenant = world.tenant("North");
    let mut aino = world.phone(tenant, "Aino", Role::Canvasser);
    let bela = world.user(tenant, "Bela", Role::Canvasser);
    let list = world.one_list(tenant, 5, &[aino.user()]);
    let script = world.script(tenant);
    aino.knock(door_id(2), knocked(list, Outcome::NotHome), at(10));
    aino.knock(door_id(1), answered(list, script, 1), at(11));
    aino.sync_well(world.store(), at(12));
    assign(world.store(), &world.pen, tenant, list, &[bela], at(20)).unwrap();
    assert_eq!(holders(&world, tenant, list, &[aino.user(), bela]), [bela]);
    aino.knock(door_id(3), knocked(list, Outcome::NotHome), at(30));
    assert_eq!(aino.sync(world.store(), at(31)).quarantined, [3]);
}

#[test]
fn the_office_and_a_lead_who_hand_out_one_list_at_once_merge() {
    let world = World::new();
    let tenant = world.tenant("North");
    let mut cilla = world.phone(tenant, "Cilla", Role::TeamLead);
    let [aino, bela] = ["Aino", "Bela"].map(|label| world.user(tenant, label, Role::Canvasser));
    let list = world.one_list(tenant, 3, &[aino]);
    // She writes without having seen what the office writes meanwhile.
    cilla.edit_list(world.store(), list, ListChange::Assign(vec![cilla.user()]), at(20));
    assign(world.store(), &world.pen, tenant, list, &[bela], at(21)).unwrap();
    cilla.sync_well(world.store(), at(22));
    let all = [aino, bela, cilla.user()];
    let merged = state(&world, tenant, list);
    assert_eq!((merged.list.assigned, merged.tips.len(), merged.clashes.len()), (vec![bela], 2, 1));
    assert_eq!(holders(&world, tenant, list, &all), [bela]);
    // The office has seen both, and settles it.
    assign(world.store(), &world.pen, tenant, list, &[aino, cilla.user()], at(23)).unwrap();
    let settled = state(&world, tenant, list);
    assert_eq!((settled.list.assigned.len(), settled.tips.len(), settled.clashes.len()), (2, 1, 0));
    assert_eq!(holders(&world, tenant, list, &all), [aino, cilla.user()]);
}

#[test]
fn pens_of_several_commands_at_once_write_one_log() {
    let world = World::new();
    for round in 0..8 {
        let tenant = world.tenant("North");
        super::super::take_register(world.store(), tenant, doors(2), |_| {}).unwrap();
        let list = world.cut(tenant, 2).lists[0];
        let start = Barrier::new(3);
        // A pen that loses a race tries again; it can lose to each of the others once.
        std::thread::scope(|scope| {
            let write = |number: usize| {
                let (world, start) = (&world, &start);
                move || {
                    let pen = world.another_pen();
                    start.wait();
                    rename(world.store(), &pen, tenant, list, &format!("List of {number}"), at(10))
                }
            };
            let written: Vec<_> = (0..3).map(|number| scope.spawn(write(number))).collect();
            written.into_iter().for_each(|thread| thread.join().unwrap().unwrap());
        });
        let entries = world.store.entries_of(tenant, Subject::List(list)).unwrap();
        let seqs: Vec<u64> = entries.iter().map(|entry| entry.header.seq).collect();
        assert_eq!(seqs, [1, 2, 3], "round {round}");
        let office = world.store.users(tenant).unwrap();
        assert_eq!((office.len(), world.store.devices_of(tenant, office[0].id).unwrap().len()), (1, 1));
        // Nobody's change was made without having seen the one before: no clash is left.
        assert!(state(&world, tenant, list).clashes.is_empty());
    }
}

#[test]
fn several_changes_of_a_list_stand_on_each_other() {
    let world = World::new();
    let tenant = world.tenant("North");
    let list = world.one_list(tenant, 2, &[]);
    let script = world.script(tenant);
    let changes =
        vec![ListChange::Rename("One".into()), ListChange::Rename("Two".into()), ListChange::SetScript(Some(script))];
    world.pen.edit_list(world.store(), tenant, list, changes, at(10)).unwrap();
    let state = state(&world, tenant, list);
    assert_eq!((state.list.name.as_str(), state.list.script), ("Two", Some(script)));
    assert_eq!((state.tips.len(), state.clashes.len()), (1, 0));
}

#[test]
fn more_changes_at_once_than_an_entry_may_name_leave_the_office_its_say() {
    let world = World::new();
    let tenant = world.tenant("North");
    let mut cilla = world.phone(tenant, "Cilla", Role::TeamLead);
    let list = world.one_list(tenant, 2, &[]);
    for number in 0..70 {
        let change = ListChange::Rename(format!("List {number}"));
        cilla.write(Subject::List(list), &Payload::List(ListEdit { on: Vec::new(), change }), at(10));
    }
    cilla.sync_well(world.store(), at(11));
    assert!(state(&world, tenant, list).tips.len() > NAMED_ENTRIES);
    for name in ["Riverside", "Riverside, mended"] {
        rename(world.store(), &world.pen, tenant, list, name, at(12)).unwrap();
        assert_eq!(state(&world, tenant, list).list.name, name);
    }
    assert_eq!(state(&world, tenant, list).tips.len(), 1);
}

#[test]
fn a_clock_that_was_set_back_does_not_make_the_office_lose_against_itself() {
    let world = World::new();
    let tenant = world.tenant("North");
    let list = world.one_list(tenant, 2, &[]);
    rename(world.store(), &world.pen, tenant, list, "Before", at(5_000)).unwrap();
    rename(world.store(), &world.pen, tenant, list, "After", at(10)).unwrap();
    assert_eq!(state(&world, tenant, list).list.name, "After");
}

#[test]
fn nobody_and_nothing_that_is_not_there_is_written_down() {
    let world = World::new();
    let (tenant, south) = (world.tenant("North"), world.tenant("South"));
    let list = world.one_list(tenant, 2, &[]);
    let stranger = world.user(south, "Sari", Role::Canvasser);
    let before = world.store.head(tenant).unwrap();
    let (store, pen) = (world.store(), &world.pen);
    let assigned = assign(store, pen, tenant, list, &[stranger], at(10));
    assert!(matches!(assigned, Err(Error::Unknown { what: "user" })));
    let given = give_script(store, pen, tenant, list, Some(ContentHash::of(b"none")), at(10));
    assert!(matches!(given, Err(Error::Unknown { what: "script" })));
    let elsewhere = rename(store, pen, south, list, "Mine now", at(10));
    assert!(matches!(elsewhere, Err(Error::Unknown { what: "list" })));
    assert!(matches!(rename(store, pen, tenant, list, &"x".repeat(300), at(10)), Err(Error::Invalid(_))));
    assert_eq!(world.store.head(tenant).unwrap(), before);
}

#[test]
fn one_who_is_named_twice_is_handed_the_list_once() {
    let world = World::new();
    let tenant = world.tenant("North");
    let aino = world.user(tenant, "Aino", Role::Canvasser);
    let list = world.one_list(tenant, 2, &[aino, aino]);
    assert_eq!(state(&world, tenant, list).list.assigned, [aino]);
}
