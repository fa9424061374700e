//! Screens hear of what changed.

use super::*;
use crate::{Changes, Listener};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, Weak};
use std::time::Duration;

/// Far longer than any of this takes, and no test waits for it to pass.
const DEADLINE: Duration = Duration::from_secs(60);

struct Heard(Mutex<Sender<Changes>>);

impl Listener for Heard {
    fn changed(&self, changes: Changes) {
        // The test may be over.
        let _ = self.0.lock().unwrap().send(changes);
    }
}

fn heard() -> (Arc<Heard>, Receiver<Changes>) {
    let (sender, receiver) = channel();
    (Arc::new(Heard(Mutex::new(sender))), receiver)
}

fn version(walkbook: &Walkbook) -> u64 {
    walkbook.changes_since(0).version
}

#[test]
fn a_knock_changes_its_door_and_the_status() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let before = version(&walkbook);
    walkbook.record_knock(door(), not_home(), now(1)).unwrap();
    let changes = walkbook.changes_since(before);
    assert!(changes.version > before);
    assert_eq!((changes.doors.into_iter().collect::<Vec<_>>(), changes.lists.len()), (vec![door()], 0));
    assert!(changes.status_changed && !changes.everything);
    let nothing = walkbook.changes_since(changes.version);
    assert_eq!(nothing, Changes { version: changes.version, ..Changes::default() });
}

#[test]
fn what_was_not_recorded_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let before = version(&walkbook);
    let long = Interaction { note: Some("x".repeat(5_000)), ..not_home() };
    assert!(walkbook.record_knock(door(), long, now(1)).is_err());
    walkbook.walk_list(list()).unwrap();
    assert_eq!(version(&walkbook), before);
}

#[test]
fn an_exchange_names_the_doors_and_lists_that_came_and_went() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let before = version(&walkbook);
    let second = vec![list_frame(walk(list_n(2), &[door_n(6)])), doors_frame([record_n(6)]), cursor(list_n(2))];
    answer(&walkbook, second);
    let came = walkbook.changes_since(before);
    assert!(came.doors.contains(&door_n(6)) && came.lists.contains(&list_n(2)));
    assert!(!came.doors.contains(&door()));
    answer(&walkbook, vec![Frame::ForgetLists(vec![list()])]);
    let went = walkbook.changes_since(came.version);
    assert!(went.doors.contains(&door()) && went.lists.contains(&list()));
    assert!(!went.doors.contains(&door_n(6)));
}

#[test]
fn a_version_of_the_last_opening_means_everything() {
    let folder = tempfile::tempdir().unwrap();
    let before = version(&enrolled(&folder));
    let walkbook = Walkbook::open_with_key(folder.path(), &KEY, [4; 16], now(0)).unwrap();
    assert!(walkbook.changes_since(before).everything);
}

#[test]
fn a_listener_hears_of_what_is_recorded_and_may_ask_the_walkbook() {
    struct Asking(Weak<Walkbook>, Heard);
    impl Listener for Asking {
        fn changed(&self, changes: Changes) {
            let walkbook = self.0.upgrade().unwrap();
            assert_eq!(walkbook.door(door()).unwrap().visits.len(), 1);
            self.1.changed(changes);
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let walkbook = Arc::new(enrolled(&folder));
    let (sender, receiver) = channel();
    let asking = Asking(Arc::downgrade(&walkbook), Heard(Mutex::new(sender)));
    let _subscription = walkbook.subscribe(Arc::new(asking)).unwrap();
    walkbook.record_knock(door(), not_home(), now(1)).unwrap();
    let changes = receiver.recv_timeout(DEADLINE).unwrap();
    assert!(changes.doors.contains(&door()));
}

#[test]
fn a_listener_that_never_returns_holds_up_nobody_and_hears_the_rest_in_one_piece() {
    struct Slow(Mutex<Receiver<()>>, Heard);
    impl Listener for Slow {
        fn changed(&self, changes: Changes) {
            self.1.changed(changes);
            let _ = self.0.lock().unwrap().recv();
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let (go_on, wait) = channel();
    let (sender, slow) = channel();
    let _slow = walkbook.subscribe(Arc::new(Slow(Mutex::new(wait), Heard(Mutex::new(sender))))).unwrap();
    let (listener, quick) = heard();
    let _quick = walkbook.subscribe(listener).unwrap();
    walkbook.record_knock(door(), not_home(), now(1)).unwrap();
    let first = slow.recv_timeout(DEADLINE).unwrap();
    // It stands still now; the walkbook and the other listener do not.
    for seconds in 2..20 {
        walkbook.record_knock(door(), not_home(), now(seconds)).unwrap();
    }
    let last = version(&walkbook);
    while quick.recv_timeout(DEADLINE).unwrap().version < last {}
    assert!(slow.try_recv().is_err());
    go_on.send(()).unwrap();
    let second = slow.recv_timeout(DEADLINE).unwrap();
    assert!(first.version < last && second.version == last);
}

#[test]
fn a_listener_that_panics_harms_nothing_and_hears_the_next_change() {
    struct Panicking(Heard);
    impl Listener for Panicking {
        fn changed(&self, changes: Changes) {
            self.0.changed(changes);
            panic!("a listener's own mistake");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let (sender, receiver) = channel();
    let _subscription = walkbook.subscribe(Arc::new(Panicking(Heard(Mutex::new(sender))))).unwrap();
    for seconds in 1..4 {
        walkbook.record_knock(door(), not_home(), now(seconds)).unwrap();
        let last = version(&walkbook);
        while receiver.recv_timeout(DEADLINE).unwrap().version < last {}
    }
    assert_eq!(walkbook.status().unwrap().entries.saved, 3);
}

#[test]
fn a_listener_is_let_go_with_its_subscription_and_with_the_walkbook() {
    let folder = tempfile::tempdir().unwrap();
    let walkbook = enrolled(&folder);
    let (listener, dropped) = heard();
    drop(walkbook.subscribe(listener).unwrap());
    // Its thread has let go of it: the sender is gone.
    assert_eq!(dropped.recv_timeout(DEADLINE), Err(RecvTimeoutError::Disconnected));
    let (listener, closed) = heard();
    let _subscription = walkbook.subscribe(listener).unwrap();
    drop(walkbook);
    assert_eq!(closed.recv_timeout(DEADLINE), Err(RecvTimeoutError::Disconnected));
}
