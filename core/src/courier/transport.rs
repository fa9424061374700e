//! HTTP over TLS to one server.

use super::SyncFailed;
use super::problem::{self, Refusal};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use std::time::Duration;
use walkbook_sync::ServerUrl;

const MEDIA_TYPE: &str = "application/walkbook";
const PROOF: &str = "walkbook-proof";
/// Who has not answered by then is not there.
const CONNECT: Duration = Duration::from_secs(15);
/// A connection on which nothing comes for so long is given up.
const STILL: Duration = Duration::from_secs(60);

/// A way to one server.
#[derive(Clone)]
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
    pub(crate) async fn post(&self, path: &str, proof: Option<&str>, body: Vec<u8>) -> Result<Answer, SyncFailed> {
        let request = self.client.post(format!("{}{path}", self.server)).header(CONTENT_TYPE, MEDIA_TYPE).body(body);
        let request = proof.into_iter().fold(request, |request, proof| request.header(PROOF, proof));
        let response = request.send().await.map_err(|error| failed(&error))?;
        if response.status() == StatusCode::OK {
            let is_ours = response.headers().get(CONTENT_TYPE).is_some_and(|value| value == MEDIA_TYPE);
            return if is_ours { Ok(Answer::Taken(Body(response))) } else { Err(SyncFailed::NotUnderstood) };
        }
        let status = response.status().as_u16();
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let body = Body(response).read(problem::MAX_BYTES).await.unwrap_or_default();
        Ok(Answer::Refused(problem::read(status, retry_after, &body)))
    }
}

/// The body of an answer.
pub(crate) struct Body(Response);

impl Body {
    /// The next part; nothing at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<impl AsRef<[u8]> + use<>>, SyncFailed> {
        self.0.chunk().await.map_err(|error| failed(&error))
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
