//! The numbers on the screen.

use super::*;
use crate::store::Counts;

#[test]
fn a_new_phone_has_nothing_to_worry_about() {
    let folder = tempfile::tempdir().unwrap();
    let status = open(&folder).status().unwrap();
    assert_eq!(status.entries, Counts::default());
    assert_eq!((status.exchanged_at, status.clock_offset_ms, status.not_understood), (None, 0, 0));
    assert!(status.can_record && status.may_be_wiped());
    assert_eq!(status.mended, crate::store::Mended::default());
}

#[test]
fn every_entry_is_counted_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    for seconds in 1..=6 {
        walkbook.record_knock(door(), not_home(), now(seconds)).unwrap();
    }
    let told = Verdicts {
        refused: vec![Refusal { seq: 2, reason: Reason::NotYours }],
        quarantined: vec![3],
        bounded: Vec::new(),
    };
    let in_backend = Welcome { now: now(100), last_seq: 5, tip: [0; 32].into(), in_backend_up_to: 1 };
    let frames = [Frame::Welcome(in_backend), Frame::Verdicts(told), Frame::End(false)];
    begin(&walkbook).handle_bytes(&pack(frames), now(100)).unwrap();
    let status = walkbook.status().unwrap();
    let expected = Counts {
        saved: 1,
        on_server: 2,
        in_backend: 1,
        refused: 1,
        refused_unseen: 1,
        set_aside: 1,
        set_aside_unseen: 1,
    };
    assert_eq!(status.entries, expected);
    assert_eq!((status.at_risk(), status.unseen(), status.may_be_wiped()), (2, 2, false));
}

#[test]
fn the_clocks_offset_and_the_last_exchange_outlast_the_app() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    // The phone's clock is an hour behind the server's.
    let mut exchange = walkbook.begin_exchange(&signer(), [8; 16], now(1_000)).unwrap();
    let told = Welcome { now: now(4_600), last_seq: 0, tip: [0; 32].into(), in_backend_up_to: 0 };
    exchange.handle_bytes(&pack([Frame::Welcome(told), Frame::End(false)]), now(1_000)).unwrap();
    drop(exchange);
    drop(walkbook);
    let status = open(&folder).status().unwrap();
    assert_eq!((status.clock_offset_ms, status.exchanged_at), (3_600_000, Some(now(4_600))));
}

#[test]
fn an_exchange_that_broke_off_is_not_the_last_one() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let mut exchange = walkbook.begin_exchange(&signer(), [8; 16], now(1_000)).unwrap();
    let told = Welcome { now: now(1_000), last_seq: 0, tip: [0; 32].into(), in_backend_up_to: 0 };
    exchange.handle_bytes(&pack([Frame::Welcome(told)]), now(1_000)).unwrap();
    assert_eq!(walkbook.status().unwrap().exchanged_at, Some(now(100)));
}

#[test]
fn what_is_in_a_rescue_file_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    walkbook.record_knock(door(), not_home(), now(1)).unwrap();
    walkbook.write_rescue_file(&folder.path().join("rescue"), &signer(), [1; 28], now(2)).unwrap();
    let status = walkbook.status().unwrap();
    assert_eq!((status.at_risk(), status.rescued, status.may_be_wiped()), (1, 1, true));
    walkbook.record_knock(door(), not_home(), now(3)).unwrap();
    let status = walkbook.status().unwrap();
    assert_eq!((status.at_risk(), status.rescued, status.may_be_wiped()), (2, 1, false));
}

#[test]
fn a_phone_that_was_mended_says_so_and_goes_on_as_the_same_device() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    for seconds in 1..=3 {
        walkbook.record_knock(door(), not_home(), now(seconds)).unwrap();
    }
    drop(walkbook);
    let path = folder.path().join("log.db");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[..4096].fill(0xAA);
    std::fs::write(&path, bytes).unwrap();
    let walkbook = open(&folder);
    let status = walkbook.status().unwrap();
    let salvage = status.mended.log.unwrap();
    assert_eq!((salvage.kept, salvage.missing.len(), status.can_record), (3, 0, true));
    assert_eq!(walkbook.identity().unwrap().device, DEVICE);
    walkbook.record_knock(door(), not_home(), now(4)).unwrap();
    drop(walkbook);
    assert!(open(&folder).status().unwrap().mended.log.is_none());
}
