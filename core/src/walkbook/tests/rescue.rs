//! The rescue file: what only this phone has, sealed under a code.

use super::*;
use crate::{RescueRefused, read_rescue_file};
use std::io::ErrorKind;
use std::path::PathBuf;
use walkbook_sync::{Admission, LogPosition, admit};
use walkbook_vault::{ChainHash, PublicKey, RescueCode, Signer};

fn random(byte: u8) -> [u8; 28] {
    std::array::from_fn(|place| byte ^ u8::try_from(place).unwrap())
}

fn rescued(walkbook: &Walkbook, path: &std::path::Path) -> (Vec<u8>, RescueCode) {
    let code = walkbook.write_rescue_file(path, &signer(), random(1), now(200)).unwrap();
    (std::fs::read(path).unwrap(), code)
}

/// Two knocks are on the server, one was refused, three are nowhere else.
fn with_unsent(folder: &tempfile::TempDir) -> (Walkbook, PathBuf) {
    let walkbook = enrolled(folder);
    for seconds in 1..=3 {
        walkbook.record_knock(door(), not_home(), now(seconds)).unwrap();
    }
    answer(&walkbook, vec![refused(&[2], Reason::NotYours)]);
    for seconds in 4..=6 {
        walkbook.record_knock(door(), not_home(), now(seconds)).unwrap();
    }
    (walkbook, folder.path().join("rescue.walkbook"))
}

#[test]
fn the_file_brings_to_the_server_later_what_it_never_got() {
    let folder = tempfile::tempdir().unwrap();
    let (walkbook, path) = with_unsent(&folder);
    let signer = signer();
    let code = walkbook.write_rescue_file(&path, &signer, random(1), now(200)).unwrap();
    let typed = code.text().to_lowercase().replace('-', " ");
    let rescue = read_rescue_file(&std::fs::read(&path).unwrap(), &typed).unwrap();
    assert_eq!((rescue.device, rescue.written_at), (DEVICE, now(200)));
    assert_eq!(rescue.seqs().collect::<Vec<_>>(), [4, 5, 6, 2]);
    assert_eq!(rescue.loose[0].reason, Some(Reason::NotYours as u16));
    assert_eq!(Payload::from_bytes(&rescue.loose[0].payload), Ok(Payload::Interaction(not_home())));

    // A server that has the log up to the third entry takes the run, under the key that it has enrolled.
    let tip = ChainHash::from_bytes(walkbook.lock().store.log.from(3, 0).unwrap()[0].chain);
    let known = LogPosition { last_seq: 3, tip };
    let taken = admit(DEVICE, &signer.public_key(), known, |_| None, &rescue.runs[0]);
    let Admission::Continues(new) = taken else { panic!("{taken:?}") };
    let moments: Vec<Timestamp> = new.iter().map(|new| new.entry.header.moment.at()).collect();
    assert_eq!(moments, [now(4), now(5), now(6)]);
    let other: PublicKey = super::signer().public_key();
    assert_eq!(admit(DEVICE, &other, known, |_| None, &rescue.runs[0]), Admission::Forged);
}

#[test]
fn nothing_in_the_file_can_be_read_without_the_code() {
    let folder = tempfile::tempdir().unwrap();
    let (walkbook, path) = with_unsent(&folder);
    let remarkable = Interaction { note: Some("remarkable".into()), ..not_home() };
    walkbook.record_knock(door(), remarkable, now(7)).unwrap();
    let (bytes, code) = rescued(&walkbook, &path);
    assert!(!bytes.windows(10).any(|window| window == b"remarkable"));
    let other = RescueCode::from_bytes([9; 16]).text();
    assert_eq!(read_rescue_file(&bytes, &other), Err(RescueRefused::WrongCode));
    assert_eq!(read_rescue_file(&bytes, "no code"), Err(RescueRefused::NoCode));
    assert_eq!(read_rescue_file(b"no file", &code.text()), Err(RescueRefused::NotRescue));
    for place in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[place] ^= 1;
        assert!(read_rescue_file(&altered, &code.text()).is_err(), "byte {place}");
        assert!(read_rescue_file(&bytes[..place], &code.text()).is_err(), "cut at {place}");
    }
}

#[test]
fn a_file_whose_runs_the_device_did_not_sign_is_refused_though_the_code_fits() {
    let folder = tempfile::tempdir().unwrap();
    let (walkbook, path) = with_unsent(&folder);
    let (bytes, code) = rescued(&walkbook, &path);
    let honest = read_rescue_file(&bytes, &code.text()).unwrap();
    let sealed = |rescue: &crate::Rescue| rescue.seal(&code, walkbook_vault::Nonce::from_bytes([5; 12])).unwrap();
    let forged = [
        crate::Rescue { device: MATE, ..honest.clone() },
        crate::Rescue { public_key: super::signer().public_key().as_bytes().to_vec().into(), ..honest.clone() },
        crate::Rescue { public_key: vec![4].into(), ..honest.clone() },
    ];
    assert_eq!(read_rescue_file(&sealed(&honest), &code.text()), Ok(honest));
    for rescue in forged {
        assert_eq!(read_rescue_file(&sealed(&rescue), &code.text()), Err(RescueRefused::Unverified));
    }
}

#[test]
fn a_file_that_is_there_already_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let (walkbook, path) = with_unsent(&folder);
    let (bytes, _) = rescued(&walkbook, &path);
    let again = walkbook.write_rescue_file(&path, &signer(), random(2), now(300));
    assert_eq!(again.err(), Some(Error::RescueFile { kind: ErrorKind::AlreadyExists }));
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
    let nowhere = folder.path().join("no such folder").join("rescue");
    let failed = walkbook.write_rescue_file(&nowhere, &signer(), random(3), now(300));
    assert_eq!(failed.err(), Some(Error::RescueFile { kind: ErrorKind::NotFound }));
    assert!(!folder.path().join("rescue.walkbook.part").exists());
}

#[cfg(unix)]
#[test]
fn the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (walkbook, path) = with_unsent(&folder);
    rescued(&walkbook, &path);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn what_a_damaged_log_has_kept_behind_a_gap_is_rescued_too() {
    let folder = tempfile::tempdir().unwrap();
    let (walkbook, path) = with_unsent(&folder);
    walkbook.record_knock(door(), not_home(), now(7)).unwrap();
    walkbook.lock().store.log.db.sqlite.execute_batch("DELETE FROM entry WHERE seq = 5").unwrap();
    let (bytes, code) = rescued(&walkbook, &path);
    let rescue = read_rescue_file(&bytes, &code.text()).unwrap();
    let mut seqs: Vec<u64> = rescue.seqs().collect();
    seqs.sort_unstable();
    // What the log has lost, the book still had.
    assert_eq!(seqs, [2, 4, 5, 6, 7]);
    assert_eq!(rescue.runs.iter().map(walkbook_sync::Run::first_seq).collect::<Vec<_>>(), [4, 7]);
}
