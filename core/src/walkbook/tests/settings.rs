//! What the tenant has decided for all its phones.

use super::*;

fn settings(codes: &[(&str, Outcome)]) -> Settings {
    let outcome_codes = codes.iter().map(|(code, outcome)| ((*code).to_owned(), *outcome)).collect();
    Settings { outcome_codes, ..Settings::default() }
}

fn settings_frame(settings: &Settings, mark: u8) -> Frame {
    Frame::Settings(cbor::encode(settings).into(), vec![mark].into())
}

fn coded(code: &str, outcome: Outcome) -> Interaction {
    Interaction { knock: Knock::Outcome(outcome, Some(code.into())), ..not_home() }
}

#[test]
fn the_tenants_codes_are_there_without_a_network_and_a_screen_hears_of_others() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    assert_eq!(walkbook.settings(), Ok(Settings::default()));
    let before = walkbook.changes_since(0).version;
    let wanted = settings(&[("NH", Outcome::NotHome), ("WK", Outcome::Refused)]);
    answer(&walkbook, vec![settings_frame(&wanted, 1)]);
    assert!(walkbook.changes_since(before).settings_changed);
    let told = walkbook.changes_since(before).version;
    answer(&walkbook, Vec::new());
    assert!(!walkbook.changes_since(told).settings_changed);
    drop(walkbook);
    let walkbook = open(&folder);
    assert_eq!(walkbook.settings(), Ok(wanted));
    assert_eq!(walkbook.lock().store.book.view().settings_mark(), Ok(Some(vec![1])));
}

#[test]
fn a_code_is_taken_down_beside_its_outcome_and_beside_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let refused = Err(Error::Invalid(Invalid::Malformed {
        what: "interaction.code",
        wanted: "one of the tenant's codes for this outcome",
    }));
    assert_eq!(walkbook.record_knock(door(), coded("NH", Outcome::NotHome), now(1)), refused);
    answer(&walkbook, vec![settings_frame(&settings(&[("NH", Outcome::NotHome)]), 1)]);
    let knock = walkbook.record_knock(door(), coded("NH", Outcome::NotHome), now(2)).unwrap();
    assert_eq!(walkbook.record_knock(door(), coded("NH", Outcome::Refused), now(3)), refused);
    assert_eq!(walkbook.correct(door(), knock, coded("XX", Outcome::NotHome), now(3)), refused);
    assert_eq!(walkbook.status().unwrap().entries.saved, 1);
    // The code goes, what was taken down with it stays.
    answer(&walkbook, vec![settings_frame(&Settings::default(), 2)]);
    assert_eq!(walkbook.door(door()).unwrap().visits[0].counts, Some(coded("NH", Outcome::NotHome)));
}

#[test]
fn settings_that_make_no_sense_are_counted_and_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let wanted = settings(&[("NH", Outcome::NotHome)]);
    answer(&walkbook, vec![settings_frame(&wanted, 1)]);
    let misleading = settings(&[("refused", Outcome::NotHome)]);
    answer(&walkbook, vec![settings_frame(&misleading, 2), Frame::Settings(b"?".to_vec().into(), vec![3].into())]);
    assert_eq!(walkbook.settings(), Ok(wanted));
    let inner = walkbook.lock();
    assert_eq!(inner.store.book.view().not_understood(), Ok(2));
    assert_eq!(inner.store.book.view().settings_mark(), Ok(Some(vec![1])), "so that they come again");
}
