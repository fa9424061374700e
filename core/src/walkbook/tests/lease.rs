//! A phone that has been out of touch for longer than its tenant allows.

use super::*;
use walkbook_model::Position;

const HOUR: u64 = 60 * 60;

fn lease(hours: u16) -> Vec<Frame> {
    let settings = Settings { lease_hours: Some(hours), ..Settings::default() };
    vec![Frame::Settings(cbor::encode(&settings).into(), vec![1].into())]
}

/// An exchange at this second by the phone's clock, which the server's agrees with.
fn in_touch(walkbook: &Walkbook, at: u64, frames: Vec<Frame>) {
    let mut exchange = walkbook.begin_exchange(&signer(), [8; 16], now(at)).unwrap();
    let last_seq = walkbook.lock().last_seq;
    let welcome = Frame::Welcome(Welcome { now: now(at), last_seq, tip: [0; 32].into(), in_backend_up_to: 0 });
    let frames = std::iter::once(welcome).chain(frames).chain([Frame::End(false)]);
    exchange.handle_bytes(&pack(frames), now(at)).unwrap();
}

/// Whether every call that could show somebody does, or none.
fn shows(walkbook: &Walkbook) -> bool {
    let position = Position::from_degrees(60.17, 24.95).unwrap();
    let shown = [
        walkbook.lists().map(drop),
        walkbook.walk_list(list()).map(drop),
        walkbook.door(door()).map(drop),
        walkbook.search("Aino", 9).map(drop),
        walkbook.next_door(list(), None).map(drop),
        walkbook.nearest_doors(position, 9).map(drop),
        walkbook.clashes().map(drop),
        walkbook.clashes_at(door()).map(drop),
        walkbook.refused().map(drop),
    ];
    let all = shown[0];
    assert!(shown.iter().all(|one| *one == all), "{shown:?}");
    assert!(matches!(all, Ok(()) | Err(Error::LeaseOver)), "{all:?}");
    all.is_ok()
}

#[test]
fn a_phone_shows_nobody_from_the_end_of_its_lease_until_it_has_synced() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    walkbook.tell_time(now(1_000 * HOUR)).unwrap();
    assert!(shows(&walkbook), "without a lease for ever");
    in_touch(&walkbook, 200, lease(72));
    assert_eq!(walkbook.status().unwrap().lease_ends_at, Some(now(200 + 72 * HOUR)));
    walkbook.tell_time(now(199 + 72 * HOUR)).unwrap();
    assert!(shows(&walkbook));
    let version = walkbook.changes_since(0).version;
    walkbook.tell_time(now(200 + 72 * HOUR)).unwrap();
    assert!(!shows(&walkbook));
    assert!(walkbook.changes_since(version).status_changed, "screens hear of it");
    assert!(walkbook.status().unwrap().lease_is_over);
    drop(walkbook);
    let walkbook = open(&folder);
    assert!(!shows(&walkbook), "also when it is opened again, by a clock that was set back");
    in_touch(&walkbook, 300 + 72 * HOUR, Vec::new());
    assert!(shows(&walkbook));
}

#[test]
fn what_was_recorded_stays_is_counted_and_is_sent_and_nothing_more_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    in_touch(&walkbook, 200, lease(1));
    let knock = walkbook.record_knock(door(), not_home(), now(300)).unwrap();
    // The call itself tells the time: nobody had looked at the phone for a day.
    let late = walkbook.record_knock(door(), not_home(), now(24 * HOUR));
    assert_eq!(late, Err(Error::LeaseOver));
    let unfit = walkbook.add_door(list(), record_n(9).address, None, None, now(24 * HOUR));
    assert_eq!(unfit, Err(Error::LeaseOver));
    let status = walkbook.status().unwrap();
    assert_eq!((status.at_risk(), status.may_be_wiped()), (1, false));
    in_touch(&walkbook, 25 * HOUR, Vec::new());
    assert_eq!(walkbook.status().unwrap().at_risk(), 0);
    assert_eq!(walkbook.door(door()).unwrap().visits[0].entry, knock);
    walkbook.record_knock(door(), not_home(), now(25 * HOUR)).unwrap();
}

#[test]
fn a_clock_that_is_set_back_lengthens_no_lease() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    in_touch(&walkbook, 200, lease(2));
    walkbook.tell_time(now(200 + HOUR)).unwrap();
    drop(walkbook);
    // Set back by an hour, and on from there: what had passed stays passed.
    let walkbook = open(&folder);
    walkbook.tell_time(now(200)).unwrap();
    assert!(shows(&walkbook));
    assert_eq!(walkbook.lock().store.book.view().latest_at(), Ok(Some(now(200 + HOUR))));
    walkbook.tell_time(now(200 + 2 * HOUR)).unwrap();
    walkbook.tell_time(now(200)).unwrap();
    assert!(!shows(&walkbook));
}

#[test]
fn a_clock_far_ahead_ends_a_lease_and_the_next_exchange_puts_it_right() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    in_touch(&walkbook, 200, lease(24));
    walkbook.tell_time(now(40_000 * HOUR)).unwrap();
    assert!(!shows(&walkbook));
    in_touch(&walkbook, 400, Vec::new());
    assert_eq!(walkbook.status().unwrap().lease_ends_at, Some(now(400 + 24 * HOUR)));
    walkbook.tell_time(now(500)).unwrap();
    assert!(shows(&walkbook), "the wrong time does not come back");
    drop(walkbook);
    assert!(shows(&open(&folder)));
}

#[test]
fn an_exchange_that_broke_off_renews_no_lease_and_one_that_lifts_it_counts_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    in_touch(&walkbook, 200, lease(1));
    walkbook.tell_time(now(10 * HOUR)).unwrap();
    let mut exchange = walkbook.begin_exchange(&signer(), [8; 16], now(10 * HOUR)).unwrap();
    let welcome = Welcome { now: now(10 * HOUR), last_seq: 0, tip: [0; 32].into(), in_backend_up_to: 0 };
    exchange.handle_bytes(&pack([Frame::Welcome(welcome)]), now(10 * HOUR)).unwrap();
    assert!(!shows(&walkbook));
    let lifted = Frame::Settings(cbor::encode(&Settings::default()).into(), vec![2].into());
    in_touch(&walkbook, 11 * HOUR, vec![lifted]);
    walkbook.tell_time(now(10_000 * HOUR)).unwrap();
    assert!(shows(&walkbook));
    assert_eq!(walkbook.status().unwrap().lease_ends_at, None);
}
