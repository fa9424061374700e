//! Clocks that are wrong.

use super::world::{AINO, BERTA, NORTH, RIVER, World, at, door};
use crate::store::{Directory, ListUpdate};
use walkbook_model::Moment;

#[test]
fn a_phone_set_to_2030_is_heard_and_held_at_the_time_of_receipt() {
    let world = World::with_lists().showing_history();
    world.update(&[ListUpdate::Assign(RIVER, BERTA)], at(0));
    let (mut ahead, mut right) = (world.phone(NORTH, AINO), world.phone(NORTH, BERTA));
    ahead.skew_ms = 105_000_000_000;
    let early = ahead.knock(RIVER, door(1), at(10));
    ahead.sync(&world, at(20)).unwrap();
    let receipt = Moment::new(at(20), u16::MAX);
    assert_eq!(ahead.bounded, [(1, receipt)].into());
    let skew = world.store.device(NORTH, ahead.device).unwrap().unwrap().clock_skew_ms;
    assert_eq!(skew, 105_000_000_000);

    right.sync(&world, at(25)).unwrap();
    let late = right.knock(RIVER, door(1), at(30));
    right.sync(&world, at(31)).unwrap();
    ahead.sync(&world, at(40)).unwrap();
    for phone in [&ahead, &right] {
        let visits = phone.book.door(door(1)).visits;
        assert_eq!(visits.iter().map(|visit| visit.entry).collect::<Vec<_>>(), [early, late]);
        assert_eq!(visits[0].moment, receipt);
    }
    // It has learned the server's time meanwhile.
    ahead.knock(RIVER, door(1), at(50));
    ahead.sync(&world, at(51)).unwrap();
    assert_eq!(ahead.bounded.len(), 1);
}

#[test]
fn a_phones_skew_is_shown_even_where_it_brings_nothing_new() {
    let world = World::with_lists();
    let mut phone = world.phone(NORTH, AINO);
    phone.knock(RIVER, door(1), at(1));
    phone.sync(&world, at(2)).unwrap();
    phone.skew_ms = 90_000;
    let again = phone.request_with(vec![phone.run(0, 1)], at(60));
    phone.send(&world, &again, at(60)).unwrap();
    let device = world.store.device(NORTH, phone.device).unwrap().unwrap();
    assert_eq!((device.last_seen_at, device.clock_skew_ms), (Some(at(60)), 90_000));
}
