//! The database is reached over TLS, with the right certificate, or not at all.

use super::*;
use crate::store::postgres::AddressRefused;
use std::sync::OnceLock;
use walkbook_cluster::{Authority, Kind};

fn refusal(url: &str, authority: &str) -> String {
    let address = Address::parse(url, authority.as_bytes()).unwrap();
    let (key, random) = (SealKey::from_bytes([7; 32]), Arc::new(SystemRandom::new()));
    match PostgresStore::open(address, "eu-west-1", key, random, Options::default()) {
        Err(Error::Unreachable(why)) => why.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_certificate_of_another_authority_is_refused() {
    let database = new_database();
    let why = refusal(&database.url(), &Authority::new().pem());
    assert!(why.contains("UnknownIssuer") || why.contains("invalid peer certificate"), "{why}");
}

#[test]
fn a_certificate_of_another_host_is_refused() {
    let cluster = Cluster::shared();
    let why = refusal(&cluster.url("walkbook", "127.0.0.1", "postgres"), &cluster.authority());
    assert!(why.contains("certificate not valid for name"), "{why}");
}

#[test]
fn a_database_without_tls_is_refused() {
    static PLAIN: OnceLock<Cluster> = OnceLock::new();
    let plain = PLAIN.get_or_init(|| Cluster::start(Kind::WithoutTls));
    let why = refusal(&plain.url("postgres", "localhost", "postgres"), &plain.authority());
    assert!(why.contains("does not support TLS"), "{why}");
}

#[test]
fn a_wrong_password_is_refused_and_not_repeated() {
    let database = new_database();
    let why = refusal(&database.url().replace("only-for-tests", "guessed-this"), &database.authority());
    assert!(why.contains("28P01") && !why.contains("guessed"), "{why}");
}

#[test]
fn no_address_asks_for_less_than_verify_full() {
    let authority = Authority::new().pem();
    let parse = |url: &str| Address::parse(url, authority.as_bytes()).map(|_| ());
    for mode in ["disable", "allow", "prefer", "require", "verify-ca"] {
        let refused = parse(&format!("postgres://walkbook@localhost/walkbook?sslmode={mode}"));
        assert!(matches!(refused, Err(AddressRefused::LessThanVerifyFull)), "{mode}");
    }
    parse("postgres://walkbook@localhost/walkbook?sslmode=verify-full&connect_timeout=5").unwrap();
    let incomplete =
        ["postgres://walkbook@/walkbook", "postgres://localhost/walkbook", "postgres://walkbook@%2Ftmp/walkbook"];
    for url in incomplete {
        assert!(matches!(parse(url), Err(AddressRefused::Incomplete)), "{url}");
    }
    assert!(matches!(parse("sqlite://walkbook"), Err(AddressRefused::Unreadable)));
    assert!(matches!(Address::parse("postgres://w@localhost/w", b"no PEM"), Err(AddressRefused::NoAuthority)));
}
