//! Somebody in the place of a region's server, with a certificate that is good for its address, and without the key.

use crate::providers::authority::Authority;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum_server::tls_rustls::RustlsConfig;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;

#[derive(Default)]
struct Known {
    answer: Vec<u8>,
    asked: Vec<Vec<u8>>,
}

pub(crate) struct Impostor {
    known: Arc<Mutex<Known>>,
    port: u16,
    authority: Authority,
    folder: TempDir,
}

impl Impostor {
    pub(crate) fn start() -> Self {
        // Another test may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let authority = Authority::new();
        let issued = authority.issue();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let known = Arc::<Mutex<Known>>::default();
        let app = axum::Router::new().fallback(answer).with_state(Arc::clone(&known));
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let config = RustlsConfig::from_pem(issued.certificate.into(), issued.key.into()).await.unwrap();
                axum_server::from_tcp_rustls(listener, config).unwrap().serve(app.into_make_service()).await.unwrap();
            });
        });
        Self { known, port, authority, folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// A file with the authority that it is known by.
    pub(crate) fn authorities(&self) -> String {
        let file = self.folder.path().join("authority.pem");
        std::fs::write(&file, self.authority.pem()).unwrap();
        file.to_str().unwrap().to_owned()
    }

    /// What it says from now on.
    pub(crate) fn answers(&self, answer: Vec<u8>) {
        self.known.lock().unwrap().answer = answer;
    }

    /// Waits until it is asked once more; what.
    pub(crate) async fn is_asked(&self) -> Vec<u8> {
        let (before, started) = (self.known.lock().unwrap().asked.len(), Instant::now());
        loop {
            if let Some(asked) = self.known.lock().unwrap().asked.get(before) {
                return asked.clone();
            }
            assert!(started.elapsed() < Duration::from_secs(120), "nobody asks");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn answer(State(known): State<Arc<Mutex<Known>>>, request: Request) -> Vec<u8> {
    let asked = to_bytes(request.into_body(), 1024 * 1024).await.unwrap().to_vec();
    let mut known = known.lock().unwrap();
    known.asked.push(asked);
    known.answer.clone()
}
