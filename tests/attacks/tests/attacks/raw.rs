//! A connection over TLS on which any bytes go, below whatever a client library would allow.

use crate::world::World;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Within which the server has answered, or closed what it does not answer.
const WITHIN: Duration = Duration::from_secs(120);

pub(crate) struct Raw(StreamOwned<ClientConnection, TcpStream>);

/// An answer over HTTP/1.1, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Raw {
    /// A connection that speaks this protocol: `http/1.1` or `h2`.
    pub(crate) fn connect(world: &World, protocol: &str) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(world.authority())).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let mut config = config.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        let tls = ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap();
        let tcp = TcpStream::connect(("127.0.0.1", world.home.port())).unwrap();
        tcp.set_nodelay(true).unwrap();
        tcp.set_read_timeout(Some(WITHIN)).unwrap();
        let mut raw = Self(StreamOwned::new(tls, tcp));
        while raw.0.conn.is_handshaking() {
            raw.0.conn.complete_io(&mut raw.0.sock).unwrap();
        }
        assert_eq!(raw.0.conn.alpn_protocol(), Some(protocol.as_bytes()));
        raw
    }

    /// Sends bytes; says whether they could be.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> bool {
        self.0.write_all(bytes).and_then(|()| self.0.flush()).is_ok()
    }

    /// Sends this again and again, up to so many times, until the server takes no more of it or closes the connection.
    pub(crate) fn stops_taking(&mut self, bytes: &[u8], times: u32) {
        self.0.sock.set_write_timeout(Some(Duration::from_secs(2))).unwrap();
        let taken = (0..times).take_while(|_| self.send(bytes)).count();
        assert!(taken < times as usize, "the server has taken all of it");
    }

    /// Reads until the server closes the connection.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        let (mut all, mut part, started) = (Vec::new(), [0; 16 * 1024], Instant::now());
        loop {
            assert!(started.elapsed() < WITHIN, "the server does not close the connection");
            match self.0.read(&mut part) {
                Ok(0) => return all,
                Ok(count) => all.extend_from_slice(&part[..count]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => panic!("the server does not answer"),
                // Cut off without a word of TLS.
                Err(_) => return all,
            }
        }
    }

    /// Reads what there is, up to the end of a pause of so long.
    pub(crate) fn some(&mut self, pause: Duration) -> Vec<u8> {
        self.0.sock.set_read_timeout(Some(pause)).unwrap();
        let (mut all, mut part) = (Vec::new(), [0; 16 * 1024]);
        while let Ok(count @ 1..) = self.0.read(&mut part) {
            all.extend_from_slice(&part[..count]);
        }
        self.0.sock.set_read_timeout(Some(WITHIN)).unwrap();
        all
    }

    /// One answer over HTTP/1.1, with its body.
    pub(crate) fn answer(&mut self) -> Option<Answer> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            match self.0.read(&mut byte) {
                Ok(1) => head.push(byte[0]),
                _ => return None,
            }
        }
        let head = String::from_utf8(head).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let length = header(&head, "content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        Some(Answer { status, head, body: String::from_utf8_lossy(&body).into_owned() })
    }
}

/// A header's value.
pub(crate) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// What one connection over HTTP/1.1 answers to these bytes, until it is closed or nothing more comes.
pub(crate) fn exchange(world: &World, bytes: &[u8]) -> Vec<Answer> {
    let mut raw = Raw::connect(world, "http/1.1");
    raw.send(bytes);
    // Whoever has more to say says it before he answers this, and then closes.
    raw.send(b"GET /the-last HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    answers(&raw.rest())
}

/// The answers in what came.
pub(crate) fn answers(mut bytes: &[u8]) -> Vec<Answer> {
    let mut answers = Vec::new();
    while let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
        let head = String::from_utf8(bytes[..end + 4].to_vec()).unwrap();
        let length: usize = header(&head, "content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        let body = &bytes[end + 4..(end + 4 + length).min(bytes.len())];
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        answers.push(Answer { status, head, body: String::from_utf8_lossy(body).into_owned() });
        bytes = &bytes[(end + 4 + length).min(bytes.len())..];
    }
    answers
}
