//! Mending a walkbook that said, in the middle of the day, that a file is damaged.

use super::*;
use crate::store::{self, StoreFile};
use crate::{KeyStore, KeyStoreRefused};

/// Nothing is wrapped.
struct Open;

impl KeyStore for Open {
    fn wrap(&self, key: Vec<u8>) -> Result<Vec<u8>, KeyStoreRefused> {
        Ok(key)
    }

    fn unwrap(&self, wrapped: Vec<u8>) -> Result<Vec<u8>, KeyStoreRefused> {
        Ok(wrapped)
    }
}

#[test]
fn a_damaged_book_is_mended_and_no_knock_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("key.wrapped"), KEY).unwrap();
    let walkbook = enrolled(&folder);
    walkbook.record_knock(door(), not_home(), now(1)).unwrap();
    drop(walkbook);
    let book = folder.path().join("book.db");
    let mut bytes = std::fs::read(&book).unwrap();
    // Behind the pages that every opening reads.
    let behind = bytes.len() / 2;
    bytes[behind..].fill(0xAA);
    std::fs::write(&book, bytes).unwrap();
    let mended = Walkbook::mend(folder.path(), &Open, None, now(2)).unwrap();
    let status = mended.status().unwrap();
    assert_eq!((status.at_risk(), status.mended.book.is_some(), status.mended.log.is_some()), (1, true, false));
    assert!(status.mended.book.unwrap().exists(), "what was damaged is kept");
}

#[test]
fn mending_with_another_key_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    drop(enrolled(&folder));
    std::fs::write(folder.path().join("key.wrapped"), [8; 32]).unwrap();
    let log = std::fs::read(folder.path().join("log.db")).unwrap();
    let refused = Walkbook::mend(folder.path(), &Open, None, now(2)).map(drop);
    assert_eq!(refused, Err(Error::Store(store::Error::WrongKey)));
    assert_eq!(std::fs::read(folder.path().join("log.db")).unwrap(), log);
    assert!(folder.path().join(StoreFile::Book.stem()).with_extension("db").exists());
}
