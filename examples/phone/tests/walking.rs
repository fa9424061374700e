//! Aino walks a stairwell with the phone in her hand: what she presses, and what she sees.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod desk;

use desk::{Canvasser, Stairwell};
use walkbook_core::{Ended, Heard, SyncFailed, SyncPhase, SyncProgress, Synced};
use walkbook_model::Role;
use walkbook_phone::{Effect, Event, now};

#[test]
fn a_door_where_nobody_opens_is_one_key_and_the_walk_goes_on() {
    let stairwell = Stairwell::new();
    let [mut aino] = stairwell.canvassers(["Aino"], Role::Canvasser);
    aino.looks_like("lists");
    aino.press("<Enter>nn").looks_like("two_not_home");
    assert_eq!(aino.phone.at_risk(), 2);
    aino.press("u");
    assert!(aino.sees("Taken back.") && aino.sees("1 of 12 doors tried"));
    assert!(aino.press("u").sees("There is nothing to take back."));
}

#[test]
fn the_last_door_is_told() {
    let stairwell = Stairwell::new();
    let [mut aino] = stairwell.canvassers(["Aino"], Role::Canvasser);
    aino.press("<Enter>nnnnnnnnnnn");
    assert!(!aino.sees("That was the last door."));
    assert!(aino.press("n").sees("That was the last door."));
    assert!(aino.press(".").sees("Every door of this list was tried."));
}

#[test]
fn the_map_shows_the_walk_and_the_doors_around() {
    let stairwell = Stairwell::new();
    let [mut aino] = stairwell.canvassers(["Aino"], Role::Canvasser);
    aino.press("<Enter>nnm").looks_like("map");
    let wide = aino.press("-").screen();
    assert_ne!(wide, aino.press("+").screen());
    assert!(aino.press("n<Esc>").sees("3 of 12 doors tried"));
}

#[test]
fn the_script_asks_what_fits_and_goes_back() {
    let stairwell = Stairwell::new();
    let [mut aino] = stairwell.canvassers(["Aino"], Role::Canvasser);
    aino.press("<Enter><Enter><Down>ay2");
    assert!(aino.sees("What matters most to you?"));
    // Two of five would help; on second thoughts it was a four.
    assert!(aino.press("1").sees("Would you help us"));
    assert!(aino.press("<Left><Left>4").sees("What matters most to you?"));
    assert!(aino.press("3").sees("Did you vote last time?"));
    assert!(aino.press("yx<Enter>").sees("A whole number, please."));
    aino.press("<Backspace>3<Enter>dog in the yard<Enter>").looks_like("asked");
    aino.press("<Enter>").looks_like("door");
    // Whoever does not want to talk is asked nothing more, and answers may be left behind only on purpose.
    aino.press("an");
    assert!(aino.sees("Anything to remember?"));
    assert!(aino.press("<Esc>").sees("forget these answers?"));
    assert!(aino.press("n").sees("Anything to remember?"));
    assert!(aino.press("<Esc>y").sees("Nothing was saved."));
    assert_eq!(aino.phone.at_risk(), 1);
}

#[test]
fn what_was_recorded_is_corrected_noted_and_taken_back_with_its_history() {
    let stairwell = Stairwell::new();
    let [mut aino] = stairwell.canvassers(["Aino"], Role::Canvasser);
    aino.press("<Enter><Enter>xb<Esc>");
    assert!(aino.sees("Refused"));
    aino.press("<Enter>fc");
    assert!(aino.sees("Come back") && aino.sees("(corrected)"));
    assert!(aino.press("wafter six<Enter>").sees("“after six”"));
    assert!(aino.press("u").sees("taken back") && !aino.sees("“after six”"));
    assert!(aino.press("u").sees("Nothing was recorded here with this phone."));
}

#[test]
fn never_again_is_asked_twice_and_closes_the_door() {
    let stairwell = Stairwell::new();
    let [mut aino] = stairwell.canvassers(["Aino"], Role::Canvasser);
    aino.press("<Enter><Enter>N<Up><Up><Up><Enter>").looks_like("never_again");
    assert!(aino.press("<Esc><Esc>n").sees("Not home"), "a no that was not confirmed counts");
    aino.press("<Enter>N<Up><Up><Up><Enter>y");
    assert!(aino.sees("✗ Never again: this door, they said no"));
    assert!(aino.press("n").sees("Nobody may knock here."));
    assert!(aino.press("<Esc>n").sees("Nobody may knock here.") && aino.sees("never again"));
}

#[test]
fn somebody_whom_the_register_does_not_know_is_added_and_found() {
    let stairwell = Stairwell::new();
    let [mut aino] = stairwell.canvassers(["Aino"], Role::Canvasser);
    aino.press("<Enter><Enter>+Ilmari<Tab>Kukkonen<Enter>");
    assert!(aino.sees("Added.") && aino.sees("Ilmari Kukkonen"));
    aino.press("<Esc>+12 b<Tab><Tab>Madeupton<Enter>");
    assert!(aino.sees("Added to the list.") && aino.sees("13 doors tried") && aino.sees("12 b"));
    aino.press("/kukkonen");
    assert!(aino.sees("Ilmari Kukkonen"));
    assert!(aino.press("<Enter>ggate code 1234<Enter>").sees("Getting in: gate code 1234"));
    assert!(aino.press("g<Backspace><Esc>").sees("Left as it was.") && aino.sees("gate code 1234"));
}

#[test]
fn an_address_without_a_street_is_refused_and_can_be_mended() {
    let stairwell = Stairwell::new();
    let [mut aino] = stairwell.canvassers(["Aino"], Role::Canvasser);
    aino.press("<Enter>+<Up><Backspace>");
    let street = "<Backspace>".repeat(30);
    aino.press(&street).press("<Enter>");
    assert!(aino.sees("A door that is on no list"), "it was taken: {}", aino.screen());
    assert_eq!(aino.phone.at_risk(), 0);
}

#[test]
fn both_mend_one_number_and_aino_chooses() {
    let stairwell = Stairwell::new();
    let [mut aino, mut bilal] = stairwell.canvassers(["Aino", "Bilal"], Role::Canvasser);
    let other = "<Backspace>".repeat(20);
    for (canvasser, number) in [(&mut aino, "0111"), (&mut bilal, "0122")] {
        canvasser.press("<Enter><Enter><Down>e<Down><Down>").press(&other).press(number).press("<Enter>");
        canvasser.sync(&stairwell.town);
    }
    aino.sync(&stairwell.town);
    assert!(aino.sees("written twice at once"));
    aino.press("c").looks_like("clash");
    assert!(aino.press("<Down><Enter>").sees("Nothing was written twice at once."));
    aino.sync(&stairwell.town);
    bilal.sync(&stairwell.town);
    assert!(!bilal.sees("written twice at once") && bilal.sees("0111"));
}

#[test]
fn what_the_server_refuses_is_shown_until_it_was_seen() {
    let stairwell = Stairwell::new();
    let [mut aino] = stairwell.canvassers(["Aino"], Role::Canvasser);
    // A canvasser may not lift a no.
    aino.press("<Enter><Enter>N<Up><Up><Up><Enter>yLI think so<Enter>");
    assert!(aino.sees("Lifted, if the server lets you"));
    aino.sync(&stairwell.town);
    assert!(aino.sees("1 to look at (T)") && aino.sees("✗ Never again"));
    assert!(aino.press("T").sees("your role may not do this"));
    assert!(!aino.press("<Enter>").sees("to look at (T)"));
}

#[test]
fn offline_nothing_wants_the_network_and_the_risk_is_counted() {
    let stairwell = Stairwell::new();
    let [mut aino] = stairwell.canvassers(["Aino"], Role::Canvasser);
    aino.press("O<Enter>nnnS");
    assert!(aino.sees("OFFLINE") && aino.sees("3 at risk") && aino.sees("safe on this phone"));
    aino.press("O");
    let effects = aino.press_for_effects("S");
    assert!(matches!(effects.as_slice(), [Effect::Sync(_)]) && aino.sees("syncing"));
    // Going offline calls it off, and one at a time is enough.
    assert!(aino.press("S").sees("syncing"));
    let [Effect::Sync(cancel)] = effects.as_slice() else { panic!("no sync") };
    aino.press("O");
    assert!(cancel.is_cancelled());
}

#[test]
fn every_key_is_explained() {
    let stairwell = Stairwell::new();
    let [mut aino] = stairwell.canvassers(["Aino"], Role::Canvasser);
    aino.press("?").looks_like("help");
    // Not twice on top of itself.
    assert!(aino.press("?<Esc>").sees("Walk lists"));
}

/// What an exchange gives that came to its end.
fn synced(canvasser: &Canvasser) -> Synced {
    Synced {
        ended: Ended::Complete,
        round_trips: 1,
        sent_bytes: 0,
        received_bytes: 0,
        elapsed: std::time::Duration::ZERO,
        status: canvasser.phone.walkbook.status().unwrap(),
    }
}

#[test]
fn an_open_phone_syncs_by_itself_when_there_is_something_new_and_says_nothing_of_it() {
    let stairwell = Stairwell::new();
    let [mut aino] = stairwell.canvassers(["Aino"], Role::Canvasser);
    let [first, second] = [synced(&aino), synced(&aino)];
    aino.press_for_effects("S");
    let effects = aino.app.update(Event::Synced(Box::new(Ok(first))), now());
    assert!(matches!(effects.as_slice(), [Effect::Hear(_)]) && aino.sees("In step with the server"));
    aino.press("?<Esc>");
    let effects = aino.app.update(Event::Heard(Ok(Heard::News)), now());
    assert!(matches!(effects.as_slice(), [Effect::Sync(_)]));
    let effects = aino.app.update(Event::Synced(Box::new(Ok(second))), now());
    assert!(matches!(effects.as_slice(), [Effect::Hear(_)]) && !aino.sees("In step with the server"));
    // Where there is no signal, it is waited for.
    aino.app.update(Event::Heard(Ok(Heard::News)), now());
    let effects = aino.app.update(Event::Synced(Box::new(Err(SyncFailed::NoConnection))), now());
    let [Effect::Hear(cancel)] = effects.as_slice() else { panic!("it does not wait") };
    assert!(!aino.sees("cannot be reached"));
    assert!(aino.press("O").sees("OFFLINE") && cancel.is_cancelled());
}

#[test]
fn what_is_new_while_a_sync_is_under_way_is_fetched_behind_it() {
    let stairwell = Stairwell::new();
    let [mut aino] = stairwell.canvassers(["Aino"], Role::Canvasser);
    let [first, second] = [synced(&aino), synced(&aino)];
    aino.press_for_effects("S");
    assert!(aino.app.update(Event::Heard(Ok(Heard::News)), now()).is_empty(), "two at once");
    let effects = aino.app.update(Event::Synced(Box::new(Ok(first))), now());
    assert!(matches!(effects.as_slice(), [Effect::Sync(_)]), "the news are lost");
    let effects = aino.app.update(Event::Synced(Box::new(Ok(second))), now());
    assert!(matches!(effects.as_slice(), [Effect::Hear(_)]));
}

#[test]
fn a_server_in_trouble_is_listened_to_until_it_is_well_again() {
    let stairwell = Stairwell::new();
    let [mut aino] = stairwell.canvassers(["Aino"], Role::Canvasser);
    aino.press_for_effects("S");
    let failed = Event::Synced(Box::new(Err(SyncFailed::ServerFailed { status: 500 })));
    assert!(matches!(aino.app.update(failed, now()).as_slice(), [Effect::Hear(_)]));
}

#[test]
fn a_first_download_is_counted_door_by_door() {
    let stairwell = Stairwell::new();
    let [mut aino] = stairwell.canvassers(["Aino"], Role::Canvasser);
    aino.press_for_effects("S");
    let so_far = SyncProgress { phase: SyncPhase::Receiving, doors: 3, awaited_doors: 9, ..SyncProgress::default() };
    aino.app.update(Event::Progressed(so_far), now());
    assert!(aino.sees("syncing: 3 of 12 doors"));
    let done = Event::Synced(Box::new(Ok(synced(&aino))));
    aino.app.update(done, now());
    // What was told last comes late.
    aino.app.update(Event::Progressed(so_far), now());
    assert!(!aino.sees("of 12 doors ") && !aino.sees("syncing"), "{}", aino.screen());
}
