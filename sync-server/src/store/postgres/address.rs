//! Where the database is, and by what it is known to be the right one.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

const PATIENCE: Duration = Duration::from_secs(10);
/// Half a minute without a word, and a connection is dead: on this side, and on the database's.
const SILENCE: Duration = Duration::from_secs(30);

/// What every session is told. Nobody who has locked a tenant may fall asleep over it, and what is acknowledged is durable.
const SESSION: &str = "-c search_path=walkbook -c statement_timeout=60s -c lock_timeout=30s \
    -c idle_in_transaction_session_timeout=30s -c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 \
    -c tcp_keepalives_count=3";

/// A database, reached over TLS as `sslmode=verify-full` says: the certificate is of a named authority and of this host.
/// There is no other way to reach one.
#[derive(Clone)]
pub struct Address {
    pub(crate) config: Config,
    pub(crate) tls: MakeRustlsConnect,
}

/// Why an address is none.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AddressRefused {
    /// It cannot be read. Write `postgres://user:password@host:port/database`.
    #[error("it is no address of a database: write postgres://user:password@host:port/database")]
    Unreadable,
    /// It asks for less than the server takes. Leave `sslmode` away, or write `sslmode=verify-full`.
    #[error("sslmode is verify-full, and nothing else")]
    LessThanVerifyFull,
    /// It names no host, or a socket, to which there is no TLS. Name a host.
    #[error("it has to name a host, user and database")]
    Incomplete,
    /// The authorities' certificates cannot be read. Give PEM.
    #[error("no PEM certificate of an authority in it")]
    NoAuthority,
    /// TLS cannot be set up so.
    #[error("TLS: {0}")]
    Tls(#[from] rustls::Error),
}

impl Address {
    /// The database at this address, whose certificate one of these authorities (PEM) has issued.
    ///
    /// ```
    /// # use walkbook_server::store::postgres::Address;
    /// let refused = Address::parse("postgres://walkbook@db.example/walkbook?sslmode=prefer", b"");
    /// assert_eq!(refused.err().unwrap().to_string(), "sslmode is verify-full, and nothing else");
    /// ```
    ///
    /// # Errors
    /// [`AddressRefused`].
    pub fn parse(url: &str, authorities: &[u8]) -> Result<Self, AddressRefused> {
        let mut config: Config = without_ssl_mode(url)?.parse().map_err(|_| AddressRefused::Unreadable)?;
        let hosts = config.get_hosts();
        let is_host = |host: &Host| matches!(host, Host::Tcp(name) if !name.is_empty());
        let is_complete = !hosts.is_empty()
            && hosts.iter().all(is_host)
            && config.get_user().is_some()
            && config.get_dbname().is_some();
        if !is_complete {
            return Err(AddressRefused::Incomplete);
        }
        let options = match config.get_options() {
            Some(own) => format!("{own} {SESSION}"),
            None => SESSION.to_owned(),
        };
        config
            .ssl_mode(SslMode::Require)
            .options(options)
            .application_name("walkbook")
            .connect_timeout(PATIENCE)
            .tcp_user_timeout(SILENCE)
            .keepalives_idle(SILENCE / 2);
        Ok(Self { config, tls: tls(authorities)? })
    }

    /// The same, for whoever works in this schema.
    pub(crate) fn in_schema(mut self, schema: &str) -> Self {
        // Of two that say so, the later counts.
        let options = format!("{} -c search_path={schema}", self.config.get_options().unwrap_or_default());
        self.config.options(options);
        self
    }

    /// The role that it names.
    pub fn role(&self) -> &str {
        self.config.get_user().unwrap_or_default()
    }
}

/// The address without its `sslmode`, which the client library does not know by this name.
fn without_ssl_mode(url: &str) -> Result<String, AddressRefused> {
    let Some((place, options)) = url.split_once('?') else { return Ok(url.to_owned()) };
    let mut kept = Vec::new();
    for option in options.split('&') {
        match option.split_once('=') {
            Some(("sslmode", "verify-full")) => {}
            Some(("sslmode", _)) => return Err(AddressRefused::LessThanVerifyFull),
            _ => kept.push(option),
        }
    }
    Ok(format!("{place}?{}", kept.join("&")))
}

fn tls(authorities: &[u8]) -> Result<MakeRustlsConnect, AddressRefused> {
    let mut roots = RootCertStore::empty();
    for authority in CertificateDer::pem_slice_iter(authorities) {
        roots.add(authority.map_err(|_| AddressRefused::NoAuthority)?)?;
    }
    if roots.is_empty() {
        return Err(AddressRefused::NoAuthority);
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
