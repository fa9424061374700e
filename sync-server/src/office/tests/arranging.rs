//! Lists are merged, split and cut again while phones work them.

use super::world::*;
use crate::engine;
use crate::office::{self, Error, Rewish, add_team, give_lists, merge_lists, recut_lists, rename, split_list};
use crate::reading;
use crate::store::audit::Audit;
use crate::store::{Deed, Documents, ListUpdate, LogPosition};
use std::collections::BTreeSet;
use std::sync::Barrier;
use walkbook_ledger::{ListChange, ListState};
use walkbook_model::{Day, DoorId, Outcome, Role, TenantId, UserId, WalkListId};
use walkbook_terrain::Size;

/// A street of twenty doors in two lists, each with somebody who works it.
struct Street {
    world: World,
    tenant: TenantId,
    phones: [Phone; 2],
    lists: [WalkListId; 2],
}

impl Street {
    fn new() -> Self {
        let world = World::new();
        let tenant = world.tenant("North");
        let phones = ["Aino", "Bela"].map(|label| world.phone(tenant, label, Role::Canvasser));
        office::take_register(world.store(), tenant, doors(20), |_| {}).unwrap();
        let lists: [WalkListId; 2] = world.cut(tenant, 10).lists.try_into().unwrap();
        for (list, phone) in lists.iter().zip(&phones) {
            office::assign(world.store(), &world.pen, tenant, *list, &[phone.user()], at(2)).unwrap();
        }
        Self { world, tenant, phones, lists }
    }

    fn state(&self, list: WalkListId) -> ListState {
        reading::list_state(self.world.store(), self.tenant, list).unwrap().unwrap()
    }

    fn doors(&self, list: WalkListId) -> Vec<DoorId> {
        self.state(list).list.doors
    }

    fn knocks(&self, door: DoorId) -> usize {
        reading::door_state(self.world.store(), self.tenant, door).unwrap().unwrap().counting().count()
    }

    /// Every door is on one list, and phones are sent what is shown.
    #[track_caller]
    fn assert_each_door_is_on_one_list(&self, count: u8) {
        let mut all = Vec::new();
        for list in reading::lists(self.world.store(), self.tenant).unwrap() {
            let page = self.world.store.doors_of(self.tenant, list, LogPosition::START, 1_000).unwrap();
            let sent: BTreeSet<DoorId> = page.into_iter().map(|(_, door)| door).collect();
            let shown = self.doors(list);
            assert_eq!(sent, shown.iter().copied().collect());
            all.extend(shown);
        }
        all.sort_unstable();
        assert_eq!(all, (1..=count).map(door_id).collect::<Vec<_>>());
    }

    fn holds(&self, user: UserId, list: WalkListId) -> bool {
        let held = self.world.store.assignments_of(self.tenant, user).unwrap();
        held.iter().any(|held| held.list == list && held.until.is_none())
    }

    fn merge(&self, seconds: u64) -> Result<office::Merge, Error> {
        merge_lists(self.world.store(), &self.world.pen, self.tenant, &self.lists, None, by_operator(seconds))
    }

    fn split(&self, list: WalkListId, doors: usize, seconds: u64) -> office::Split {
        let size = Size::Doors(doors);
        split_list(self.world.store(), &self.world.pen, self.tenant, list, size, None, by_operator(seconds)).unwrap()
    }

    fn recut(&self, lists: &[WalkListId], doors: usize, with_new: bool, seconds: u64) -> office::Recut {
        self.try_to_recut(lists, doors, with_new, seconds).unwrap()
    }

    fn try_to_recut(
        &self,
        lists: &[WalkListId],
        doors: usize,
        with_new: bool,
        seconds: u64,
    ) -> Result<office::Recut, Error> {
        let wish = Rewish { size: Size::Doors(doors), boundaries: &[], barriers: &[], with_new };
        let stamp = by_operator(seconds);
        recut_lists(self.world.store(), &self.world.pen, self.tenant, lists, wish, None, stamp)
    }

    fn deeds(&self) -> Vec<Deed> {
        let log = self.world.store.audit(self.tenant, 0, 1_000).unwrap();
        log.into_iter().filter_map(|record| record.act.readable()).map(|act| act.deed).collect()
    }
}

#[test]
fn whoever_worked_a_list_goes_on_at_its_doors_when_it_is_merged_even_offline() {
    let mut street = Street::new();
    let [kept, gone] = street.lists;
    let theirs = street.doors(gone);
    street.phones[1].knock(theirs[0], knocked(gone, Outcome::NotHome), at(10));
    let merge = street.merge(20).unwrap();
    assert_eq!((merge.joined, merge.doors, merge.people), (10, 20, 2));
    // Bela knows nothing of it yet.
    street.phones[1].knock(theirs[1], knocked(gone, Outcome::NotHome), at(30));
    street.phones[1].sync_well(street.world.store(), at(31));
    assert_eq!([street.knocks(theirs[0]), street.knocks(theirs[1])], [1, 1]);
    // And Aino may work them too.
    street.phones[0].knock(theirs[2], knocked(kept, Outcome::NotHome), at(32));
    street.phones[0].sync_well(street.world.store(), at(33));
    assert!(street.doors(kept).ends_with(&theirs), "they come behind, in their order");
    assert_eq!((street.doors(gone), street.state(gone).list.assigned), (vec![], vec![]));
    street.assert_each_door_is_on_one_list(20);
    assert!(street.holds(street.phones[1].user(), kept) && !street.holds(street.phones[1].user(), gone));
    assert!(street.deeds().contains(&Deed::ListsMerged { into: kept, lists: vec![gone], doors: 20 }));
}

#[test]
fn a_list_is_split_for_the_same_people_who_lose_nothing_of_what_they_do_meanwhile() {
    let mut street = Street::new();
    street.merge(5).unwrap();
    let list = street.lists[0];
    let before = street.doors(list);
    let split = street.split(list, 7, 20);
    assert_eq!((split.made.len(), split.moved + split.kept, split.people), (2, 20, 2));
    street.assert_each_door_is_on_one_list(20);
    assert_eq!(street.doors(list)[0], before[0], "it keeps where its walk begins");
    for made in split.made.iter().chain([&list]) {
        let state = street.state(*made);
        let order: Vec<usize> =
            state.list.doors.iter().map(|door| before.iter().position(|there| there == door).unwrap()).collect();
        assert!(order.is_sorted(), "the order stays");
        assert!(street.phones.iter().all(|phone| street.holds(phone.user(), *made)));
    }
    // Aino walks on as if nothing had been.
    for (seconds, door) in (30..).zip(&before) {
        street.phones[0].knock(*door, knocked(list, Outcome::NotHome), at(seconds));
    }
    street.phones[0].sync_well(street.world.store(), at(60));
    assert!(before.iter().all(|door| street.knocks(*door) == 1));
    assert!(
        street.deeds().iter().any(|deed| matches!(deed, Deed::ListSplit { doors, .. } if *doors == split.moved as u64))
    );
    assert_eq!(street.split(list, 5_000, 70).made, []);
}

#[test]
fn new_doors_join_the_lists_beside_and_next_to_nothing_else_changes() {
    let street = Street::new();
    let before = street.lists.map(|list| street.doors(list));
    office::take_register(street.world.store(), street.tenant, doors(22), |_| {}).unwrap();
    let recut = street.recut(&street.lists, 11, true, 20);
    assert_eq!((recut.new, recut.made.len()), (2, 0));
    assert!(recut.moved <= 1, "{recut:?}");
    street.assert_each_door_is_on_one_list(22);
    for (list, before) in street.lists.iter().zip(before) {
        let after = street.doors(*list);
        let kept: Vec<DoorId> = after.iter().filter(|door| before.contains(door)).copied().collect();
        let order: Vec<DoorId> = before.into_iter().filter(|door| after.contains(door)).collect();
        assert_eq!(kept, order, "the planned order stays");
    }
}

#[test]
fn what_was_recorded_before_a_door_changed_hands_counts_and_what_came_after_waits() {
    let mut street = Street::new();
    let [aino, bela] = street.lists;
    let three: Vec<DoorId> = street.doors(bela)[..3].to_vec();
    let (store, pen, tenant) = (street.world.store(), &street.world.pen, street.tenant);
    let placed = three.iter().map(|door| ListChange::Place { door: *door, behind: None }).collect();
    pen.edit_list(store, tenant, aino, placed, at(3)).unwrap();
    pen.edit_list(store, tenant, bela, three.iter().copied().map(ListChange::Drop).collect(), at(4)).unwrap();
    let before = street.doors(aino);
    let recut = street.recut(&[aino, bela], 10, false, 100);
    assert_eq!((recut.made.len(), recut.new, recut.taken_from_people), (0, 0, recut.moved));
    let after = street.doors(aino);
    let lost: Vec<DoorId> = before.into_iter().filter(|door| !after.contains(door)).collect();
    assert!(lost.len() >= 2, "of thirteen and seven doors ten each: {recut:?}");
    street.assert_each_door_is_on_one_list(20);
    // Aino was offline all the time.
    street.phones[0].knock(lost[0], knocked(aino, Outcome::NotHome), at(50));
    street.phones[0].knock(lost[0], knocked(aino, Outcome::NotHome), at(150));
    let verdicts = street.phones[0].sync(street.world.store(), at(200));
    assert_eq!((verdicts.refused.len(), verdicts.quarantined), (0, vec![2]));
    assert_eq!(street.knocks(lost[0]), 1);
}

#[test]
fn a_list_that_is_too_large_gives_doors_to_new_ones_for_its_people() {
    let street = Street::new();
    let recut = street.recut(&street.lists, 4, false, 20);
    assert!(recut.made.len() >= 3 && recut.taken_from_people == 0, "{recut:?}");
    street.assert_each_door_is_on_one_list(20);
    let all = recut.made.iter().chain(&street.lists);
    assert!(all.clone().all(|list| (2..=6).contains(&street.doors(*list).len())));
    let names: BTreeSet<String> = all.map(|list| street.state(*list).list.name).collect();
    assert_eq!(names.len(), recut.made.len() + 2, "each has a name of its own: {names:?}");
    assert!(recut.made.iter().all(|list| street.state(*list).list.assigned.len() == 1));
}

#[test]
fn lists_that_nothing_is_on_any_more_are_not_on_the_board() {
    let street = Street::new();
    street.merge(20).unwrap();
    let shown = office::board(street.world.store(), street.tenant, Day::of(at(30))).unwrap();
    assert_eq!(shown.iter().map(|list| list.board.doors).collect::<Vec<_>>(), [20]);
}

#[test]
fn a_door_that_a_lead_has_put_onto_another_list_stays_there() {
    let street = Street::new();
    let [kept, gone] = street.lists;
    office::take_register(street.world.store(), street.tenant, doors(24), |_| {}).unwrap();
    let other = street.world.cut(street.tenant, 10).lists[0];
    let both = street.doors(gone)[0];
    let placed = vec![ListChange::Place { door: both, behind: None }];
    street.world.pen.edit_list(street.world.store(), street.tenant, other, placed, at(10)).unwrap();
    assert_eq!(street.merge(20).unwrap().joined, 9);
    assert_eq!(street.world.store.lists_with(street.tenant, both).unwrap(), [other]);
    assert!(!street.doors(kept).contains(&both));
    street.assert_each_door_is_on_one_list(24);
}

#[test]
fn those_who_cut_and_those_who_cut_again_at_once_put_no_door_on_two_lists() {
    for round in 0..6 {
        let street = Street::new();
        office::take_register(street.world.store(), street.tenant, doors(60), |_| {}).unwrap();
        let start = Barrier::new(3);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                start.wait();
                street.world.cut(street.tenant, 3);
            });
            scope.spawn(|| {
                start.wait();
                // Where the others are faster every time, it is told so, and nothing was done.
                while let Err(error) = street.try_to_recut(&street.lists, 10, true, 20 + round) {
                    assert!(matches!(error, Error::Exchange(engine::Refused::Busy)), "{error}");
                }
            });
            scope.spawn(|| {
                start.wait();
                for name in 0..5 {
                    let pen = street.world.another_pen();
                    let (store, list) = (street.world.store(), street.lists[0]);
                    let renamed = rename(store, &pen, street.tenant, list, &format!("{name}"), at(9));
                    assert!(matches!(renamed, Ok(()) | Err(Error::Exchange(engine::Refused::Busy))));
                }
            });
        });
        street.assert_each_door_is_on_one_list(60);
    }
}

#[test]
fn a_list_that_is_made_of_another_is_of_its_team() {
    let street = Street::new();
    let (store, tenant) = (street.world.store(), street.tenant);
    let team = add_team(store, &*street.world.random, tenant, "East", by_operator(3)).unwrap();
    give_lists(store, tenant, &street.lists[..1], Some(team), by_operator(4)).unwrap();
    let split = street.split(street.lists[0], 4, 20);
    assert!(!split.made.is_empty());
    for made in split.made {
        assert_eq!(store.team_of_list(tenant, made).unwrap(), Some(team));
    }
}

#[test]
fn what_cannot_be_arranged_changes_nothing() {
    let street = Street::new();
    let (store, pen, tenant) = (street.world.store(), &street.world.pen, street.tenant);
    let before = store.head(tenant).unwrap();
    let nowhere = WalkListId::from_bytes([77; 16]);
    let [one, _] = street.lists;
    let merged = merge_lists(store, pen, tenant, &[one, nowhere], None, by_operator(20));
    assert!(matches!(merged, Err(Error::Unknown { what: "list" })));
    let alone = merge_lists(store, pen, tenant, &[one, one], None, by_operator(20));
    assert!(matches!(alone, Err(Error::Invalid(_))));
    let split = split_list(store, pen, tenant, one, Size::Doors(0), None, by_operator(20));
    assert!(matches!(split, Err(Error::Invalid(_))));
    assert_eq!(store.head(tenant).unwrap(), before);
    // Nor what would make a list too long.
    let many: Vec<ListUpdate> = (0..4_990_u32)
        .map(|number| {
            let mut id = [200; 16];
            id[..4].copy_from_slice(&number.to_be_bytes());
            ListUpdate::Join(one, DoorId::from_bytes(id))
        })
        .collect();
    store.update_lists(tenant, &many, at(21)).unwrap();
    assert!(matches!(street.merge(22), Err(Error::Refused(_))));
    assert_eq!(street.doors(street.lists[1]).len(), 10, "nothing of it was done");
}
