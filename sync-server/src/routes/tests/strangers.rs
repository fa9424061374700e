//! Strangers: who does not trust the server, whom it does not understand, who asks for what is not there.

use super::world::{MEDIA_TYPE, problem, start, start_at};
use crate::routes::Limits;
use crate::tls::Authority;
use axum::http::header::CONTENT_TYPE;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_gets_no_answer() {
    let world = start(|_| panic!("asked"));
    let mut stream = TcpStream::connect(("127.0.0.1", world.port)).await.unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP"), "answered in plain text");
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_1_1_is_refused_and_1_2_is_not() {
    let world = start(|_| panic!("asked"));
    let alert = answer_to_hello(world.port, 2).await;
    // An alert of two bytes: fatal, protocol version (RFC 5246, 7.2).
    assert_eq!((alert[0], &alert[3..]), (21, &[0, 2, 2, 70][..]));
    // The very same greeting with the next version is answered by a handshake.
    assert_eq!(answer_to_hello(world.port, 3).await[0], 22);
}

/// Greets with TLS 1.`minor - 1`, and returns the first seven bytes of the answer.
async fn answer_to_hello(port: u16, minor: u8) -> [u8; 7] {
    // One cipher suite (ECDHE-ECDSA-AES128-GCM-SHA256), the group P-256, and ECDSA with SHA-256.
    let extensions = [0, 10, 0, 4, 0, 2, 0, 23, 0, 13, 0, 4, 0, 2, 4, 3];
    let suites = [0, 0, 2, 0xc0, 0x2b, 1, 0, 0, extensions.len() as u8];
    let hello = [&[3, minor][..], &[7; 32], &suites, &extensions].concat();
    let handshake = [&[1, 0, 0, hello.len() as u8][..], &hello].concat();
    let record = [&[22, 3, 1, 0, handshake.len() as u8][..], &handshake].concat();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(&record).await.unwrap();
    let mut answer = [0; 7];
    stream.read_exact(&mut answer).await.unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_trusts_another_authority_does_not_speak_to_this_server() {
    let world = start(|_| panic!("asked"));
    let folder = tempfile::tempdir().unwrap();
    Authority::make(folder.path(), "eu-west-1", crate::clock::now()).unwrap();
    let other = Authority::read(folder.path()).unwrap();
    let phone = world.trusting(other.certificate()).build().unwrap();
    assert!(phone.get(world.url("/healthz")).send().await.unwrap_err().is_connect());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_does_not_speak_to_a_server_whose_certificate_has_expired() {
    let last_year = crate::clock::now().shifted_ms(-365 * 24 * 60 * 60 * 1_000);
    let world = start_at(last_year, Limits::default(), 64, Box::new(|_| panic!("asked")));
    assert!(world.phone().get(world.url("/healthz")).send().await.unwrap_err().is_connect());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_does_not_speak_to_a_server_of_another_name() {
    let world = start(|_| panic!("asked"));
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], world.port));
    let phone = world.trusting(&world.authority).resolve("walk.example", address).build().unwrap();
    let url = format!("https://walk.example:{}/healthz", world.port);
    assert!(phone.get(url).send().await.unwrap_err().is_connect());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_and_what_is_not_meant_is_said_in_problem_documents() {
    let world = start(|_| panic!("asked"));
    let phone = world.phone();
    assert_eq!(problem(world.get("/v2").await).await, (404, "not-found".into()));
    assert_eq!(problem(world.get("/v1/tenants/x/sync").await).await, (405, "method".into()));
    let post = |path: &str| phone.post(world.url(path)).header("walkbook-proof", "a proof");
    let no_tenant = post("/v1/tenants/nobody/sync").header(CONTENT_TYPE, MEDIA_TYPE).send().await.unwrap();
    assert_eq!(problem(no_tenant).await, (404, "not-found".into()));
    let as_json = phone.post(world.sync_url()).header("walkbook-proof", "a proof");
    let as_json = as_json.header(CONTENT_TYPE, "application/json").send().await.unwrap();
    assert_eq!(problem(as_json).await, (415, "media-type".into()));
    let no_proof = phone.post(world.sync_url()).header(CONTENT_TYPE, MEDIA_TYPE).send().await.unwrap();
    assert_eq!(problem(no_proof).await, (401, "unproven".into()));
}
