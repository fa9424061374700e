//! One seed travels for the salts of a whole shift, whatever happened to the app meanwhile.

use super::*;
use walkbook_sync::{Request, Run};

fn knock(walkbook: &Walkbook, times: u64) {
    for seconds in 1..=times {
        walkbook.record_knock(door(), not_home(), now(seconds)).unwrap();
    }
}

/// The runs that an exchange would send now: how many entries each has, and whether a seed stands for their salts.
fn sent(walkbook: &Walkbook) -> Vec<(usize, bool)> {
    let request = Request::read(&begin(walkbook).request_bytes()).unwrap();
    let with_salts = |run: &Run| Run::new(run.start(), &run.entries().unwrap(), run.signature());
    request.runs.iter().map(|run| (run.len(), with_salts(run) != *run)).collect()
}

fn open_anew(folder: &tempfile::TempDir, random: u8) -> Walkbook {
    Walkbook::open_with_key(folder.path(), &KEY, [random; 16], now(0)).unwrap()
}

#[test]
fn an_app_that_was_closed_in_mid_shift_sends_one_seed() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    knock(&walkbook, 2);
    drop(walkbook);
    let walkbook = open_anew(&folder, 4);
    knock(&walkbook, 2);
    drop(walkbook);
    assert_eq!(sent(&open_anew(&folder, 5)), [(4, true)]);
}

#[test]
fn what_is_recorded_after_a_seed_was_sent_has_another() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    knock(&walkbook, 20);
    assert_eq!(sent(&walkbook), [(20, true)]);
    knock(&walkbook, 20);
    assert_eq!(sent(&walkbook), [(20, true), (20, true)]);
    let seeds = walkbook.lock().store.log.seeds().unwrap();
    assert!(matches!(seeds[..], [(1, first), (21, second)] if first != second), "{seeds:?}");
}

#[test]
fn after_tries_that_came_to_nothing_all_still_goes_in_one_request() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    for _ in 0..5 {
        knock(&walkbook, 18);
        // The random bytes of a second try in a row are not used.
        begin(&walkbook);
        walkbook.begin_exchange(&signer(), [9; 16], now(100)).unwrap();
    }
    let runs = sent(&walkbook);
    assert_eq!((runs.len(), runs.iter().map(|(entries, _)| entries).sum::<usize>()), (3, 90));
    knock(&walkbook, 1);
    answer(&walkbook, Vec::new());
    assert_eq!(walkbook.status().unwrap().at_risk(), 0);
}

#[test]
fn a_seed_is_forgotten_with_the_answer_and_the_next_shift_has_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    knock(&walkbook, 3);
    let first = walkbook.lock().store.log.seeds().unwrap();
    answer(&walkbook, Vec::new());
    assert_eq!(walkbook.lock().store.log.seeds().unwrap(), []);
    drop(walkbook);
    let walkbook = open_anew(&folder, 4);
    knock(&walkbook, 3);
    let second = walkbook.lock().store.log.seeds().unwrap();
    assert!(first[0].1 != second[0].1 && second[0].0 == 4);
    assert_eq!(sent(&walkbook), [(3, true)]);
}

#[test]
fn few_knocks_that_were_sent_in_vain_do_not_cost_the_shift_its_seed() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    knock(&walkbook, 3);
    begin(&walkbook);
    knock(&walkbook, 20);
    assert_eq!(sent(&walkbook), [(3, true), (20, true)]);
}

#[test]
fn a_seed_goes_into_the_log_with_its_first_entry_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'no'); END";
    walkbook.lock().store.log.db.sqlite.execute_batch(refuse).unwrap();
    walkbook.record_knock(door(), not_home(), now(1)).unwrap_err();
    assert_eq!(walkbook.lock().store.log.seeds().unwrap(), []);
    walkbook.lock().store.log.db.sqlite.execute_batch("DROP TRIGGER refuse").unwrap();
    knock(&walkbook, 2);
    assert!(matches!(walkbook.lock().store.log.seeds().unwrap()[..], [(1, _)]));
    assert_eq!(sent(&walkbook), [(2, true)]);
}
