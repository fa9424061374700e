//! The team lead gives Bilal's list to Chiara while Bilal is in the stairwell. What he did before that counts; what he does
//! afterwards is set aside for somebody to look at; nothing is lost, and the list leaves his phone.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod people;

use people::Stairwell;
use walkbook_model::Role;
use walkbook_town::real::Phone;

#[test]
fn work_of_before_counts_work_of_after_is_set_aside_and_the_list_is_forgotten() {
    let stairwell = Stairwell::new();
    let [bilal] = stairwell.canvassers(["Bilal"]);
    let before = bilal.not_home(stairwell.list, stairwell.doors[0]);
    // The clock has to move on between the knock and the list's leaving.
    std::thread::sleep(std::time::Duration::from_millis(5));
    let chiara = stairwell.town.user_of("Chiara", Role::Canvasser);
    stairwell.town.assign(stairwell.list, &[chiara]);
    std::thread::sleep(std::time::Duration::from_millis(5));
    let after = bilal.not_home(stairwell.list, stairwell.doors[1]);
    bilal.sync(&stairwell.town);
    let chiara = Phone::enrol(&stairwell.town, chiara);
    chiara.sync(&stairwell.town);
    assert_eq!(chiara.knocks_at(stairwell.doors[0]), [before]);
    assert!(chiara.knocks_at(stairwell.doors[1]).is_empty());
    let set_aside = stairwell.town.set_aside();
    assert_eq!(set_aside, [after]);
    assert!(bilal.walkbook.lists().unwrap().is_empty());
    assert_eq!(bilal.at_risk(), 0);
}
