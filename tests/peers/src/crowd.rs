//! Phones as a server sees them: keys, logs and connections of their own, without databases behind them.

use reqwest::{Client, Response};
use rustls::client::Resumption;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use walkbook_ledger::{Base, Header, Payload, Subject};
use walkbook_model::{
    Address, ContentHash, DeviceId, Door, DoorId, EffortId, HybridClock, Interaction, Outcome, Role, TenantId, UserId,
    WalkList, WalkListId,
};
use walkbook_server::store::{By, Enrolment, ListUpdate, NewBase, Stamp, Store, Tenant, User};
use walkbook_sync::{Frame, FrameReader, Hello, ListCursor, Request, Run, RunEntry};
use walkbook_town::real::{REGION, now};
use walkbook_vault::{
    ChainHash, Challenge, RequestParts, RequestProof, Salt, SecureRandom, Signer, SoftwareSigner, SystemRandom,
    make_device_key, payload_hash, sign_request, sign_tip,
};

/// Phones that work one list.
const TEAM: usize = 10;
/// Doors of a list.
const DOORS: usize = 20;

/// Phones that have been let in, with what they have yet to send.
pub struct Crowd {
    tenant: TenantId,
    /// All of the phones.
    pub phones: Vec<Phone>,
    /// How often a server was busy, and a phone came again.
    pub came_again: AtomicUsize,
    tls: ClientConfig,
}

/// One phone.
pub struct Phone {
    device: DeviceId,
    signer: SoftwareSigner,
    list: WalkListId,
    cursor: Option<ListCursor>,
    body: Vec<u8>,
    /// What the last answer gave it.
    challenge: Mutex<Option<Challenge>>,
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).unwrap();
    bytes
}

impl Crowd {
    /// Lets so many phones in, each of somebody else, ten to a list of twenty doors.
    pub fn settle(store: &dyn Store, authority: &[u8], phones: usize) -> Self {
        let tenant = TenantId::from_bytes(random());
        store.create_tenant(&Tenant { id: tenant, name: "Crowd".into(), region: REGION.into() }, now()).unwrap();
        let came_again = AtomicUsize::new(0);
        let mut crowd = Self { tenant, phones: Vec::with_capacity(phones), came_again, tls: tls(authority) };
        while crowd.phones.len() < phones {
            let (list, users) = crowd.make_team(store, TEAM.min(phones - crowd.phones.len()));
            for user in users {
                let source = Arc::new(SystemRandom::new());
                let key = make_device_key(&*source).unwrap();
                let signer = SoftwareSigner::from_pkcs8(&key, source).unwrap();
                let public_key = signer.public_key();
                let device = DeviceId::derive(&[&tenant.to_bytes(), public_key.as_bytes()]);
                store.enrol_device(tenant, user, &Enrolment { device, public_key }, now()).unwrap();
                crowd.phones.push(Phone {
                    device,
                    signer,
                    list,
                    cursor: None,
                    body: Vec::new(),
                    challenge: Mutex::default(),
                });
            }
        }
        crowd
    }

    fn make_team(&self, store: &dyn Store, people: usize) -> (WalkListId, Vec<UserId>) {
        let list = WalkListId::from_bytes(random());
        let users: Vec<UserId> = (0..people).map(|_| UserId::from_bytes(random())).collect();
        let doors: Vec<DoorId> = (0..DOORS).map(|number| door_of(list, number)).collect();
        let base = |(number, door): (usize, &DoorId)| {
            let address =
                Address { street: "Made-up Street".into(), number: (number + 1).to_string(), ..Address::default() };
            let door = Door { id: *door, address, position: None, access_notes: String::new(), contacts: Vec::new() };
            NewBase { subject: Subject::Door(door.id), bytes: Base::first(door).to_bytes() }
        };
        store.put_bases(self.tenant, &doors.iter().enumerate().map(base).collect::<Vec<_>>()).unwrap();
        let effort = EffortId::from_bytes([1; 16]);
        let record = WalkList {
            id: list,
            effort,
            name: "Made-up Street".into(),
            script: None,
            assigned: users.clone(),
            doors: doors.clone(),
        };
        store.make_list(self.tenant, list, &Base::first(record).to_bytes(), &doors).unwrap();
        for user in &users {
            let somebody = User { id: *user, label: "Somebody".into(), role: Role::Canvasser };
            store.put_user(self.tenant, &somebody, Stamp::new(By::Operator, now())).unwrap();
        }
        let assigned: Vec<ListUpdate> = users.iter().map(|user| ListUpdate::Assign(list, *user)).collect();
        store.update_lists(self.tenant, &assigned, now()).unwrap();
        (list, users)
    }

    /// Each list is downloaded once: its mark is every phone's of the team.
    pub async fn download(&mut self, ports: &[u16]) {
        for team in 0..self.phones.len().div_ceil(TEAM) {
            let first = team * TEAM;
            self.phones[first].get_ready(0);
            let answer = self.exchange(&self.connect(), ports[team % ports.len()], first).await;
            let frames = FrameReader::new().push(&answer.bytes().await.unwrap()).unwrap();
            let cursor = frames.iter().rev().find_map(|frame| match frame {
                Frame::Cursor(cursor) => Some(cursor.clone()),
                _ => None,
            });
            let end = (first + TEAM).min(self.phones.len());
            self.phones[first..end].iter_mut().for_each(|phone| phone.cursor.clone_from(&cursor));
        }
    }

    /// Everybody has knocked so often since the last time, signed and packed.
    pub fn get_ready(&mut self, knocks: usize) {
        self.phones.iter_mut().for_each(|phone| phone.get_ready(knocks));
    }

    /// A connection of a phone's own, which resumes no earlier one.
    pub fn connect(&self) -> Client {
        Client::builder().tls_backend_preconfigured(self.tls.clone()).no_proxy().build().unwrap()
    }

    /// One request of a phone's, and the head of its answer. Where the server is busy, the phone comes again a second later.
    pub async fn exchange(&self, client: &Client, port: u16, phone: usize) -> Response {
        let phone = &self.phones[phone];
        let path = format!("/v1/tenants/{}/sync", self.tenant);
        loop {
            let request = client.post(format!("https://localhost:{port}{path}"));
            let request = request.header("content-type", "application/walkbook");
            let request = request.header("walkbook-proof", phone.proof("POST", &path, &phone.body));
            let answer = request.body(phone.body.clone()).send().await.unwrap();
            if answer.status() != 503 {
                assert_eq!(answer.status(), 200, "a phone was refused");
                let given = &answer.headers()["walkbook-challenge"];
                *phone.challenge.lock().unwrap() = Some(given.to_str().unwrap().parse().unwrap());
                return answer;
            }
            self.came_again.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// A phone that stays open.
    pub async fn listen(&self, client: &Client, port: u16, phone: usize) -> Response {
        let path = format!("/v1/tenants/{}/live", self.tenant);
        let request = client.get(format!("https://localhost:{port}{path}"));
        let proof = self.phones[phone].proof("GET", &path, &[]);
        let answer = request.header("walkbook-proof", proof).send().await.unwrap();
        assert_eq!(answer.status(), 200, "a phone may not listen");
        answer
    }
}

impl Phone {
    /// Writes and signs so many knocks on top of what was sent, and packs them.
    fn get_ready(&mut self, knocks: usize) {
        let mut clock = HybridClock::default();
        let (start, mut tip) = (ChainHash::start(self.device), ChainHash::start(self.device));
        let mut entries = Vec::with_capacity(knocks);
        for number in 0..knocks {
            let seq = number as u64 + 1;
            let subject = Subject::Door(door_of(self.list, number % DOORS));
            let payload = Payload::Interaction(Interaction::of_outcome(self.list, None, Outcome::NotHome)).to_bytes();
            let salt = Salt::from_bytes(random());
            let header = Header { seq, moment: clock.tick(now()), subject, epoch: 0 };
            tip = tip.next(&header.to_bytes(), payload_hash(salt, &payload));
            entries.push(RunEntry { header, body: Ok((salt, payload)) });
        }
        let seq = knocks as u64;
        let runs = if entries.is_empty() {
            Vec::new()
        } else {
            let signature = sign_tip(&self.signer, self.device, seq, tip).unwrap();
            vec![Run::new(start.to_bytes(), &entries, *signature.as_bytes())]
        };
        let hello = Hello { lists: self.cursor.iter().cloned().collect(), ..Hello::new(self.device, now(), seq) };
        self.body = Request { hello, runs }.to_bytes();
    }

    /// Signed when it is sent: a proof is good for minutes.
    fn proof(&self, method: &str, path: &str, body: &[u8]) -> String {
        let (at_ms, nonce, challenge) = (now().as_ms(), random(), *self.challenge.lock().unwrap());
        let parts = RequestParts { method, path, at_ms, nonce, challenge, body_hash: ContentHash::of(body) };
        let signature = sign_request(&self.signer, &parts).unwrap();
        RequestProof { device: self.device, at_ms, nonce, challenge, signature }.format()
    }
}

fn door_of(list: WalkListId, number: usize) -> DoorId {
    DoorId::derive(&[&list.to_bytes(), &number.to_be_bytes()])
}

fn tls(authority: &[u8]) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(authority.to_vec())).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.resumption = Resumption::disabled();
    config
}
