//! The server's disk fails in the afternoon, and the operator restores the copy of noon. The phones refill it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod people;

use people::Stairwell;
use walkbook_model::Role;
use walkbook_town::real::Phone;

#[test]
fn what_came_after_the_backup_is_brought_again_by_the_phones() {
    let mut stairwell = Stairwell::new();
    let [aino, bilal] = stairwell.canvassers(["Aino", "Bilal"]);
    let before = aino.not_home(stairwell.list, stairwell.doors[0]);
    aino.sync(&stairwell.town);
    let backup = stairwell.town.back_up();
    let after = aino.not_home(stairwell.list, stairwell.doors[0]);
    let of_bilal = bilal.not_home(stairwell.list, stairwell.doors[1]);
    aino.sync(&stairwell.town);
    bilal.sync(&stairwell.town);
    stairwell.town = stairwell.town.restore(&backup);
    // New work goes on top, whoever comes first.
    let new = bilal.not_home(stairwell.list, stairwell.doors[2]);
    for _ in 0..2 {
        bilal.sync(&stairwell.town);
        aino.sync(&stairwell.town);
    }
    assert_eq!(aino.knocks_at(stairwell.doors[0]), [before, after]);
    assert_eq!(aino.knocks_at(stairwell.doors[1]), [of_bilal]);
    assert_eq!(aino.knocks_at(stairwell.doors[2]), [new]);
    stairwell.all_agree(&[&aino, &bilal]);
}

#[test]
fn what_the_office_does_not_let_count_again_leaves_every_phone() {
    let mut stairwell = Stairwell::new();
    let [aino] = stairwell.canvassers(["Aino"]);
    let bilal = Phone::enrol(&stairwell.town, stairwell.town.user_of("Bilal", Role::Canvasser));
    let backup = stairwell.town.back_up();
    // At noon Bilal gets the list too. He knocks on three doors, and Aino sees it.
    let both = [&aino, &bilal].map(|phone| phone.walkbook.identity().unwrap().user);
    stairwell.town.assign(stairwell.list, &both);
    bilal.sync(&stairwell.town);
    let [refused, released, waiting] = [0, 1, 2].map(|door| bilal.not_home(stairwell.list, stairwell.doors[door]));
    bilal.sync(&stairwell.town);
    aino.sync(&stairwell.town);
    assert_eq!(aino.knocks_at(stairwell.doors[0]), [refused]);

    // The server is restored to the morning, when the list was Aino's alone. Bilal's phone brings again what it had.
    stairwell.town = stairwell.town.restore(&backup);
    bilal.sync(&stairwell.town);
    assert_eq!(stairwell.town.set_aside().len(), 3);
    aino.sync(&stairwell.town);
    stairwell.all_agree(&[&aino]);

    stairwell.town.refuse(refused, "That door was Aino's.");
    stairwell.town.assign(stairwell.list, &both);
    stairwell.town.release(released);
    for phone in [&aino, &bilal] {
        phone.sync(&stairwell.town);
        assert!(phone.knocks_at(stairwell.doors[0]).is_empty());
        assert_eq!(phone.knocks_at(stairwell.doors[1]), [released]);
        assert!(phone.knocks_at(stairwell.doors[2]).is_empty());
    }
    stairwell.all_agree(&[&aino, &bilal]);
    stairwell.town.release(waiting);
    aino.sync(&stairwell.town);
    bilal.sync(&stairwell.town);
    stairwell.all_agree(&[&aino, &bilal]);
}

#[test]
fn a_phone_whose_cursor_is_from_after_the_backup_misses_nothing() {
    let mut stairwell = Stairwell::new();
    let [aino, bilal] = stairwell.canvassers(["Aino", "Bilal"]);
    let backup = stairwell.town.back_up();
    // Bilal has read places that the restored server will give to other changes.
    for door in &stairwell.doors {
        aino.not_home(stairwell.list, *door);
    }
    aino.sync(&stairwell.town);
    bilal.sync(&stairwell.town);
    stairwell.town = stairwell.town.restore(&backup);
    let [chiara] = {
        let user = stairwell.town.user_of("Chiara", walkbook_model::Role::Canvasser);
        let ids = [aino.walkbook.identity().unwrap().user, bilal.walkbook.identity().unwrap().user, user];
        stairwell.town.assign(stairwell.list, &ids);
        [walkbook_town::real::Phone::enrol(&stairwell.town, user)]
    };
    chiara.sync(&stairwell.town);
    let of_chiara = chiara.not_home(stairwell.list, stairwell.doors[5]);
    chiara.sync(&stairwell.town);
    bilal.sync(&stairwell.town);
    assert!(bilal.knocks_at(stairwell.doors[5]).contains(&of_chiara));
    aino.sync(&stairwell.town);
    bilal.sync(&stairwell.town);
    chiara.sync(&stairwell.town);
    stairwell.all_agree(&[&aino, &bilal, &chiara]);
}
