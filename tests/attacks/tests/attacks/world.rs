//! Two regions: a server each, tenants, people and lists. Made once; every test begins with a copy of its own.

#[path = "world/region.rs"]
mod region;
#[path = "world/stand.rs"]
mod stand;
#[path = "world/template.rs"]
mod template;

pub(crate) use region::{Region, Said};
pub(crate) use stand::Stand;
pub(crate) use template::TOWN;

use reqwest::{Certificate, Client, ClientBuilder};
use std::path::Path;
use tempfile::TempDir;
use walkbook_model::{ContentHash, DoorId, TeamId, TenantId, UserId, WalkListId};
use walkbook_server::store::audit::Deed;
use walkbook_sync::InvitationLink;

/// Who and what there is. The north has the teams River (Lea leads, Aino and Mallory walk) and Hill (Leo leads, Berta
/// walks), each with a list; Mallory is the one who attacks.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    pub(crate) north: TenantId,
    pub(crate) south: TenantId,
    /// The tenant of the other region.
    pub(crate) west: TenantId,
    pub(crate) river: WalkListId,
    pub(crate) hill: WalkListId,
    /// A list of the north that is nobody's.
    pub(crate) spare: WalkListId,
    /// The south's list.
    pub(crate) theirs: WalkListId,
    /// The version of the script that is worked by the river.
    pub(crate) script: ContentHash,
    /// A version that only the south has.
    pub(crate) their_script: ContentHash,
    pub(crate) river_team: TeamId,
    pub(crate) hill_team: TeamId,
    people: Vec<Person>,
}

#[derive(Debug, Clone)]
struct Person {
    name: &'static str,
    user: UserId,
    link: String,
}

/// What a test has for itself.
pub(crate) struct World {
    pub(crate) names: Names,
    /// The region that is attacked: eu-west-1.
    pub(crate) home: Region,
    /// The other one: us-west-1. It runs only where a test starts it.
    pub(crate) away: Region,
    _folder: TempDir,
}

impl World {
    /// The two regions, with the first one's server running.
    pub(crate) fn start() -> Self {
        let mut world = Self::at_rest();
        world.home.serve();
        world
    }

    /// The two regions, with no server running.
    pub(crate) fn at_rest() -> Self {
        let (folder, names) = template::copy();
        let [home, away] = ["eu", "us"].map(|name| Region::new(folder.path().join(name)));
        Self { names, home, away, _folder: folder }
    }

    pub(crate) fn folder(&self) -> &Path {
        self._folder.path()
    }

    fn person(&self, name: &str) -> &Person {
        self.names.people.iter().find(|person| person.name == name).expect("somebody of the town")
    }

    pub(crate) fn user(&self, name: &str) -> UserId {
        self.person(name).user
    }

    /// The invitation that somebody has not used yet.
    pub(crate) fn link(&self, name: &str) -> InvitationLink {
        InvitationLink::parse(&self.person(name).link).unwrap()
    }

    /// A connection of its own to the region's server.
    pub(crate) fn client(&self) -> Client {
        client(&self.authority())
    }

    /// The certificate of the region's authority.
    pub(crate) fn authority(&self) -> Vec<u8> {
        self.link("aino").authority.unwrap()
    }

    /// A connection to the other region's server.
    pub(crate) fn away_client(&self) -> Client {
        client(&self.link("wanda").authority.unwrap())
    }

    /// The doors on a list of the region, in the order they came onto it.
    pub(crate) fn doors(&self, list: WalkListId) -> Vec<DoorId> {
        let tenant = if list == self.names.theirs { self.names.south } else { self.names.north };
        stand::doors_of(&*self.home.store(), tenant, list)
    }

    /// Everything the region's server holds, but for what it notes of every visit.
    pub(crate) fn stand(&self) -> Stand {
        Stand::of(&*self.home.store())
    }

    /// What a tenant's audit log says, in order.
    pub(crate) fn audit(&self, tenant: TenantId) -> Vec<Deed> {
        stand::audit(&*self.home.store(), tenant)
    }

    /// What was written into a tenant's audit log since it had so many records.
    pub(crate) fn audited_since(&self, tenant: TenantId, records: usize) -> Vec<Deed> {
        self.audit(tenant).split_off(records)
    }
}

/// Somebody's connection, which trusts this authority and nobody else.
pub(crate) fn client(authority: &[u8]) -> Client {
    client_with(authority, |builder| builder)
}

/// The same, but that it is made otherwise.
pub(crate) fn client_with(authority: &[u8], made: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Client {
    let provider = rustls::crypto::ring::default_provider();
    // Another test may have been first.
    let _ = provider.install_default();
    let authority = Certificate::from_der(authority).unwrap();
    made(Client::builder().tls_certs_only([authority]).no_proxy()).build().unwrap()
}
