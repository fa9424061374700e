//! Chiara exchanges in a lift: requests and answers are lost, break off and come twice. Nothing is lost, nothing doubled.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod people;

use people::Stairwell;
use walkbook_model::{Interaction, Outcome};
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

/// A month in the mountains: far more than one request takes.
#[test]
fn a_log_of_thousands_of_long_notes_is_brought_in_several_requests() {
    let stairwell = Stairwell::new();
    let [chiara, dmitri] = stairwell.canvassers(["Chiara", "Dmitri"]);
    let note = "x".repeat(4_000);
    for door in stairwell.doors.iter().cycle().take(600) {
        let mut knock = Interaction::of_outcome(stairwell.list, None, Outcome::NotHome);
        knock.note = Some(note.clone());
        chiara.walkbook.record_knock(*door, knock, chiara.clock()).unwrap();
    }
    chiara.sync(&stairwell.town);
    assert_eq!(chiara.at_risk(), 0);
    dmitri.sync(&stairwell.town);
    assert_eq!(dmitri.knocks_at(stairwell.doors[0]).len(), 50);
    stairwell.all_agree(&[&chiara, &dmitri]);
}
