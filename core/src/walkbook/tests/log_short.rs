//! A log that has lost entries: the phone shows and sends what it has, and records nothing more.

use super::*;
use crate::read_rescue_file;
use walkbook_sync::Request;

/// Six knocks, of which the server has two; then the log loses some.
fn with_damage(folder: &tempfile::TempDir, lost: &str) -> Walkbook {
    let walkbook = enrolled(folder);
    for seconds in 1..=6 {
        walkbook.record_knock(door(), not_home(), now(seconds)).unwrap();
    }
    answer_of(&walkbook, 2, Vec::new());
    walkbook.lock().store.log.db.sqlite.execute_batch(&format!("DELETE FROM entry WHERE {lost}")).unwrap();
    drop(walkbook);
    open(folder)
}

/// The numbers of the entries that a request carries.
fn sent(walkbook: &Walkbook) -> Vec<u64> {
    let request = Request::read(&begin(walkbook).request_bytes()).unwrap();
    let entries = request.runs.iter().flat_map(|run| run.entries().unwrap());
    entries.map(|entry| entry.header.seq).collect()
}

#[test]
fn a_log_that_lost_its_end_still_shows_and_sends_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_damage(&folder, "seq > 4");
    assert_eq!(walkbook.walk_list(list()).unwrap()[0].attempts, 6);
    assert_eq!(walkbook.door(door()).unwrap().visits.len(), 6);
    assert_eq!(sent(&walkbook), [3, 4]);
    // What the book has of the end counts: nothing else has it.
    let status = walkbook.status().unwrap();
    assert_eq!((status.can_record, status.lost_from_log, status.at_risk()), (false, 2, 4));
    answer_of(&walkbook, 4, Vec::new());
    let status = walkbook.status().unwrap();
    assert_eq!((status.can_record, status.lost_from_log, status.at_risk()), (false, 2, 2));
}

#[test]
fn what_only_the_book_has_of_a_log_that_lost_its_end_goes_into_the_rescue_file() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_damage(&folder, "seq > 4");
    answer_of(&walkbook, 4, Vec::new());
    drop(walkbook);
    assert_eq!(Walkbook::wipe_with_key(folder.path(), &KEY), Err(Error::AtRisk { entries: 2 }));
    let walkbook = open(&folder);
    let path = folder.path().join("rescue");
    let code = walkbook.write_rescue_file(&path, &signer(), [1; 28], now(9)).unwrap();
    let rescue = read_rescue_file(&std::fs::read(path).unwrap(), &code.text()).unwrap();
    let moments: Vec<_> = rescue.loose.iter().map(|loose| (loose.header.seq, loose.header.moment.at())).collect();
    assert_eq!(moments, [(5, now(5)), (6, now(6))]);
    assert!(walkbook.status().unwrap().may_be_wiped());
    drop(walkbook);
    Walkbook::wipe_with_key(folder.path(), &KEY).unwrap();
}

#[test]
fn a_log_that_lost_its_end_takes_nothing_more() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_damage(&folder, "seq > 4");
    assert_eq!(walkbook.record_knock(door(), not_home(), now(9)), Err(Error::LogShort));
    let address = Address { street: "Unioninkatu".into(), number: "1".into(), ..Address::default() };
    assert_eq!(walkbook.add_door(list(), address, None, None, now(9)), Err(Error::LogShort));
    assert_eq!(walkbook.lock().store.log.tail().unwrap().unwrap().seq, 4);
}

#[test]
fn what_a_short_log_is_told_to_make_again_is_shown_and_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let notes = walkbook_ledger::DoorChange::SetAccessNotes("ring twice".into());
    walkbook.edit_door(door(), notes, now(1)).unwrap();
    walkbook.record_knock(door(), not_home(), now(2)).unwrap();
    assert_eq!(walkbook.walk_list(list()).unwrap()[0].attempts, 1);
    walkbook.lock().store.log.db.sqlite.execute_batch("DELETE FROM entry WHERE seq = 2").unwrap();
    drop(walkbook);
    let walkbook = open(&folder);
    assert!(!answer_of(&walkbook, 1, vec![refused(&[1], Reason::Rebase)]));
    assert_eq!(walkbook.refused().unwrap().len(), 1);
}

#[test]
fn a_phone_whose_log_is_gone_still_shows_its_lists() {
    let folder = tempfile::tempdir().unwrap();
    drop(with_damage(&folder, "seq > 6"));
    std::fs::remove_file(folder.path().join("log.db")).unwrap();
    let walkbook = open(&folder);
    assert_eq!(walkbook.walk_list(list()).unwrap()[0].names, ["Aino"]);
    assert_eq!(walkbook.record_knock(door(), not_home(), now(9)), Err(Error::LogShort));
    assert!(!walkbook.status().unwrap().can_record);
}

#[test]
fn behind_a_gap_nothing_is_recorded_that_could_never_be_sent() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_damage(&folder, "seq = 5");
    assert_eq!(walkbook.record_knock(door(), not_home(), now(9)), Err(Error::LogShort));
    assert_eq!(sent(&walkbook), [3, 4]);
    answer_of(&walkbook, 4, Vec::new());
    // The entry behind the gap cannot be sent; the lists go on coming.
    assert!(sent(&walkbook).is_empty());
    answer_of(&walkbook, 4, vec![list_frame(walk(list_n(2), &[])), cursor(list_n(2))]);
    assert_eq!(walkbook.lists().unwrap().len(), 2);
    let path = folder.path().join("rescue");
    let code = walkbook.write_rescue_file(&path, &signer(), [1; 28], now(9)).unwrap();
    let rescue = read_rescue_file(&std::fs::read(path).unwrap(), &code.text()).unwrap();
    assert_eq!(rescue.seqs().collect::<Vec<_>>(), [6, 5], "one from the log, one from the book");
}

#[test]
fn a_gap_in_what_the_server_has_harms_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_damage(&folder, "seq = 1");
    walkbook.record_knock(door(), not_home(), now(9)).unwrap();
    assert_eq!(sent(&walkbook), [3, 4, 5, 6, 7]);
}
