//! Wiping the phone destroys everything, and loses nothing.

use super::*;
use crate::store;
use std::collections::BTreeSet;
use std::path::Path;

const KEY_FILE: &str = "key.wrapped";

fn names(folder: &Path) -> BTreeSet<String> {
    let files = std::fs::read_dir(folder).unwrap();
    files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
}

/// A folder as an app has it: with a key file, and something of the app's own.
fn furnished(folder: &tempfile::TempDir) {
    std::fs::write(folder.path().join(KEY_FILE), b"wrapped").unwrap();
    std::fs::write(folder.path().join("settings.json"), b"{}").unwrap();
}

fn wipe(folder: &tempfile::TempDir) -> Result<crate::Wiped, Error> {
    Walkbook::wipe_with_key(folder.path(), &KEY)
}

#[test]
fn wiping_is_refused_while_something_is_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    furnished(&folder);
    let walkbook = enrolled(&folder);
    for seconds in 1..=3 {
        walkbook.record_knock(door(), not_home(), now(seconds)).unwrap();
    }
    answer_of(&walkbook, 1, Vec::new());
    drop(walkbook);
    assert_eq!(wipe(&folder), Err(Error::AtRisk { entries: 2 }));
    let walkbook = open(&folder);
    assert_eq!(walkbook.status().unwrap().entries.saved, 2);
    answer(&walkbook, Vec::new());
    drop(walkbook);
    wipe(&folder).unwrap();
}

#[test]
fn wiping_is_refused_until_what_was_refused_has_been_seen() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let knock = walkbook.record_knock(door(), not_home(), now(1)).unwrap();
    answer(&walkbook, vec![refused(&[1], Reason::NotYours)]);
    drop(walkbook);
    assert_eq!(wipe(&folder), Err(Error::AtRisk { entries: 1 }));
    open(&folder).seen(knock).unwrap();
    wipe(&folder).unwrap();
}

#[test]
fn a_rescue_file_makes_wiping_safe_until_the_next_knock() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    walkbook.record_knock(door(), not_home(), now(1)).unwrap();
    let rescue = |walkbook: &Walkbook, name: &str| {
        let path = folder.path().join(name);
        walkbook.write_rescue_file(&path, &signer(), [1; 28], now(2)).unwrap();
    };
    rescue(&walkbook, "first");
    walkbook.record_knock(door(), not_home(), now(3)).unwrap();
    drop(walkbook);
    assert_eq!(wipe(&folder), Err(Error::AtRisk { entries: 1 }));
    rescue(&open(&folder), "second");
    wipe(&folder).unwrap();
    assert_eq!(names(folder.path()), ["first".to_owned(), "second".to_owned()].into());
}

#[test]
fn what_a_restored_server_has_lost_again_is_in_no_rescue_file() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    walkbook.record_knock(door(), not_home(), now(1)).unwrap();
    answer(&walkbook, Vec::new());
    walkbook.record_knock(door(), not_home(), now(2)).unwrap();
    walkbook.write_rescue_file(&folder.path().join("rescue"), &signer(), [1; 28], now(3)).unwrap();
    // The server is restored to a moment before both.
    answer_of(&walkbook, 0, Vec::new());
    drop(walkbook);
    assert_eq!(wipe(&folder), Err(Error::AtRisk { entries: 1 }));
}

#[test]
fn wiping_takes_the_key_first_then_everything_of_the_walkbook_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    furnished(&folder);
    drop(enrolled(&folder));
    for left in ["log.damaged-1.db", "log.damaged-1.db-wal", "book.damaged-2.db", "key.wrapped.new"] {
        std::fs::write(folder.path().join(left), b"left").unwrap();
    }
    let wiped = wipe(&folder).unwrap();
    assert_eq!(wiped.files[..2], [KEY_FILE, "key.wrapped.new"]);
    let expected = ["book.damaged-2.db", "book.db", "log.damaged-1.db", "log.damaged-1.db-wal", "log.db"];
    assert_eq!(wiped.files[2..], expected);
    assert_eq!(names(folder.path()), ["settings.json".to_owned()].into());
    assert!(open(&folder).lists().unwrap().is_empty());
    assert!(open(&folder).identity().is_none());
}

#[test]
fn a_walkbook_that_is_open_is_not_wiped() {
    let folder = tempfile::tempdir().unwrap();
    furnished(&folder);
    let walkbook = enrolled(&folder);
    let busy = Error::Store(store::Error::Busy { file: store::StoreFile::Log });
    assert_eq!(wipe(&folder), Err(busy));
    walkbook.record_knock(door(), not_home(), now(1)).unwrap();
    assert_eq!(walkbook.lists().unwrap().len(), 1);
    assert!(folder.path().join(KEY_FILE).exists());
}

#[test]
fn a_wrong_key_wipes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    furnished(&folder);
    drop(enrolled(&folder));
    let before = names(folder.path());
    assert_eq!(Walkbook::wipe_with_key(folder.path(), &[8; 32]), Err(Error::Store(store::Error::WrongKey)));
    assert_eq!(names(folder.path()), before);
    assert_eq!(open(&folder).lists().unwrap().len(), 1);
}

#[test]
fn a_wipe_that_was_cut_off_anywhere_is_finished_at_the_next_opening() {
    let order = [KEY_FILE, "book.db", "log.damaged-1.db", "log.db"];
    for gone in 0..=order.len() {
        let folder = tempfile::tempdir().unwrap();
        furnished(&folder);
        drop(enrolled(&folder));
        std::fs::write(folder.path().join("log.damaged-1.db"), b"left").unwrap();
        std::fs::write(folder.path().join("wipe.begun"), b"").unwrap();
        for name in &order[..gone] {
            std::fs::remove_file(folder.path().join(name)).unwrap();
        }
        // Whoever took the key from the file before it went has to come again with a new one.
        let opened = Walkbook::open_with_key(folder.path(), &KEY, [3; 16], now(0));
        if gone == 0 {
            assert_eq!(opened.err(), Some(Error::Store(store::Error::Wiped)));
            assert_eq!(names(folder.path()), ["settings.json".to_owned()].into());
        } else {
            drop(opened.unwrap());
        }
        let walkbook = Walkbook::open_with_key(folder.path(), &[9; 32], [3; 16], now(0));
        let walkbook = walkbook.or_else(|_| Walkbook::open_with_key(folder.path(), &KEY, [3; 16], now(0))).unwrap();
        assert!(walkbook.lists().unwrap().is_empty() && walkbook.identity().is_none(), "{gone}");
        let left = names(folder.path());
        assert!(!left.contains("wipe.begun") && !left.contains(KEY_FILE) && !left.contains("log.damaged-1.db"));
    }
}
