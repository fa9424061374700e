//! What is no longer the phone's is gone from it.

use super::*;
use walkbook_ledger::ListChange;

/// Every page of the book as it is before it is encrypted, those that are free too.
pub(super) fn holds(walkbook: &Walkbook, word: &str) -> bool {
    let mut inner = walkbook.lock();
    let pages = inner.store.book.db.sqlite.serialize("main").unwrap();
    pages.windows(word.len()).any(|window| window == word.as_bytes())
}

/// The same of the log.
fn log_holds(walkbook: &Walkbook, word: &str) -> bool {
    let mut inner = walkbook.lock();
    let pages = inner.store.log.db.sqlite.serialize("main").unwrap();
    pages.windows(word.len()).any(|window| window == word.as_bytes())
}

/// Whether the write-ahead log holds no more than the note that it was emptied: its header and one page.
fn wal_is_empty(folder: &tempfile::TempDir) -> bool {
    std::fs::metadata(folder.path().join("book.db-wal")).unwrap().len() <= 32 + 24 + 4096
}

fn noted(walkbook: &Walkbook, note: &str, seconds: u64) -> EntryId {
    let knock = Interaction { note: Some(note.into()), ..not_home() };
    walkbook.record_knock(door(), knock, now(seconds)).unwrap()
}

fn with_two_doors(folder: &tempfile::TempDir) -> Walkbook {
    let walkbook = enrolled(folder);
    let frames = vec![list_frame(walk(list(), &[door(), door_n(6)])), doors_frame([record_n(6)]), cursor(list())];
    answer(&walkbook, frames);
    walkbook
}

#[test]
fn a_list_that_is_no_longer_the_phones_leaves_nothing_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    noted(&walkbook, "remarkable", 1);
    answer(&walkbook, Vec::new());
    for word in ["Aino", "Unioninkatu", "Kruununhaka", "remarkable"] {
        assert!(holds(&walkbook, word), "{word}");
    }
    answer(&walkbook, vec![Frame::ForgetLists(vec![list()])]);
    assert!(walkbook.lists().unwrap().is_empty());
    assert_eq!(walkbook.door(door()), Err(Error::NotHere { what: "door" }));
    for word in ["Aino", "aino", "Unioninkatu", "unioninkatu", "Kruununhaka", "remarkable"] {
        assert!(!holds(&walkbook, word), "{word}");
    }
    assert!(wal_is_empty(&folder));
}

#[test]
fn somebody_who_was_erased_leaves_nothing_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let spoken = Interaction { contact: Some(aino()), note: Some("remarkable".into()), ..not_home() };
    let own = walkbook.record_knock(door(), spoken.clone(), now(1)).unwrap();
    answer(&walkbook, vec![of_mate(1, now(2), Payload::Interaction(spoken)), cursor(list())]);
    let in_log = |word: &str| log_holds(&walkbook, word);
    assert!(in_log("remarkable") && holds(&walkbook, "remarkable") && holds(&walkbook, "Aino"));
    let header = Header { seq: own.seq, moment: Moment::new(now(1), 0), subject: Subject::Door(door()), epoch: 0 };
    let left = Payload::Interaction(not_home());
    let left = Delivered::from(&Entry { device: own.device, header, bound: None, payload: left });
    let frames = vec![
        doors_frame([Door { contacts: Vec::new(), ..record() }]),
        Frame::ForgetEntries(vec![EntryId::new(MATE, 1)]),
        Frame::Erase(vec![own.seq]),
        Frame::Entries(vec![left]),
        of_mate(1, now(2), Payload::Interaction(not_home())),
        cursor(list()),
    ];
    // Told twice, as after a lost answer.
    for _ in 0..2 {
        answer(&walkbook, frames.clone());
        let state = walkbook.door(door()).unwrap();
        assert!(state.contacts.is_empty() && state.visits.len() == 2);
        for word in ["remarkable", "Aino", "aino"] {
            assert!(!holds(&walkbook, word) && !in_log(word), "{word}");
        }
    }
    assert!(wal_is_empty(&folder));
    // The log goes on, and its chain with it.
    noted(&walkbook, "another day", 200);
    assert_eq!(walkbook.status().unwrap().at_risk(), 1);
}

#[test]
fn words_about_somebody_who_was_erased_meanwhile_leave_nothing_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    noted(&walkbook, "remarkable", 1);
    answer_of(&walkbook, 0, Vec::new());
    assert!(log_holds(&walkbook, "remarkable") && holds(&walkbook, "remarkable"));
    answer(&walkbook, vec![refused(&[1], Reason::Erased)]);
    assert!(!log_holds(&walkbook, "remarkable") && !holds(&walkbook, "remarkable"));
    assert!(wal_is_empty(&folder));
}

#[test]
fn an_entry_is_not_done_with_before_its_words_are_erased() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    noted(&walkbook, "remarkable", 1);
    let in_log = |sql: &str| walkbook.lock().store.log.db.sqlite.execute_batch(sql).unwrap();
    // As a disk does that is full just then.
    in_log(
        "CREATE TEMP TRIGGER full BEFORE UPDATE OF payload ON main.entry BEGIN SELECT raise(FAIL, 'no erasing'); END",
    );
    let verdict = pack([welcome(1), refused(&[1], Reason::Erased), Frame::End(false)]);
    begin(&walkbook).handle_bytes(&verdict, now(100)).unwrap_err();
    assert!(log_holds(&walkbook, "remarkable"));
    assert_eq!(walkbook.lock().store.log.unacknowledged_seqs().unwrap(), [1], "nobody will say it again");
    in_log("DROP TRIGGER full");
    answer(&walkbook, vec![refused(&[1], Reason::Erased)]);
    assert!(!log_holds(&walkbook, "remarkable") && !holds(&walkbook, "remarkable"));
    assert_eq!(walkbook.status().unwrap().entries.refused, 1);
}

#[test]
fn what_only_this_phone_has_stays_until_the_server_has_it_too() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let knock = noted(&walkbook, "remarkable", 1);
    // The server has not got the knock: it has less of the log than the phone wrote.
    answer_of(&walkbook, 0, vec![Frame::ForgetLists(vec![list()])]);
    assert_eq!(about(&walkbook, Document::Door(door())), [knock]);
    assert!(walkbook.search("aino", 10).unwrap().is_empty());
    assert_eq!(walkbook.status().unwrap().at_risk(), 1);
    // It comes back before the knock was sent: the knock is there.
    answer_of(&walkbook, 0, download());
    assert_eq!(walkbook.door(door()).unwrap().visits[0].entry, knock);
    answer_of(&walkbook, 0, vec![Frame::ForgetLists(vec![list()])]);
    answer(&walkbook, Vec::new());
    assert!(about(&walkbook, Document::Door(door())).is_empty());
    assert!(!holds(&walkbook, "remarkable"));
    assert_eq!(walkbook.status().unwrap().at_risk(), 0);
}

#[test]
fn a_door_that_has_left_the_list_is_forgotten_and_the_others_stay() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = with_two_doors(&folder);
    let left = vec![list_frame(walk(list(), &[door_n(6)])), Frame::ForgetDoors(list(), vec![door()]), cursor(list())];
    answer(&walkbook, left);
    let shown: Vec<DoorId> = walkbook.walk_list(list()).unwrap().into_iter().map(|row| row.door).collect();
    assert_eq!(shown, [door_n(6)]);
    assert!(!holds(&walkbook, "Aino"));
    assert!(wal_is_empty(&folder));
}

#[test]
fn a_door_is_forgotten_wherever_the_servers_mark_cuts_the_news_in_two() {
    let list_first = [list_frame(walk(list(), &[door_n(6)])), Frame::ForgetDoors(list(), vec![door()])];
    let door_first = [list_first[1].clone(), list_first[0].clone()];
    for [first, second] in [list_first, door_first] {
        let folder = tempfile::tempdir().unwrap();
        let walkbook = with_two_doors(&folder);
        answer(&walkbook, vec![first, cursor(list()), second, cursor(list())]);
        assert_eq!(walkbook.door(door()), Err(Error::NotHere { what: "door" }));
        assert!(!holds(&walkbook, "Aino"));
    }
}

#[test]
fn a_door_that_another_list_has_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    answer(&walkbook, vec![list_frame(walk(list_n(2), &[door()])), cursor(list_n(2))]);
    answer(&walkbook, vec![Frame::ForgetLists(vec![list()])]);
    assert_eq!(walkbook.walk_list(list_n(2)).unwrap()[0].names, ["Aino"]);
    answer(&walkbook, vec![Frame::ForgetLists(vec![list_n(2)])]);
    assert!(!holds(&walkbook, "Aino"));
}

#[test]
fn a_door_that_left_and_came_back_in_one_answer_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let moved = ListEdit { on: Vec::new(), change: ListChange::Place { door: door(), behind: None } };
    let header = Header { seq: 1, moment: Moment::new(now(1), 0), subject: Subject::List(list()), epoch: 0 };
    let entry = Entry { device: MATE, header, bound: None, payload: Payload::List(moved) };
    let frames = vec![
        Frame::Entries(vec![Delivered::from(&entry)]),
        doors_frame([record()]),
        Frame::ForgetDoors(list(), vec![door()]),
        cursor(list()),
    ];
    answer(&walkbook, frames);
    assert_eq!(walkbook.walk_list(list()).unwrap()[0].names, ["Aino"]);
}

#[test]
fn a_crash_between_forgetting_and_emptying_the_file_is_made_good_at_the_next_opening() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    {
        let mut inner = walkbook.lock();
        let none = std::collections::BTreeSet::new();
        let forget = |writer: &crate::store::Writer<'_>| {
            writer.forget_list(list(), &none)?;
            writer.forget_if_on_no_list(door(), &none)
        };
        inner.store.book.change(forget).unwrap();
    }
    let left = tempfile::tempdir().unwrap();
    for name in ["log.db", "log.db-wal", "book.db", "book.db-wal"] {
        std::fs::copy(folder.path().join(name), left.path().join(name)).unwrap();
    }
    assert!(!wal_is_empty(&left));
    let walkbook = open(&left);
    assert!(wal_is_empty(&left));
    assert!(!holds(&walkbook, "Aino"));
}

/// A lead takes the door off the list, without a network.
fn dropped(walkbook: &Walkbook) {
    write_list(walkbook, ListEdit { on: Vec::new(), change: ListChange::Drop(door()) }, now(1));
    assert!(walkbook.walk_list(list()).unwrap().is_empty());
}

#[test]
fn a_door_taken_off_here_is_forgotten_once_the_server_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    dropped(&walkbook);
    answer(&walkbook, vec![Frame::ForgetDoors(list(), vec![door()]), cursor(list())]);
    assert!(!holds(&walkbook, "Aino"));
}

#[test]
fn a_door_taken_off_here_is_back_whole_if_the_server_refuses() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    dropped(&walkbook);
    answer(&walkbook, vec![refused(&[1], Reason::NotAllowed), cursor(list())]);
    assert_eq!(walkbook.walk_list(list()).unwrap()[0].names, ["Aino"]);
}
