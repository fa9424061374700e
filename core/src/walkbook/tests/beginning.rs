//! A phone that cannot go on as the device that it is begins anew in the same folder.

use super::*;
use crate::store::{self, StoreFile};
use std::collections::BTreeSet;
use std::path::Path;
use walkbook_vault::Signer;

fn names(folder: &Path) -> BTreeSet<String> {
    let files = std::fs::read_dir(folder).unwrap();
    files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
}

fn begin_anew(folder: &tempfile::TempDir) -> Result<(), Error> {
    Walkbook::begin_anew_with_key(folder.path(), &KEY)
}

fn rescue(walkbook: &Walkbook, folder: &tempfile::TempDir, name: &str) {
    walkbook.write_rescue_file(&folder.path().join(name), &signer(), [1; 28], now(8)).unwrap();
}

/// A phone with two knocks, one of them on the server, and the other in a rescue file.
fn rescued(folder: &tempfile::TempDir) {
    let walkbook = enrolled(folder);
    for seconds in 1..=2 {
        walkbook.record_knock(door(), not_home(), now(seconds)).unwrap();
    }
    answer_of(&walkbook, 1, Vec::new());
    rescue(&walkbook, folder, "rescue");
}

#[test]
fn nothing_begins_anew_while_something_is_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    rescued(&folder);
    open(&folder).record_knock(door(), not_home(), now(9)).unwrap();
    assert_eq!(begin_anew(&folder), Err(Error::AtRisk { entries: 1 }));
    let walkbook = open(&folder);
    assert_eq!((walkbook.identity().unwrap().device, walkbook.status().unwrap().entries.saved), (DEVICE, 2));
    rescue(&walkbook, &folder, "second");
    drop(walkbook);
    begin_anew(&folder).unwrap();
}

#[test]
fn the_new_device_has_an_empty_log_and_the_old_one_lies_beside_it_whole() {
    let folder = tempfile::tempdir().unwrap();
    rescued(&folder);
    begin_anew(&folder).unwrap();
    let walkbook = open(&folder);
    assert_eq!((walkbook.identity(), walkbook.lists().unwrap().len()), (None, 0));
    let status = walkbook.status().unwrap();
    assert_eq!((status.can_record, status.at_risk(), status.entries), (true, 0, crate::store::Counts::default()));
    let left = names(folder.path());
    assert!(left.contains("log.former-1.db") && !left.iter().any(|name| name.starts_with("anew.")), "{left:?}");
    // Whoever wants to see what is in it looks with the same key.
    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::copy(folder.path().join("log.former-1.db"), elsewhere.path().join("log.db")).unwrap();
    let former = open(&elsewhere);
    assert_eq!((former.identity().unwrap().device, former.status().unwrap().entries.saved), (DEVICE, 1));
}

#[test]
fn a_log_that_lost_its_end_is_gone_on_from_as_a_new_device() {
    let folder = tempfile::tempdir().unwrap();
    rescued(&folder);
    let walkbook = open(&folder);
    walkbook.lock().store.log.db.sqlite.execute_batch("DELETE FROM entry WHERE seq = 2").unwrap();
    drop(walkbook);
    assert_eq!(open(&folder).record_knock(door(), not_home(), now(9)), Err(Error::LogShort));
    begin_anew(&folder).unwrap();
    let walkbook = open(&folder);
    let identity = Identity { device: MATE, ..former_identity() };
    walkbook.enrolled_as(identity).unwrap();
    answer(&walkbook, download());
    walkbook.record_knock(door(), not_home(), now(10)).unwrap();
    assert_eq!(walkbook.status().unwrap().entries.saved, 1);
}

fn former_identity() -> Identity {
    let folder = tempfile::tempdir().unwrap();
    enrolled(&folder).identity().unwrap()
}

#[test]
fn a_phone_whose_log_is_gone_altogether_begins_anew_too() {
    let folder = tempfile::tempdir().unwrap();
    rescued(&folder);
    std::fs::remove_file(folder.path().join("log.db")).unwrap();
    assert!(!open(&folder).status().unwrap().can_record);
    begin_anew(&folder).unwrap();
    assert!(open(&folder).status().unwrap().can_record);
}

#[test]
fn a_signing_key_of_the_apps_own_is_not_taken_twice() {
    let folder = tempfile::tempdir().unwrap();
    let (hardware, tenant) = (signer(), TenantId::from_bytes([1; 16]));
    let device = DeviceId::derive(&[&tenant.to_bytes(), hardware.public_key().as_bytes()]);
    let walkbook = open(&folder);
    walkbook.enrolled_as(Identity { device, ..former_identity() }).unwrap();
    drop(walkbook);
    let refused = |key: &SoftwareSigner| {
        let walkbook = open(&folder);
        crate::walkbook::beginning::refuse_former(&walkbook.lock().store.log, tenant, &key.public_key())
    };
    assert_eq!(refused(&hardware), Ok(()), "it is enrolled with it now");
    // Also when it has begun anew once more in between.
    for _ in 0..2 {
        begin_anew(&folder).unwrap();
        assert_eq!((refused(&hardware), refused(&signer())), (Err(Error::FormerDevice), Ok(())));
    }
}

#[test]
fn beginning_anew_that_was_cut_off_anywhere_is_finished_at_the_next_opening() {
    let steps: [&[(&str, &str)]; 4] = [
        &[],
        &[("book.db", "")],
        &[("book.db", ""), ("log.db", "log.former-1.db")],
        &[("book.db", ""), ("log.db", "log.former-1.db"), ("anew.begun", "anew.moved")],
    ];
    for (cut, done) in steps.iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        rescued(&folder);
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("anew.begun"), DEVICE.to_bytes()).unwrap();
        for (from, to) in *done {
            if to.is_empty() { std::fs::remove_file(at(from)) } else { std::fs::rename(at(from), at(to)) }.unwrap();
        }
        if cut > 1 {
            let wrong = Walkbook::open_with_key(folder.path(), &[8; 32], [3; 16], now(0)).err();
            assert_eq!(wrong, Some(Error::Store(store::Error::WrongKey)), "an empty log takes any key");
        }
        let walkbook = open(&folder);
        assert_eq!((walkbook.identity(), walkbook.status().unwrap().can_record), (None, true), "{cut}");
        drop(walkbook);
        let left = names(folder.path());
        assert!(left.contains("log.former-1.db") && !left.iter().any(|name| name.starts_with("anew.")), "{left:?}");
        assert!(!left.contains("log.former-2.db"), "{left:?}");
    }
}

#[test]
fn a_walkbook_that_is_open_or_whose_key_is_another_does_not_begin_anew() {
    let folder = tempfile::tempdir().unwrap();
    rescued(&folder);
    let before = names(folder.path());
    let wrong = Walkbook::begin_anew_with_key(folder.path(), &[8; 32]);
    assert_eq!(wrong, Err(Error::Store(store::Error::WrongKey)));
    assert_eq!(names(folder.path()), before);
    let walkbook = open(&folder);
    assert_eq!(begin_anew(&folder), Err(Error::Store(store::Error::Busy { file: StoreFile::Log })));
    walkbook.record_knock(door(), not_home(), now(9)).unwrap();
}

#[test]
fn wiping_takes_the_former_log_along() {
    let folder = tempfile::tempdir().unwrap();
    rescued(&folder);
    begin_anew(&folder).unwrap();
    drop(open(&folder));
    let wiped = Walkbook::wipe_with_key(folder.path(), &KEY).unwrap();
    assert!(wiped.files.contains(&"log.former-1.db".to_owned()));
    assert_eq!(names(folder.path()), ["rescue".to_owned()].into());
}
