//! The registration directory: finding out who is anywhere, standing in a region's place, and what of anybody crosses between regions.

#[path = "registrations/impostor.rs"]
mod impostor;
#[path = "registrations/relay.rs"]
mod relay;

use crate::device::{problem, refused};
use crate::regions::{bytes_of, holds, is_of_a_resolver, sockets};
use crate::world::{Region, World};
use impostor::Impostor;
use relay::Relay;
use reqwest::{Client, Response};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};
use walkbook_model::ContentHash;
use walkbook_server::config::read_master_key;
use walkbook_server::store::audit::Deed;
use walkbook_sync::{FindRegion, FoundRegions};
use walkbook_vault::RegistrationKey;

const PATIENCE: Duration = Duration::from_secs(120);

/// Two regions whose servers ask each other, each through a relay that may be cut.
struct Two {
    world: World,
    to_home: Relay,
    to_away: Relay,
}

impl Two {
    fn at_rest() -> Self {
        let mut world = World::at_rest();
        let (to_home, to_away) = (Relay::start(), Relay::start());
        let key = world.home.run_for_one(&["region", "key"]);
        std::fs::copy(&key, world.away.folder().join("registrations.key")).unwrap();
        knows(&world.home, "us-west-1", to_away.port(), &authority(&world.away));
        knows(&world.away, "eu-west-1", to_home.port(), &authority(&world.home));
        for region in [&mut world.home, &mut world.away] {
            region.with_option("--registrations-every", "1");
            region.with_option("--pace-of-finding", "1000000/1000000");
        }
        Self { world, to_home, to_away }
    }

    fn start() -> Self {
        let mut two = Self::at_rest();
        two.serve_home();
        two.serve_away();
        two
    }

    fn serve_home(&mut self) {
        self.world.home.serve();
        self.to_home.leads_to(Some(self.world.home.port()));
    }

    fn serve_away(&mut self) {
        self.world.away.serve();
        self.to_away.leads_to(Some(self.world.away.port()));
    }

    /// What the home region's server says of an address, and the other one's.
    async fn orders(&self, email: &str) -> [Vec<String>; 2] {
        let home = order(&self.world.client(), &self.world.home, email).await;
        [home, order(&self.world.away_client(), &self.world.away, email).await]
    }

    /// Both say that this is where to look first.
    async fn both_say(&self, email: &str, first: &str) {
        let started = Instant::now();
        while self.orders(email).await.iter().any(|order| order[0] != first) {
            assert!(started.elapsed() < PATIENCE, "{}\n{}", self.world.home.logs(), self.world.away.logs());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// An address that nobody has, and for which this region would stand first.
    async fn nobodys(&self, first: &str) -> String {
        for number in 0..64 {
            let email = format!("Walker.{number}@Movement.example");
            if order(&self.world.client(), &self.world.home, &email).await[0] == first {
                return email;
            }
        }
        panic!("{first} stands first for nobody");
    }

    fn register(&self, name: &str, email: &str) {
        let (user, north) = (self.world.user(name).to_string(), self.world.names.north.to_string());
        self.world.home.run(&["user", "email", &user, email, "--tenant", &north]);
    }
}

fn authority(region: &Region) -> String {
    region.folder().join("tls/authority.pem").to_str().unwrap().to_owned()
}

fn knows(region: &Region, other: &str, port: u16, authority: &str) {
    region.run(&["region", "add", other, &format!("https://localhost:{port}"), "--authority", authority]);
}

async fn sends(client: &Client, region: &Region, path: &str, body: Vec<u8>) -> Response {
    let request = client.post(region.url(path)).header("content-type", "application/walkbook");
    request.body(body).send().await.unwrap()
}

async fn asks(client: &Client, region: &Region, email: &str) -> Response {
    sends(client, region, "/v1/find-region", FindRegion { email: email.into() }.to_bytes()).await
}

async fn order(client: &Client, region: &Region, email: &str) -> Vec<String> {
    let started = Instant::now();
    let answer = loop {
        let answer = asks(client, region, email).await;
        // It has just started.
        if answer.status() != 503 || started.elapsed() > PATIENCE {
            break answer;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(answer.status(), 200);
    let found = FoundRegions::from_bytes(&answer.bytes().await.unwrap()).unwrap();
    found.regions.into_iter().map(|(name, _)| name).collect()
}

/// A file comes to have so many bytes.
async fn has(file: &Path, bytes: usize) {
    let started = Instant::now();
    while std::fs::read(file).unwrap().len() != bytes {
        assert!(started.elapsed() < PATIENCE, "{} has other than {bytes} bytes", file.display());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn either_server_says_where_somebody_is_until_they_are_there_no_more() {
    let two = Two::start();
    let email = two.nobodys("us-west-1").await;
    let (aino, north) = (two.world.user("aino").to_string(), two.world.names.north.to_string());
    let records = two.world.audit(two.world.names.north).len();
    two.register("aino", &email);
    two.both_say(&email.to_uppercase(), "eu-west-1").await;
    two.world.home.run(&["user", "email", &aino, "--none", "--tenant", &north]);
    two.both_say(&email, "us-west-1").await;
    two.register("aino", &email);
    two.both_say(&email, "eu-west-1").await;
    two.world.home.run(&["user", "shut-out", &aino, "--tenant", &north]);
    two.both_say(&email, "us-west-1").await;
    let user = two.world.user("aino");
    let (there, gone) = (Deed::Registered { user }, Deed::Unregistered { user });
    let written = two.world.audited_since(two.world.names.north, records);
    assert_eq!(written, [there.clone(), gone.clone(), there, gone]);
    // Whoever is added is there at once.
    let other = two.nobodys("us-west-1").await;
    two.world.home.run(&["user", "add", "Alma", "--email", &other, "--tenant", &north]);
    two.both_say(&other, "eu-west-1").await;
}

#[tokio::test]
async fn whether_somebody_is_anywhere_is_told_to_nobody() {
    let two = Two::start();
    let email = two.nobodys("us-west-1").await;
    two.register("aino", &email);
    two.both_say(&email, "eu-west-1").await;
    let told = async |email: &str| {
        let answer = asks(&two.world.client(), &two.world.home, email).await;
        let mut head: Vec<_> = answer.headers().iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        head.retain(|(name, _)| name != "date");
        let status = answer.status();
        let mut found = FoundRegions::from_bytes(&answer.bytes().await.unwrap()).unwrap();
        let first = found.regions[0].0.clone();
        found.regions.sort();
        ((status, head, found), first)
    };
    let (known, _) = told(&email).await;
    let mut firsts = BTreeSet::new();
    for number in 0..64 {
        let (unknown, first) = told(&format!("nobody-{number}@movement.example")).await;
        assert_eq!(unknown, known);
        firsts.insert(first);
    }
    assert_eq!(firsts.len(), 2, "a region that stands first says nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_crosses_between_regions_but_keyed_hashes() {
    let mut two = Two::at_rest();
    let names = |region: &Region| bytes_of(region.folder()).into_iter().map(|(name, _)| name).collect::<BTreeSet<_>>();
    let before = names(&two.world.away);
    two.serve_home();
    two.serve_away();
    let email = two.nobodys("us-west-1").await;
    two.register("aino", &email);
    // Every connection of the server that is none of a phone leads to the other region.
    let (process, port) = (two.world.home.process(), two.world.home.port());
    let is_to = |line: &str| line.contains(&format!(":{:04X} ", two.to_away.port()));
    let (mut calls, started) = (0, Instant::now());
    while calls < 3 || two.orders(&email).await[1][0] != "eu-west-1" {
        for socket in sockets(process).into_iter().filter(|socket| socket.local_port != port) {
            assert!(is_to(&socket.line) || is_of_a_resolver(&socket.line), "{}", socket.line);
            calls += usize::from(is_to(&socket.line));
        }
        assert!(started.elapsed() < PATIENCE, "{calls} calls\n{}", two.world.away.logs());
    }
    two.world.home.kill();
    two.world.away.kill();
    let key = read_master_key(&two.world.home.folder().join("registrations.key")).unwrap();
    let tag = RegistrationKey::new(&key).tag(&email.parse().unwrap()).to_bytes();
    let kept = two.world.away.folder().join("registrations/eu-west-1.tags");
    assert_eq!(std::fs::read(&kept).unwrap(), tag);
    let new: Vec<_> = names(&two.world.away).difference(&before).cloned().collect();
    let is_of_a_database = |name: &&String| name.ends_with("-wal") || name.ends_with("-shm");
    let files: Vec<_> = new.iter().filter(|name| !is_of_a_database(name)).collect();
    assert_eq!(files, [kept.to_str().unwrap()]);
    let small = email.to_lowercase();
    let (name, host) = small.split_once('@').unwrap();
    let told = [
        email.clone().into_bytes(),
        small.clone().into_bytes(),
        name.into(),
        host.into(),
        // What anybody could find out by trying addresses.
        ContentHash::of(small.as_bytes()).to_bytes()[..8].to_vec(),
    ];
    let disks = bytes_of(two.world.home.folder()).into_iter().chain(bytes_of(two.world.away.folder()));
    let logs = [two.world.home.logs(), two.world.away.logs()].map(|logs| ("a log".to_owned(), logs.into_bytes()));
    let wires = [&two.to_home, &two.to_away].map(|relay| ("a wire".to_owned(), relay.passed()));
    for (place, bytes) in disks.chain(logs).chain(wires) {
        assert!(told.iter().all(|what| !holds(&bytes, what)), "{place}");
    }
    let of_home = [two.world.names.north.to_bytes(), two.world.user("aino").to_bytes()];
    for (place, bytes) in bytes_of(two.world.away.folder()) {
        assert!(of_home.iter().all(|id| !holds(&bytes, id)), "{place}");
    }
    // Not even the tags are seen by whoever listens in between.
    for relay in [&two.to_home, &two.to_away] {
        assert!(relay.passed().starts_with(&[0x16, 0x03]) && !holds(&relay.passed(), &tag));
    }
}

#[tokio::test]
async fn a_region_that_is_away_is_asked_until_it_is_back_and_who_is_gone_there_by_then_is_gone() {
    let mut two = Two::start();
    let (stays, goes) = (two.nobodys("us-west-1").await, "goes@movement.example");
    two.register("aino", &stays);
    two.both_say(&stays, "eu-west-1").await;
    let tags = two.world.away.folder().join("registrations/eu-west-1.tags");
    two.register("berta", goes);
    has(&tags, 32).await;
    two.to_home.leads_to(None);
    let (berta, north) = (two.world.user("berta").to_string(), two.world.names.north.to_string());
    two.world.home.run(&["user", "email", &berta, "--none", "--tenant", &north]);
    // What was told before counts, also for a server that is started anew meanwhile.
    two.world.away.kill();
    two.serve_away();
    assert_eq!(two.orders(&stays).await[1][0], "eu-west-1");
    let started = Instant::now();
    while !two.world.away.logs().contains("a region cannot be asked") {
        assert!(started.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(std::fs::read(&tags).unwrap().len(), 32);
    two.to_home.leads_to(Some(two.world.home.port()));
    has(&tags, 16).await;
    two.both_say(&stays, "eu-west-1").await;
}

#[tokio::test]
async fn whoever_has_another_key_is_told_nothing_and_believed_nothing() {
    let mut two = Two::at_rest();
    let file = two.world.away.folder().join("registrations.key");
    std::fs::remove_file(&file).unwrap();
    two.world.away.run(&["region", "key"]);
    two.serve_home();
    two.serve_away();
    two.register("aino", "aino@movement.example");
    let started = Instant::now();
    while [&two.world.home, &two.world.away].iter().any(|region| !region.logs().contains("refuses with status 401")) {
        assert!(started.elapsed() < PATIENCE, "{}", two.world.home.logs());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(!two.world.away.folder().join("registrations").exists());
}

#[tokio::test]
async fn whoever_stands_in_a_regions_place_learns_nothing_and_is_not_believed() {
    let mut two = Two::at_rest();
    let impostor = Impostor::start();
    knows(&two.world.home, "us-west-1", impostor.port(), &impostor.authorities());
    two.serve_home();
    two.serve_away();
    two.register("aino", "aino@movement.example");
    let asked = impostor.is_asked().await;
    order(&two.world.away_client(), &two.world.away, "somebody@movement.example").await;
    assert!(!holds(&asked, b"aino") && !holds(&asked, b"movement"));
    // What it was asked is a good question to the region that it stands in the place of, however often, and to no other.
    let (home, away) = (two.world.client(), two.world.away_client());
    let (wanda, west) = (two.world.user("wanda").to_string(), two.world.names.west.to_string());
    two.world.away.run(&["user", "email", &wanda, "wanda@movement.example", "--tenant", &west]);
    let started = Instant::now();
    loop {
        let answer = sends(&away, &two.world.away, "/v1/registrations", asked.clone()).await;
        assert_eq!(answer.status(), 200);
        // To the question that was asked then, and to none that is asked now.
        let answer = answer.bytes().await.unwrap().to_vec();
        let tells_of_her = answer.len() > 16 + 32;
        impostor.answers(answer);
        impostor.is_asked().await;
        impostor.is_asked().await;
        if tells_of_her {
            break;
        }
        assert!(started.elapsed() < PATIENCE);
    }
    refused(sends(&home, &two.world.home, "/v1/registrations", asked.clone()).await, 401, "unproven").await;
    for lie in [Vec::new(), asked.clone(), vec![0; 64], vec![0; 1024 * 1024]] {
        impostor.answers(lie);
        impostor.is_asked().await;
        impostor.is_asked().await;
    }
    assert!(!two.world.home.folder().join("registrations").exists());
    assert!(two.world.home.logs().contains("is not proven"), "{}", two.world.home.logs());
}

#[tokio::test]
async fn what_is_no_question_is_refused_before_it_costs_anything() {
    let two = Two::start();
    let (client, home) = (two.world.client(), &two.world.home);
    order(&client, home, "somebody@movement.example").await;
    for email in ["", "aino", "@", "a b@example.org", &"x".repeat(300)] {
        refused(asks(&client, home, email).await, 400, "malformed").await;
    }
    let endless = b"\x81\x9b\xff\xff\xff\xff\xff\xff\xff\xff".to_vec();
    for rubbish in [Vec::new(), b"{}".to_vec(), endless] {
        refused(sends(&client, home, "/v1/find-region", rubbish.clone()).await, 400, "malformed").await;
        refused(sends(&client, home, "/v1/registrations", rubbish).await, 401, "unproven").await;
    }
    for path in ["/v1/find-region", "/v1/registrations"] {
        refused(sends(&client, home, path, vec![0; 513]).await, 413, "too-large").await;
        refused(client.post(home.url(path)).body("{}").send().await.unwrap(), 415, "media-type").await;
    }
    assert!(!home.logs().contains("aino"));
}

#[tokio::test]
async fn whoever_tries_addresses_is_told_to_come_later() {
    let mut two = Two::at_rest();
    two.world.home.with_option("--pace-of-finding", "5/1");
    two.serve_home();
    let client = two.world.client();
    for number in 0..5 {
        let answer = asks(&client, &two.world.home, &format!("{number}@movement.example")).await;
        // Whether it knows already who is there.
        assert!(matches!(answer.status().as_u16(), 200 | 503));
    }
    let answer = asks(&client, &two.world.home, "6@movement.example").await;
    assert!(answer.headers().contains_key("retry-after"));
    refused(answer, 429, "too-many").await;
    assert_eq!(client.get(two.world.home.url("/healthz")).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn where_there_is_no_directory_nobody_is_registered_or_looked_for() {
    let world = World::start();
    let (status, code, _) = problem(asks(&world.client(), &world.home, "aino@movement.example").await).await;
    assert_eq!((status, code.as_str()), (404, "not-found"));
    let (aino, north) = (world.user("aino").to_string(), world.names.north.to_string());
    let said = world.home.attempt(&["user", "email", &aino, "aino@movement.example", "--tenant", &north]);
    assert_eq!(said.code, Some(1));
    assert!(said.to_people.contains("region key"), "{}", said.to_people);
}

#[test]
fn nobody_registers_somebody_but_who_may_invite_their_phone() {
    let world = World::at_rest();
    world.home.run(&["region", "key"]);
    let berta = world.user("berta").to_string();
    let (before, registered) = (world.stand(), ["user", "email", &berta, "mallory@movement.example"]);
    for name in ["mallory", "lea", "anna", "sam"] {
        let said = world.home.attempt_by(world.user(name), world.names.north, &registered);
        assert_eq!((said.code, said.results.as_str()), (Some(1), ""), "{name}");
    }
    let south = world.names.south.to_string();
    let other = [&registered[..], &["--tenant", &south]].concat();
    assert_eq!(world.home.attempt(&other).code, Some(1));
    before.is_still(&world.stand());
    let said = world.home.attempt_by(world.user("olga"), world.names.north, &registered);
    assert_eq!(said.code, Some(0), "{}", said.to_people);
}
