//! A device that was let in. What it signs is its own business.

use crate::world::World;
use reqwest::{Body, Client, Response};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use walkbook_ledger::{Header, Payload, Subject};
use walkbook_model::{ContentHash, DeviceId, DoorId, HybridClock, Interaction, Outcome, Timestamp};
use walkbook_sync::{EnrolRequest, Enrolled, Frame, FrameReader, Hello, InvitationLink, Request, Run, RunEntry};
use walkbook_vault::{
    ChainHash, RequestParts, RequestProof, Salt, SecureRandom, SoftwareSigner, SystemRandom, make_device_key,
    payload_hash, sign_request, sign_tip,
};

#[derive(Clone)]
pub(crate) struct Device {
    client: Client,
    url: String,
    path: String,
    signer: Arc<SoftwareSigner>,
    authority: Vec<u8>,
    pub(crate) id: DeviceId,
    list: walkbook_model::WalkListId,
    clock: HybridClock,
    tip: ChainHash,
    last_seq: u64,
}

pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_ms(u64::try_from(since.as_millis()).unwrap())
}

impl Device {
    pub(crate) async fn enrolled(world: &World, link: &InvitationLink) -> Self {
        let random = Arc::new(SystemRandom::new());
        let signer = SoftwareSigner::from_pkcs8(&make_device_key(&*random).unwrap(), random).unwrap();
        let authority = link.authority.clone().unwrap();
        let client = World::client(&authority);
        let request = EnrolRequest::new(link.tenant, *link.code.expose(), &signer).unwrap();
        let enrol = client.post(world.url(&world.path("enrol"))).header("content-type", "application/walkbook");
        let answer = enrol.body(request.to_bytes()).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let id = Enrolled::from_bytes(&answer.bytes().await.unwrap()).unwrap().device;
        let path = world.path("sync");
        let (url, clock, tip) = (world.url(&path), HybridClock::default(), ChainHash::start(id));
        Self { client, url, path, signer: Arc::new(signer), authority, id, list: world.list, clock, tip, last_seq: 0 }
    }

    /// The same device over a connection of its own.
    pub(crate) fn by_another_way(&self) -> Self {
        Self { client: World::client(&self.authority), ..self.clone() }
    }

    /// A proof that this body is the device's, good for one request.
    pub(crate) fn proof(&self, body: &[u8]) -> String {
        let mut nonce = [0; 16];
        SystemRandom::new().fill(&mut nonce).unwrap();
        let at_ms = now().as_ms();
        let body_hash = ContentHash::of(body);
        let parts = RequestParts { method: "POST", path: &self.path, at_ms, nonce, body_hash };
        let signature = sign_request(&*self.signer, &parts).unwrap();
        RequestProof { device: self.id, at_ms, nonce, signature }.format()
    }

    /// Sends a body with a proof, whether they belong together or not.
    pub(crate) async fn send_with(&self, proof: &str, body: impl Into<Body>) -> reqwest::Result<Response> {
        let request = self.client.post(&self.url).header("content-type", "application/walkbook");
        request.header("walkbook-proof", proof).body(body).send().await
    }

    /// Sends a body, rightly proven.
    pub(crate) async fn send(&self, body: Vec<u8>) -> Response {
        self.send_with(&self.proof(&body), body).await.unwrap()
    }

    pub(crate) fn hello(&self) -> Hello {
        Hello::new(self.id, now(), self.last_seq)
    }

    /// What an honest phone sends for so many new knocks, and the log's end after them.
    pub(crate) fn shift(&self, knocks: u64) -> (Request, ChainHash) {
        let (mut clock, mut tip, mut entries) = (self.clock, self.tip, Vec::new());
        for seq in self.last_seq + 1..=self.last_seq + knocks {
            // A door that is on no list: the entry is told of, and the log goes on.
            let subject = Subject::Door(DoorId::from_bytes([7; 16]));
            let header = Header { seq, moment: clock.tick(now()), subject, epoch: 0 };
            let knock = Interaction::of_outcome(self.list, None, Outcome::NotHome);
            let payload = Payload::Interaction(knock).to_bytes();
            let salt = Salt::from_bytes([u8::try_from(seq % 256).unwrap(); 16]);
            tip = tip.next(&header.to_bytes(), payload_hash(salt, &payload));
            entries.push(RunEntry { header, body: Ok((salt, payload)) });
        }
        let signature = sign_tip(&*self.signer, self.id, self.last_seq + knocks, tip).unwrap();
        let run = Run::new(self.tip.to_bytes(), &entries, *signature.as_bytes());
        (Request { hello: self.hello(), runs: vec![run] }, tip)
    }

    /// An honest exchange, after which the server has the log.
    pub(crate) async fn exchange(&mut self) {
        let (request, tip) = self.shift(3);
        let answer = self.send(request.to_bytes()).await;
        assert_eq!(answer.status(), 200);
        let frames = FrameReader::new().push(&answer.bytes().await.unwrap()).unwrap();
        let Some(Frame::Welcome(welcome)) = frames.first() else { panic!("{frames:?}") };
        assert_eq!(welcome.last_seq, self.last_seq + 3);
        assert!(matches!(frames.last(), Some(Frame::End(_))), "{frames:?}");
        (self.last_seq, self.tip) = (self.last_seq + 3, tip);
    }
}
