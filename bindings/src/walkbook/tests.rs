//! What every language relies on: foreign keys that fail are told clearly, and a closed walkbook says so.

use crate::*;
use std::sync::{Arc, Mutex};
use walkbook_model::{DoorId, Outcome, WalkListId};

/// Does what it is told to.
struct Told(Mutex<Result<Vec<u8>, KeyStoreError>>);

impl KeyStore for Told {
    fn wrap(&self, key: Vec<u8>) -> Result<Vec<u8>, KeyStoreError> {
        Ok(key)
    }

    fn unwrap(&self, wrapped: Vec<u8>) -> Result<Vec<u8>, KeyStoreError> {
        let told = self.0.lock().unwrap().clone()?;
        Ok(if told.is_empty() { wrapped } else { told })
    }
}

fn told(what: Result<Vec<u8>, KeyStoreError>) -> Arc<Told> {
    Arc::new(Told(Mutex::new(what)))
}

fn open(folder: &tempfile::TempDir, what: Result<Vec<u8>, KeyStoreError>) -> Result<Walkbook, WalkbookError> {
    Walkbook::open(folder.path().to_str().unwrap().into(), told(what), None)
}

#[test]
fn a_key_store_that_fails_or_gives_a_wrong_key_is_told_as_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    open(&folder, Ok(Vec::new())).unwrap();
    let refused = |what| open(&folder, what).map(drop).unwrap_err();
    assert_eq!(refused(Err(KeyStoreError::Locked)), WalkbookError::Locked);
    assert!(matches!(refused(Err(KeyStoreError::Failed)), WalkbookError::KeyStoreFailed { .. }));
    for wrong in [Err(KeyStoreError::Lost), Ok(vec![1; 32]), Ok(vec![1; 31]), Ok(vec![1; 1_000_000])] {
        assert!(matches!(refused(wrong.clone()), WalkbookError::KeyLost { .. }), "{wrong:?}");
    }
    open(&folder, Ok(Vec::new())).unwrap();
}

#[test]
fn what_is_asked_after_closing_is_refused_and_the_folder_is_free() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = open(&folder, Ok(Vec::new())).unwrap();
    let path = folder.path().to_str().unwrap();
    assert_eq!(wipe_walkbook(path.into(), told(Ok(Vec::new()))), Err(WalkbookError::InUse));
    walkbook.close();
    walkbook.close();
    assert_eq!(walkbook.lists(), Err(WalkbookError::Closed));
    let (door, list) = (DoorId::from_bytes([1; 16]), WalkListId::from_bytes([1; 16]));
    assert_eq!(walkbook.record_outcome(door, list, Outcome::NotHome, None, None, None), Err(WalkbookError::Closed));
    assert!(wipe_walkbook(path.into(), told(Ok(Vec::new()))).unwrap().contains(&"key.wrapped".to_owned()));
}

/// Gives what it has.
struct Signs(Result<Vec<u8>, SignerError>);

impl Signer for Signs {
    fn public_key(&self) -> Result<Vec<u8>, SignerError> {
        self.0.clone()
    }

    fn sign(&self, _: Vec<u8>) -> Result<Vec<u8>, SignerError> {
        Err(SignerError::Failed)
    }
}

#[test]
fn a_signer_without_a_key_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for key in [Err(SignerError::Failed), Ok(vec![4; 64]), Ok(vec![2; 65])] {
        let signer: Arc<dyn Signer> = Arc::new(Signs(key));
        let opened = Walkbook::open(folder.path().to_str().unwrap().into(), told(Ok(Vec::new())), Some(signer));
        assert!(matches!(opened.map(drop), Err(WalkbookError::KeyStoreFailed { .. })));
    }
}
