//! A device that was let in. What it signs, and sends, is its own business.

use crate::world::{World, client, client_with};
use reqwest::{Body, Client, RequestBuilder, Response};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use walkbook_ledger::{Correction, Header, Payload, Subject};
use walkbook_model::{
    ContentHash, DeviceId, DoorId, EntryId, HybridClock, Interaction, Outcome, TenantId, Timestamp, WalkListId,
};
use walkbook_server::store::audit::Deed;
use walkbook_sync::{
    EnrolRequest, Enrolled, Frame, FrameReader, Hello, InvitationLink, Reason, Request, Run, RunEntry, Verdicts,
};
use walkbook_vault::{
    ChainHash, RequestParts, RequestProof, Salt, SecureRandom, Signer, SoftwareSigner, SystemRandom, make_device_key,
    payload_hash, sign_request, sign_tip,
};

#[derive(Clone)]
pub(crate) struct Device {
    client: Client,
    /// Of the server, without a path.
    url: String,
    authority: Vec<u8>,
    pub(crate) signer: Arc<SoftwareSigner>,
    pub(crate) tenant: TenantId,
    pub(crate) id: DeviceId,
    clock: HybridClock,
    log: Vec<(RunEntry, ChainHash)>,
    /// How much of the log the server has.
    pub(crate) sent: u64,
}

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Became {
    Accepted,
    SetAside,
    Refused(Reason),
}

pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp::from_ms(u64::try_from(since.as_millis()).unwrap())
}

pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).unwrap();
    bytes
}

/// A key that nobody knows yet.
pub(crate) fn make_signer() -> Arc<SoftwareSigner> {
    let random = Arc::new(SystemRandom::new());
    Arc::new(SoftwareSigner::from_pkcs8(&make_device_key(&*random).unwrap(), random).unwrap())
}

/// A message that redeems this invitation with this key.
pub(crate) fn enrolment(link: &InvitationLink, signer: &SoftwareSigner) -> Vec<u8> {
    EnrolRequest::new(link.tenant, *link.code.expose(), signer).unwrap().to_bytes()
}

pub(crate) fn enrol_path(tenant: TenantId) -> String {
    format!("/v1/tenants/{tenant}/enrol")
}

/// Asks for the invitation of this message to be redeemed.
pub(crate) async fn send_enrolment(world: &World, tenant: TenantId, message: Vec<u8>) -> Response {
    let request = world.client().post(world.home.url(&enrol_path(tenant)));
    request.header("content-type", "application/walkbook").body(message).send().await.unwrap()
}

/// A refusal's status and code, and all that it says.
pub(crate) async fn problem(answer: Response) -> (u16, String, serde_json::Value) {
    let status = answer.status().as_u16();
    assert_eq!(answer.headers()["content-type"], "application/problem+json", "{status}");
    let body: serde_json::Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    assert_eq!(body["status"], status);
    let code = body["type"].as_str().unwrap().strip_prefix("urn:walkbook:problem:").unwrap().to_owned();
    (status, code, body)
}

/// That this is refused so.
#[track_caller]
pub(crate) fn refused(answer: Response, status: u16, code: &str) -> impl Future<Output = serde_json::Value> {
    let code = code.to_owned();
    async move {
        let (found, name, body) = problem(answer).await;
        assert_eq!((found, name.as_str()), (status, code.as_str()), "{body}");
        body
    }
}

/// The two-tap not-home.
pub(crate) fn not_home(list: WalkListId) -> Interaction {
    Interaction::of_outcome(list, None, Outcome::NotHome)
}

pub(crate) fn knock(list: WalkListId) -> Payload {
    Payload::Interaction(not_home(list))
}

pub(crate) fn undo(replaces: EntryId) -> Payload {
    Payload::Correction(Correction { replaces, with: None })
}

impl Device {
    /// Somebody's phone, enrolled with the invitation that this person has.
    pub(crate) async fn enrolled(world: &World, name: &str) -> Self {
        Self::enrolled_by(world, &world.link(name)).await
    }

    pub(crate) async fn enrolled_by(world: &World, link: &InvitationLink) -> Self {
        let signer = make_signer();
        let answer = send_enrolment(world, link.tenant, enrolment(link, &signer)).await;
        assert_eq!(answer.status(), 200);
        let id = Enrolled::from_bytes(&answer.bytes().await.unwrap()).unwrap().device;
        let authority = world.authority();
        Self {
            client: client(&authority),
            url: world.home.url(""),
            authority,
            signer,
            tenant: link.tenant,
            id,
            clock: HybridClock::default(),
            log: Vec::new(),
            sent: 0,
        }
    }

    /// The same device over a connection of its own.
    pub(crate) fn by_another_way(&self) -> Self {
        Self { client: client(&self.authority), ..self.clone() }
    }

    /// The same device over a connection on which the server may send no byte of any answer's body.
    pub(crate) fn who_takes_nothing_in(&self) -> Self {
        let client = client_with(&self.authority, |builder| builder.http2_initial_stream_window_size(0));
        Self { client, ..self.clone() }
    }

    /// The same device, now that its server listens elsewhere.
    pub(crate) fn follow(&mut self, world: &World) {
        self.url = world.home.url("");
    }

    pub(crate) fn path(&self) -> String {
        format!("/v1/tenants/{}/sync", self.tenant)
    }

    /// Parts of a request as an honest phone signs it.
    pub(crate) fn parts<'a>(path: &'a str, body: &[u8]) -> RequestParts<'a> {
        let body_hash = ContentHash::of(body);
        RequestParts { method: "POST", path, at_ms: now().as_ms(), nonce: random(), challenge: None, body_hash }
    }

    /// The proof of these parts, signed by this device.
    pub(crate) fn proof_of(&self, parts: &RequestParts<'_>) -> RequestProof {
        let signature = sign_request(&*self.signer, parts).unwrap();
        let RequestParts { at_ms, nonce, challenge, .. } = *parts;
        RequestProof { device: self.id, at_ms, nonce, challenge, signature }
    }

    /// A proof that this body is the device's, good for one request.
    pub(crate) fn proof(&self, body: &[u8]) -> String {
        self.proof_of(&Self::parts(&self.path(), body)).format()
    }

    /// A request to this path without a proof.
    pub(crate) fn post_to(&self, path: &str, body: impl Into<Body>) -> RequestBuilder {
        let request = self.client.post(format!("{}{path}", self.url));
        request.header("content-type", "application/walkbook").body(body)
    }

    /// A request for this path without a proof.
    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.url))
    }

    /// Asks for this path with a proof, whether they belong together or not.
    pub(crate) async fn get_with(&self, path: &str, proof: &str) -> Response {
        self.get(path).header("walkbook-proof", proof).send().await.unwrap()
    }

    /// Sends a body with a proof, whether they belong together or not.
    pub(crate) async fn send_with(&self, proof: &str, body: impl Into<Body>) -> reqwest::Result<Response> {
        self.post_to(&self.path(), body).header("walkbook-proof", proof).send().await
    }

    /// Sends a body, rightly proven.
    pub(crate) async fn send(&self, body: Vec<u8>) -> Response {
        self.send_with(&self.proof(&body), body).await.unwrap()
    }

    pub(crate) fn last_seq(&self) -> u64 {
        self.log.len() as u64
    }

    pub(crate) fn hello(&self) -> Hello {
        Hello::new(self.id, now(), self.last_seq())
    }

    /// Writes an entry down.
    pub(crate) fn write(&mut self, subject: Subject, payload: &Payload) -> EntryId {
        self.write_bytes(subject, 0, payload.to_bytes())
    }

    pub(crate) fn write_at(&mut self, door: DoorId, payload: &Payload) -> EntryId {
        self.write(Subject::Door(door), payload)
    }

    /// Writes any bytes down, on a base of this epoch.
    pub(crate) fn write_bytes(&mut self, subject: Subject, epoch: u32, payload: Vec<u8>) -> EntryId {
        let (seq, moment) = (self.last_seq() + 1, self.clock.tick(now()));
        self.append(RunEntry { header: Header { seq, moment, subject, epoch }, body: Ok((salt(seq), payload)) })
    }

    /// Puts an entry into the log as it stands.
    pub(crate) fn append(&mut self, entry: RunEntry) -> EntryId {
        let hash = match &entry.body {
            Ok((salt, payload)) => payload_hash(*salt, payload),
            Err(hash) => *hash,
        };
        let tip = self.tip_at(self.last_seq()).next(&entry.header.to_bytes(), hash);
        let id = EntryId::new(self.id, entry.header.seq);
        self.log.push((entry, tip));
        id
    }

    /// Sets the log back to this entry, as a copy of the phone's files does.
    pub(crate) fn set_back_to(&mut self, seq: u64) {
        self.log.truncate(usize::try_from(seq).unwrap());
        self.sent = self.sent.min(seq);
    }

    pub(crate) fn tip_at(&self, seq: u64) -> ChainHash {
        let before = usize::try_from(seq).unwrap().checked_sub(1);
        before.map_or_else(|| ChainHash::start(self.id), |index| self.log[index].1)
    }

    /// The log's entries behind this one.
    pub(crate) fn entries_after(&self, seq: u64) -> Vec<RunEntry> {
        self.log.iter().skip(usize::try_from(seq).unwrap()).map(|(entry, _)| entry.clone()).collect()
    }

    /// The log behind this entry, signed.
    pub(crate) fn run_after(&self, seq: u64) -> Run {
        let signature = sign_tip(&*self.signer, self.id, self.last_seq(), self.tip_at(self.last_seq())).unwrap();
        Run::new(self.tip_at(seq).to_bytes(), &self.entries_after(seq), *signature.as_bytes())
    }

    /// What an honest phone sends.
    pub(crate) fn request(&self) -> Request {
        let runs = if self.sent < self.last_seq() { vec![self.run_after(self.sent)] } else { Vec::new() };
        Request { hello: self.hello(), runs }
    }

    /// An exchange that the server takes; gives the answer's frames.
    pub(crate) async fn sync(&mut self) -> Vec<Frame> {
        let frames = self.sync_with(&self.request()).await;
        let Some(Frame::Welcome(welcome)) = frames.first() else { panic!("{frames:?}") };
        assert_eq!(welcome.last_seq, self.last_seq());
        self.sent = self.last_seq();
        frames
    }

    /// The frames of the answer to a request that the server takes.
    pub(crate) async fn sync_with(&self, request: &Request) -> Vec<Frame> {
        let answer = self.send(request.to_bytes()).await;
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
        let frames = FrameReader::new().push(&answer.bytes().await.unwrap()).unwrap();
        assert!(matches!(frames.last(), Some(Frame::End(_))), "{frames:?}");
        frames
    }

    /// Sends what was written, and tells what became of each of these.
    pub(crate) async fn became<const N: usize>(&mut self, entries: [EntryId; N]) -> [Became; N] {
        let frames = self.sync().await;
        let verdicts = verdicts(&frames);
        let refused: BTreeMap<u64, Reason> =
            verdicts.refused.iter().map(|refusal| (refusal.seq, refusal.reason)).collect();
        entries.map(|entry| match refused.get(&entry.seq) {
            Some(reason) => Became::Refused(*reason),
            None if verdicts.quarantined.contains(&entry.seq) => Became::SetAside,
            None => Became::Accepted,
        })
    }

    /// Writes what must not be, and sees that each is refused for this reason, that nothing comes of it, and that it is
    /// written down.
    #[track_caller]
    pub(crate) fn is_refused(
        &mut self,
        world: &World,
        reason: Reason,
        tries: Vec<(Subject, Payload)>,
    ) -> impl Future<Output = ()> {
        let (before, records) = (world.stand(), world.audit(self.tenant).len());
        async move {
            assert!(!tries.is_empty());
            let ids: Vec<EntryId> = tries.iter().map(|(subject, payload)| self.write(*subject, payload)).collect();
            let frames = self.sync().await;
            let told = verdicts(&frames);
            for (id, (subject, payload)) in ids.iter().zip(&tries) {
                let found = told.refused.iter().find(|refusal| refusal.seq == id.seq).map(|refusal| refusal.reason);
                assert_eq!(found, Some(reason), "{payload:?} about {subject:?}");
            }
            before.counts_as(&world.stand());
            let (first, last) = (ids[0], ids[ids.len() - 1]);
            let reasons = vec![(reason as u16, ids.len() as u64)];
            assert_eq!(world.audited_since(self.tenant, records), [Deed::WritesRefused { first, last, reasons }]);
        }
    }

    /// An honest exchange: the server serves it.
    pub(crate) async fn is_served(&mut self, list: WalkListId, door: DoorId) {
        let knock = self.write_at(door, &knock(list));
        assert_eq!(self.became([knock]).await, [Became::Accepted]);
    }
}

pub(crate) fn verdicts(frames: &[Frame]) -> Verdicts {
    let verdicts = frames.iter().find_map(|frame| match frame {
        Frame::Verdicts(verdicts) => Some(verdicts.clone()),
        _ => None,
    });
    verdicts.expect("an answer has verdicts")
}

fn salt(seq: u64) -> Salt {
    let mut bytes = [7; 16];
    bytes[..8].copy_from_slice(&seq.to_be_bytes());
    Salt::from_bytes(bytes)
}

/// A key's bytes.
pub(crate) fn public_key(signer: &SoftwareSigner) -> Vec<u8> {
    signer.public_key().as_bytes().to_vec()
}
