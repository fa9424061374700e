//! Certificates come, change and expire while the server runs.

use super::*;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

fn now() -> Timestamp {
    Timestamp::from_ms(1_795_000_000_000)
}

fn private(folder: &Path) -> Certificates {
    Authority::make(folder, "eu-west-1", now()).unwrap();
    let source = Source::Private { folder: folder.to_owned(), hosts: vec!["localhost".into(), "127.0.0.1".into()] };
    Certificates::load(source, now()).unwrap()
}

fn give(folder: &Path, authority: &Authority) -> (PathBuf, PathBuf) {
    let (chain, key) = authority.issue(&["localhost".into()], now()).unwrap();
    let pem = |label: &str, der: &[u8]| {
        use base64::Engine;
        let text = base64::engine::general_purpose::STANDARD.encode(der);
        format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
    };
    let files = (folder.join("chain.pem"), folder.join("key.pem"));
    std::fs::write(&files.0, pem("CERTIFICATE", &chain[0])).unwrap();
    std::fs::write(&files.1, pem("PRIVATE KEY", key.secret_der())).unwrap();
    std::fs::set_permissions(&files.1, std::fs::Permissions::from_mode(0o600)).unwrap();
    files
}

#[test]
fn an_authority_is_made_once_and_nobody_else_may_read_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let tls = folder.path().join("tls");
    assert!(Authority::make(&tls, "eu-west-1", now()).unwrap());
    let first = Authority::read(&tls).unwrap().certificate().to_vec();
    assert!(!Authority::make(&tls, "eu-west-1", now()).unwrap());
    assert_eq!(Authority::read(&tls).unwrap().certificate(), first);
    let mode = std::fs::metadata(tls.join("authority.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn an_interrupted_init_is_completed_with_the_key_that_is_there() {
    let folder = tempfile::tempdir().unwrap();
    Authority::make(folder.path(), "eu-west-1", now()).unwrap();
    let key = std::fs::read(folder.path().join("authority.key")).unwrap();
    std::fs::remove_file(folder.path().join("authority.pem")).unwrap();
    assert!(Authority::make(folder.path(), "eu-west-1", now()).unwrap());
    assert_eq!(std::fs::read(folder.path().join("authority.key")).unwrap(), key);
    assert!(Authority::read(folder.path()).unwrap().issue(&["localhost".into()], now()).is_ok());
}

#[test]
fn a_private_certificate_is_issued_anew_long_before_it_expires() {
    let folder = tempfile::tempdir().unwrap();
    let mut certificates = private(folder.path());
    assert!(!certificates.refresh(now().shifted_ms(6 * DAY_MS)).unwrap());
    assert!(certificates.refresh(now().shifted_ms(8 * DAY_MS)).unwrap());
    assert!(!certificates.refresh(now().shifted_ms(9 * DAY_MS)).unwrap());
}

#[test]
fn given_files_are_read_again_when_they_change_and_a_broken_one_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    Authority::make(folder.path(), "eu-west-1", now()).unwrap();
    let authority = Authority::read(folder.path()).unwrap();
    let (chain, key) = give(folder.path(), &authority);
    let source = Source::Given { chain: chain.clone(), key };
    let mut certificates = Certificates::load(source, now()).unwrap();
    assert!(!certificates.refresh(now()).unwrap());
    let shown = certificates.shown().get_inner();
    std::fs::write(&chain, "half a file").unwrap();
    assert!(matches!(certificates.refresh(now()), Err(Error::Unreadable { what: "certificate", .. })));
    assert!(Arc::ptr_eq(&shown, &certificates.shown().get_inner()));
    give(folder.path(), &authority);
    assert!(certificates.refresh(now()).unwrap());
    assert!(!Arc::ptr_eq(&shown, &certificates.shown().get_inner()));
}

#[test]
fn a_key_that_is_not_the_certificates_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    Authority::make(folder.path(), "eu-west-1", now()).unwrap();
    let authority = Authority::read(folder.path()).unwrap();
    let (chain, key) = give(folder.path(), &authority);
    let first = std::fs::read(&chain).unwrap();
    give(folder.path(), &authority);
    std::fs::write(&chain, first).unwrap();
    assert!(matches!(Certificates::load(Source::Given { chain, key }, now()), Err(Error::Unfit(_))));
}
