//! The running server: listening over TLS, answering, and stopping without cutting anybody off.

mod admission;
mod patience;

use crate::routes::{self, App};
use crate::tls::{self, Certificates};
pub use admission::Connections;

use admission::Admission;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsAcceptor;
use hyper_util::rt::TokioTimer;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Who has not finished TLS's handshake by then is cut off.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Who has not sent a request's head by then is cut off.
const HEAD: Duration = Duration::from_secs(10);
/// Bytes of a request's head.
const HEAD_BYTES: usize = 16 * 1024;
/// Requests under way on one connection.
const STREAMS: u32 = 8;
/// How often the certificate's files are looked at.
const CERTIFICATES: Duration = Duration::from_secs(30);

/// A server that listens.
pub struct Server {
    address: SocketAddr,
    app: Arc<App>,
    handle: Handle<SocketAddr>,
    serving: JoinHandle<io::Result<()>>,
    certificates: JoinHandle<()>,
}

impl Server {
    /// Listens at this address, port 0 meaning any that is free. `connections` bounds how many there may be at once, in all and
    /// from one address.
    ///
    /// # Errors
    /// The address is taken or not this machine's.
    pub fn start(
        app: Arc<App>,
        certificates: Certificates,
        listen: SocketAddr,
        connections: Connections,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(listen)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let handle = Handle::new();
        let admission = Admission::new(connections, Arc::clone(app.metrics()));
        let acceptor = RustlsAcceptor::new(certificates.shown()).handshake_timeout(HANDSHAKE).acceptor(admission);
        let mut server = axum_server::from_tcp(listener)?.acceptor(acceptor).handle(handle.clone());
        let http = server.http_builder();
        http.http1().timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(HEAD_BYTES);
        http.http2().timer(TokioTimer::new()).max_concurrent_streams(STREAMS).max_header_list_size(HEAD_BYTES as u32);
        let router = routes::router(Arc::clone(&app)).into_make_service_with_connect_info::<SocketAddr>();
        let serving = tokio::spawn(server.serve(router));
        let certificates = tokio::spawn(watch(certificates));
        Ok(Self { address, app, handle, serving, certificates })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more connections, lets those that are under way finish for so long, and returns when all is done.
    pub async fn stop(self, patience: Duration) -> io::Result<()> {
        self.app.stop();
        self.handle.graceful_shutdown(Some(patience));
        let served = self.serving.await;
        self.certificates.abort();
        served.unwrap_or_else(|error| Err(io::Error::other(error)))
    }

    /// Returns when the server has ended by itself, which it does not do unless it cannot go on.
    pub async fn ended(&mut self) -> io::Result<()> {
        (&mut self.serving).await.unwrap_or_else(|error| Err(io::Error::other(error)))
    }
}

/// Shows a newer certificate as soon as there is one: by the clock, or at once on SIGHUP.
async fn watch(mut certificates: Certificates) {
    let mut hangup = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()) {
        Ok(hangup) => Some(hangup),
        Err(error) => {
            tracing::warn!(error = %error.kind(), "SIGHUP cannot be heard; certificates are looked at by the clock only");
            None
        }
    };
    loop {
        let hung_up = async {
            match &mut hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = tokio::time::sleep(CERTIFICATES) => {}
            _ = hung_up => {}
        }
        let refreshed = tokio::task::spawn_blocking(move || {
            let refreshed = certificates.refresh(crate::clock::now());
            (certificates, refreshed)
        });
        let Ok((kept, refreshed)) = refreshed.await else { return };
        certificates = kept;
        report(refreshed);
    }
}

fn report(refreshed: Result<bool, tls::Error>) {
    match refreshed {
        Ok(true) => tracing::info!("a new certificate is shown from now on"),
        Ok(false) => {}
        Err(error) => tracing::error!(%error, "the certificate cannot be renewed; the old one is shown further"),
    }
}
