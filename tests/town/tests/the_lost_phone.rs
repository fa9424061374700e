//! Chiara loses her phone on the tram with three knocks on it. Whoever finds it switches it on.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod people;

use people::Stairwell;
use walkbook_core::Error;
use walkbook_server::store::Directory;
use walkbook_town::Fate;

#[test]
fn a_lost_phone_brings_what_it_has_and_empties_itself_whatever_becomes_of_its_messages() {
    let stairwell = Stairwell::new();
    let [aino, chiara] = stairwell.canvassers(["Aino", "Chiara"]);
    let town = &stairwell.town;
    let knocks = [0, 1, 2].map(|door| chiara.not_home(stairwell.list, stairwell.doors[door]));
    let device = chiara.walkbook.identity().unwrap().device;
    let stands = || town.store.device(town.tenant, device).unwrap().unwrap();
    town.order_wipe(device);

    // The tram goes through a tunnel: the request is lost, then the answer, then half of it.
    for fate in [Fate::RequestLost, Fate::AnswerLost, Fate::AnswerCut(50)] {
        chiara.exchange(town, fate);
        assert_eq!(stands().wiped_at, None);
    }
    let chiara = chiara.die_and_start();
    assert!(chiara.exchange(town, Fate::Arrives), "it has to say that it is empty");
    assert_eq!(chiara.walkbook.lists().unwrap_err(), Error::WipeOrdered);
    assert_eq!(chiara.at_risk(), 0);
    // What it says is lost, and it dies once more.
    chiara.exchange(town, Fate::RequestLost);
    let chiara = chiara.die_and_start();
    chiara.sync(town);
    let found = stands();
    assert!(found.wipe_ordered_at.is_some() && found.wipe_ordered_at <= found.wiped_at);
    let after = chiara.die_and_start();
    assert!(after.walkbook.identity().is_none(), "whoever finds it has a new and empty walkbook");

    // Nothing of hers was lost, and nobody else has noticed.
    aino.sync(town);
    for (door, knock) in stairwell.doors.iter().zip(knocks) {
        assert_eq!(aino.knocks_at(*door), [knock]);
    }
    stairwell.all_agree(&[&aino]);
}
