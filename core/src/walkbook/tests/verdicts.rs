//! What the server says of the phone's own entries.

use super::*;

fn set_aside(seqs: &[u64]) -> Frame {
    Frame::Verdicts(Verdicts { quarantined: seqs.to_vec(), ..Verdicts::default() })
}

/// An own entry as the server delivers it.
fn delivered(walkbook: &Walkbook, seq: u64) -> Frame {
    let own = walkbook.lock().store.log.from(seq, 0).unwrap().remove(0);
    let payload = Payload::from_bytes(&own.content.unwrap().payload).unwrap();
    let header = Header::from_bytes(&own.header).unwrap();
    Frame::Entries(vec![Delivered::from(&Entry { device: DEVICE, header, bound: None, payload })])
}

#[test]
fn what_was_set_aside_is_on_the_server_and_does_not_count() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    walkbook.record_knock(door(), not_home(), now(1)).unwrap();
    answer(&walkbook, vec![set_aside(&[1])]);
    assert!(walkbook.door(door()).unwrap().visits.is_empty());
    let status = walkbook.status().unwrap();
    assert_eq!((status.at_risk(), status.entries.set_aside, status.entries.on_server), (0, 1, 0));
}

#[test]
fn what_was_set_aside_counts_once_the_server_delivers_it() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let knock = walkbook.record_knock(door(), not_home(), now(1)).unwrap();
    answer(&walkbook, vec![set_aside(&[1])]);
    answer(&walkbook, vec![delivered(&walkbook, 1), cursor(list())]);
    assert_eq!(walkbook.door(door()).unwrap().visits[0].entry, knock);
    let status = walkbook.status().unwrap();
    assert_eq!((status.entries.set_aside, status.entries.on_server), (0, 1));
}

#[test]
fn a_moment_that_the_server_has_bounded_orders_the_phones_own_screens_too() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let early = walkbook.record_knock(door(), not_home(), now(50_000)).unwrap();
    assert!(walkbook.door(door()).unwrap().visits[0].moment.at() > now(40_000));
    let receipt = Moment::new(now(100), u16::MAX);
    answer(&walkbook, vec![Frame::Verdicts(Verdicts { bounded: vec![(early.seq, receipt)], ..Verdicts::default() })]);
    assert_eq!(walkbook.door(door()).unwrap().visits[0].moment, receipt);
    let later = Interaction::of_outcome(list(), None, Outcome::LeftLiterature);
    answer(&walkbook, vec![of_mate(1, now(200), Payload::Interaction(later)), cursor(list())]);
    assert_eq!(walkbook.walk_list(list()).unwrap()[0].last_outcome, Some(Outcome::LeftLiterature));
}

#[test]
fn a_restored_server_judges_anew_what_it_had_refused() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    for seconds in 1..=3 {
        walkbook.record_knock(door(), not_home(), now(seconds)).unwrap();
    }
    answer(&walkbook, vec![refused(&[2], Reason::NotYours)]);
    assert_eq!(walkbook.door(door()).unwrap().visits.len(), 2);
    // It has only the first entry now, and asks for the rest.
    assert!(answer_of(&walkbook, 1, Vec::new()));
    assert_eq!(walkbook.status().unwrap().entries.saved, 2);
    // This time the door is the canvasser's.
    answer(&walkbook, Vec::new());
    assert_eq!(walkbook.door(door()).unwrap().visits.len(), 3);
    let status = walkbook.status().unwrap();
    assert_eq!((status.entries.refused, status.entries.on_server), (0, 3));
}

#[test]
fn an_exchange_that_failed_takes_nothing_more() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let mut exchange = begin(&walkbook);
    let error = exchange.handle_bytes(b"no answer", now(100)).unwrap_err();
    let good = pack([welcome(0), Frame::ForgetLists(vec![list()]), Frame::End(false)]);
    assert_eq!(exchange.handle_bytes(&good, now(100)), Err(error));
    assert_eq!(walkbook.lists().unwrap().len(), 1);
}

#[test]
fn a_cursor_moves_only_with_what_it_stands_for() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let limit = |pages: &str| {
        let inner = walkbook.lock();
        let sql = format!("PRAGMA max_page_count = {pages}");
        inner.store.book.db.sqlite.query_row(&sql, [], |_| Ok(())).unwrap();
    };
    limit("1");
    let many: Vec<Door> = (10..200).map(record_n).collect();
    let cursor_of = |mark: u8| Frame::Cursor(ListCursor { list: list(), cursor: vec![mark].into() });
    let mut exchange = begin(&walkbook);
    let first = pack([welcome(0), doors_frame(many), cursor_of(2), cursor_of(3), Frame::End(false)]);
    let full = Error::Store(crate::store::Error::DiskFull { file: crate::store::StoreFile::Book });
    assert_eq!(exchange.handle_bytes(&first, now(100)), Err(full));
    limit("1000000");
    assert_eq!(exchange.handle_bytes(&first, now(100)), Err(full));
    assert_eq!(walkbook.lock().store.book.view().cursors().unwrap(), [(list(), vec![1])]);
}

#[test]
fn a_slow_network_does_not_put_a_right_clock_wrong_and_a_wrong_one_is_put_right() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let offset_after = |asked: u64, server: u64, answered: u64| {
        walkbook.correct_clock(now(asked), now(answered), now(server)).unwrap();
        walkbook.identity().unwrap().clock_offset_ms
    };
    assert_eq!(offset_after(100, 130, 160), 0);
    // An hour behind, however slow: at least so much, at most so much.
    assert_eq!(offset_after(100, 3_700, 160), 3_540_000);
    assert_eq!(offset_after(100, 3_730, 160), 3_570_000);
    assert_eq!(offset_after(100, 3_710, 160), 3_570_000);
    assert_eq!(offset_after(100, 100, 100), 0);
}
