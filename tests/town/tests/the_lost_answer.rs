//! Chiara exchanges in a lift: requests and answers are lost, break off and come twice. Nothing is lost, nothing doubled.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod people;

use people::Stairwell;
use walkbook_town::Fate;

#[test]
fn a_lost_answer_costs_nothing_and_calls_nothing_safe() {
    let stairwell = Stairwell::new();
    let [chiara, dmitri] = stairwell.canvassers(["Chiara", "Dmitri"]);
    let knock = chiara.not_home(stairwell.list, stairwell.doors[0]);
    for fate in [Fate::RequestLost, Fate::AnswerLost, Fate::AnswerLost, Fate::AnswerCut(1)] {
        chiara.exchange(&stairwell.town, fate);
        assert_eq!(chiara.at_risk(), 1, "{fate:?}");
    }
    chiara.exchange(&stairwell.town, Fate::Twice);
    assert_eq!(chiara.at_risk(), 0);
    dmitri.sync(&stairwell.town);
    assert_eq!(dmitri.knocks_at(stairwell.doors[0]), [knock]);
    stairwell.all_agree(&[&chiara, &dmitri]);
}

#[test]
fn an_answer_that_breaks_off_anywhere_is_completed_by_the_next() {
    let stairwell = Stairwell::new();
    let [chiara, dmitri] = stairwell.canvassers(["Chiara", "Dmitri"]);
    for percent in (0..100).step_by(7) {
        for door in &stairwell.doors {
            dmitri.not_home(stairwell.list, *door);
        }
        dmitri.sync(&stairwell.town);
        chiara.not_home(stairwell.list, stairwell.doors[3]);
        chiara.exchange(&stairwell.town, Fate::AnswerCut(percent));
        chiara.sync(&stairwell.town);
        dmitri.sync(&stairwell.town);
        stairwell.all_agree(&[&chiara, &dmitri]);
    }
}
