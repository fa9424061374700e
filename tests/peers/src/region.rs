//! A server of one region over TLS, and phones that talk to it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use walkbook_core::{KeyStore, KeyStoreRefused, SyncOptions, Synced, Walkbook};
use walkbook_model::{UserId, WalkListId};
use walkbook_server::routes::{App, Backlog, Limits};
use walkbook_server::server::{Connections, Server};
use walkbook_server::tls::{Authority, Certificates, Source};
use walkbook_sync::InvitationLink;
use walkbook_town::real::{REGION, Town, now};

/// What a bad mobile network makes of a round trip.
pub const ROUND_TRIP: Duration = Duration::from_millis(300);

/// A town's server, near by and behind a slow wire.
pub struct Region {
    /// The town.
    pub town: Town,
    /// Ports that lead to it, with what is said of each.
    pub ways: [(&'static str, u16); 2],
    authority: Vec<u8>,
    runtime: Runtime,
    _server: Server,
}

/// A phone of somebody, with a folder of its own.
pub struct Caller {
    /// What an app holds.
    pub walkbook: Arc<Walkbook>,
    folder: TempDir,
}

impl Region {
    /// Serves a town of so many doors, all on one list.
    pub fn serve(folder: &Path, doors: usize) -> Self {
        Self::serve_lists(folder, 1, doors, Limits::default())
    }

    /// The same with more lists, of so many doors each, and within these limits.
    pub fn serve_lists(folder: &Path, lists: usize, doors: usize, limits: Limits) -> Self {
        let town = Town::build(folder, lists * doors, doors);
        let runtime = Runtime::new().unwrap();
        let entered = runtime.enter();
        let tls = folder.join("tls");
        Authority::make(&tls, REGION, now()).unwrap();
        let authority = Authority::read(&tls).unwrap().certificate().to_vec();
        let source = Source::Private { folder: tls, hosts: vec!["localhost".into()] };
        let certificates = Certificates::load(source, now()).unwrap();
        let app = App::new(town.engine.clone(), town.store.clone(), Arc::new(Nothing), limits, None);
        let server =
            Server::start(Arc::new(app), certificates, "127.0.0.1:0".parse().unwrap(), Connections::default()).unwrap();
        let near = server.address().port();
        let ways = [("loopback", near), ("300 ms round trip", crate::wire::delay(near, ROUND_TRIP))];
        drop(entered);
        Self { town, ways, authority, runtime, _server: server }
    }

    /// People who have a list together.
    pub fn people(&self, list: WalkListId, count: usize) -> Vec<UserId> {
        let users: Vec<UserId> = (0..count).map(|_| self.town.user()).collect();
        self.town.assign(list, &users);
        users
    }

    /// A phone that has redeemed its invitation, and nothing more.
    pub fn enrol(&self, user: UserId, port: u16) -> Caller {
        let link = InvitationLink {
            server: format!("https://localhost:{port}").parse().unwrap(),
            tenant: self.town.tenant,
            code: self.town.invite(user),
            authority: Some(self.authority.clone()),
        };
        let folder = tempfile::tempdir().unwrap();
        let walkbook = open(folder.path());
        self.runtime.block_on(walkbook.enrol(&link.to_text(), Arc::new(now))).unwrap();
        Caller { walkbook, folder }.anew()
    }

    /// One call of the app's to exchange.
    pub fn sync(&self, caller: &Caller) -> Synced {
        self.runtime.block_on(caller.walkbook.sync(SyncOptions::default(), Arc::new(now))).unwrap()
    }
}

impl Caller {
    /// The same phone, its app started anew: no connection is open.
    #[must_use]
    pub fn anew(self) -> Self {
        let Self { walkbook, folder } = self;
        drop(walkbook);
        Self { walkbook: open(folder.path()), folder }
    }

    /// The folder that only this phone uses.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

fn open(folder: &Path) -> Arc<Walkbook> {
    Arc::new(Walkbook::open(folder, &Plain, None, now()).unwrap())
}

/// Nothing is handed on while this is measured.
struct Nothing;

impl Backlog for Nothing {
    fn nudge(&self) {}

    fn is_alive(&self) -> bool {
        true
    }

    fn counts(&self) -> [u64; 3] {
        [0; 3]
    }
}

struct Plain;

impl KeyStore for Plain {
    fn wrap(&self, key: Vec<u8>) -> Result<Vec<u8>, KeyStoreRefused> {
        Ok(key)
    }

    fn unwrap(&self, wrapped: Vec<u8>) -> Result<Vec<u8>, KeyStoreRefused> {
        Ok(wrapped)
    }
}
