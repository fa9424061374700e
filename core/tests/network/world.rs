//! A server that answers as the test says, and a phone that has been invited to it.

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum_server::tls_rustls::RustlsConfig;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;
use tokio::sync::mpsc::Receiver;
use walkbook_core::{Clock, KeyStore, KeyStoreRefused, SyncFailed, SyncOptions, Synced, Walkbook};
use walkbook_ledger::Base;
use walkbook_model::{
    Address, DeviceId, Door, DoorId, EffortId, Interaction, Outcome, Role, TenantId, Timestamp, UserId, WalkList,
    WalkListId,
};
use walkbook_sync::{Enrolled, Frame, InvitationLink, ListCursor, Welcome, pack};
use walkbook_vault::InvitationCode;

pub(crate) const TENANT: TenantId = TenantId::from_bytes([1; 16]);
pub(crate) const LIST: WalkListId = WalkListId::from_bytes([2; 16]);
pub(crate) const DOOR: DoorId = DoorId::from_bytes([3; 16]);

/// What came with a request.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) proof: Option<String>,
    /// How long its body is said to be.
    pub(crate) length: Option<u64>,
    pub(crate) body: Bytes,
}

type Reply = Box<dyn FnOnce(&Asked) -> Response + Send>;

#[derive(Clone, Default)]
struct Script {
    replies: Arc<Mutex<VecDeque<Reply>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// A server, and the authority that phones are told of.
pub(crate) struct Server {
    script: Script,
    pub(crate) port: u16,
    pub(crate) authority: Vec<u8>,
}

/// A keeper of keys that keeps nothing to itself.
pub(crate) struct Open;

impl KeyStore for Open {
    fn wrap(&self, key: Vec<u8>) -> Result<Vec<u8>, KeyStoreRefused> {
        Ok(key)
    }

    fn unwrap(&self, wrapped: Vec<u8>) -> Result<Vec<u8>, KeyStoreRefused> {
        Ok(wrapped)
    }
}

pub(crate) fn system_time() -> Timestamp {
    Timestamp::from_ms(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64)
}

pub(crate) fn right_clock() -> Clock {
    Arc::new(system_time)
}

/// An authority, and a certificate of it for `localhost`, good until this year.
fn certificates(until: i32) -> (Vec<u8>, RustlsConfig) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let authority = params.self_signed(&key).unwrap();
    let issuer = Issuer::new(params, key);
    let own = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["localhost".into()]).unwrap();
    (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(until, 1, 1));
    let certificate = params.signed_by(&own, &issuer).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], own.serialize_der().try_into().unwrap())
        .unwrap();
    (authority.der().to_vec(), RustlsConfig::from_config(Arc::new(config)))
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::start_until(2090)
    }

    /// A server whose certificate expires with the first day of this year.
    pub(crate) fn start_until(year: i32) -> Self {
        let (authority, config) = certificates(year);
        let script = Script::default();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let app = axum::Router::new().fallback(answer).with_state(script.clone());
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let server = axum_server::from_tcp_rustls(listener, config).unwrap();
                server.serve(app.into_make_service_with_connect_info::<SocketAddr>()).await.unwrap();
            });
        });
        Self { script, port, authority }
    }

    /// Answers the next request so.
    pub(crate) fn reply(&self, reply: impl FnOnce(&Asked) -> Response + Send + 'static) {
        self.script.replies.lock().unwrap().push_back(Box::new(reply));
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.script.asked.lock().unwrap().clone()
    }

    pub(crate) fn link(&self) -> String {
        self.link_trusting(Some(self.authority.clone()))
    }

    pub(crate) fn link_trusting(&self, authority: Option<Vec<u8>>) -> String {
        let server = format!("https://localhost:{}", self.port).parse().unwrap();
        let code = InvitationCode::from_bytes([7; 16]);
        InvitationLink { server, tenant: TENANT, code, authority }.to_text().to_string()
    }
}

async fn answer(State(script): State<Script>, request: Request) -> Response {
    let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
    let proof = request.headers().get("walkbook-proof").map(|value| value.to_str().unwrap().to_owned());
    let length = request.headers().get("content-length").map(|value| value.to_str().unwrap().parse().unwrap());
    let Ok(body) = axum::body::to_bytes(request.into_body(), usize::MAX).await else {
        return axum::http::StatusCode::BAD_REQUEST.into_response();
    };
    let asked = Asked { method, path, proof, length, body };
    let reply = script.replies.lock().unwrap().pop_front().expect("nothing more was expected");
    let response = reply(&asked);
    script.asked.lock().unwrap().push(asked);
    response
}

/// The server's own bytes.
pub(crate) fn ok(bytes: impl Into<axum::body::Body>) -> Response {
    ([("content-type", "application/walkbook")], bytes.into()).into_response()
}

pub(crate) fn problem(status: u16, code: &str, more: &str) -> Response {
    let status = axum::http::StatusCode::from_u16(status).unwrap();
    let body = format!("{{\"type\":\"urn:walkbook:problem:{code}\"{more}}}");
    (status, [("content-type", "application/problem+json")], body).into_response()
}

pub(crate) fn enrolled() -> Response {
    let (device, user) = (DeviceId::from_bytes([9; 16]), UserId::from_bytes([8; 16]));
    ok(Enrolled { device, user, role: Role::Canvasser, now: system_time() }.to_bytes())
}

/// An answer that makes everything up to `last_seq` safe, and brings these frames.
pub(crate) fn exchanged(last_seq: u64, frames: Vec<Frame>, more: bool) -> Vec<u8> {
    let welcome = Welcome { now: system_time(), last_seq, tip: [0; 32].into(), in_backend_up_to: 0 };
    pack(std::iter::once(Frame::Welcome(welcome)).chain(frames).chain([Frame::End(more)]))
}

/// A list with one door.
pub(crate) fn download() -> Vec<Frame> {
    let effort = EffortId::from_bytes([4; 16]);
    let list =
        WalkList { id: LIST, effort, name: "North".into(), script: None, assigned: Vec::new(), doors: vec![DOOR] };
    let address = Address { street: "Made-up Street".into(), number: "1".into(), ..Address::default() };
    let door = Door { id: DOOR, address, position: None, access_notes: String::new(), contacts: Vec::new() };
    vec![
        Frame::List(Base::first(list).to_bytes().into()),
        Frame::Doors(vec![Base::first(door).to_bytes().into()]),
        Frame::Cursor(ListCursor { list: LIST, cursor: vec![1].into() }),
    ]
}

/// A stream that says what is sent, until the sender is dropped.
pub(crate) fn says(said: Receiver<&'static str>) -> Response {
    let said = tokio_stream(said, |part| Ok::<_, Infallible>(Bytes::from(part)));
    ([("content-type", "text/event-stream")], Body::from_stream(said)).into_response()
}

fn tokio_stream<T, U>(mut receiver: Receiver<T>, of: impl Fn(T) -> U) -> impl futures_core::Stream<Item = U> {
    futures_util::stream::poll_fn(move |cx| receiver.poll_recv(cx).map(|part| part.map(&of)))
}

/// A phone with a folder of its own.
pub(crate) struct Phone {
    pub(crate) walkbook: Arc<Walkbook>,
    pub(crate) folder: TempDir,
}

impl Phone {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let walkbook = Arc::new(Walkbook::open(folder.path(), &Open, None, system_time()).unwrap());
        Self { walkbook, folder }
    }

    /// A phone that has enrolled, and has its list.
    pub(crate) fn of(server: &Server) -> Self {
        let phone = Self::new();
        server.reply(|_| enrolled());
        wait(phone.walkbook.enrol(&server.link(), right_clock())).unwrap();
        server.reply(|_| ok(exchanged(0, download(), false)));
        phone.sync().unwrap();
        phone
    }

    /// The same phone, with its app started again.
    pub(crate) fn restarted(self) -> Self {
        let Self { walkbook, folder } = self;
        drop(walkbook);
        let walkbook = Arc::new(Walkbook::open(folder.path(), &Open, None, system_time()).unwrap());
        Self { walkbook, folder }
    }

    pub(crate) fn sync(&self) -> Result<Synced, SyncFailed> {
        self.sync_within(Duration::from_secs(30))
    }

    pub(crate) fn sync_within(&self, budget: Duration) -> Result<Synced, SyncFailed> {
        wait(self.walkbook.sync(SyncOptions { budget, ..SyncOptions::default() }, right_clock()))
    }

    pub(crate) fn knock(&self) {
        let not_home = Interaction::of_outcome(LIST, None, Outcome::NotHome);
        self.walkbook.record_knock(DOOR, not_home, system_time()).unwrap();
    }

    pub(crate) fn at_risk(&self) -> u64 {
        self.walkbook.status().unwrap().at_risk()
    }
}

/// Waits for a future as an app's own executor would: one that knows nothing of tokio.
pub(crate) fn wait<F: Future + Send>(future: F) -> F::Output {
    struct Waker(std::thread::Thread);
    impl std::task::Wake for Waker {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Waker(std::thread::current())).into();
    let mut context = std::task::Context::from_waker(&waker);
    let mut future = std::pin::pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            std::task::Poll::Ready(output) => return output,
            std::task::Poll::Pending => std::thread::park(),
        }
    }
}
