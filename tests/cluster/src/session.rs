//! Plain SQL, asked and answered as text.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio_postgres::{Client, Config, SimpleQueryMessage};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Somebody at a database.
pub struct Session {
    runtime: Runtime,
    client: Client,
}

impl Session {
    /// Comes in by this address.
    pub fn open(url: &str, authority: &str) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(authority.as_bytes()).unwrap()).unwrap();
        let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut config: Config = url.parse().unwrap();
        config.ssl_mode(tokio_postgres::config::SslMode::Require);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (client, connection) = runtime.block_on(config.connect(MakeRustlsConnect::new(tls))).unwrap();
        runtime.spawn(connection);
        Self { runtime, client }
    }

    /// Does what the SQL says.
    pub fn run(&self, sql: &str) {
        self.try_run(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// Does what the SQL says, or tells the code of what was wrong with it.
    ///
    /// # Errors
    /// The SQLSTATE.
    pub fn try_run(&self, sql: &str) -> Result<(), String> {
        let done = self.runtime.block_on(self.client.batch_execute(sql));
        done.map_err(|error| error.code().map_or_else(|| error.to_string(), |code| code.code().to_owned()))
    }

    /// The rows of a query, as text; nothing where there is nothing.
    pub fn rows(&self, sql: &str) -> Vec<Vec<Option<String>>> {
        let messages = self.runtime.block_on(self.client.simple_query(sql));
        let rows = messages.unwrap_or_else(|error| panic!("{sql}: {error}")).into_iter().filter_map(|message| {
            let SimpleQueryMessage::Row(row) = message else { return None };
            Some((0..row.len()).map(|column| row.get(column).map(str::to_owned)).collect())
        });
        rows.collect()
    }

    /// The one value that a query gives.
    pub fn value(&self, sql: &str) -> String {
        self.rows(sql).pop().and_then(|mut row| row.pop()).flatten().unwrap_or_default()
    }

    /// Waits until a query gives true.
    pub fn wait_for(&self, sql: &str) {
        while self.value(sql) != "t" {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
