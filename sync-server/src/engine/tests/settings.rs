//! What a tenant decides for its phones reaches them once.

use super::world::{AINO, BERTA, NORTH, World, at, by_operator};
use crate::office;
use crate::store::Directory;
use walkbook_model::Outcome;

fn set(world: &World, code: &str) {
    let json = format!("{{ \"outcome_codes\": {{ \"{code}\": \"not_home\" }} }}");
    office::set_settings(&*world.store, NORTH, json.as_bytes(), by_operator(0)).unwrap();
}

#[test]
fn settings_come_with_the_next_exchange_and_only_when_they_are_others() {
    let world = World::with_lists();
    let (mut aino, mut berta) = (world.phone(NORTH, AINO), world.phone(NORTH, BERTA));
    aino.sync(&world, at(1)).unwrap();
    assert_eq!(aino.settings_came, 0, "where nothing was set, nothing travels");
    for (seconds, code) in [(2, "NH"), (4, "NA")] {
        set(&world, code);
        aino.sync(&world, at(seconds)).unwrap();
        aino.sync(&world, at(seconds + 1)).unwrap();
        let (settings, _) = aino.settings.clone().unwrap();
        assert_eq!(settings.outcome_codes.resolve(code), Ok(Outcome::NotHome));
    }
    assert_eq!(aino.settings_came, 2);
    berta.sync(&world, at(6)).unwrap();
    assert_eq!(berta.settings, aino.settings);
}

#[test]
fn settings_that_cannot_be_read_hold_up_nothing() {
    let world = World::with_lists();
    let mut aino = world.phone(NORTH, AINO);
    world.store.put_settings(NORTH, b"rubbish", by_operator(0)).unwrap();
    aino.sync(&world, at(1)).unwrap();
    assert_eq!((aino.settings.clone(), aino.book.lists.len()), (None, 1));
}
