//! A phone will not come back to the server by itself. What only it has comes in a rescue file, and nothing of it ends in a void.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod people;

use people::Stairwell;
use walkbook_model::{Address, ContactField, Interaction, Outcome, Suppression, SuppressionReason, Target};
use walkbook_server::office::{Error, Rescued};
use walkbook_town::real::Phone;

fn rescued(counts: u64, known: u64, set_aside: u64) -> Rescued {
    Rescued { counts, known, set_aside, refused: 0 }
}

#[test]
fn what_only_the_phone_had_counts_as_if_it_had_sent_it() {
    let stairwell = Stairwell::new();
    let [aino, bilal] = stairwell.canvassers(["Aino", "Bilal"]);
    let sent = aino.not_home(stairwell.list, stairwell.doors[0]);
    aino.sync(&stairwell.town);
    let unsent = [1, 2].map(|door| aino.not_home(stairwell.list, stairwell.doors[door]));
    let rescue = aino.rescue();
    assert!(aino.walkbook.status().unwrap().may_be_wiped());
    drop(aino);
    assert_eq!(stairwell.town.take_rescue(&rescue, None).unwrap(), rescued(2, 0, 0));
    assert_eq!(stairwell.town.take_rescue(&rescue, None).unwrap(), rescued(0, 2, 0), "twice changes nothing");
    bilal.sync(&stairwell.town);
    let knocks = [0, 1, 2].map(|door| bilal.knocks_at(stairwell.doors[door]));
    assert_eq!(knocks, [sent, unsent[0], unsent[1]].map(|entry| vec![entry]));
    stairwell.all_agree(&[&bilal]);
}

#[test]
fn a_phone_that_synced_after_all_makes_the_file_hold_nothing_new() {
    let stairwell = Stairwell::new();
    let [aino] = stairwell.canvassers(["Aino"]);
    aino.not_home(stairwell.list, stairwell.doors[0]);
    let rescue = aino.rescue();
    aino.not_home(stairwell.list, stairwell.doors[1]);
    aino.sync(&stairwell.town);
    assert_eq!(stairwell.town.take_rescue(&rescue, None).unwrap(), rescued(0, 1, 0));
    // And the other way: what the server took out of the file is not doubled by the phone.
    aino.not_home(stairwell.list, stairwell.doors[2]);
    assert_eq!(stairwell.town.take_rescue(&aino.rescue(), None).unwrap(), rescued(1, 0, 0));
    aino.sync(&stairwell.town);
    assert_eq!((aino.at_risk(), aino.knocks_at(stairwell.doors[2]).len()), (0, 1));
    stairwell.all_agree(&[&aino]);
}

#[test]
fn what_two_copies_of_one_phone_wrote_is_set_aside_and_counts_once_somebody_lets_it() {
    let stairwell = Stairwell::new();
    let [aino, bilal] = stairwell.canvassers(["Aino", "Bilal"]);
    aino.not_home(stairwell.list, stairwell.doors[0]);
    aino.sync(&stairwell.town);
    let (goes_on, copy) = aino.copied();
    goes_on.not_home(stairwell.list, stairwell.doors[1]);
    goes_on.sync(&stairwell.town);
    // The copy has a day of its own: knocks, a correction, a "no", somebody new whose telephone it notes, a door found.
    let day = &copy.walkbook;
    let door = stairwell.doors[2];
    let knock = copy.not_home(stairwell.list, door);
    let really = Interaction::of_outcome(stairwell.list, None, Outcome::Refused);
    day.correct(door, knock, really, copy.clock()).unwrap();
    let no = Suppression { target: Target::Door, reason: SuppressionReason::Objection, until_on: None };
    day.suppress(stairwell.doors[3], no, copy.clock()).unwrap();
    let name = [(ContactField::GivenName, "Kerttu".to_owned())];
    let contact = day.add_contact(stairwell.doors[4], name, copy.clock()).unwrap();
    day.edit_contact(stairwell.doors[4], contact, ContactField::Phone, "+358 40 1".into(), copy.clock()).unwrap();
    let address = Address { street: "Back Lane".into(), number: "1".into(), ..Address::default() };
    let found = day.add_door(stairwell.list, address, None, Some(door), copy.clock()).unwrap();
    copy.not_home(stairwell.list, found);
    let written = copy.at_risk();
    let rescue = copy.rescue();
    assert_eq!(stairwell.town.take_rescue(&rescue, None).unwrap(), rescued(0, 0, written));
    assert_eq!(stairwell.town.take_rescue(&rescue, None).unwrap(), rescued(0, written, 0));
    bilal.sync(&stairwell.town);
    assert!(bilal.knocks_at(door).is_empty(), "it does not count yet");

    stairwell.town.release_all();
    assert!(stairwell.town.waiting().is_empty());
    assert_eq!(stairwell.town.take_rescue(&rescue, None).unwrap(), rescued(0, written, 0), "decided is decided");
    bilal.sync(&stairwell.town);
    let shown = bilal.walkbook.door(door).unwrap();
    let counting: Vec<_> = shown.counting().collect();
    assert_eq!(counting.len(), 1);
    assert_eq!(counting[0].1.knock.outcome(), Outcome::Refused);
    assert_eq!(counting[0].1.knocked_by, Some(copy.walkbook.identity().unwrap().user), "it is still Aino's knock");
    let today = walkbook_model::Day::of(bilal.clock());
    assert!(bilal.walkbook.door(stairwell.doors[3]).unwrap().is_suppressed(today));
    let contacts = bilal.walkbook.door(stairwell.doors[4]).unwrap();
    let kerttu = contacts.present().find(|contact| contact.contact.name().contains("Kerttu")).unwrap();
    assert_eq!(kerttu.contact.fields[&ContactField::Phone], "+358 40 1");
    let back_lane = bilal.walkbook.search("Back Lane", 10).unwrap();
    assert_eq!((back_lane.len(), back_lane[0].attempts), (1, 1));
    stairwell.all_agree(&[&bilal]);
}

#[test]
fn what_is_released_keeps_the_moment_at_which_it_was_written() {
    let stairwell = Stairwell::new();
    let [aino, bilal] = stairwell.canvassers(["Aino", "Bilal"]);
    let (goes_on, copy) = aino.copied();
    goes_on.not_home(stairwell.list, stairwell.doors[1]);
    goes_on.sync(&stairwell.town);
    copy.not_home(stairwell.list, stairwell.doors[0]);
    std::thread::sleep(std::time::Duration::from_millis(5));
    let later = bilal.not_home(stairwell.list, stairwell.doors[0]);
    bilal.sync(&stairwell.town);
    stairwell.town.take_rescue(&copy.rescue(), None).unwrap();
    stairwell.town.release_all();
    bilal.sync(&stairwell.town);
    let knocks = bilal.knocks_at(stairwell.doors[0]);
    assert_eq!((knocks.len(), knocks[1]), (2, later), "the earlier knock stands before the later one");
}

#[test]
fn a_phone_that_a_restored_server_does_not_know_is_taken_for_whose_the_operator_says() {
    let mut stairwell = Stairwell::new();
    let [aino] = stairwell.canvassers(["Aino"]);
    let user = aino.walkbook.identity().unwrap().user;
    let backup = stairwell.town.back_up();
    let second = Phone::enrol(&stairwell.town, user);
    second.sync(&stairwell.town);
    let knock = second.not_home(stairwell.list, stairwell.doors[0]);
    stairwell.town = stairwell.town.restore(&backup);
    let rescue = second.rescue();
    let unknown = stairwell.town.take_rescue(&rescue, None);
    assert!(matches!(unknown, Err(Error::NotEnrolled)), "{unknown:?}");
    assert_eq!(stairwell.town.take_rescue(&rescue, Some(user)).unwrap(), rescued(1, 0, 0));
    aino.sync(&stairwell.town);
    assert_eq!(aino.knocks_at(stairwell.doors[0]), [knock]);
}

#[test]
fn nobody_vouches_for_a_phone_that_was_shut_out_all_of_it_is_set_aside() {
    let stairwell = Stairwell::new();
    let [aino, bilal] = stairwell.canvassers(["Aino", "Bilal"]);
    stairwell.town.shut_out(aino.walkbook.identity().unwrap().device);
    let knock = aino.not_home(stairwell.list, stairwell.doors[0]);
    assert_eq!(stairwell.town.take_rescue(&aino.rescue(), None).unwrap(), rescued(0, 0, 1));
    bilal.sync(&stairwell.town);
    assert!(bilal.knocks_at(stairwell.doors[0]).is_empty());
    stairwell.town.release_all();
    bilal.sync(&stairwell.town);
    assert_eq!(bilal.knocks_at(stairwell.doors[0]), [knock]);
}

#[test]
fn a_file_that_the_device_did_not_sign_or_that_is_another_tenants_is_refused() {
    let [one, other] = [(); 2].map(|()| Stairwell::new());
    let [aino] = one.canvassers(["Aino"]);
    let [bilal] = one.canvassers(["Bilal"]);
    let [emma] = other.canvassers(["Emma"]);
    aino.not_home(one.list, one.doors[0]);
    bilal.not_home(one.list, one.doors[0]);
    let rescue = aino.rescue();
    assert!(matches!(other.town.take_rescue(&rescue, None), Err(Error::OtherTenant)));
    // Under another one's key, or as another device's.
    let mut forged = rescue.clone();
    forged.public_key = emma.rescue().public_key;
    assert!(matches!(one.town.take_rescue(&forged, None), Err(Error::Rescue(_))));
    let mut forged = rescue;
    forged.device = bilal.walkbook.identity().unwrap().device;
    assert!(matches!(one.town.take_rescue(&forged, None), Err(Error::Rescue(_))));
    assert!(one.town.waiting().is_empty());
}
