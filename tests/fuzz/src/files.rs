//! Files that phone and server keep, as a failing disk or a stranger gives them back.

use std::path::Path;
use std::sync::LazyLock;
use tempfile::TempDir;
use walkbook_core::{Error, KeyStore, KeyStoreRefused, Walkbook, read_rescue_file};
use walkbook_model::Timestamp;
use walkbook_server::config::Layout;
use walkbook_vault::{Nonce, RescueCode};

/// The code of every rescue file in the corpus.
pub const RESCUE_CODE: [u8; 16] = [7; 16];
/// What a rescue file begins with.
pub const RESCUE_BEGINNING: &[u8] = b"WBRESCUE";

/// A rescue file: as it is, and as the content of one that was sealed by somebody who has the code.
pub(crate) fn rescue_file(bytes: &[u8]) {
    let code = RescueCode::from_bytes(RESCUE_CODE);
    let _ = read_rescue_file(bytes, &code.text());
    let sealed = code.key().seal(Nonce::from_bytes([1; 12]), RESCUE_BEGINNING, bytes).unwrap();
    if let Ok(rescue) = read_rescue_file(&[RESCUE_BEGINNING, &sealed].concat(), &code.text()) {
        // Every run was verified: its numbers rise without a gap.
        assert!(rescue.runs.iter().all(|run| run.entries().is_some() && run.first_seq() > 0));
    }
}

/// Gives back what it is given.
struct Desk;

impl KeyStore for Desk {
    fn wrap(&self, key: Vec<u8>) -> Result<Vec<u8>, KeyStoreRefused> {
        Ok(key)
    }

    fn unwrap(&self, wrapped: Vec<u8>) -> Result<Vec<u8>, KeyStoreRefused> {
        Ok(wrapped)
    }
}

const KEY_FILE: &str = "key.wrapped";

/// A phone's folder that nobody has written a knock into.
static PHONE: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    drop(Walkbook::open(folder.path(), &Desk, None, Timestamp::from_ms(0)).unwrap());
    folder
});

/// The file of the wrapped key is another: the phone opens with its own key only, and nothing of what it has is touched.
pub(crate) fn key_file(bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let databases = ["log.db", "book.db"];
    for name in databases {
        std::fs::copy(PHONE.path().join(name), folder.path().join(name)).unwrap();
    }
    std::fs::write(folder.path().join(KEY_FILE), bytes).unwrap();
    let opened = Walkbook::open(folder.path(), &Desk, None, Timestamp::from_ms(0));
    let own = std::fs::read(PHONE.path().join(KEY_FILE)).unwrap();
    match opened {
        Ok(_) => assert_eq!(bytes, own, "another key opened the phone"),
        Err(error) => {
            let is_said = matches!(error, Error::KeyDamaged | Error::Store(walkbook_core::store::Error::WrongKey));
            assert!(is_said, "a damaged key is told as {error}");
            for name in databases {
                assert_eq!(read(&PHONE, name), read(&folder, name), "{name} was touched");
            }
        }
    }
}

fn read(folder: &TempDir, name: &str) -> Vec<u8> {
    std::fs::read(folder.path().join(name)).unwrap()
}

/// The server's settings.
pub(crate) fn settings_file(bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::new(folder.path());
    write(&layout.settings(), bytes);
    let Ok(settings) = layout.read_settings() else { return };
    let _ = settings.hosts();
    layout.replace_settings(&settings).unwrap();
    assert_eq!(layout.read_settings().unwrap(), settings);
}

fn write(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
}
