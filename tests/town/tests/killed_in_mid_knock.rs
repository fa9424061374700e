//! Dmitri's phone dies in the middle of the stairwell. Whatever it had acknowledged is there when it is switched on again.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod people;

use people::Stairwell;
use walkbook_town::Fate;

#[test]
fn every_acknowledged_knock_is_there_after_the_phone_died() {
    let stairwell = Stairwell::new();
    let [mut dmitri] = stairwell.canvassers(["Dmitri"]);
    let mut made = Vec::new();
    for door in &stairwell.doors {
        made.push((*door, dmitri.not_home(stairwell.list, *door)));
        dmitri = dmitri.die_and_start();
        for (door, knock) in &made {
            assert!(dmitri.knocks_at(*door).contains(knock));
        }
    }
    dmitri.sync(&stairwell.town);
    assert_eq!(dmitri.at_risk(), 0);
    stairwell.all_agree(&[&dmitri]);
}

#[test]
fn a_phone_that_died_in_the_middle_of_an_exchange_goes_on_with_it() {
    let stairwell = Stairwell::new();
    let [mut dmitri, eeva] = stairwell.canvassers(["Dmitri", "Eeva"]);
    for door in &stairwell.doors {
        dmitri.not_home(stairwell.list, *door);
        eeva.not_home(stairwell.list, *door);
    }
    eeva.sync(&stairwell.town);
    for percent in [0, 30, 60, 90] {
        dmitri.exchange(&stairwell.town, Fate::AnswerCut(percent));
        dmitri = dmitri.die_and_start();
    }
    dmitri.sync(&stairwell.town);
    eeva.sync(&stairwell.town);
    stairwell.all_agree(&[&dmitri, &eeva]);
}
