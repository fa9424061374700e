//! Who may change a list.

use super::*;
use crate::engine::tests::world::{HILL, RIVER, door};
use crate::store::{Documents, ListUpdate, Log, Reach};
use std::collections::BTreeSet;
use walkbook_ledger::{DoorChange, DoorEdit, ListBase, ListChange, ListEdit, ListState, Subject, door_added_by};
use walkbook_model::limits::DOORS_PER_LIST;
use walkbook_model::{Address, ContentHash, DoorId};

fn add_door(phone: &mut Phone, seconds: u64) -> DoorId {
    let door = door_added_by(EntryId::new(phone.device, phone.last_seq() + 1));
    let address = Address { street: "Back Lane".into(), number: "1".into(), ..Address::default() };
    let edit = DoorEdit { on: Vec::new(), change: DoorChange::SetAddress(address) };
    phone.write_at(door, Payload::Door(edit), at(seconds));
    door
}

fn place(phone: &mut Phone, list: WalkListId, door: DoorId, seconds: u64) -> EntryId {
    phone.edit_list(list, ListChange::Place { door, behind: None }, at(seconds))
}

/// The list as the ledger computes it from what the store has.
fn computed(world: &World, list: WalkListId) -> ListState {
    let subject = Subject::List(list);
    let base = world.store.base_of(NORTH, subject).unwrap().unwrap().bytes.readable().unwrap();
    let entries = world.store.entries_of(NORTH, subject).unwrap();
    let entries: Vec<_> = entries.into_iter().filter_map(crate::engine::tests::opened).collect();
    ListState::compute(&ListBase::from_bytes(&base).unwrap(), &entries).unwrap()
}

/// Who has the list, by the store's own table.
fn holders(world: &World, list: WalkListId) -> BTreeSet<UserId> {
    let holds = |user: &UserId| {
        let lists = world.store.assignments_of(NORTH, *user).unwrap();
        lists.iter().any(|held| held.list == list && held.until.is_none())
    };
    [AINO, BERTA, LEA].into_iter().filter(holds).collect()
}

#[test]
fn a_canvasser_puts_an_own_new_door_onto_an_own_list_and_the_team_walks_it() {
    let mut field = Field::new();
    field.world.update(&[ListUpdate::Assign(RIVER, BERTA)], at(0));
    field.sync(1);
    let new = add_door(&mut field.aino, 2);
    let placed = place(&mut field.aino, RIVER, new, 3);
    let knock = field.aino.knock(RIVER, new, at(4));
    field.sync(5);
    field.sync(6);
    assert_eq!([placed, knock].map(|id| field.aino.became(id)), [Became::Accepted; 2]);
    assert_eq!(field.berta.book.door(new).visits[0].entry, knock);
    assert_eq!(field.berta.book.list(RIVER).list.doors[0], new);
    let hers = field.berta.knock(RIVER, new, at(7));
    field.sync(8);
    assert_eq!(field.berta.became(hers), Became::Accepted);
    assert_eq!(field.world.store.reach(NORTH, BERTA, &[new]).unwrap(), [Reach::Now]);
}

#[test]
fn also_when_the_door_came_with_an_earlier_request() {
    let mut field = Field::new();
    let new = add_door(&mut field.aino, 1);
    field.sync(2);
    let placed = place(&mut field.aino, RIVER, new, 3);
    field.sync(4);
    assert_eq!(field.aino.became(placed), Became::Accepted);
    assert_eq!(field.world.store.lists_with(NORTH, new).unwrap(), [RIVER]);
}

#[test]
fn so_does_a_lead_and_onto_every_list() {
    let mut field = Field::new();
    let new = add_door(&mut field.lea, 1);
    let knock = field.lea.knock(HILL, new, at(2));
    let placed = [RIVER, HILL].map(|list| place(&mut field.lea, list, new, 3));
    field.sync(4);
    field.sync(5);
    assert_eq!([knock, placed[0], placed[1]].map(|id| field.lea.became(id)), [Became::Accepted; 3]);
    for (phone, list) in [(&field.aino, RIVER), (&field.berta, HILL)] {
        assert!(phone.book.doors_on(list).contains(&new));
        assert_eq!(phone.book.door(new).visits[0].entry, knock);
    }
}

#[test]
fn a_canvasser_changes_a_list_in_no_other_way() {
    let mut field = Field::new();
    let hash = field.world.put_script();
    let (mine, bertas) = (add_door(&mut field.aino, 1), add_door(&mut field.berta, 1));
    let placed = place(&mut field.aino, RIVER, mine, 2);
    field.sync(3);
    assert_eq!(field.aino.became(placed), Became::Accepted);
    let changes = [
        (RIVER, ListChange::Assign(vec![AINO, BERTA]), NOT_ALLOWED),
        (RIVER, ListChange::Assign(Vec::new()), NOT_ALLOWED),
        (RIVER, ListChange::Rename("mine".into()), NOT_ALLOWED),
        (RIVER, ListChange::SetScript(Some(hash)), NOT_ALLOWED),
        (RIVER, ListChange::SetScript(None), NOT_ALLOWED),
        (RIVER, ListChange::Drop(door(1)), NOT_ALLOWED),
        (RIVER, ListChange::Drop(mine), NOT_ALLOWED),
        // Moving, be it one's own.
        (RIVER, ListChange::Place { door: door(1), behind: Some(door(2)) }, NOT_ALLOWED),
        (RIVER, ListChange::Place { door: mine, behind: Some(door(2)) }, NOT_ALLOWED),
        // Fetching others' doors.
        (RIVER, ListChange::Place { door: door(5), behind: None }, NOT_ALLOWED),
        (RIVER, ListChange::Place { door: bertas, behind: None }, NOT_ALLOWED),
        (RIVER, ListChange::Place { door: DoorId::from_bytes([200; 16]), behind: None }, NOT_ALLOWED),
        // Another's list, and none.
        (HILL, ListChange::Place { door: mine, behind: None }, NOT_YOURS),
        (WalkListId::from_bytes([99; 16]), ListChange::Place { door: mine, behind: None }, NOT_YOURS),
    ];
    let before = (computed(&field.world, RIVER).to_bytes(), computed(&field.world, HILL).to_bytes());
    for (list, change, reason) in changes {
        let edit = ListEdit { on: Vec::new(), change };
        let id = field.aino.write(Subject::List(list), Payload::List(edit), at(4));
        field.sync(5);
        assert_eq!(field.aino.became(id), reason);
    }
    assert_eq!((computed(&field.world, RIVER).to_bytes(), computed(&field.world, HILL).to_bytes()), before);
    assert_eq!(field.world.store.reach(NORTH, AINO, &[door(5)]).unwrap(), [Reach::Never]);
    assert_eq!(holders(&field.world, RIVER), [AINO].into());
}

#[test]
fn a_door_cannot_be_placed_twice_in_one_run_either() {
    let mut field = Field::new();
    let new = add_door(&mut field.aino, 1);
    let ids = [place(&mut field.aino, RIVER, new, 2), place(&mut field.aino, RIVER, new, 2)];
    field.sync(3);
    assert_eq!(ids.map(|id| field.aino.became(id)), [Became::Accepted, NOT_ALLOWED]);
}

#[test]
fn a_lead_changes_lists_in_every_way_and_the_store_follows() {
    let mut field = Field::new();
    let hash = field.world.put_script();
    field.world.update(&[ListUpdate::Assign(RIVER, LEA), ListUpdate::Assign(HILL, LEA)], at(0));
    field.sync(1);
    for change in [
        ListChange::Assign(vec![LEA, BERTA]),
        ListChange::Rename("by the river".into()),
        ListChange::SetScript(Some(hash)),
        ListChange::Drop(door(1)),
        ListChange::Place { door: door(5), behind: Some(door(2)) },
        ListChange::Place { door: door(4), behind: None },
    ] {
        field.lea.edit_list(RIVER, change, at(2));
    }
    field.sync(3);
    field.sync(4);
    assert!(field.lea.refused.is_empty());
    let state = computed(&field.world, RIVER);
    assert_eq!(state.list.doors, [4, 2, 5, 3].map(door));
    assert_eq!((state.list.name.as_str(), state.list.script), ("by the river", Some(hash)));
    assert_eq!(holders(&field.world, RIVER), [LEA, BERTA].into());
    assert_eq!(field.berta.book.list(RIVER).to_bytes(), state.to_bytes());
    assert_eq!(field.berta.book.doors_on(RIVER), [2, 3, 4, 5].map(door).into());
    assert!(!field.aino.book.lists.contains_key(&RIVER));
}

#[test]
fn a_lead_hands_out_to_people_of_the_tenant_and_works_its_own_scripts_and_doors() {
    let mut field = Field::new();
    for change in [
        ListChange::Assign(vec![UserId::from_bytes([99; 16])]),
        ListChange::SetScript(Some(ContentHash::of(b"another's"))),
        ListChange::Place { door: DoorId::from_bytes([200; 16]), behind: None },
    ] {
        let edit = ListEdit { on: Vec::new(), change };
        let id = field.lea.write(Subject::List(RIVER), Payload::List(edit), at(1));
        field.sync(2);
        assert_eq!(field.lea.became(id), NOT_YOURS);
    }
    let edit = ListEdit { on: Vec::new(), change: ListChange::Rename("x".into()) };
    let nowhere = field.lea.write(Subject::List(WalkListId::from_bytes([99; 16])), Payload::List(edit), at(3));
    field.sync(4);
    assert_eq!(field.lea.became(nowhere), NOT_YOURS);
}

#[test]
fn a_list_takes_as_many_doors_as_a_list_may_have() {
    let world = World::with_lists();
    let full = WalkListId::from_bytes([34; 16]);
    world.put_list(NORTH, full, 1..=u16::try_from(DOORS_PER_LIST).unwrap(), &[AINO]);
    world.put_list(NORTH, HILL, [6_001, 6_002], &[BERTA]);
    let (mut aino, mut lea) = (world.phone(NORTH, AINO), world.phone(NORTH, LEA));
    let new = add_door(&mut aino, 1);
    let over = place(&mut aino, full, new, 2);
    aino.sync(&world, at(3)).unwrap();
    let edits = [
        ListChange::Place { door: door(6_001), behind: None },
        ListChange::Place { door: door(7), behind: None },
        ListChange::Drop(door(7)),
        ListChange::Place { door: door(6_001), behind: None },
        ListChange::Place { door: door(6_002), behind: None },
    ];
    let ids =
        edits.map(|change| lea.write(Subject::List(full), Payload::List(ListEdit { on: Vec::new(), change }), at(4)));
    lea.sync(&world, at(5)).unwrap();
    assert_eq!(aino.became(over), NOT_ALLOWED);
    let good = Became::Accepted;
    assert_eq!(ids.map(|id| lea.became(id)), [NOT_ALLOWED, good, good, good, NOT_ALLOWED]);
}

#[test]
fn two_leads_who_hand_a_list_out_at_once_leave_it_with_those_whom_the_list_names() {
    let world = World::with_lists();
    let mut leads: Vec<_> = (0..4).map(|_| world.phone(NORTH, LEA)).collect();
    for round in 0..10_u64 {
        std::thread::scope(|scope| {
            for (number, lead) in leads.iter_mut().enumerate() {
                let world = &world;
                scope.spawn(move || {
                    let users = [vec![AINO], vec![BERTA], vec![AINO, BERTA], Vec::new()];
                    let edit = ListEdit { on: Vec::new(), change: ListChange::Assign(users[number].clone()) };
                    let seconds = 10 * round + (round + number as u64) % 4;
                    lead.write(Subject::List(RIVER), Payload::List(edit), at(seconds));
                    lead.sync(world, at(1_000)).unwrap();
                });
            }
        });
        let named = computed(&world, RIVER).list.assigned;
        assert_eq!(holders(&world, RIVER), named.into_iter().collect(), "round {round}");
    }
}
