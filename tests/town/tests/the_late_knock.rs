//! Bilal goes on knocking after his list was given to Chiara. What he wrote is set aside; the lead looks at it, lets one
//! knock count and refuses the other, and everybody's phone shows that.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod people;

use people::Stairwell;
use walkbook_core::Why;
use walkbook_model::{EntryId, Role};
use walkbook_sync::Reason;
use walkbook_town::real::Phone;

fn late() -> (Stairwell, Phone, Phone, [EntryId; 2]) {
    let stairwell = Stairwell::new();
    let [bilal] = stairwell.canvassers(["Bilal"]);
    std::thread::sleep(std::time::Duration::from_millis(5));
    let chiara = stairwell.town.user_of("Chiara", Role::Canvasser);
    stairwell.town.assign(stairwell.list, &[chiara]);
    std::thread::sleep(std::time::Duration::from_millis(5));
    let knocks = [0, 1].map(|door| bilal.not_home(stairwell.list, stairwell.doors[door]));
    bilal.sync(&stairwell.town);
    let chiara = Phone::enrol(&stairwell.town, chiara);
    chiara.sync(&stairwell.town);
    assert_eq!(stairwell.town.set_aside(), knocks);
    (stairwell, bilal, chiara, knocks)
}

#[test]
fn the_knock_that_is_let_count_is_on_every_phone_and_the_refused_one_is_told_with_the_reason() {
    let (stairwell, bilal, chiara, [counts, does_not]) = late();
    for knock in bilal.walkbook.refused().unwrap() {
        bilal.walkbook.seen(knock.entry).unwrap();
    }
    stairwell.town.release(counts);
    stairwell.town.refuse(does_not, "Chiara had been there an hour before");
    for phone in [&bilal, &chiara] {
        phone.sync(&stairwell.town);
    }
    assert_eq!(chiara.knocks_at(stairwell.doors[0]), [counts]);
    assert!(chiara.knocks_at(stairwell.doors[1]).is_empty());
    let refused = bilal.walkbook.refused().unwrap();
    assert_eq!((refused.len(), refused[0].entry, refused[0].why), (1, does_not, Why::Refused(Reason::Declined)));
    assert_eq!(refused[0].words.as_deref(), Some("Chiara had been there an hour before"));
    assert!(refused[0].said.is_some(), "what was refused stays on the phone");
    // That it was refused is news, although it was seen that it had been set aside.
    let status = bilal.walkbook.status().unwrap();
    assert_eq!((status.unseen(), status.entries.set_aside), (1, 0));
    bilal.walkbook.seen(does_not).unwrap();
    // Told once more, it does not count as new.
    bilal.sync(&stairwell.town);
    assert_eq!((bilal.walkbook.status().unwrap().unseen(), bilal.at_risk()), (0, 0));
    // With the list on both phones, they agree.
    let both = [&bilal, &chiara].map(|phone| phone.walkbook.identity().unwrap().user);
    stairwell.town.assign(stairwell.list, &both);
    [&bilal, &chiara].iter().for_each(|phone| phone.sync(&stairwell.town));
    stairwell.all_agree(&[&bilal, &chiara]);
}

#[test]
fn a_phone_that_dies_with_the_answer_half_worked_in_hears_it_again() {
    let (stairwell, bilal, _, [counts, does_not]) = late();
    stairwell.town.release(counts);
    stairwell.town.refuse(does_not, "no");
    let mut phone = bilal;
    for percent in (0..100).step_by(10) {
        phone.exchange(&stairwell.town, walkbook_town::Fate::AnswerCut(percent));
        phone = phone.die_and_start();
    }
    phone.sync(&stairwell.town);
    let status = phone.walkbook.status().unwrap();
    assert_eq!((status.entries.refused, status.entries.set_aside, status.at_risk()), (1, 0, 1));
}

#[test]
fn the_writer_who_has_the_list_back_counts_a_released_knock_like_everybody() {
    let (stairwell, bilal, chiara, [counts, _]) = late();
    let both = [&bilal, &chiara].map(|phone| phone.walkbook.identity().unwrap().user);
    stairwell.town.assign(stairwell.list, &both);
    [&bilal, &chiara].iter().for_each(|phone| phone.sync(&stairwell.town));
    stairwell.all_agree(&[&bilal, &chiara]);
    stairwell.town.release(counts);
    [&bilal, &chiara].iter().for_each(|phone| phone.sync(&stairwell.town));
    stairwell.all_agree(&[&bilal, &chiara]);
    assert_eq!(bilal.knocks_at(stairwell.doors[0]), [counts]);
}
