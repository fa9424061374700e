//! A provider that lies: it says of itself, and puts into its tokens, whatever a test wants.

use super::authority::Authority;
use super::encoded;
use crate::device::{make_signer, now};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum_server::tls_rustls::RustlsConfig;
use serde_json::{Value, json};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use walkbook_vault::{Signer, SoftwareSigner};

/// What a token is signed with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signed {
    /// The key that the provider shows.
    Own,
    /// A key that nobody is shown.
    Another,
    /// Nothing: the signature is empty.
    Not,
    /// HMAC, with what everybody can read: the public key.
    WithThePublicKey,
}

/// What it answers beside its keys.
#[derive(Clone, Default)]
struct Answers {
    /// Of itself.
    said: Value,
    /// For a code.
    token: Option<Reply>,
}

#[derive(Clone)]
struct Reply(u16, String);

pub(crate) struct Hostile {
    answers: Arc<Mutex<Answers>>,
    asked: Arc<Mutex<Vec<String>>>,
    key: Arc<SoftwareSigner>,
    pub(crate) issuer: String,
    authority: Authority,
    folder: TempDir,
}

#[derive(Clone)]
struct Served {
    answers: Arc<Mutex<Answers>>,
    asked: Arc<Mutex<Vec<String>>>,
    keys: Value,
}

impl Hostile {
    pub(crate) fn start() -> Self {
        // Another test may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (authority, key) = (Authority::new(), make_signer());
        let issued = authority.issue();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let issuer = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let (answers, asked) = (Arc::default(), Arc::default());
        let served =
            Served { answers: Arc::clone(&answers), asked: Arc::clone(&asked), keys: json!({ "keys": [jwk(&key)] }) };
        let app = axum::Router::new().fallback(answer).with_state(served);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let config = RustlsConfig::from_pem(issued.certificate.into(), issued.key.into()).await.unwrap();
                axum_server::from_tcp_rustls(listener, config).unwrap().serve(app.into_make_service()).await.unwrap();
            });
        });
        let hostile = Self { answers, asked, key, issuer, authority, folder: tempfile::tempdir().unwrap() };
        hostile.says(|_| {});
        hostile
    }

    /// A file with the authority that it is known by.
    pub(crate) fn authorities(&self) -> String {
        let file = self.folder.path().join("authorities.pem");
        std::fs::write(&file, self.authority.pem()).unwrap();
        file.to_str().unwrap().to_owned()
    }

    /// What it says of itself, but for this.
    pub(crate) fn says(&self, lie: impl FnOnce(&mut Value)) {
        let issuer = &self.issuer;
        let mut said = json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/keys"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            // It would rather sign with what is worth nothing.
            "id_token_signing_alg_values_supported": ["none", "HS256", "ES256"],
        });
        lie(&mut said);
        self.answers.lock().unwrap().said = said;
    }

    /// For every code it gives Aino's token with this nonce, but for the lie in its claims.
    pub(crate) fn gives(&self, nonce: &str, signed: Signed, lie: impl FnOnce(&mut Value)) {
        let seconds = now().as_ms() / 1_000;
        let mut claims = json!({
            "iss": self.issuer, "aud": "walkbook", "sub": "aino", "nonce": nonce, "iat": seconds, "exp": seconds + 600,
            "org_id": "org_north", "amr": ["pwd", "mfa"],
        });
        lie(&mut claims);
        let id_token = self.token(signed, &claims);
        let body = json!({ "access_token": "x", "token_type": "Bearer", "expires_in": 60, "id_token": id_token });
        self.answers_codes_with(200, body.to_string());
    }

    pub(crate) fn answers_codes_with(&self, status: u16, body: String) {
        self.answers.lock().unwrap().token = Some(Reply(status, body));
    }

    /// Which of its addresses were asked for.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    fn token(&self, signed: Signed, claims: &Value) -> String {
        let algorithm = match signed {
            Signed::Own | Signed::Another => "ES256",
            Signed::Not => "none",
            Signed::WithThePublicKey => "HS256",
        };
        let header = json!({ "alg": algorithm, "kid": "1" });
        let said = format!("{}.{}", encoded(header.to_string().as_bytes()), encoded(claims.to_string().as_bytes()));
        let signature = match signed {
            Signed::Own => self.key.sign(said.as_bytes()).unwrap().as_bytes().to_vec(),
            Signed::Another => make_signer().sign(said.as_bytes()).unwrap().as_bytes().to_vec(),
            Signed::Not => Vec::new(),
            Signed::WithThePublicKey => hmac(self.key.public_key().as_bytes(), said.as_bytes()),
        };
        format!("{said}.{}", encoded(&signature))
    }
}

async fn answer(State(served): State<Served>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    served.asked.lock().unwrap().push(path.clone());
    let answers = served.answers.lock().unwrap().clone();
    let (status, body) = match path.as_str() {
        "/.well-known/openid-configuration" => (200, answers.said.to_string()),
        "/keys" => (200, served.keys.to_string()),
        "/endless" => (200, "x".repeat(64 * 1024 * 1024)),
        _ => answers.token.map_or((404, String::new()), |Reply(status, body)| (status, body)),
    };
    let status = axum::http::StatusCode::from_u16(status).unwrap();
    (status, [("content-type", "application/json"), ("location", "https://localhost:1/elsewhere")], body)
        .into_response()
}

/// A key as it is shown (RFC 7517).
fn jwk(key: &SoftwareSigner) -> Value {
    let key = key.public_key();
    // An uncompressed point: 4, x, y.
    let (x, y) = key.as_bytes()[1..].split_at(32);
    json!({ "kty": "EC", "crv": "P-256", "kid": "1", "use": "sig", "alg": "ES256", "x": encoded(x), "y": encoded(y) })
}

/// HMAC with SHA-256 (RFC 2104).
fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let hash = |bytes: &[u8]| walkbook_model::ContentHash::of(bytes).to_bytes();
    let key = if key.len() > 64 { hash(key).to_vec() } else { key.to_vec() };
    let padded = |with: u8| -> Vec<u8> { (0..64).map(|at| key.get(at).copied().unwrap_or(0) ^ with).collect() };
    hash(&[padded(0x5c), hash(&[padded(0x36), message.to_vec()].concat()).to_vec()].concat()).to_vec()
}
