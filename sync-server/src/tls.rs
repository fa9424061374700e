//! TLS: what the server shows to phones, and how that changes without a restart.
//!
//! By default the server has a private authority, made by `init`: its certificate travels inside invitations, and phones
//! trust it and nothing else. The server's own certificate is then never on disk: it is issued at the start and anew long
//! before it expires. With files given, they are read again when they change.

mod authority;
mod given;

pub use authority::Authority;

use crate::config;
use axum_server::tls_rustls::RustlsConfig;
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::PathBuf;
use std::sync::Arc;
use thiserror::Error;
use walkbook_model::Timestamp;

/// Why the server has nothing to show to phones.
#[derive(Debug, Error)]
pub enum Error {
    /// A file could not be read or written.
    #[error(transparent)]
    Config(#[from] config::Error),
    /// A certificate or key could not be made.
    #[error("no certificate could be made: {0}")]
    Issue(#[from] rcgen::Error),
    /// A file does not hold what it should. Give a PEM chain, the server's certificate first, and its PEM key.
    #[error("{file}: no PEM {what} in it")]
    Unreadable {
        /// Which one.
        file: PathBuf,
        /// A certificate or a key.
        what: &'static str,
    },
    /// The certificate and the key are not usable together.
    #[error("certificate and key do not fit: {0}")]
    Unfit(#[from] rustls::Error),
}

/// Where the server's certificate comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Issued by the private authority in this folder, for these names.
    Private {
        /// The authority's folder.
        folder: PathBuf,
        /// Names and addresses under which phones reach the server.
        hosts: Vec<String>,
    },
    /// Files, such as those of a public authority.
    Given {
        /// PEM, the server's certificate first.
        chain: PathBuf,
        /// PEM.
        key: PathBuf,
    },
}

/// What the server shows, and what it was made from.
#[derive(Debug)]
pub struct Certificates {
    source: Source,
    shown: RustlsConfig,
    made_from: MadeFrom,
}

/// By what a change is noticed.
#[derive(Debug, PartialEq, Eq)]
enum MadeFrom {
    Issued(Timestamp),
    Files(given::Stamp),
}

/// A private certificate is issued anew after this time.
const REISSUE_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

impl Certificates {
    /// Makes or reads the certificate.
    ///
    /// # Errors
    /// [`enum@Error`].
    pub fn load(source: Source, now: Timestamp) -> Result<Self, Error> {
        let (config, made_from) = make(&source, now)?;
        Ok(Self { source, shown: RustlsConfig::from_config(Arc::new(config)), made_from })
    }

    /// What the acceptor shows; follows every change.
    pub fn shown(&self) -> RustlsConfig {
        self.shown.clone()
    }

    /// Looks whether there is a newer certificate, and shows it to connections from now on. Says whether it did.
    ///
    /// # Errors
    /// [`enum@Error`]; then the old one is shown further.
    pub fn refresh(&mut self, now: Timestamp) -> Result<bool, Error> {
        let is_current = match (&self.source, &self.made_from) {
            (Source::Private { .. }, MadeFrom::Issued(at)) => now.ms_since(*at).abs() < REISSUE_MS,
            (Source::Given { chain, key }, MadeFrom::Files(stamp)) => given::stamp(chain, key)? == *stamp,
            _ => false,
        };
        if is_current {
            return Ok(false);
        }
        let (config, made_from) = make(&self.source, now)?;
        self.shown.reload_from_config(Arc::new(config));
        self.made_from = made_from;
        Ok(true)
    }
}

fn make(source: &Source, now: Timestamp) -> Result<(ServerConfig, MadeFrom), Error> {
    match source {
        Source::Private { folder, hosts } => {
            let (chain, key) = Authority::read(folder)?.issue(hosts, now)?;
            Ok((server_config(chain, key)?, MadeFrom::Issued(now)))
        }
        Source::Given { chain, key } => {
            // The stamp is taken first: a change while reading is seen the next time.
            let stamp = given::stamp(chain, key)?;
            let config = server_config(given::read_chain(chain)?, given::read_key(key)?)?;
            Ok((config, MadeFrom::Files(stamp)))
        }
    }
}

/// TLS 1.2 and 1.3 with ring, HTTP/2 and 1.1, no client certificates: devices prove themselves by signing.
fn server_config(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Result<ServerConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

#[cfg(test)]
mod tests;
