use super::*;
use std::time::Instant;

/// `cargo test --release -p walkbook-core -- --ignored --nocapture speed`: a knock beside the least that SQLCipher can do for it.
#[test]
#[ignore = "measures; run by hand"]
fn a_knock_costs_what_its_commit_costs() {
    const KNOCKS: u64 = 5_000;
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path(), &KEY).unwrap();
    let bare = connection::Db::open(folder.path(), &folder.path().join("bare.db"), StoreFile::Log, &KEY).unwrap();
    bare.sqlite.execute_batch("CREATE TABLE bare (seq INTEGER PRIMARY KEY, bytes BLOB)").unwrap();
    let (mut knocks, mut bares) = (Vec::new(), Vec::new());
    for seq in 1..=KNOCKS {
        let entry = entry(seq);
        let start = Instant::now();
        store.log.append(&entry).unwrap();
        knocks.push(start.elapsed().as_micros());
        let bytes = vec![9_u8; 130 + entry.content.as_ref().unwrap().payload.len()];
        let start = Instant::now();
        let mut insert = bare.sqlite.prepare_cached("INSERT INTO bare VALUES (?1, ?2)").unwrap();
        insert.execute(rusqlite::params![i64::try_from(seq).unwrap(), bytes]).unwrap();
        bares.push(start.elapsed().as_micros());
    }
    for (what, mut times) in [("append", knocks), ("bare insert", bares)] {
        times.sort_unstable();
        let at = |part: usize| times[times.len() * part / 1_000];
        println!("{what}: p50 {} µs, p99 {} µs, p99.9 {} µs", at(500), at(990), at(999));
    }
    drop(store);
    let start = Instant::now();
    let store = Store::open(folder.path(), &KEY).unwrap();
    println!("open with {KNOCKS} own entries: {} µs", start.elapsed().as_micros());
    let start = Instant::now();
    assert_eq!(store.log.counts().unwrap().saved, KNOCKS);
    println!("counts: {} µs", start.elapsed().as_micros());
    let start = Instant::now();
    store.log.db.check().unwrap();
    println!("check of every page of the log: {} µs", start.elapsed().as_micros());
}
