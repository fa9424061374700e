//! The worker, on a thread of its own.

use super::{InFolder, new_tables};
use crate::backend::conformance::Readable;
use crate::backend::conformance::world::Field;
use crate::backend::worker::Pace;
use crate::backend::{Backend, Delivery, NotTaken, Records, Tables, Worker};
use crate::office;
use crate::office::tests::world::{Phone, at, door, door_id, knocked};
use crate::routes::Backlog;
use crate::store::{EmbeddedStore, Leaving, Store};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};
use walkbook_model::{Door, DoorId, Outcome, Role, TenantId};

/// It never looks by itself within a test, and tries again at once.
const ONLY_WHEN_CALLED: Pace =
    Pace { look: Duration::from_secs(3_600), shortest: Duration::from_millis(1), longest: Duration::from_millis(1) };

#[track_caller]
fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < deadline, "it never came about: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn start(field: &Field, backend: &Arc<impl Backend + 'static>) -> Worker {
    let store: Arc<dyn Store> = field.world.store.clone();
    Worker::start_with(store, Arc::clone(backend) as Arc<dyn Backend>, None, ONLY_WHEN_CALLED)
}

fn knock(field: &mut Field, times: u64, seconds: u64) {
    for _ in 0..times {
        field.aino.knock(door_id(1), knocked(field.list, Outcome::NotHome), at(seconds));
    }
    field.aino.sync_well(field.world.store(), at(seconds));
}

#[test]
fn what_waits_is_brought_at_the_start_and_what_comes_later_when_the_worker_is_called() {
    let (mut field, tables) = (Field::new(1), Arc::new(new_tables()));
    knock(&mut field, 1, 10);
    let worker = start(&field, &tables);
    wait_until("the first knock is there", || worker.counts() == [2, 0, 0]);
    knock(&mut field, 2, 11);
    worker.nudge();
    wait_until("the later knocks are there", || worker.counts() == [4, 0, 0]);
    assert_eq!(tables.rows("interaction").len(), 3);
    assert!(worker.is_alive());
}

/// A backend that does what it does once the worker was told to stop.
struct Slow {
    tables: InFolder,
    worker: OnceLock<Arc<Worker>>,
    took: AtomicU64,
}

impl Backend for Slow {
    fn take(&self, delivery: &Delivery) -> Result<(), NotTaken> {
        self.took.fetch_add(1, Ordering::Relaxed);
        wait_until("the worker is told to stop", || self.worker.get().is_some_and(|worker| !worker.is_alive()));
        self.tables.take(delivery)
    }
}

#[test]
fn a_worker_that_is_told_to_stop_finishes_its_page_and_leaves_the_rest_for_the_next() {
    let mut field = Field::new(1);
    knock(&mut field, 700, 10);
    let slow = Arc::new(Slow { tables: new_tables(), worker: OnceLock::new(), took: AtomicU64::new(0) });
    let worker = Arc::new(start(&field, &slow));
    assert!(slow.worker.set(Arc::clone(&worker)).is_ok());
    wait_until("the first page is on its way", || slow.took.load(Ordering::Relaxed) == 1);
    worker.stop();
    assert_eq!((worker.counts(), slow.took.load(Ordering::Relaxed)), ([500, 0, 0], 1));
    worker.stop();
    assert_eq!(field.pump(&slow.tables, 12).delivered, 201);
}

/// A backend that is not there until it is.
struct Away {
    tables: InFolder,
    is_away: AtomicBool,
}

impl Backend for Away {
    fn take(&self, delivery: &Delivery) -> Result<(), NotTaken> {
        if self.is_away.load(Ordering::Relaxed) {
            return Err(NotTaken::Unavailable("on holiday"));
        }
        self.tables.take(delivery)
    }
}

#[test]
fn the_operator_sees_that_the_backend_is_away_and_that_it_is_back() {
    let mut field = Field::new(1);
    knock(&mut field, 3, 10);
    let away = Arc::new(Away { tables: new_tables(), is_away: AtomicBool::new(true) });
    let worker = start(&field, &away);
    wait_until("it is seen to be away", || !worker.is_alive());
    assert_eq!(worker.counts(), [0, 0, 0]);
    away.is_away.store(false, Ordering::Relaxed);
    wait_until("it is seen to be back", || worker.is_alive());
    wait_until("everything is there", || worker.counts() == [4, 0, 0]);
    assert_eq!(away.tables.rows("interaction").len(), 3);
}

/// An adaptor that falls over whatever is brought of one tenant, and the first time whatever is brought.
struct Faulty {
    tables: InFolder,
    tenant: walkbook_model::TenantId,
    has_fallen: AtomicBool,
}

impl Backend for Faulty {
    fn take(&self, delivery: &Delivery) -> Result<(), NotTaken> {
        assert!(self.has_fallen.swap(true, Ordering::Relaxed), "the first time");
        assert_ne!(delivery.tenant.id, self.tenant, "every time");
        self.tables.take(delivery)
    }
}

#[test]
fn an_adaptor_that_falls_over_takes_neither_the_worker_nor_another_tenant_with_it() {
    let field = Field::new(1);
    let mut phones: Vec<(Phone, walkbook_model::WalkListId)> = Vec::new();
    // Tenants are served in the order of their ids: the faulty one is in the middle.
    let mut tenants: Vec<_> = ["One", "Two", "Three"].map(|name| field.world.tenant(name)).to_vec();
    tenants.sort_unstable();
    for tenant in &tenants {
        let phone = field.world.phone(*tenant, "Sari", Role::Canvasser);
        let list = field.world.one_list(*tenant, 2, &[phone.user()]);
        phones.push((phone, list));
    }
    for (phone, list) in &mut phones {
        phone.knock(door_id(1), knocked(*list, Outcome::NotHome), at(10));
        phone.knock(door_id(2), knocked(*list, Outcome::NotHome), at(10));
        phone.sync_well(field.world.store(), at(11));
    }
    let (tables, has_fallen) = (new_tables(), AtomicBool::new(false));
    let faulty = Arc::new(Faulty { tables, tenant: tenants[1], has_fallen });
    let worker = start(&field, &faulty);
    wait_until("the others are there", || faulty.tables.rows("interaction").len() == 4);
    wait_until("the worker goes on", || worker.is_alive());
}

/// A backend that notes whose documents came, and does not take one of them.
struct Noting {
    tables: InFolder,
    came: Mutex<Vec<(walkbook_model::TenantId, usize)>>,
    unfit: DoorId,
}

impl Backend for Noting {
    fn take(&self, delivery: &Delivery) -> Result<(), NotTaken> {
        if delivery.doors.iter().any(|door| door.state.door.id == self.unfit) {
            return Err(NotTaken::Unfit("it does not like it"));
        }
        self.came.lock().unwrap().push((delivery.tenant.id, delivery.doors.len()));
        self.tables.take(delivery)
    }
}

#[test]
fn a_large_register_lets_no_other_tenant_wait_and_what_does_not_fit_is_counted() {
    let field = Field::new(1);
    let mut tenants = ["One", "Two"].map(|name| field.world.tenant(name));
    tenants.sort_unstable();
    let store = field.world.store();
    let numbered = |number: u16| Door { id: DoorId::derive(&[&number.to_be_bytes()]), ..door(1) };
    for (tenant, count) in [(tenants[0], 700), (tenants[1], 3)] {
        office::take_register(store, tenant, (0..count).map(numbered).collect(), |_| {}).unwrap();
    }
    let unfit = numbered(699).id;
    let noting = Arc::new(Noting { tables: new_tables(), came: Mutex::default(), unfit });
    let worker = start(&field, &noting);
    let is_there = |tenant| store.marked(tenant, 1).unwrap().is_empty();
    wait_until("all is there", || tenants.iter().all(|tenant| is_there(*tenant)));
    worker.stop();
    assert_eq!(worker.counts()[2], 1);
    let came = noting.came.lock().unwrap();
    let whose: Vec<_> = came.iter().filter(|(tenant, _)| tenants.contains(tenant)).map(|(tenant, _)| *tenant).collect();
    let (first, second) = (whose.iter().position(|tenant| *tenant == tenants[1]).unwrap(), whose.len() - 1);
    assert!(first < second && whose[second] == tenants[0], "{whose:?}");
    assert_eq!(came.iter().filter(|(tenant, _)| *tenant == tenants[0]).map(|(_, doors)| doors).sum::<usize>(), 699);
}

/// A backend before which a tenant leaves, whole, while a page of it is on its way.
struct Left {
    tables: Arc<Tables>,
    store: Arc<EmbeddedStore>,
    tenant: TenantId,
    took: AtomicU64,
}

impl Backend for Left {
    fn take(&self, delivery: &Delivery) -> Result<(), NotTaken> {
        self.store.take_away(self.tenant, at(20)).unwrap();
        assert!(self.tables.forget(self.tenant).unwrap());
        let taken = self.tables.take(delivery);
        self.took.fetch_add(1, Ordering::Relaxed);
        taken
    }
}

#[test]
fn what_was_on_its_way_to_the_tables_when_a_tenant_left_does_not_stay_there() {
    let mut field = Field::new(1);
    knock(&mut field, 3, 10);
    let folder = tempfile::tempdir().unwrap();
    let tables = Arc::new(Tables::open(&folder.path().join("backend.sqlite")).unwrap());
    let (store, tenant) = (field.world.store.clone(), field.tenant);
    let left = Arc::new(Left { tables: Arc::clone(&tables), store: store.clone(), tenant, took: AtomicU64::new(0) });
    let inbox = (Arc::clone(&tables) as Arc<dyn Records>, field.world.another_pen());
    let worker = Worker::start_with(store, Arc::clone(&left) as Arc<dyn Backend>, Some(inbox), ONLY_WHEN_CALLED);
    let rows = || {
        let mut rows = 0;
        let tables_of = ["tenant", "person", "document", "entry", "door", "interaction"];
        for table in tables_of {
            tables
                .ask(&format!("SELECT * FROM {table}"), &mut |_| {
                    rows += 1;
                    Ok(())
                })
                .unwrap();
        }
        rows
    };
    wait_until("it was brought", || left.took.load(Ordering::Relaxed) > 0);
    wait_until("the tables have nothing of it", || rows() == 0);
    drop(worker);
    assert_eq!(rows(), 0);
}
