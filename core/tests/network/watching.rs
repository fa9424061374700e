//! An app shows how far an exchange is.

use super::world::{LIST, Phone, Server, enrolled, exchanged, ok, problem, right_clock, wait};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::{Duration, Instant};
use walkbook_core::{
    CancelToken, Ended, SyncFailed, SyncListener, SyncOptions, SyncPhase, SyncProgress, Synced, Walkbook,
};
use walkbook_ledger::Base;
use walkbook_model::{Address, Door, DoorId, EffortId, WalkList};
use walkbook_sync::{Frame, ListCursor};

/// Takes down what it is told, and asks the walkbook meanwhile.
struct Screen {
    told: Mutex<Vec<SyncProgress>>,
    walkbook: Arc<Walkbook>,
}

impl SyncListener for Screen {
    fn progressed(&self, progress: SyncProgress) {
        self.walkbook.status().unwrap();
        self.told.lock().unwrap().push(progress);
    }
}

impl Screen {
    fn of(phone: &Phone) -> Arc<Self> {
        Arc::new(Self { told: Mutex::default(), walkbook: Arc::clone(&phone.walkbook) })
    }

    fn told(&self) -> Vec<SyncProgress> {
        self.told.lock().unwrap().clone()
    }

    /// Waits until it has been told of something like this.
    fn sees(&self, wanted: impl Fn(&SyncProgress) -> bool) -> SyncProgress {
        let began = Instant::now();
        loop {
            if let Some(found) = self.told().into_iter().find(&wanted) {
                return found;
            }
            assert!(began.elapsed() < Duration::from_secs(20), "never told; only {:?}", self.told());
            sleep(Duration::from_millis(5));
        }
    }

    fn sees_the_end(&self) -> SyncProgress {
        self.sees(|so_far| so_far.phase == SyncPhase::Done)
    }
}

fn sync(phone: &Phone, screen: &Arc<Screen>, cancel: CancelToken) -> Result<Synced, SyncFailed> {
    let options = SyncOptions { cancel, progress: Some(screen.clone()), ..SyncOptions::default() };
    wait(phone.walkbook.sync(options, right_clock()))
}

fn door(number: u8) -> DoorId {
    DoorId::from_bytes([number; 16])
}

fn list_of(doors: &[u8]) -> Frame {
    let (effort, doors) = (EffortId::from_bytes([4; 16]), doors.iter().map(|number| door(*number)).collect());
    let list = WalkList { id: LIST, effort, name: "North".into(), script: None, assigned: Vec::new(), doors };
    Frame::List(Base::first(list).to_bytes().into())
}

fn doors(numbers: &[u8]) -> Frame {
    let base = |number: &u8| {
        let address = Address { street: "Long Street".into(), number: number.to_string(), ..Address::default() };
        let (access_notes, contacts) = (String::new(), Vec::new());
        Base::first(Door { id: door(*number), address, position: None, access_notes, contacts }).to_bytes().into()
    };
    Frame::Doors(numbers.iter().map(base).collect())
}

fn mark(cursor: u8) -> Frame {
    Frame::Cursor(ListCursor { list: LIST, cursor: vec![cursor].into() })
}

fn enrolled_at(server: &Server) -> Phone {
    let phone = Phone::new();
    server.reply(|_| enrolled());
    wait(phone.walkbook.enrol(&server.link(), right_clock())).unwrap();
    phone
}

#[test]
fn a_first_download_is_told_door_by_door_and_in_bytes() {
    let server = Server::start();
    let phone = enrolled_at(&server);
    let screen = Screen::of(&phone);
    let first = exchanged(0, vec![list_of(&[1, 2, 3, 4, 5]), doors(&[1, 2]), mark(1)], true);
    let first_bytes = first.len() as u64;
    server.reply(|_| ok(first));
    let seen = Arc::clone(&screen);
    server.reply(move |_| {
        let half = seen.sees(|so_far| so_far.doors == 2);
        assert_eq!((half.doors, half.awaited_doors, half.received_bytes), (2, 3, first_bytes));
        assert_eq!(half.bytes_to_receive, Some(first_bytes));
        ok(exchanged(0, vec![doors(&[3, 4, 5]), mark(2)], false))
    });
    let synced = sync(&phone, &screen, CancelToken::new()).unwrap();
    let end = screen.sees_the_end();
    assert_eq!((end.doors, end.awaited_doors), (5, 0));
    assert_eq!((end.received_bytes, end.bytes_to_receive), (synced.received_bytes, Some(synced.received_bytes)));
    assert_eq!((end.sent_bytes, end.bytes_to_send), (synced.sent_bytes, synced.sent_bytes));
    assert_eq!(screen.told().last(), Some(&end));
}

#[test]
fn a_download_that_was_cut_off_goes_on_counting_what_is_awaited() {
    let server = Server::start();
    let phone = enrolled_at(&server);
    server.reply(|_| ok(exchanged(0, vec![list_of(&[1, 2, 3]), doors(&[1]), mark(1)], false)));
    phone.sync().unwrap();
    let screen = Screen::of(&phone);
    server.reply(|_| ok(exchanged(0, vec![doors(&[2])], true)));
    let seen = Arc::clone(&screen);
    server.reply(move |_| {
        assert_eq!(seen.sees(|so_far| so_far.doors == 1).awaited_doors, 1);
        ok(exchanged(0, vec![doors(&[3]), mark(3)], false))
    });
    sync(&phone, &screen, CancelToken::new()).unwrap();
    let end = screen.sees_the_end();
    assert_eq!((end.doors, end.awaited_doors), (2, 0));
}

#[test]
fn a_shift_is_told_in_entries_and_bytes() {
    let server = Server::start();
    let phone = Phone::of(&server);
    (0..5).for_each(|_| phone.knock());
    let screen = Screen::of(&phone);
    let seen = Arc::clone(&screen);
    server.reply(move |asked| {
        let sent = seen.sees(|so_far| so_far.phase == SyncPhase::Sending);
        assert_eq!((sent.answered_entries, sent.entries), (0, 5));
        assert_eq!((sent.sent_bytes, sent.bytes_to_send), (asked.body.len() as u64, asked.body.len() as u64));
        assert_eq!(asked.length, Some(asked.body.len() as u64), "a body of unknown length");
        ok(exchanged(5, Vec::new(), false))
    });
    sync(&phone, &screen, CancelToken::new()).unwrap();
    let end = screen.sees_the_end();
    assert_eq!((end.answered_entries, end.entries, phone.at_risk()), (5, 5, 0));
}

#[test]
fn however_an_exchange_ends_its_end_is_told_and_nobody_is_held_any_longer() {
    let server = Server::start();
    let phone = Phone::of(&server);
    let screen = Screen::of(&phone);
    server.reply(|_| problem(500, "internal", ""));
    sync(&phone, &screen, CancelToken::new()).unwrap_err();
    assert_eq!(screen.sees_the_end().doors, 0);
    let screen = Screen::of(&phone);
    let cancel = CancelToken::new();
    cancel.cancel();
    assert_eq!(sync(&phone, &screen, cancel).unwrap().ended, Ended::Cancelled);
    screen.sees_the_end();
    let began = Instant::now();
    while Arc::strong_count(&screen) > 1 {
        assert!(began.elapsed() < Duration::from_secs(20), "it is held for ever");
        sleep(Duration::from_millis(5));
    }
}

/// Never comes back.
struct Blocks;

impl SyncListener for Blocks {
    fn progressed(&self, _: SyncProgress) {
        sleep(Duration::from_secs(3_600));
    }
}

/// Fails.
struct Panics;

impl SyncListener for Panics {
    fn progressed(&self, _: SyncProgress) {
        panic!("a trial");
    }
}

#[test]
fn whoever_blocks_or_panics_does_the_exchange_no_harm() {
    let server = Server::start();
    let phone = Phone::of(&server);
    for progress in [Arc::new(Blocks) as Arc<dyn SyncListener>, Arc::new(Panics)] {
        phone.knock();
        let seq = server.asked().len() as u64 - 1;
        server.reply(move |_| ok(exchanged(seq, Vec::new(), false)));
        let options = SyncOptions { progress: Some(progress), ..SyncOptions::default() };
        let synced = wait(phone.walkbook.sync(options, right_clock())).unwrap();
        assert_eq!((synced.ended, synced.status.at_risk()), (Ended::Complete, 0));
        assert!(synced.elapsed < Duration::from_secs(20));
    }
}
