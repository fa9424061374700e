//! Two regions, and a third that nobody runs.

use super::*;
use crate::store::conformance::world::{AINO, NORTH, SOUTH, at, by_operator, settle};
use crate::store::{Directory, EmbeddedStore, Options, Registrations};
use spoken::Question;
use std::collections::BTreeSet;
use tempfile::TempDir;
use walkbook_vault::{RegistrationTag, SystemRandom};

const REGIONS: [&str; 3] = ["ap-south-1", "eu-west-1", "us-west-1"];

struct Server {
    directory: Arc<Registration>,
    store: Arc<EmbeddedStore>,
    folder: TempDir,
}

fn place(name: &str) -> Place {
    Place { url: format!("https://{name}.example"), authorities: None }
}

fn key(byte: u8) -> SealKey {
    SealKey::from_bytes([byte; 32])
}

impl Server {
    fn of(region: &str) -> Self {
        Self::with_key(region, 7)
    }

    fn with_key(region: &str, shared: u8) -> Self {
        let (folder, random) = (tempfile::tempdir().unwrap(), Arc::new(SystemRandom::new()));
        let store = EmbeddedStore::open(folder.path(), region, key(1), random.clone(), Options::default()).unwrap();
        let store = Arc::new(store);
        let others = REGIONS.into_iter().filter(|name| *name != region).map(|name| (name.to_owned(), place(name)));
        let (layout, own) = (Layout::new(folder.path()), place(region));
        let directory =
            Registration::new(&key(shared), (region, &own), &others.collect(), layout, store.clone(), random).unwrap();
        Self { directory, store, folder }
    }

    /// It has looked into its store.
    fn looks(&self) {
        let tags = self.directory.own.look(&self.directory.name).unwrap();
        let own = &self.directory.regions[&self.directory.name];
        own.replace(tags);
        own.has_answered(at(0));
    }

    /// What another server asks this one.
    fn question(&self, from: &Self, known: tags::Version) -> Question {
        let [from, to] = [from, self].map(|server| server.directory.name.clone());
        Question { from, to, at: at(0), nonce: [3; 16], known, after: None }
    }

    fn answers(&self, question: &Question, shared: u8) -> Result<Answer, Untold> {
        let key = RegistrationKey::new(&key(shared));
        let asked = question.to_bytes(&key).unwrap();
        let answer = self.directory.answer(&asked, at(0))?;
        Ok(Answer::from_bytes(&key, &asked, &answer).unwrap())
    }

    fn order(&self, email: &str) -> Vec<String> {
        self.directory.find(&email.parse().unwrap()).unwrap().into_iter().map(|(name, _)| name).collect()
    }

    fn tag(&self, email: &str) -> RegistrationTag {
        self.directory.key.tag(&email.parse().unwrap())
    }
}

#[test]
fn whoever_is_somewhere_is_looked_for_there_first_and_whoever_is_nowhere_somewhere() {
    let server = Server::of("eu-west-1");
    settle(&*server.store, NORTH);
    server.looks();
    let strangers: Vec<_> = (0..100).map(|number| server.order(&format!("{number}@example.org"))).collect();
    let firsts: BTreeSet<_> = strangers.iter().map(|order| order[0].clone()).collect();
    assert_eq!(firsts, REGIONS.map(str::to_owned).into());
    // Every region is always named, and every server says the same of whom it does not know.
    let other = Server::of("us-west-1");
    other.looks();
    for (number, order) in strangers.iter().enumerate() {
        assert_eq!(order.iter().cloned().collect::<BTreeSet<_>>(), firsts);
        assert_eq!(*order, other.order(&format!("{number}@example.org")));
    }
    let elsewhere = (0..100).find(|number| strangers[*number][0] != "eu-west-1").unwrap();
    let email = format!("{elsewhere}@example.org");
    server.store.register(NORTH, AINO, Some(server.tag(&email)), by_operator(1)).unwrap();
    server.looks();
    assert_eq!(server.order(&email)[0], "eu-west-1");
    assert_eq!(server.order(&email.to_uppercase())[0], "eu-west-1");
    server.store.register(NORTH, AINO, None, by_operator(2)).unwrap();
    server.looks();
    assert_eq!(server.order(&email), strangers[elsewhere]);
}

#[test]
fn only_tenants_of_the_own_region_that_are_not_erased_are_told_of() {
    let server = Server::of("eu-west-1");
    settle(&*server.store, NORTH);
    settle(&*server.store, SOUTH);
    for (tenant, email) in [(NORTH, "north@example.org"), (SOUTH, "south@example.org")] {
        server.store.register(tenant, AINO, Some(server.tag(email)), by_operator(1)).unwrap();
    }
    server.looks();
    assert_eq!(server.directory.known()[1].people, 2);
    server.store.destroy_tenant_key(SOUTH, at(2)).unwrap();
    server.looks();
    assert_eq!(server.directory.known()[1].people, 1);
    assert!(server.directory.regions["eu-west-1"].tags().contains(server.tag("north@example.org")));
}

#[test]
fn another_region_is_told_all_and_nothing_where_it_has_that_already() {
    let (server, other) = (Server::of("eu-west-1"), Server::of("us-west-1"));
    settle(&*server.store, NORTH);
    server.store.register(NORTH, AINO, Some(server.tag("aino@example.org")), by_operator(1)).unwrap();
    server.looks();
    let answer = server.answers(&server.question(&other, [0; 16]), 7).unwrap();
    let page = answer.page.unwrap();
    assert!(page.is_last && page.tags == [server.tag("aino@example.org")]);
    let again = server.answers(&server.question(&other, answer.version), 7).unwrap();
    assert!(again.page.is_none());
}

#[test]
fn whoever_has_not_the_key_or_is_no_region_or_asks_another_or_at_another_time_is_told_nothing() {
    let (server, other) = (Server::of("eu-west-1"), Server::of("us-west-1"));
    let asked = || server.question(&other, [0; 16]);
    server.looks();
    assert!(server.answers(&asked(), 7).is_ok());
    assert_eq!(server.answers(&asked(), 8).err(), Some(Untold::NotOfUs));
    let ago = |ms: i64| Question { at: at(0).shifted_ms(ms), ..asked() };
    for wrong in [
        Question { from: "nowhere-1".into(), ..asked() },
        Question { from: "eu-west-1".into(), ..asked() },
        Question { to: "us-west-1".into(), ..asked() },
        ago(-300_001),
        ago(300_001),
    ] {
        assert_eq!(server.answers(&wrong, 7).err(), Some(Untold::NotOfUs));
    }
    assert!(server.answers(&ago(-300_000), 7).is_ok());
    for rubbish in [&[][..], &[0; 512]] {
        assert!(server.directory.answer(rubbish, at(0)).is_err());
    }
}

#[test]
fn a_server_that_has_just_started_tells_nobody_that_nobody_is_here() {
    let (server, other) = (Server::of("eu-west-1"), Server::of("us-west-1"));
    assert_eq!(server.answers(&server.question(&other, [0; 16]), 7).err(), Some(Untold::NotYet));
    assert_eq!(server.directory.find(&"aino@example.org".parse().unwrap()), Err(Untold::NotYet));
    server.looks();
    assert!(server.answers(&server.question(&other, [0; 16]), 7).is_ok());
}

#[test]
fn what_was_told_is_known_after_a_restart_and_what_is_damaged_is_asked_for_anew() {
    let server = Server::of("eu-west-1");
    let layout = Layout::new(server.folder.path());
    let tags = Tags::of(vec![server.tag("wanda@example.org")]);
    layout.keep_registrations("us-west-1", &tags.to_bytes()).unwrap();
    assert!(asking::kept(&layout, "us-west-1") == tags);
    layout.keep_registrations("us-west-1", &[1; 17]).unwrap();
    assert!(asking::kept(&layout, "us-west-1") == Tags::default());
    assert!(asking::kept(&layout, "ap-south-1") == Tags::default());
}

#[test]
fn a_regions_name_may_be_a_files_and_nothing_else() {
    assert!(["eu-west-1", "a", "0"].into_iter().all(|name| checked(name).is_ok()));
    let long = "a".repeat(65);
    assert!(["", "..", "../x", "a/b", "EU", "a.b", "ä", &long].into_iter().all(|name| checked(name).is_err()));
}
