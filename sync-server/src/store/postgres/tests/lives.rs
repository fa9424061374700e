//! Which positions a database stands by, also when it was set back.

use super::*;

#[test]
fn servers_that_are_there_together_are_of_one_life() {
    let one = with_a_knock();
    let other = open(&one.database);
    assert_eq!(one.life(), other.life());
    join(&other, LIST, &[1]);
    assert!(one.stands_by(NORTH, one.life(), other.head(NORTH).unwrap()).unwrap());
}

#[test]
fn a_cursor_outlives_the_servers_and_not_a_restore() {
    let InDatabase { store, database } = with_a_knock();
    let (life, before) = (store.life(), store.head(NORTH).unwrap());
    drop(store);
    database.wait_until_deserted();
    let backup = Cluster::shared().copy(&database);

    let store = open(&database);
    assert!(store.life() != life && store.stands_by(NORTH, life, before).unwrap());
    join(&store, LIST, &[2, 3]);
    let (later, after) = (store.life(), store.head(NORTH).unwrap());
    assert!(store.stands_by(NORTH, later, after).unwrap() && !store.stands_by(NORTH, life, after).unwrap());

    let restored = open(&backup);
    join(&restored, LIST, &[5, 6, 7]);
    assert!(restored.stands_by(NORTH, life, before).unwrap());
    assert!(!restored.stands_by(NORTH, later, after).unwrap());
    assert!(!restored.stands_by(NORTH, life, after).unwrap());
}

/// A stand-by has taken over, perhaps without the last that was committed: nobody was connected in between. The server runs
/// on, and what it gives out is of a new life.
#[test]
fn a_server_that_lost_all_its_connections_takes_part_in_a_new_life() {
    let store = with_a_knock();
    let (life, before) = (store.life(), store.head(NORTH).unwrap());
    store.database.cut_off();
    // The first that uses a connection which was cut off may be told so.
    while store.head(NORTH).is_err() {}
    assert!(store.life() != life);
    assert!(store.stands_by(NORTH, life, before).unwrap());
    join(&*store, LIST, &[4]);
    assert!(!store.stands_by(NORTH, life, store.head(NORTH).unwrap()).unwrap());
}
