//! A phone whose key is gone: what is there cannot be read, and is neither lost sight of nor deleted.

use super::*;
use crate::key_store::{KeyStore, KeyStoreRefused};
use crate::store;
use std::collections::BTreeSet;
use std::sync::Mutex;

/// A key store that can be told what to answer.
#[derive(Default)]
struct Keys(Mutex<Option<KeyStoreRefused>>);

impl Keys {
    fn answer(&self, refused: Option<KeyStoreRefused>) {
        *self.0.lock().unwrap() = refused;
    }

    fn ask(&self, key: Vec<u8>) -> Result<Vec<u8>, KeyStoreRefused> {
        self.0.lock().unwrap().map_or(Ok(key), Err)
    }
}

impl KeyStore for Keys {
    fn wrap(&self, key: Vec<u8>) -> Result<Vec<u8>, KeyStoreRefused> {
        self.ask(key)
    }

    fn unwrap(&self, wrapped: Vec<u8>) -> Result<Vec<u8>, KeyStoreRefused> {
        self.ask(wrapped)
    }
}

/// A phone that an app opens, with a knock that is nowhere else.
struct Phone {
    folder: tempfile::TempDir,
    keys: Keys,
}

impl Phone {
    fn with_a_knock() -> Self {
        let phone = Self { folder: tempfile::tempdir().unwrap(), keys: Keys::default() };
        phone.knock();
        phone
    }

    fn knock(&self) {
        let walkbook = self.open().unwrap();
        let template = tempfile::tempdir().unwrap();
        walkbook.enrolled_as(enrolled(&template).identity().unwrap()).unwrap();
        answer(&walkbook, download());
        walkbook.record_knock(door(), not_home(), now(1)).unwrap();
    }

    fn open(&self) -> Result<Walkbook, Error> {
        Walkbook::open(self.folder.path(), &self.keys, None, now(2))
    }

    fn begin(&self) -> Result<(), Error> {
        Walkbook::begin_without_key(self.folder.path(), &self.keys)
    }

    fn wipe(&self) -> Result<crate::Wiped, Error> {
        Walkbook::wipe(self.folder.path(), &self.keys)
    }

    fn names(&self) -> BTreeSet<String> {
        let files = std::fs::read_dir(self.folder.path()).unwrap();
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
    }

    fn remove(&self, name: &str) {
        std::fs::remove_file(self.folder.path().join(name)).unwrap();
    }
}

#[test]
fn as_long_as_the_key_may_come_back_nothing_is_moved() {
    let phone = Phone::with_a_knock();
    let before = phone.names();
    assert_eq!(phone.begin(), Err(Error::KeyIsThere));
    for refused in [KeyStoreRefused::Locked, KeyStoreRefused::Failed] {
        phone.keys.answer(Some(refused));
        assert_eq!(phone.begin(), Err(Error::KeyStore(refused)));
    }
    phone.keys.answer(None);
    // A look into the log leaves SQLite's own files beside it.
    let mut after = phone.names();
    after.retain(|name| !name.ends_with("-wal") && !name.ends_with("-shm"));
    assert_eq!(after, before);
    assert_eq!(phone.open().unwrap().status().unwrap().at_risk(), 1);
}

#[test]
fn a_phone_that_lost_its_key_begins_anew_and_says_what_nobody_can_read() {
    let losses: [fn(&Phone); 4] = [
        |phone| phone.remove("key.wrapped"),
        |phone| phone.keys.answer(Some(KeyStoreRefused::Lost)),
        |phone| std::fs::write(phone.folder.path().join("key.wrapped"), b"half").unwrap(),
        |phone| std::fs::write(phone.folder.path().join("key.wrapped"), [9; 32]).unwrap(),
    ];
    for (loss, lose) in losses.into_iter().enumerate() {
        let phone = Phone::with_a_knock();
        lose(&phone);
        assert!(phone.open().is_err(), "{loss}");
        phone.begin().unwrap();
        phone.begin().unwrap();
        phone.keys.answer(None);
        let walkbook = phone.open().unwrap();
        let status = walkbook.status().unwrap();
        assert_eq!((walkbook.identity(), status.can_record, status.at_risk()), (None, true, 0), "{loss}");
        assert_eq!((status.unreadable.len(), status.may_be_wiped()), (1, false), "{loss}");
        let unreadable = &status.unreadable[0];
        assert!(unreadable.log.ends_with("log.unreadable-1.db") && unreadable.bytes > 0);
        assert!(unreadable.written_at.is_some());
        drop(walkbook);
        let left = phone.names();
        assert!(left.contains("log.unreadable-1.db") && left.contains("book.unreadable-1.db"), "{left:?}");
    }
}

#[test]
fn wiping_is_refused_until_the_person_gives_up_what_nobody_can_read() {
    let phone = Phone::with_a_knock();
    phone.remove("key.wrapped");
    assert_eq!(phone.wipe(), Err(Error::KeyGone));
    phone.begin().unwrap();
    drop(phone.open().unwrap());
    assert_eq!(phone.wipe(), Err(Error::Unreadable { logs: 1 }));
    let walkbook = phone.open().unwrap();
    let gone = walkbook.give_up_unreadable().unwrap();
    assert_eq!(gone.files, ["book.unreadable-1.db", "log.unreadable-1.db"]);
    assert!(walkbook.status().unwrap().may_be_wiped());
    drop(walkbook);
    phone.wipe().unwrap();
    assert!(phone.names().is_empty());
}

#[test]
fn a_key_that_turns_up_later_opens_what_was_moved_aside() {
    let phone = Phone::with_a_knock();
    let key = std::fs::read(phone.folder.path().join("key.wrapped")).unwrap();
    phone.keys.answer(Some(KeyStoreRefused::Lost));
    phone.begin().unwrap();
    phone.keys.answer(None);
    assert!(phone.open().unwrap().identity().is_none());
    let found = Phone { folder: tempfile::tempdir().unwrap(), keys: Keys::default() };
    for (aside, name) in [
        ("log.unreadable-1.db", "log.db"),
        ("book.unreadable-1.db", "book.db"),
        ("key.wrapped.unreadable-1", "key.wrapped"),
    ] {
        std::fs::copy(phone.folder.path().join(aside), found.folder.path().join(name)).unwrap();
    }
    assert_eq!(std::fs::read(found.folder.path().join("key.wrapped")).unwrap(), key);
    assert_eq!(found.open().unwrap().status().unwrap().at_risk(), 1);
}

#[test]
fn a_second_loss_lies_beside_the_first() {
    let phone = Phone::with_a_knock();
    for _ in 0..2 {
        phone.remove("key.wrapped");
        phone.begin().unwrap();
        phone.knock();
    }
    let walkbook = phone.open().unwrap();
    let unreadable = walkbook.status().unwrap().unreadable;
    let names: Vec<_> = unreadable.iter().map(|unreadable| unreadable.log.file_name().unwrap()).collect();
    assert_eq!(names, ["log.unreadable-1.db", "log.unreadable-2.db"]);
    assert_eq!(walkbook.status().unwrap().at_risk(), 1);
}

#[test]
fn moving_aside_that_was_cut_off_is_gone_on_with_under_the_same_number() {
    let files = [
        ("log.db", "log.unreadable-1.db"),
        ("book.db", "book.unreadable-1.db"),
        ("key.wrapped", "key.wrapped.unreadable-1"),
    ];
    for done in 0..=files.len() {
        let phone = Phone::with_a_knock();
        phone.keys.answer(Some(KeyStoreRefused::Lost));
        for (from, to) in &files[..done] {
            std::fs::rename(phone.folder.path().join(from), phone.folder.path().join(to)).unwrap();
        }
        phone.begin().unwrap();
        assert_eq!(phone.names(), files.map(|(_, aside)| aside.to_owned()).into(), "{done}");
        phone.keys.answer(None);
        assert_eq!(phone.open().unwrap().status().unwrap().unreadable.len(), 1);
    }
}

#[test]
fn files_that_cannot_be_looked_at_are_not_taken_for_unreadable() {
    let phone = Phone::with_a_knock();
    let book = phone.folder.path().join("book.db");
    phone.remove("log.db");
    std::fs::remove_file(&book).unwrap();
    std::fs::create_dir(&book).unwrap();
    std::fs::write(book.join("something"), b"there").unwrap();
    let refused = phone.begin();
    assert!(
        matches!(refused, Err(Error::Store(store::Error::Unreachable { .. } | store::Error::Sqlite { .. }))),
        "{refused:?}"
    );
    assert!(phone.names().contains("book.db"));
}
