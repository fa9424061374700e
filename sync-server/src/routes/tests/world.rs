//! A server that listens, with an engine that does what the test says.

use crate::access::Sender;
use crate::engine::{Answered, Asked, Exchange, Refused, Tally};
use crate::routes::{App, Backlog, Limits, Network};
use crate::server::{Connections, Server};
use crate::store::{EmbeddedStore, Options, User};
use crate::tls::{Authority, Certificates, Source};
use axum::http::header::CONTENT_TYPE;
use prometheus_client::metrics::histogram::Histogram;
use reqwest::{Certificate, Client, ClientBuilder, Response};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tempfile::TempDir;
use walkbook_model::{DeviceId, Role, TenantId, Timestamp, UserId};
use walkbook_vault::{SealKey, SystemRandom};

pub(super) const TOKEN: &str = "the operator's token";
pub(super) const MEDIA_TYPE: &str = "application/walkbook";

type Script = dyn Fn(&[u8]) -> Result<Vec<u8>, Refused> + Send + Sync;

/// An engine that answers every request by a script.
pub(super) struct Scripted(Box<Script>);

impl Exchange for Scripted {
    fn enrol(&self, _: TenantId, body: &[u8], _: Timestamp) -> Result<Vec<u8>, Refused> {
        (self.0)(body)
    }

    fn choose_password(&self, _: TenantId, _: Network, body: &[u8], _: Timestamp) -> Result<Vec<u8>, Refused> {
        (self.0)(body)
    }

    fn sign_in(&self, _: TenantId, _: Network, body: &[u8], _: Timestamp) -> Result<Vec<u8>, Refused> {
        (self.0)(body)
    }

    fn provider(&self, _: TenantId, _: Timestamp) -> Result<Vec<u8>, Refused> {
        (self.0)(&[])
    }

    fn sign_in_at_provider(&self, _: TenantId, _: Network, body: &[u8], _: Timestamp) -> Result<Vec<u8>, Refused> {
        (self.0)(body)
    }

    /// The proof's first letter says which device it is.
    fn admit(&self, tenant: TenantId, asked: &Asked<'_>, _: Timestamp) -> Result<Sender, Refused> {
        let device = DeviceId::from_bytes([asked.proof.as_bytes()[0]; 16]);
        let user = User { id: UserId::from_bytes([1; 16]), label: "A canvasser".into(), role: Role::Canvasser };
        Ok(Sender { tenant, device, user, spent: None })
    }

    fn exchange(&self, _: &Sender, body: &[u8], _: Timestamp) -> Result<Answered, Refused> {
        (self.0)(body).map(|bytes| Answered { bytes, challenge: None })
    }

    fn tally(&self) -> Tally {
        Tally { accepted: [3, 0, 0, 0, 0, 0, 0, 0], refused: [0, 2, 0, 0, 0, 0, 0, 0], quarantined: 1 }
    }

    fn merge_seconds(&self) -> Histogram {
        Histogram::new([1.0])
    }
}

/// A backlog that only counts nudges.
#[derive(Default)]
pub(super) struct Counted {
    pub(super) nudges: AtomicU64,
    pub(super) is_dead: AtomicBool,
}

impl Backlog for Counted {
    fn nudge(&self) {
        self.nudges.fetch_add(1, Ordering::Relaxed);
    }

    fn is_alive(&self) -> bool {
        !self.is_dead.load(Ordering::Relaxed)
    }

    fn counts(&self) -> [u64; 3] {
        [30, 10, 5]
    }
}

/// A server and what a phone knows of it.
pub(super) struct World {
    pub(super) server: Server,
    pub(super) backlog: Arc<Counted>,
    pub(super) authority: Vec<u8>,
    pub(super) port: u16,
    _folder: TempDir,
}

/// By when the server's certificate was issued, for tests of expiry.
pub(super) fn start_at(now: Timestamp, limits: Limits, in_all: usize, script: Box<Script>) -> World {
    let folder = tempfile::tempdir().unwrap();
    let random = Arc::new(SystemRandom::new());
    let key = SealKey::from_bytes([1; 32]);
    let store = EmbeddedStore::open(&folder.path().join("store"), "eu-west-1", key, random, Options::default());
    let backlog = Arc::new(Counted::default());
    let app =
        App::new(Arc::new(Scripted(script)), Arc::new(store.unwrap()), Arc::clone(&backlog) as _, limits, Some(TOKEN));
    let tls = folder.path().join("tls");
    Authority::make(&tls, "eu-west-1", now).unwrap();
    let authority = Authority::read(&tls).unwrap().certificate().to_vec();
    let source = Source::Private { folder: tls, hosts: vec!["localhost".into(), "127.0.0.1".into()] };
    let certificates = Certificates::load(source, now).unwrap();
    let connections = Connections { in_all, of_address: in_all };
    let server = Server::start(Arc::new(app), certificates, "127.0.0.1:0".parse().unwrap(), connections).unwrap();
    let port = server.address().port();
    World { server, backlog, authority, port, _folder: folder }
}

pub(super) fn start(script: impl Fn(&[u8]) -> Result<Vec<u8>, Refused> + Send + Sync + 'static) -> World {
    start_at(crate::clock::now(), Limits::default(), 64, Box::new(script))
}

pub(super) fn start_with(
    limits: Limits,
    script: impl Fn(&[u8]) -> Result<Vec<u8>, Refused> + Send + Sync + 'static,
) -> World {
    start_at(crate::clock::now(), limits, 64, Box::new(script))
}

impl World {
    /// A phone that trusts the server's authority, and nobody else.
    pub(super) fn phone(&self) -> Client {
        self.trusting(&self.authority).build().unwrap()
    }

    pub(super) fn trusting(&self, authority: &[u8]) -> ClientBuilder {
        let provider = rustls::crypto::ring::default_provider();
        let _ = provider.install_default();
        Client::builder().tls_certs_only([Certificate::from_der(authority).unwrap()]).no_proxy()
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.port)
    }

    pub(super) fn sync_url(&self) -> String {
        self.url(&format!("/v1/tenants/{}/sync", TenantId::from_bytes([1; 16])))
    }

    pub(super) async fn sync(&self, phone: &Client, body: impl Into<reqwest::Body>) -> Response {
        self.sync_as(phone, "a proof", body).await
    }

    /// Syncs as the device that this proof is of.
    pub(super) async fn sync_as(&self, phone: &Client, proof: &str, body: impl Into<reqwest::Body>) -> Response {
        let request = phone.post(self.sync_url()).header(CONTENT_TYPE, MEDIA_TYPE).header("walkbook-proof", proof);
        request.body(body).send().await.unwrap()
    }

    pub(super) async fn get(&self, path: &str) -> Response {
        self.phone().get(self.url(path)).send().await.unwrap()
    }
}

/// The status and the code of a problem document.
pub(super) async fn problem(response: Response) -> (u16, String) {
    assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
    let status = response.status().as_u16();
    let body: serde_json::Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    assert_eq!(body["status"], status);
    (status, body["type"].as_str().unwrap().strip_prefix("urn:walkbook:problem:").unwrap().to_owned())
}
