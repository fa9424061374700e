//! What the server did not take, and the person's badge.

use super::*;
use crate::Why;

#[test]
fn what_was_refused_is_listed_with_reason_door_and_time() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let first = walkbook.record_knock(door(), not_home(), now(1)).unwrap();
    let second = walkbook.record_knock(door(), not_home(), now(2)).unwrap();
    let told = Verdicts {
        refused: vec![Refusal { seq: 1, reason: Reason::NotYours }],
        quarantined: vec![2],
        bounded: Vec::new(),
    };
    answer(&walkbook, vec![Frame::Verdicts(told)]);
    let refused = walkbook.refused().unwrap();
    let what: Vec<_> = refused.iter().map(|told| (told.entry, told.why, told.recorded_at)).collect();
    assert_eq!(what, [(second, Why::SetAside, now(2)), (first, Why::Refused(Reason::NotYours), now(1))]);
    assert!(refused.iter().all(|told| told.about == Subject::Door(door()) && told.told_at == now(100) && !told.seen));
    assert_eq!(refused[1].said, Some(Payload::Interaction(not_home())));
}

#[test]
fn once_seen_the_badge_is_gone_and_stays_gone() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let knock = walkbook.record_knock(door(), not_home(), now(1)).unwrap();
    assert_eq!(walkbook.seen(knock), Err(Error::NotHere { what: "entry" }));
    answer(&walkbook, vec![refused(&[1], Reason::NotYours)]);
    let counts = walkbook.status().unwrap();
    assert_eq!((counts.at_risk(), counts.unseen(), counts.entries.refused), (1, 1, 1));
    walkbook.seen(knock).unwrap();
    walkbook.seen(knock).unwrap();
    assert_eq!(walkbook.seen(EntryId::new(MATE, 1)), Err(Error::NotHere { what: "entry" }));
    drop(walkbook);
    let walkbook = open(&folder);
    let counts = walkbook.status().unwrap();
    assert_eq!((counts.at_risk(), counts.unseen(), counts.entries.refused), (0, 0, 1));
    assert!(walkbook.refused().unwrap()[0].seen);
}

#[test]
fn told_again_it_stays_seen() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let knock = walkbook.record_knock(door(), not_home(), now(1)).unwrap();
    answer(&walkbook, vec![refused(&[1], Reason::NotYours)]);
    walkbook.seen(knock).unwrap();
    // The server was restored, asks for everything again, and refuses again.
    answer_of(&walkbook, 0, Vec::new());
    answer(&walkbook, vec![refused(&[1], Reason::NotYours)]);
    assert_eq!(walkbook.status().unwrap().unseen(), 0);
}

#[test]
fn a_knock_that_the_book_had_no_room_for_is_shown_with_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let limit = |pages: u32| {
        let inner = walkbook.lock();
        let sql = format!("PRAGMA max_page_count = {pages}");
        inner.store.book.db.sqlite.query_row(&sql, [], |_| Ok(())).unwrap();
    };
    limit(1);
    let long = || Interaction { note: Some("x".repeat(4_000)), ..not_home() };
    let recorded = || walkbook.record_knock(door(), long(), now(1)).unwrap();
    let shown = || walkbook.door(door()).unwrap().visits.len() as u64;
    let first_hidden = loop {
        let knock = recorded();
        if shown() < knock.seq {
            break knock;
        }
    };
    limit(1_000_000);
    recorded();
    assert_eq!(shown(), first_hidden.seq + 1);
}
