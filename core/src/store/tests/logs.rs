use super::*;
use walkbook_vault::SaltSeed;

#[test]
fn an_entry_that_does_not_follow_the_last_is_refused_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = with_entries(folder.path(), 3);
    for seq in [0, 1, 3, 5] {
        assert_eq!(store.log.append(&entry(seq)), Err(Error::OutOfOrder { expected: 4 }), "{seq}");
    }
    assert_eq!(store.log.append(&entry(u64::MAX)), Err(Error::TooLarge));
    assert_eq!(store.log.counts().unwrap().saved, 3);
    store.log.append(&entry(4)).unwrap();
}

#[test]
fn a_knock_travels_from_saved_to_backend_and_an_answer_may_come_twice_or_late() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = with_entries(folder.path(), 6);
    store.log.acknowledge_up_to(3, Reached::Server).unwrap();
    store.log.acknowledge(&[2, 2, 99], Reached::Backend).unwrap();
    refuse(&mut store, 4, 12);
    store.log.acknowledge_up_to(4, Reached::Server).unwrap();
    store.log.acknowledge(&[2], Reached::Server).unwrap();
    let counts = store.log.counts().unwrap();
    assert_eq!(
        counts,
        Counts { saved: 2, on_server: 2, in_backend: 1, refused: 1, refused_unseen: 1, ..Counts::default() }
    );
    assert_eq!(counts.at_risk(), 3);
    assert_eq!(store.log.unacknowledged_seqs().unwrap(), [5, 6]);
    assert_eq!(store.log.from(4, 0).unwrap()[0].state, EntryState::Refused { reason: 12 });
}

#[test]
fn what_was_passed_over_by_every_answer_is_still_to_be_sent() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = with_entries(folder.path(), 7);
    store.log.acknowledge(&[1, 2, 4], Reached::Server).unwrap();
    refuse(&mut store, 6, 12);
    assert_eq!(store.log.unacknowledged_seqs().unwrap(), [3, 5, 7]);
    assert_eq!((store.log.counts().unwrap().saved, store.log.last_told().unwrap()), (3, 6));
    store.log.acknowledge(&[3], Reached::Backend).unwrap();
    let batch: Vec<u64> = store.log.unacknowledged(usize::MAX).unwrap().iter().map(|entry| entry.seq).collect();
    assert_eq!(batch, [5, 7]);
    store.log.acknowledge_up_to(7, Reached::Server).unwrap();
    store.log.append(&entry(8)).unwrap();
    assert_eq!(store.log.unacknowledged_seqs().unwrap(), [8]);
    // A server that was restored twice, the second time to a later moment.
    store.log.send_again_after(1).unwrap();
    store.log.send_again_after(4).unwrap();
    assert_eq!(store.log.unacknowledged_seqs().unwrap(), [2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn a_knock_writes_one_page() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = with_entries(folder.path(), 20);
    store.log.db.empty_wal().unwrap();
    let frames =
        || std::fs::metadata(folder.path().join("log.db-wal")).map_or(0, |wal| wal.len().saturating_sub(32) / 4_120);
    for seq in 21..=24 {
        store.log.append(&entry(seq)).unwrap();
        assert_eq!(frames(), seq - 20);
    }
}

#[test]
fn a_batch_stays_within_its_bytes_but_is_never_empty() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_entries(folder.path(), 20);
    assert_eq!(store.log.unacknowledged(1).unwrap(), [entry(1)]);
    let some = store.log.unacknowledged(1_000).unwrap();
    assert!((2..10).contains(&some.len()));
    assert_eq!(store.log.unacknowledged(usize::MAX).unwrap().len(), 20);
}

#[test]
fn a_restored_server_is_refilled() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = with_entries(folder.path(), 5);
    store.log.acknowledge_up_to(5, Reached::Backend).unwrap();
    store.log.send_again_after(3).unwrap();
    assert_eq!(store.log.unacknowledged_seqs().unwrap(), [4, 5]);
}

#[test]
fn an_erased_payload_is_gone_from_the_entry_and_the_chain_stays() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = with_entries(folder.path(), 3);
    store.log.erase_payload(2).unwrap();
    store.log.erase_payload(2).unwrap();
    let erased = store.log.from(2, 0).unwrap().remove(0);
    assert_eq!(erased, OwnEntry { content: None, ..entry(2) });
    assert_eq!(std::fs::metadata(folder.path().join("log.db-wal")).unwrap().len(), 0);
}

#[test]
fn several_entries_go_in_together_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = with_entries(folder.path(), 3);
    refuse(&mut store, 2, 3);
    assert_eq!(store.log.append_all(&[entry(4), entry(6)], Some(2), None), Err(Error::OutOfOrder { expected: 5 }));
    assert_eq!(store.log.tail().unwrap().unwrap().seq, 3);
    assert_eq!(store.log.to_make_again(3).unwrap().len(), 1);
    store.log.append_all(&[entry(4), entry(5)], Some(2), None).unwrap();
    assert_eq!(store.log.made_again().unwrap(), [(2, 4)]);
    assert!(store.log.to_make_again(3).unwrap().is_empty());
    refuse(&mut store, 4, 3);
    assert!(store.log.to_make_again(3).unwrap().is_empty(), "made again for ever");
    assert_eq!(store.log.counts().unwrap().refused, 1);
}

/// A log of five entries with two seeds: the second is that of the last two.
fn with_seeds(folder: &Path) -> (Store, [SaltSeed; 2]) {
    let mut store = with_entries(folder, 0);
    let [a, b] = [1, 2].map(|byte| SaltSeed::from_bytes([byte; 16]));
    store.log.append_all(&[entry(1), entry(2), entry(3)], None, Some(a)).unwrap();
    store.log.append_all(&[entry(4), entry(5)], None, Some(b)).unwrap();
    (store, [a, b])
}

#[test]
fn a_seed_is_kept_until_all_its_entries_are_settled() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, [a, b]) = with_seeds(folder.path());
    store.log.acknowledge_up_to(2, Reached::Server).unwrap();
    assert_eq!(store.log.seeds().unwrap(), [(1, a), (4, b)]);
    store.log.acknowledge_up_to(4, Reached::Server).unwrap();
    assert_eq!(store.log.seeds().unwrap(), [(4, b)]);
    store.log.acknowledge_up_to(5, Reached::Server).unwrap();
    assert_eq!(store.log.seeds().unwrap(), []);
}

#[test]
fn with_an_erased_entry_goes_the_seed_of_its_salt() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, [_, b]) = with_seeds(folder.path());
    store.log.erase_payload(3).unwrap();
    assert_eq!(store.log.seeds().unwrap(), [(4, b)]);
}
