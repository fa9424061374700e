//! Somebody has ordered the phone to destroy what it has.

use super::*;
use crate::store;

const ORDER: Frame = Frame::Wipe(Timestamp::from_ms(1_795_000_000_000));

/// What the phone says of itself in its next request.
fn says_it_is_empty(exchange: &Exchange<'_>) -> bool {
    walkbook_sync::Request::read(&exchange.request_bytes()).unwrap().hello.wiped == Some(true)
}

/// An exchange; whether the phone said that it is empty, and whether there is more.
fn exchange(walkbook: &Walkbook, last_seq: u64, frames: Vec<Frame>) -> (bool, bool) {
    let mut exchange = begin(walkbook);
    let said = says_it_is_empty(&exchange);
    let frames = std::iter::once(welcome(last_seq)).chain([no_verdicts()]).chain(frames).chain([Frame::End(false)]);
    exchange.handle_bytes(&pack(frames), now(100)).unwrap();
    (said, exchange.has_more())
}

fn no_verdicts() -> Frame {
    Frame::Verdicts(Verdicts::default())
}

/// Whether anything of Aino is in the phone's files.
fn names_aino(folder: &tempfile::TempDir) -> bool {
    let store = store::Store::open(folder.path(), &KEY).unwrap();
    !store.book.view().search("Aino", 9).unwrap().is_empty() || store.book.view().row(door()).unwrap().is_some()
}

#[test]
fn the_phone_sends_what_it_has_forgets_the_rest_says_so_and_destroys_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    std::fs::write(folder.path().join("key.wrapped"), b"a key").unwrap();
    walkbook.record_knock(door(), not_home(), now(1)).unwrap();
    // The order comes while something is only here: the answer broke off before the server had said that it has it.
    let mut broken = begin(&walkbook);
    broken.handle_bytes(&pack([welcome(0), no_verdicts(), ORDER]), now(100)).unwrap();
    drop(broken);
    assert!(walkbook.status().unwrap().wipe_ordered);
    assert_eq!(walkbook.door(door()).unwrap_err(), Error::WipeOrdered);
    assert_eq!(walkbook.search("Aino", 9).unwrap_err(), Error::WipeOrdered);
    assert_eq!(walkbook.refused().unwrap_err(), Error::WipeOrdered);
    assert_eq!(walkbook.record_knock(door(), not_home(), now(2)).unwrap_err(), Error::WipeOrdered);
    assert_eq!(walkbook.start_draft("Spring", now(2)).unwrap_err(), Error::WipeOrdered);
    let file = folder.path().join("rescue");
    assert_eq!(walkbook.write_rescue_file(&file, &signer(), [1; 28], now(2)).unwrap_err(), Error::WipeOrdered);
    assert_eq!(walkbook.status().unwrap().at_risk(), 1, "what is only here stays until it is sent");
    assert!(names_aino(&folder));

    // The same over a restart.
    drop(walkbook);
    let walkbook = open(&folder);
    assert_eq!(walkbook.lists().unwrap_err(), Error::WipeOrdered);
    assert_eq!(exchange(&walkbook, 1, vec![ORDER]), (false, true));
    assert!(!names_aino(&folder), "what came from the server is gone from the files");
    assert!(folder.path().join("key.wrapped").exists());
    // The request is lost, and the phone dies: it says it again.
    assert!(says_it_is_empty(&begin(&walkbook)));
    drop(walkbook);
    let walkbook = open(&folder);
    assert_eq!(exchange(&walkbook, 1, Vec::new()), (true, false));
    assert!(!folder.path().join("key.wrapped").exists());
    let wiped = Error::Store(store::Error::Wiped);
    assert_eq!(walkbook.begin_exchange(&signer(), [8; 16], now(100)).map(drop).unwrap_err(), wiped);
    assert_eq!(walkbook.lists().unwrap_err(), wiped);
    drop(walkbook);
    let walkbook = open(&folder);
    assert!(walkbook.identity().is_none() && !walkbook.status().unwrap().wipe_ordered, "a new phone");
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains("wipe")), "{left:?}");
}

#[test]
fn being_shut_out_is_the_answer_to_a_phone_that_has_said_it_is_empty_and_to_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    assert_eq!(begin(&walkbook).was_shut_out(), Ok(false));
    assert_eq!(exchange(&walkbook, 0, vec![ORDER]), (false, true));
    assert_eq!(begin(&walkbook).was_shut_out(), Ok(true));
    drop(walkbook);
    assert!(open(&folder).identity().is_none());
}

#[test]
fn a_server_that_was_restored_meanwhile_is_refilled_first() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    walkbook.record_knock(door(), not_home(), now(1)).unwrap();
    assert_eq!(exchange(&walkbook, 1, vec![ORDER]), (false, true));
    // It has lost the knock, and says so.
    assert_eq!(exchange(&walkbook, 0, vec![ORDER]), (true, true));
    assert!(!says_it_is_empty(&begin(&walkbook)));
    assert_eq!(walkbook.status().unwrap().at_risk(), 1);
    assert_eq!(exchange(&walkbook, 1, vec![ORDER]), (false, true));
    assert_eq!(exchange(&walkbook, 1, Vec::new()), (true, false));
    drop(walkbook);
    assert!(open(&folder).identity().is_none());
}
