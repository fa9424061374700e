//! A tenant of another region: its phones are sent there, and nothing of it, nor of anybody here, goes along.

use crate::device::{Device, enrolment, knock, make_signer, problem, refused, send_enrolment};
use crate::providers::hostile::{Hostile, Signed};
use crate::providers::visitor::Visitor;
use crate::providers::{is_known, signs_in_at};
use crate::world::World;
use std::collections::BTreeSet;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

#[tokio::test]
async fn a_tenant_of_another_region_is_sent_there_and_told_nothing_else() {
    let world = World::start();
    let mallory = Device::enrolled(&world, "mallory").await;
    let before = world.stand();
    let path = format!("/v1/tenants/{}/sync", world.names.west);
    let body = mallory.request().to_bytes();
    let proof = mallory.proof_of(&Device::parts(&path, &body)).format();
    let link = world.link("wanda");
    let told = [
        mallory.post_to(&path, body.clone()).header("walkbook-proof", proof).send().await.unwrap(),
        mallory.post_to(&path, Vec::new()).header("walkbook-proof", "none").send().await.unwrap(),
        send_enrolment(&world, link.tenant, enrolment(&link, &make_signer())).await,
        send_enrolment(&world, link.tenant, b"rubbish".to_vec()).await,
    ];
    for answer in told {
        let (status, code, body) = problem(answer).await;
        assert_eq!((status, code.as_str()), (421, "elsewhere"));
        let members: BTreeSet<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, BTreeSet::from(["region", "status", "title", "type", "url"]));
        assert_eq!((&body["region"], &body["url"]), (&"us-west-1".into(), &"https://localhost:8444".into()));
    }
    before.is_still(&world.stand());
}

#[tokio::test]
async fn whoever_asks_where_to_go_is_told_the_regions_and_nothing_of_tenants() {
    let world = World::start();
    let answer = world.client().get(world.home.url("/.well-known/walkbook")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "application/json");
    let told: serde_json::Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    let wanted = serde_json::json!({
        "region": "eu-west-1", "url": "https://localhost:8443", "versions": [1],
        "regions": { "us-west-1": "https://localhost:8444" },
    });
    assert_eq!(told, wanted);
}

#[test]
fn no_command_works_for_a_tenant_of_another_region() {
    let world = World::at_rest();
    let (west, wanda) = (world.names.west.to_string(), world.user("wanda").to_string());
    let list = world.names.river.to_string();
    let commands: [&[&str]; 8] = [
        &["user", "add", "Walter"],
        &["user", "list"],
        &["user", "invite", &wanda],
        &["list", "board"],
        &["list", "show", &list],
        &["import", crate::world::TOWN],
        &["audit", "list"],
        &["quarantine", "list"],
    ];
    let before = world.stand();
    for command in commands {
        let said = world.home.attempt(&[command, &["--tenant", &west]].concat());
        assert_eq!((said.code, said.results.as_str()), (Some(1), ""), "{command:?}");
        assert!(said.to_people.contains("belongs to the region us-west-1"), "{}", said.to_people);
    }
    before.is_still(&world.stand());
}

#[tokio::test]
async fn a_phone_of_one_region_is_nobody_in_the_other() {
    let mut world = World::start();
    world.away.serve();
    let mallory = Device::enrolled(&world, "mallory").await;
    let body = mallory.request().to_bytes();
    let sent = world.away_client().post(world.away.url(&mallory.path())).header("content-type", "application/walkbook");
    let sent = sent.header("walkbook-proof", mallory.proof(&body)).body(body).send().await.unwrap();
    refused(sent, 401, "unproven").await;
}

/// What is watched while the server works: every connection its process has open, and who comes to the other region's door.
struct Watch {
    ends: Arc<AtomicBool>,
    watching: JoinHandle<Vec<String>>,
    came: Arc<AtomicUsize>,
}

impl Watch {
    /// Watches the sockets of a process that serves at this port.
    fn start(process: u32, port: u16, door: TcpListener) -> Self {
        let (ends, came) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let counting = Arc::clone(&came);
        thread::spawn(move || {
            door.incoming().for_each(|_| {
                counting.fetch_add(1, Ordering::Relaxed);
            })
        });
        let until = Arc::clone(&ends);
        let watching = thread::spawn(move || {
            let mut outgoing = BTreeSet::new();
            while !until.load(Ordering::Relaxed) {
                outgoing.extend(
                    sockets(process).into_iter().filter(|socket| socket.local_port != port).map(|socket| socket.line),
                );
                thread::sleep(Duration::from_micros(500));
            }
            outgoing.into_iter().collect()
        });
        Self { ends, watching, came }
    }

    /// The connections that went out, and how many came to the other region.
    fn end(self) -> (Vec<String>, usize) {
        self.ends.store(true, Ordering::Relaxed);
        (self.watching.join().unwrap(), self.came.load(Ordering::Relaxed))
    }
}

pub(crate) struct Socket {
    pub(crate) local_port: u16,
    pub(crate) line: String,
}

/// Every socket of a process that is of the internet.
pub(crate) fn sockets(process: u32) -> Vec<Socket> {
    let folder = format!("/proc/{process}/fd");
    let Ok(files) = std::fs::read_dir(folder) else { return Vec::new() };
    let links = files.flatten().filter_map(|file| std::fs::read_link(file.path()).ok());
    let own: BTreeSet<String> = links.filter_map(|link| inode(&link)).collect();
    let mut found = Vec::new();
    for kind in ["tcp", "tcp6", "udp", "udp6"] {
        let table = std::fs::read_to_string(format!("/proc/{process}/net/{kind}")).unwrap_or_default();
        for line in table.lines().skip(1) {
            let columns: Vec<&str> = line.split_whitespace().collect();
            if own.contains(columns[9]) {
                let port = columns[1].rsplit(':').next().unwrap();
                found.push(Socket {
                    local_port: u16::from_str_radix(port, 16).unwrap(),
                    line: format!("{kind} {line}"),
                });
            }
        }
    }
    found
}

fn inode(link: &Path) -> Option<String> {
    Some(link.to_str()?.strip_prefix("socket:[")?.trim_end_matches(']').to_owned())
}

/// Every file in a folder, and what is in it.
pub(crate) fn bytes_of(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(bytes_of(&path));
        } else {
            all.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    all.sort_unstable();
    all
}

pub(crate) fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_calls_nobody_and_no_byte_comes_into_the_other_regions_folder() {
    let mut world = World::at_rest();
    // Somebody who would notice stands where the other region's server should be.
    let door = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://localhost:{}", door.local_addr().unwrap().port());
    world.home.run(&["region", "add", "us-west-1", &url]);
    let before = bytes_of(world.away.folder());
    world.home.serve();
    let watch = Watch::start(world.home.process(), world.home.port(), door);
    // A shift in the one region, and phones of the other that come to the wrong server.
    let mut mallory = Device::enrolled(&world, "mallory").await;
    for round in 0..20 {
        mallory.is_served(world.names.river, world.doors(world.names.river)[round]).await;
        let link = world.link("wanda");
        let message = enrolment(&link, &make_signer());
        refused(send_enrolment(&world, link.tenant, message).await, 421, "elsewhere").await;
        let path = format!("/v1/tenants/{}/sync", world.names.west);
        let body = mallory.request().to_bytes();
        let proof = mallory.proof_of(&Device::parts(&path, &body)).format();
        let sent = mallory.post_to(&path, body).header("walkbook-proof", proof).send().await.unwrap();
        refused(sent, 421, "elsewhere").await;
    }
    let (outgoing, came) = watch.end();
    assert_eq!(outgoing, Vec::<String>::new(), "the server has called somebody");
    assert_eq!(came, 0, "somebody has called the other region");
    assert!(bytes_of(world.away.folder()) == before, "the other region's folder has changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn for_a_tenant_with_a_provider_the_server_calls_that_provider_and_nobody_else() {
    let mut world = World::at_rest();
    let door = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://localhost:{}", door.local_addr().unwrap().port());
    world.home.run(&["region", "add", "us-west-1", &url]);
    let hostile = Hostile::start();
    signs_in_at(&world, &hostile.issuer, &hostile.authorities(), &[]);
    is_known(&world, "aino", &["--subject", "aino"]);
    let before = bytes_of(world.away.folder());
    world.home.serve();
    let watch = Watch::start(world.home.process(), world.home.port(), door);
    let mut mallory = Device::enrolled(&world, "mallory").await;
    for round in 0..5 {
        let phone = Visitor::begins(&world, "aino").await;
        hostile.gives(phone.sent("nonce"), Signed::Own, |_| {});
        assert_eq!(phone.brings(&world, phone.makes_up()).await.status(), 200);
        mallory.is_served(world.names.river, world.doors(world.names.river)[round]).await;
    }
    let (_, port) = hostile.issuer.rsplit_once(':').unwrap();
    let port = format!(":{:04X} ", port.parse::<u16>().unwrap());
    let is_to_the_provider = |line: &String| line.starts_with("tcp") && line.contains(&port);
    let open = sockets(world.home.process()).into_iter().filter(|socket| socket.local_port != world.home.port());
    assert!(open.map(|socket| socket.line).any(|line| is_to_the_provider(&line)), "the test does not see the call");
    let (outgoing, came) = watch.end();
    let others: Vec<_> = outgoing.iter().filter(|line| !is_to_the_provider(line) && !is_of_a_resolver(line)).collect();
    assert_eq!(others, Vec::<&String>::new(), "the server has called somebody else");
    assert_eq!(came, 0, "somebody has called the other region");
    assert!(bytes_of(world.away.folder()) == before, "the other region's folder has changed");
}

/// The C library asks the system from where it would reach each address of a name, by a socket that sends nothing.
pub(crate) fn is_of_a_resolver(line: &str) -> bool {
    line.starts_with("udp") && line.contains("0100007F:")
}

#[tokio::test]
async fn neither_regions_folder_knows_anything_of_the_others_people() {
    let mut world = World::start();
    world.away.serve();
    let mut mallory = Device::enrolled(&world, "mallory").await;
    mallory.write_at(world.doors(world.names.river)[0], &knock(world.names.river));
    mallory.sync().await;
    world.home.kill();
    world.away.kill();
    let of_home = [
        world.names.north.to_bytes(),
        world.names.south.to_bytes(),
        mallory.id.to_bytes(),
        world.user("lea").to_bytes(),
    ];
    for (file, bytes) in bytes_of(world.away.folder()) {
        assert!(of_home.iter().all(|id| !holds(&bytes, id)), "{file}");
    }
    // What the one knows of the other's tenant is that it is the other's.
    let wanda = world.user("wanda").to_bytes();
    assert!(bytes_of(world.home.folder()).iter().all(|(_, bytes)| !holds(bytes, &wanda)));
    let knows = bytes_of(world.away.folder()).iter().any(|(_, bytes)| holds(bytes, &wanda));
    assert!(knows, "the test does not find what is there");
}
