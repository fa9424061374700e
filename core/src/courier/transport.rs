//! HTTP over TLS to one server.

use super::problem::{self, Refusal};
use super::{Ear, SyncFailed};
use reqwest::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use std::time::Duration;
use walkbook_sync::ServerUrl;
use walkbook_vault::Challenge;

const MEDIA_TYPE: &str = "application/walkbook";
const EVENTS: &str = "text/event-stream";
const PROOF: &str = "walkbook-proof";
const CHALLENGE: &str = "walkbook-challenge";
/// Who has not answered by then is not there.
const CONNECT: Duration = Duration::from_secs(15);
/// A connection on which nothing comes for so long is given up.
const STILL: Duration = Duration::from_secs(60);

/// A way to one server.
pub(crate) struct Transport {
    client: Client,
    server: ServerUrl,
    authority: Option<Arc<[u8]>>,
}

/// The server's answer.
pub(crate) enum Answer {
    /// It answers; the body comes in parts.
    Taken(Body),
    /// It refuses.
    Refused(Refusal),
}

/// What came of listening.
pub(crate) enum Heard {
    /// The server tells when there is something new.
    Listening(Ear),
    /// It does not know how to.
    Deaf,
    /// It refuses.
    Refused(Refusal),
}

impl Transport {
    /// A way to this server, trusting this authority alone; without one, the public ones.
    pub(super) fn new(server: ServerUrl, authority: Option<&[u8]>) -> Result<Self, SyncFailed> {
        let client = Client::builder()
            .tls_backend_preconfigured(tls(authority).ok_or(SyncFailed::NotTrusted)?)
            .https_only(true)
            .redirect(Policy::none())
            .no_proxy()
            .referer(false)
            .connect_timeout(CONNECT)
            .read_timeout(STILL)
            .build()
            .map_err(|_| SyncFailed::Interrupted)?;
        Ok(Self { client, server, authority: authority.map(Arc::from) })
    }

    /// Whether it leads there.
    pub(super) fn leads_to(&self, server: &ServerUrl, authority: Option<&[u8]>) -> bool {
        self.server == *server && self.authority.as_deref() == authority
    }

    /// Posts a message.
    pub(crate) async fn post(
        &self,
        path: &str,
        proof: Option<&str>,
        body: impl Into<reqwest::Body>,
    ) -> Result<Answer, SyncFailed> {
        let request = self.client.post(format!("{}{path}", self.server)).header(CONTENT_TYPE, MEDIA_TYPE).body(body);
        answered(proof.into_iter().fold(request, |request, proof| request.header(PROOF, proof))).await
    }

    /// Looks something up.
    pub(crate) async fn get(&self, path: &str) -> Result<Answer, SyncFailed> {
        answered(self.client.get(format!("{}{path}", self.server))).await
    }

    /// Listens to what the server says.
    pub(crate) async fn listen(&self, path: &str, proof: &str) -> Result<Heard, SyncFailed> {
        let request = self.client.get(format!("{}{path}", self.server)).header(ACCEPT, EVENTS).header(PROOF, proof);
        let response = send(request).await?;
        match response.status() {
            StatusCode::OK => Ok(Heard::Listening(Ear::new(body_of(response, EVENTS)?))),
            StatusCode::NOT_FOUND => Ok(Heard::Deaf),
            _ => Ok(Heard::Refused(refusal(response).await)),
        }
    }
}

async fn answered(request: RequestBuilder) -> Result<Answer, SyncFailed> {
    let response = send(request).await?;
    if response.status() == StatusCode::OK {
        return Ok(Answer::Taken(body_of(response, MEDIA_TYPE)?));
    }
    Ok(Answer::Refused(refusal(response).await))
}

async fn send(request: RequestBuilder) -> Result<Response, SyncFailed> {
    request.send().await.map_err(|error| failed(&error))
}

/// The body of an answer of this kind.
fn body_of(response: Response, kind: &str) -> Result<Body, SyncFailed> {
    let is_ours = response.headers().get(CONTENT_TYPE).is_some_and(|value| value == kind);
    if is_ours { Ok(Body(response)) } else { Err(SyncFailed::NotUnderstood) }
}

async fn refusal(response: Response) -> Refusal {
    let status = response.status().as_u16();
    let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let body = Body(response).read(problem::MAX_BYTES).await.unwrap_or_default();
    problem::read(status, retry_after, &body)
}

/// The body of an answer.
pub(crate) struct Body(Response);

impl Body {
    /// The next part; nothing at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<impl AsRef<[u8]> + use<>>, SyncFailed> {
        self.0.chunk().await.map_err(|error| failed(&error))
    }

    /// What the next request is to be signed with, where the server says it: before anything of the body has come.
    pub(crate) fn challenge(&self) -> Option<Challenge> {
        self.0.headers().get(CHALLENGE)?.to_str().ok()?.parse().ok()
    }

    /// How many bytes are still to come, where the server has said how long it is.
    pub(crate) fn length(&self) -> Option<u64> {
        self.0.content_length()
    }

    /// All of it, if it has at most so many bytes.
    pub(crate) async fn read(mut self, limit: usize) -> Result<Vec<u8>, SyncFailed> {
        let mut bytes = Vec::new();
        while let Some(part) = self.next().await? {
            if bytes.len() + part.as_ref().len() > limit {
                return Err(SyncFailed::NotUnderstood);
            }
            bytes.extend_from_slice(part.as_ref());
        }
        Ok(bytes)
    }
}

/// TLS 1.2 and 1.3 with ring. Nothing where the authority is no certificate.
fn tls(authority: Option<&[u8]>) -> Option<ClientConfig> {
    let mut roots = RootCertStore::empty();
    match authority {
        Some(der) => roots.add(CertificateDer::from(der.to_vec())).ok()?,
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = [&rustls::version::TLS13, &rustls::version::TLS12];
    let config = ClientConfig::builder_with_provider(provider).with_protocol_versions(&versions).ok()?;
    Some(config.with_root_certificates(roots).with_no_client_auth())
}

/// Told apart by what lies below: a certificate that is refused is no bad signal.
fn failed(error: &reqwest::Error) -> SyncFailed {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(found) = cause {
        if let Some(rustls::Error::InvalidCertificate(_)) = found.downcast_ref::<rustls::Error>() {
            return SyncFailed::NotTrusted;
        }
        // An io::Error holds another error without naming it as its source.
        cause = match found.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(held) => Some(held),
            None => found.source(),
        };
    }
    SyncFailed::NoConnection
}
