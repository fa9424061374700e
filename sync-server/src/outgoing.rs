//! What the server asks of others over HTTPS: with the authorities that it was told, no redirect, no proxy out of the environment,
//! and no answer larger than a bound.

use axum::http::Response;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Request};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;

/// Why nothing came. Tells nothing of anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum Unanswered {
    #[error("nobody answers there, or not over TLS with a known certificate")]
    NoAnswer,
    #[error("the answer is too large")]
    Large,
}

/// A client that trusts these authorities (PEM), or the public ones, to be completed; nothing where the authorities are none.
pub(crate) fn client(authorities: Option<&str>, patience: Duration) -> Option<ClientBuilder> {
    let tls = tls(authorities)?;
    let builder = Client::builder().tls_backend_preconfigured(tls).redirect(Policy::none()).no_proxy().referer(false);
    Some(builder.timeout(patience))
}

fn tls(authorities: Option<&str>) -> Option<ClientConfig> {
    let mut roots = RootCertStore::empty();
    match authorities {
        Some(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
                roots.add(certificate.ok()?).ok()?;
            }
        }
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
    }
    if roots.is_empty() {
        return None;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().ok()?;
    Some(config.with_root_certificates(roots).with_no_client_auth())
}

/// Asks, and reads at most so many bytes of the answer.
pub(crate) async fn ask(client: &Client, request: Request, limit: usize) -> Result<Response<Vec<u8>>, Unanswered> {
    let mut answer = client.execute(request).await.map_err(|_| Unanswered::NoAnswer)?;
    let (mut head, ()) = Response::new(()).into_parts();
    (head.status, head.headers) = (answer.status(), std::mem::take(answer.headers_mut()));
    let mut bytes = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(|_| Unanswered::NoAnswer)? {
        if bytes.len() + part.len() > limit {
            return Err(Unanswered::Large);
        }
        bytes.extend_from_slice(&part);
    }
    Ok(Response::from_parts(head, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorities_that_are_none_are_not_passed_over() {
        let is_one = |authorities| tls(authorities).is_some();
        assert!(!is_one(Some("")));
        assert!(!is_one(Some("-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n")));
        assert!(is_one(None));
    }
}
