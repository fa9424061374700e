//! Figures, beside `pgbench` inserting rows of the same size into the same database with the same durability.

use super::*;
use crate::store::Tip;
use std::time::Instant;
use walkbook_cluster::Kind;
use walkbook_model::DeviceId;

const SECONDS: u64 = 5;

#[test]
#[ignore = "a measurement: run it in release, with --nocapture"]
fn how_many_entries_a_second() {
    let cluster: &Cluster = Box::leak(Box::new(Cluster::start(Kind::Durable)));
    let database = cluster.database();
    migrate(&address(&database.owner_url(), &database), "walkbook").unwrap();
    println!("pgbench, 16 clients: {:.0} rows a second", cluster.pgbench(&database, 16, SECONDS));
    let options = Options::default();
    let (key, random) = (SealKey::from_bytes([7; 32]), Arc::new(SystemRandom::new()));
    let store = PostgresStore::open(address(&database.url(), &database), "eu-west-1", key, random, options).unwrap();
    let all: Vec<TenantId> = (1..=16).map(|n| TenantId::from_bytes([n; 16])).collect();
    for tenant in &all {
        settle(&store, *tenant);
    }
    for (tenants, phones, run) in [(1, 1, 1), (1, 16, 1), (1, 16, 20), (16, 16, 1), (16, 16, 20)] {
        let entries = merge_for_a_while(&store, &all[..tenants], phones, run);
        println!("{tenants} tenants, {phones} phones, runs of {run}: {entries:.0} entries a second");
    }
}

/// Phones that bring runs of so many entries, one after the other; the entries a second.
fn merge_for_a_while(store: &PostgresStore, tenants: &[TenantId], phones: u8, run: u64) -> f64 {
    let text = "x".repeat(200);
    let started = Instant::now();
    let entries: u64 = std::thread::scope(|scope| {
        let bringing: Vec<_> = (0..phones)
            .map(|number| {
                let tenant = tenants[usize::from(number) % tenants.len()];
                let id = [number, u8::try_from(run).unwrap(), phones, u8::try_from(tenants.len()).unwrap()];
                let phone = DeviceId::from_bytes([id, id, id, id].concat().try_into().unwrap());
                store.enrol_device(tenant, AINO, &enrolment(phone), at(0)).unwrap();
                let text = &text;
                scope.spawn(move || {
                    let (mut tip, mut brought) = (Tip::start(phone), 0);
                    while started.elapsed().as_secs() < SECONDS {
                        let seqs = brought + 1..=brought + run;
                        let at_some_door = |seq: u64| at_door(u8::try_from(seq % 100).unwrap());
                        let entries = seqs.map(|seq| knock(seq, at_some_door(seq), text)).collect();
                        tip = store.merge(tenant, batch(phone, tip, entries), at(1)).unwrap().tip;
                        brought += run;
                    }
                    brought
                })
            })
            .collect();
        bringing.into_iter().map(|phone| phone.join().unwrap()).sum()
    });
    entries as f64 / started.elapsed().as_secs_f64()
}
