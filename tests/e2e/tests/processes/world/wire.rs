//! The wire between phones and server: it has one address, wherever the server listens after its next start.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread;

pub(crate) struct Wire {
    port: u16,
    server: Arc<AtomicU16>,
}

impl Wire {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = Arc::new(AtomicU16::new(0));
        let leads_to = Arc::clone(&server);
        thread::spawn(move || {
            for phone in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(("127.0.0.1", leads_to.load(Ordering::Relaxed))) else { continue };
                let (Ok(from_phone), Ok(to_server)) = (phone.try_clone(), server.try_clone()) else { continue };
                thread::spawn(move || pass(from_phone, to_server));
                thread::spawn(move || pass(server, phone));
            }
        });
        Self { port, server }
    }

    /// Where phones find the server.
    pub(crate) fn url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    pub(crate) fn lead_to(&self, server_port: u16) {
        self.server.store(server_port, Ordering::Relaxed);
    }
}

/// Passes bytes on until one end is gone; then the other is told.
fn pass(mut from: TcpStream, mut to: TcpStream) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        if to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    // Both may be closed already.
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
