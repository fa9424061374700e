//! What else there might be behind a path, a host, a method, a header or a content type.

use crate::device::{Device, knock, problem, refused};
use crate::raw::{Raw, exchange, header};
use crate::world::World;
use reqwest::Method;

#[test]
fn paths_that_wind_lead_nowhere() {
    let world = World::start();
    let tenant = world.names.north;
    for path in [
        "/".to_owned(),
        "/v1".into(),
        "/v1/tenants".into(),
        "/v2/tenants".into(),
        "/.git/config".into(),
        "/server.json".into(),
        "/master.key".into(),
        "/../master.key".into(),
        "/v1/../master.key".into(),
        "/%2e%2e/%2e%2e/etc/passwd".into(),
        "/v1/tenants/..%2f..%2fmaster.key/sync".into(),
        format!("//v1/tenants/{tenant}/sync"),
        format!("/v1//tenants/{tenant}/sync"),
        format!("/v1/tenants/{tenant}/sync/"),
        format!("/v1/tenants/{tenant}/../{tenant}/sync"),
        format!("/v1/tenants/{tenant}/%73ync"),
        format!("/V1/Tenants/{tenant}/sync"),
        format!("/v1/tenants/{tenant};x=1/sync"),
        format!("/v1/tenants/{tenant}%00/sync"),
        format!("/v1/tenants/{tenant}/admin"),
        "/v1/tenants/%ff%fe/sync".into(),
        "/metrics/".into(),
        "/healthz/../metrics".into(),
    ] {
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/walkbook\r\n\
             walkbook-proof: none\r\ncontent-length: 0\r\n\r\n"
        );
        let answers = exchange(&world, request.as_bytes());
        assert_eq!(answers[0].status, 404, "{path}: {answers:?}");
        assert!(answers[0].body.contains("urn:walkbook:problem:not-found"), "{path}: {answers:?}");
    }
}

#[tokio::test]
async fn a_host_header_changes_nothing_and_is_not_repeated() {
    let world = World::start();
    let mut mallory = Device::enrolled(&world, "mallory").await;
    mallory.write_at(world.doors(world.names.river)[0], &knock(world.names.river));
    let body = mallory.request().to_bytes();
    for host in ["evil.example", "localhost:1", "us.example", "127.0.0.1", "localhost\u{7f}", "x".repeat(300).as_str()]
    {
        let Ok(host_value) = reqwest::header::HeaderValue::from_str(host) else { continue };
        let request = mallory.post_to(&mallory.path(), body.clone()).header("host", host_value);
        let answer = request.header("walkbook-proof", "none").send().await;
        let Ok(answer) = answer else { continue };
        if answer.status() == 401 {
            let (_, _, told) = problem(answer).await;
            assert!(!told.to_string().contains("evil"), "{told}");
        } else {
            assert!([400, 421].contains(&answer.status().as_u16()), "{host}: {}", answer.status());
        }
    }
    assert_eq!(mallory.send(body).await.status(), 200);
}

#[test]
fn no_host_two_hosts_and_a_host_in_the_request_line_come_to_the_same_tenant_or_to_nothing() {
    let world = World::start();
    let path = format!("/v1/tenants/{}/sync", world.names.north);
    let rest = "content-type: application/walkbook\r\nwalkbook-proof: none\r\ncontent-length: 0\r\n\r\n";
    for request in [
        format!("POST {path} HTTP/1.1\r\n{rest}"),
        format!("POST {path} HTTP/1.0\r\n{rest}"),
        format!("POST {path} HTTP/1.1\r\nhost: localhost\r\nhost: evil.example\r\n{rest}"),
        format!("POST https://evil.example{path} HTTP/1.1\r\nhost: localhost\r\n{rest}"),
        format!("POST http://evil.example:1{path} HTTP/1.1\r\n{rest}"),
    ] {
        let answers = exchange(&world, request.as_bytes());
        assert!([400, 401].contains(&answers[0].status), "{request}: {answers:?}");
        assert!(!format!("{answers:?}").contains("evil"), "{answers:?}");
    }
}

#[tokio::test]
async fn only_the_method_that_is_meant_is_taken() {
    let world = World::start();
    let mallory = Device::enrolled(&world, "mallory").await;
    let body = mallory.request().to_bytes();
    let before = world.stand();
    let client = world.client();
    for method in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD", "PROPFIND", "POST2"] {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        for (path, proof) in
            [(mallory.path(), mallory.proof(&body)), (mallory.path().replace("sync", "enrol"), String::new())]
        {
            let request = client.request(method.clone(), world.home.url(&path)).header("walkbook-proof", proof);
            let request =
                request.header("x-http-method-override", "POST").header("content-type", "application/walkbook");
            let answer = request.body(body.clone()).send().await.unwrap();
            assert_eq!(answer.status(), 405, "{method} {path}");
            if method != Method::HEAD {
                refused(answer, 405, "method").await;
            }
        }
    }
    for path in ["/metrics", "/healthz", "/readyz"] {
        let answer = client.post(world.home.url(path)).send().await.unwrap();
        refused(answer, 405, "method").await;
    }
    before.is_still(&world.stand());
}

#[tokio::test]
async fn only_the_media_type_that_is_meant_is_taken() {
    let world = World::start();
    let mallory = Device::enrolled(&world, "mallory").await;
    let body = mallory.request().to_bytes();
    let types = [
        &[][..],
        &["application/json"],
        &["application/cbor"],
        &["application/walkbook; charset=utf-8"],
        &["APPLICATION/WALKBOOK2"],
        &["text/plain", "application/walkbook"],
        &["application/walkbook", "text/plain"],
        &["multipart/form-data; boundary=x"],
    ];
    for types in types {
        let request =
            world.client().post(world.home.url(&mallory.path())).header("walkbook-proof", mallory.proof(&body));
        let request = types.iter().fold(request, |request, kind| request.header("content-type", *kind));
        refused(request.body(body.clone()).send().await.unwrap(), 415, "media-type").await;
    }
}

#[tokio::test]
async fn a_body_that_says_it_is_compressed_once_more_is_not_unpacked_twice() {
    let world = World::start();
    let mallory = Device::enrolled(&world, "mallory").await;
    let body = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03".to_vec();
    let request = mallory.post_to(&mallory.path(), body.clone()).header("walkbook-proof", mallory.proof(&body));
    refused(request.header("content-encoding", "gzip").send().await.unwrap(), 400, "malformed").await;
}

#[test]
fn heads_that_are_too_long_or_too_many_are_refused() {
    let world = World::start();
    let line = |count: usize| "x-attack: 1\r\n".repeat(count);
    for more in
        [format!("x-attack: {}\r\n", "x".repeat(64 * 1024)), line(5_000), format!("{}: 1\r\n", "x".repeat(40_000))]
    {
        let mut raw = Raw::connect(&world, "http/1.1");
        raw.send(format!("GET /healthz HTTP/1.1\r\nhost: localhost\r\n{more}\r\n").as_bytes());
        let answer = raw.answer();
        assert!(answer.as_ref().is_none_or(|answer| answer.status == 431), "{answer:?}");
    }
    let mut raw = Raw::connect(&world, "http/1.1");
    raw.send(format!("GET /{} HTTP/1.1\r\nhost: localhost\r\n\r\n", "x".repeat(100_000)).as_bytes());
    let answer = raw.answer();
    assert!(answer.as_ref().is_none_or(|answer| [414, 431].contains(&answer.status)), "{answer:?}");
    assert_eq!(exchange(&world, b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")[0].status, 200);
}

#[tokio::test]
async fn the_metrics_are_shown_to_nobody_without_the_token() {
    let world = World::start();
    let mallory = Device::enrolled(&world, "mallory").await;
    let token = std::fs::read_to_string(world.home.folder().join("metrics.token")).unwrap();
    let token = token.trim();
    let url = world.home.url("/metrics");
    for authorization in
        ["", "Bearer", "Bearer ", "Bearer x", &token[1..], &format!("Basic {token}"), &format!("bearer {token}")]
    {
        let answer = world.client().get(&url).header("authorization", authorization).send().await.unwrap();
        assert_eq!(answer.headers()["www-authenticate"], "Bearer");
        refused(answer, 401, "token").await;
    }
    let in_the_url = world.client().get(format!("{url}?token={token}&access_token={token}")).send().await.unwrap();
    refused(in_the_url, 401, "token").await;
    let with_a_proof = world.client().get(&url).header("walkbook-proof", mallory.proof(b"")).send().await.unwrap();
    refused(with_a_proof, 401, "token").await;
    let shown = world.client().get(&url).header("authorization", format!("Bearer {token}")).send().await.unwrap();
    assert_eq!(shown.status(), 200);
}

#[test]
fn every_answer_tells_browsers_to_keep_nothing_and_to_make_nothing_of_it() {
    let world = World::start();
    for path in ["/healthz", "/readyz", "/metrics", "/nowhere"] {
        let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
        let answer = exchange(&world, request.as_bytes()).remove(0);
        for (name, value) in [
            ("strict-transport-security", "max-age=31536000"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(header(&answer.head, name), Some(value), "{path}: {}", answer.head);
        }
        for name in ["server", "set-cookie", "access-control-allow-origin", "location"] {
            assert_eq!(header(&answer.head, name), None, "{path}: {}", answer.head);
        }
    }
}

#[test]
fn there_is_no_plain_listener_and_no_upgrade_out_of_tls() {
    let world = World::start();
    // Plain HTTP at the port gets no answer of HTTP.
    let mut plain = std::net::TcpStream::connect(("127.0.0.1", world.home.port())).unwrap();
    std::io::Write::write_all(&mut plain, b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let mut told = Vec::new();
    // It may be cut off without a word.
    let _ = std::io::Read::read_to_end(&mut plain, &mut told);
    assert!(!told.starts_with(b"HTTP"), "{told:?}");
    let upgrade = "GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade, http2-settings\r\n";
    for to in ["upgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n\r\n", "upgrade: websocket\r\n\r\n"] {
        let answers = exchange(&world, format!("{upgrade}{to}").as_bytes());
        assert_eq!(answers[0].status, 200, "{answers:?}");
    }
}
