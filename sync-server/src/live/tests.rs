//! Who is told what.

use super::room::{Looked, Room};
use super::*;
use crate::store::audit::Record;
use crate::store::audit::{Audit, LookedAt};
use crate::store::conformance::world::*;
use crate::store::embedded::FILE;
use crate::store::{Act, By, Deed, EmbeddedStore, Heard, Held, News, Options, User, Which};
use crate::store::{Directory, Documents, ListUpdate, Log, LogPosition};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::timeout;
use walkbook_model::{EntryId, Role, UserId, WalkListId};
use walkbook_vault::{AuditLink, SealKey, SystemRandom};

const BERTA: UserId = UserId::from_bytes([12; 16]);
const HER_PHONE: DeviceId = DeviceId::from_bytes([22; 16]);

fn sender(device: DeviceId, user: UserId, role: Role) -> Sender {
    Sender { tenant: NORTH, device, user: User { id: user, label: "somebody".into(), role }, spent: None }
}

fn aino() -> Sender {
    sender(PHONE, AINO, Role::Canvasser)
}

fn berta() -> Sender {
    sender(HER_PHONE, BERTA, Role::Organiser)
}

/// Aino works the one list and Berta the other; both have been told what there was.
struct TwoLists {
    room: Room,
    aino: Receiver<()>,
    berta: Receiver<()>,
    position: u64,
}

impl TwoLists {
    fn new() -> Self {
        let mut room = Room::default();
        let aino = room.join(1, &super::tests::aino());
        let berta = room.join(2, &super::tests::berta());
        let lists = [(AINO, [LIST].into()), (BERTA, [OTHER_LIST].into())].into();
        let comers = [(PHONE, true), (HER_PHONE, true)].into();
        let looked = Looked { lists, comers, ..Looked::default() };
        assert_eq!(room.tell(&News::default(), &looked), 2, "who comes is told at once");
        let mut two = Self { room, aino, berta, position: 0 };
        assert_eq!(two.told(), [true, true]);
        two
    }

    /// Who has been told since the last time: Aino, Berta.
    fn told(&mut self) -> [bool; 2] {
        [&mut self.aino, &mut self.berta].map(|ear| {
            let is_told = ear.has_changed().unwrap_or(false);
            ear.mark_unchanged();
            is_told
        })
    }

    fn news(&mut self, news: News) -> [bool; 2] {
        self.position += 1;
        let heard = Heard { position: LogPosition::new(self.position), record: 0 };
        self.room.tell(&News { heard, ..news }, &Looked::default());
        self.told()
    }

    fn deed(&mut self, deed: Deed) -> [bool; 2] {
        self.tell_of(deed);
        self.told()
    }

    fn tell_of(&mut self, deed: Deed) {
        let act = Held::Readable(Act { by: By::Operator, deed });
        let record = Record { number: 1, at: at(1), sealed: Vec::new(), link: AuditLink::start(NORTH), act };
        self.room.tell(&News::default(), &Looked { records: vec![record], ..Looked::default() });
    }
}

fn on(list: WalkListId, writer: Option<DeviceId>) -> News {
    News { lists: [(list, writer)].into(), ..News::default() }
}

#[test]
fn only_those_who_work_a_list_hear_of_it_and_nobody_of_what_they_wrote() {
    let mut two = TwoLists::new();
    assert_eq!(two.news(on(LIST, None)), [true, false]);
    assert_eq!(two.news(on(OTHER_LIST, Some(PHONE))), [false, true]);
    assert_eq!(two.news(on(LIST, Some(PHONE))), [false, false]);
    assert_eq!(two.news(on(WalkListId::from_bytes([33; 16]), None)), [false, false]);
    let by_both = News { lists: [(LIST, Some(PHONE)), (LIST, Some(HER_PHONE))].into(), ..News::default() };
    assert_eq!(two.news(by_both), [true, false]);
}

#[test]
fn drafts_are_for_those_who_may_write_them() {
    let mut two = TwoLists::new();
    let by = |device| News { drafts: [device].into(), ..News::default() };
    assert_eq!(two.news(by(PHONE)), [false, true]);
    assert_eq!(two.news(by(HER_PHONE)), [false, false]);
}

#[test]
fn who_is_handed_a_list_hears_of_it_and_from_then_on_of_what_is_new_there() {
    let mut two = TwoLists::new();
    let handed = News { users: [AINO].into(), ..News::default() };
    let lists = [(AINO, BTreeSet::from([LIST, OTHER_LIST]))].into();
    two.room.tell(&handed, &Looked { lists, ..Looked::default() });
    assert_eq!(two.told(), [true, false]);
    assert_eq!(two.news(on(OTHER_LIST, None)), [true, true]);
}

#[test]
fn what_the_office_does_is_told_to_the_phones_that_it_concerns() {
    let mut two = TwoLists::new();
    assert_eq!(two.deed(Deed::SettingsChanged { settings: walkbook_model::ContentHash::of(b"") }), [true, true]);
    let which = Which::Entry(EntryId::new(PHONE, 3));
    assert_eq!(two.deed(Deed::Released { which }), [true, false]);
    assert_eq!(two.deed(Deed::TeamMade { team: walkbook_model::TeamId::from_bytes([1; 16]) }), [false, false]);
}

#[test]
fn who_is_shut_out_or_is_another_now_hears_the_end() {
    let mut two = TwoLists::new();
    two.deed(Deed::ShutOut { user: AINO, device: PHONE });
    assert!(two.aino.has_changed().is_err() && two.berta.has_changed().is_ok());
    two.deed(Deed::RoleChanged { user: BERTA, from: Role::Organiser, to: Role::Analyst });
    assert!(two.berta.has_changed().is_err());
    assert_eq!(two.room.len(), 0);
}

#[test]
fn a_phone_that_is_to_be_wiped_is_told_and_hears_nothing_after_that() {
    let mut two = TwoLists::new();
    two.tell_of(Deed::WipeOrdered { user: BERTA, device: HER_PHONE });
    assert!(two.berta.borrow_and_update().has_changed());
    assert!(two.berta.has_changed().is_err() && !two.aino.has_changed().unwrap());
    assert_eq!(two.news(on(OTHER_LIST, None)), [false, false]);
    assert_eq!(two.room.len(), 1);
}

#[test]
fn whoever_comes_while_somebody_looks_is_looked_at_by_the_next_look() {
    let mut two = TwoLists::new();
    let her_other_phone = DeviceId::from_bytes([23; 16]);
    let mut late = two.room.join(3, &sender(her_other_phone, BERTA, Role::Organiser));
    let lists: BTreeMap<_, _> = [(BERTA, BTreeSet::from([OTHER_LIST]))].into();
    two.room.tell(&News::default(), &Looked { lists: lists.clone(), ..Looked::default() });
    assert!(!late.has_changed().unwrap());
    let looked = Looked { lists, comers: [(her_other_phone, false)].into(), ..Looked::default() };
    two.room.tell(&News::default(), &looked);
    assert!(late.borrow_and_update().has_changed() && late.has_changed().is_err());
}

#[test]
fn a_store_that_was_set_back_is_news_for_everybody() {
    let mut two = TwoLists::new();
    two.news(News::default());
    two.position = 0;
    two.room.heard = Some(Heard { position: LogPosition::new(9), record: 0 });
    assert_eq!(two.news(News::default()), [true, true]);
}

fn store() -> (Arc<EmbeddedStore>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let (key, random) = (SealKey::from_bytes([7; 32]), Arc::new(SystemRandom::new()));
    let store = EmbeddedStore::open(folder.path(), "eu-west-1", key, random, Options::default()).unwrap();
    settle_with_phone(&store, NORTH);
    store.put_user(NORTH, &berta().user, by_operator(1)).unwrap();
    store.enrol_device(NORTH, BERTA, &enrolment(HER_PHONE), at(1)).unwrap();
    (Arc::new(store), folder)
}

async fn hears(ear: &mut Ear) -> Option<()> {
    timeout(Duration::from_secs(60), ear.hear()).await.expect("it is told, or it ends")
}

fn many() -> Listeners {
    Listeners::among(64)
}

#[tokio::test]
async fn a_knock_wakes_who_works_the_list() {
    let (store, _folder) = store();
    join(&*store, LIST, &[1]);
    store.update_lists(NORTH, &[ListUpdate::Assign(LIST, BERTA)], at(1)).unwrap();
    let live = Live::new(Arc::clone(&store) as _, many());
    let mut ear = live.join(&berta()).unwrap();
    hears(&mut ear).await.unwrap();
    let knocks = (1..=100).map(|seq| knock(seq, at_door(1), "a knock")).collect();
    store.merge(NORTH, first(knocks), at(2)).unwrap();
    hears(&mut ear).await.unwrap();
    assert_eq!(live.counts(), [1, 2, 0], "a shift is one notice");
    assert_eq!(live.unheard(), Duration::ZERO);
    live.end();
    assert_eq!(hears(&mut ear).await, None);
    assert_eq!(live.join(&berta()).err(), Some(NoPlace::Busy));
}

#[tokio::test]
async fn whoever_was_let_in_and_may_not_come_any_more_is_told_once() {
    let (store, _folder) = store();
    let live = Live::new(Arc::clone(&store) as _, many());
    let mut somebody = live.join(&aino()).unwrap();
    hears(&mut somebody).await.unwrap();
    // Between the question and the place.
    store.order_wipe(NORTH, HER_PHONE, by_operator(2)).unwrap();
    for _ in 0..2 {
        let mut ear = live.join(&berta()).unwrap();
        assert_eq!((hears(&mut ear).await, hears(&mut ear).await), (Some(()), None));
    }
    let mut was_organiser = live.join(&sender(PHONE, AINO, Role::Organiser)).unwrap();
    assert_eq!((hears(&mut was_organiser).await, hears(&mut was_organiser).await), (Some(()), None));
    assert_eq!(live.counts()[0], 0, "she listens at one place");
}

#[tokio::test]
async fn of_a_log_that_cannot_be_read_phones_hear_the_end_and_listen_behind_it() {
    let (store, folder) = store();
    let live = Live::new(Arc::clone(&store) as _, many());
    let mut ear = live.join(&berta()).unwrap();
    hears(&mut ear).await.unwrap();
    let file = rusqlite::Connection::open(folder.path().join(FILE)).unwrap();
    // The log's head says that there is a record, and there is none.
    file.execute_batch(
        "DROP TRIGGER audit_is_never_shortened;
         CREATE TRIGGER lost AFTER INSERT ON audit BEGIN DELETE FROM audit WHERE number = NEW.number; END",
    )
    .unwrap();
    store.note(NORTH, Deed::Exported { what: LookedAt::Board }, by_operator(3)).unwrap();
    assert_eq!(hears(&mut ear).await, None);
    let mut again = live.join(&berta()).unwrap();
    hears(&mut again).await.unwrap();
    drop(ear);
    assert_eq!(live.counts()[0], 1, "who left before takes nobody's place along");
    store.update_lists(NORTH, &[ListUpdate::Assign(LIST, BERTA)], at(4)).unwrap();
    hears(&mut again).await.unwrap();
}

#[test]
fn some_connections_are_left_for_those_who_sync_and_some_places_for_other_tenants() {
    assert_eq!(Listeners::among(4_096), Listeners { in_all: 3_072, of_tenant: 2_048, of_user: 8 });
    assert_eq!(Listeners::among(1), Listeners { in_all: 0, of_tenant: 0, of_user: 8 });
}

#[tokio::test]
async fn a_device_has_one_place_and_a_user_some_and_nobody_takes_them_all() {
    let (store, _folder) = store();
    let live = Live::new(Arc::clone(&store) as _, Listeners { in_all: 4, of_tenant: 3, of_user: 2 });
    let who = |device: u8, user: u8| {
        sender(DeviceId::from_bytes([device; 16]), UserId::from_bytes([user; 16]), Role::Canvasser)
    };
    for (device, user) in [(1, 1), (2, 1), (3, 1), (4, 2), (5, 3)] {
        let Sender { device, user, .. } = who(device, user);
        store.put_user(NORTH, &user, by_operator(1)).unwrap();
        store.enrol_device(NORTH, user.id, &enrolment(device), at(1)).unwrap();
    }
    let place = |device: u8, user: u8| live.join(&who(device, user));
    let mut first = place(1, 1).unwrap();
    let again = place(1, 1).unwrap();
    // The one that was left behind has heard what there was, perhaps, and then the end.
    while hears(&mut first).await.is_some() {}
    drop(first);
    let second = place(2, 1).unwrap();
    assert_eq!(place(3, 1).err(), Some(NoPlace::OfUser));
    let _third = place(4, 2).unwrap();
    assert_eq!(place(5, 3).err(), Some(NoPlace::Busy));
    assert_eq!((live.counts()[0], live.counts()[2]), (3, 1));
    drop((again, second));
    place(5, 3).unwrap();
}

#[tokio::test]
async fn where_no_bell_can_be_had_the_clock_rings_and_it_shows() {
    let (store, folder) = store();
    // Whoever has it open works on, and nobody opens it anew.
    (0..8).for_each(|_| drop(store.users(NORTH).unwrap()));
    let (there, aside) = (folder.path().join(FILE), folder.path().join("aside"));
    std::fs::rename(&there, &aside).unwrap();
    let live = Live::new(Arc::clone(&store) as _, many());
    let mut ear = live.join(&berta()).unwrap();
    hears(&mut ear).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(live.unheard() > Duration::ZERO);
    std::fs::rename(&aside, &there).unwrap();
    let is_heard = async || {
        while live.unheard() > Duration::ZERO {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_secs(60), is_heard()).await.expect("it is tried again");
}
