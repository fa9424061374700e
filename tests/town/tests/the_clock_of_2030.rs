//! Eeva's phone believes that it is 2030, Farah's that it is 1999. Neither wins anything by it, and neither breaks anything.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod people;

use people::Stairwell;
use walkbook_model::ContactField;
use walkbook_town::real::now;

const IN_2030_MS: i64 = 110_000_000_000;
const IN_1999_MS: i64 = -850_000_000_000;

#[test]
fn what_was_written_in_2030_happened_when_the_server_got_it() {
    let stairwell = Stairwell::new();
    let [mut eeva, farah] = stairwell.canvassers(["Eeva", "Farah"]);
    eeva.skew_ms = IN_2030_MS;
    eeva.not_home(stairwell.list, stairwell.doors[0]);
    eeva.sync(&stairwell.town);
    farah.sync(&stairwell.town);
    let shown = farah.walkbook.door(stairwell.doors[0]).unwrap().visits[0].moment.at();
    assert!(shown.ms_since(now()) <= 0, "it is shown in the future");
    stairwell.all_agree(&[&eeva, &farah]);
}

#[test]
fn a_number_mended_in_2030_does_not_win_over_one_mended_afterwards() {
    let stairwell = Stairwell::new();
    let [mut eeva, mut farah] = stairwell.canvassers(["Eeva", "Farah"]);
    (eeva.skew_ms, farah.skew_ms) = (IN_2030_MS, IN_1999_MS);
    let has_people = |door: &&_| eeva.walkbook.door(**door).unwrap().present().next().is_some();
    let door = *stairwell.doors.iter().find(has_people).unwrap();
    let contact = eeva.walkbook.door(door).unwrap().present().next().unwrap().contact.id;
    let mend = |phone: &walkbook_town::real::Phone, number: &str| {
        phone.walkbook.edit_contact(door, contact, ContactField::Phone, number.into(), phone.clock()).unwrap();
        phone.sync(&stairwell.town);
    };
    mend(&eeva, "+1-202-555-0130");
    farah.sync(&stairwell.town);
    mend(&farah, "+1-202-555-0199");
    eeva.sync(&stairwell.town);
    for phone in [&eeva, &farah] {
        let state = phone.walkbook.door(door).unwrap();
        let shown = state.present().find(|person| person.contact.id == contact).unwrap();
        assert_eq!(shown.contact.fields[&ContactField::Phone], "+1-202-555-0199");
        assert!(state.clashes.is_empty());
    }
    stairwell.all_agree(&[&eeva, &farah]);
}

#[test]
fn once_it_has_met_the_server_the_phone_of_2030_tells_the_right_time() {
    let stairwell = Stairwell::new();
    let [mut eeva, farah] = stairwell.canvassers(["Eeva", "Farah"]);
    eeva.skew_ms = IN_2030_MS;
    eeva.sync(&stairwell.town);
    eeva.not_home(stairwell.list, stairwell.doors[0]);
    let shown = eeva.walkbook.door(stairwell.doors[0]).unwrap().visits[0].moment.at();
    assert!(shown.ms_since(now()).abs() < 60_000);
    drop(farah);
}
