//! Whole servers over TLS, on the embedded store and on a PostgreSQL that waits for its disk (`synchronous_commit = on`), one and
//! two of them: the end of a shift, the first contact of a day, phones that stay open. Beside it `pgbench` inserts a row for each
//! entry, of about the size that an entry takes, into the same PostgreSQL with the same durability, one a transaction.
//!
//! `cargo run --release -p walkbook-peers --bin crowd -- --server target/release/walkbook-server`
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, clippy::cast_precision_loss)]

use clap::Parser;
use reqwest::Response;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use walkbook_cluster::{Cluster, Kind};
use walkbook_peers::crowd::Crowd;
use walkbook_peers::nodes::Nodes;
use walkbook_peers::{machine, percentiles};

#[derive(Debug, Parser)]
struct Options {
    /// The server's program
    #[arg(long)]
    server: PathBuf,
    /// Phones at the end of a shift
    #[arg(long, default_value_t = 1_000)]
    phones: usize,
    /// Knocks that each of them brings
    #[arg(long, default_value_t = 100)]
    knocks: usize,
    /// Phones that come for the first time on a day, with nothing to bring
    #[arg(long, default_value_t = 20_000)]
    first_contacts: usize,
    /// Phones that stay open
    #[arg(long, default_value_t = 1_000)]
    open: usize,
    /// Phones that come at the same time
    #[arg(long, default_value_t = 64)]
    at_once: usize,
    /// Seconds for pgbench
    #[arg(long, default_value_t = 30)]
    seconds: u64,
}

/// What a number of exchanges took.
struct Took {
    all: Duration,
    /// The servers' processor time.
    processor: Duration,
    /// Each phone's, with its connection and TLS.
    each: Vec<Duration>,
}

fn main() {
    let options = Options::parse();
    println!("machine: {}", machine());
    println!(
        "input: {} phones with {} knocks each; {} with none; {} that stay open; {} at once; phones, servers and database on this machine",
        options.phones, options.knocks, options.first_contacts, options.open, options.at_once
    );
    let cluster: &Cluster = Box::leak(Box::new(Cluster::start(Kind::Durable)));
    let embedded = measure(&options, "embedded store, one server", None, 1);
    let one = measure(&options, "PostgreSQL, one server", Some(cluster), 1);
    let two = measure(&options, "PostgreSQL, two servers", Some(cluster), 2);
    let rows = cluster.pgbench(&cluster.database(), u32::try_from(options.at_once).unwrap(), options.seconds);
    println!("peer: pgbench inserts {rows:.0} rows/s of 288 bytes, {} clients, one row a transaction", options.at_once);
    for (name, rate) in [("embedded", embedded), ("PostgreSQL, one server", one), ("PostgreSQL, two servers", two)] {
        println!("{name}: {rate:.0} entries/s, {:.2} x the peer's rows (aim: at least 0.5)", rate / rows);
    }
}

/// Entries a second at the end of a shift.
fn measure(options: &Options, name: &str, cluster: Option<&'static Cluster>, servers: usize) -> f64 {
    println!("\n{name}");
    let runtime = Runtime::new().unwrap();
    let mut nodes = Nodes::make(&options.server, cluster);
    let all = options.phones.max(options.first_contacts).max(options.open);
    let store = nodes.store();
    let mut crowd = Crowd::settle(&*store, &nodes.authority(), all);
    drop(store);
    // All phones are one tenant's, who have half of a server's connections to listen over at most.
    (0..servers).for_each(|_| nodes.serve(2 * (options.open + options.at_once)));
    let ports = nodes.ports();
    runtime.block_on(crowd.download(&ports));

    crowd.get_ready(0);
    let mut crowd = Arc::new(crowd);
    let first = runtime.block_on(come(&nodes, &crowd, options.first_contacts, options.at_once));
    tell("first contact of the day", &first, options.first_contacts, "phones");

    let before = nodes.memory();
    let open = runtime.block_on(stay_open(&nodes, &crowd, options.open));
    let each = nodes.memory().saturating_sub(before) / options.open.max(1) as u64;
    println!("  open phones: {} KiB of the servers' memory each, connection and TLS included", each / 1_024);
    runtime.block_on(async { drop(open) });

    Arc::get_mut(&mut crowd).unwrap().get_ready(options.knocks);
    let shift = runtime.block_on(come(&nodes, &crowd, options.phones, options.at_once));
    let entries = options.phones * options.knocks;
    tell("end of a shift", &shift, entries, "entries");
    println!(
        "  a server was busy, and a phone came again a second later: {} times",
        crowd.came_again.load(Ordering::Relaxed)
    );
    entries as f64 / shift.all.as_secs_f64()
}

fn tell(what: &str, took: &Took, count: usize, of: &str) {
    let [middle, worst] = percentiles(took.each.clone()).map(|time| time.as_secs_f64() * 1_000.0);
    println!(
        "  {what}: {count} {of} in {:.1} s, {:.0}/s; {:.0} for each second of a server's core; a phone waits {middle:.0} ms (p50), {worst:.0} ms (p99), with connection and TLS",
        took.all.as_secs_f64(),
        count as f64 / took.all.as_secs_f64(),
        count as f64 / took.processor.as_secs_f64().max(0.01),
    );
}

/// So many phones come, so many of them at once, each over a connection of its own.
async fn come(nodes: &Nodes, crowd: &Arc<Crowd>, phones: usize, at_once: usize) -> Took {
    let (ports, next) = (Arc::new(nodes.ports()), Arc::new(AtomicUsize::new(0)));
    let (before, started) = (nodes.processor(), Instant::now());
    let mut lanes = JoinSet::new();
    for _ in 0..at_once {
        let (crowd, ports, next) = (Arc::clone(crowd), Arc::clone(&ports), Arc::clone(&next));
        lanes.spawn(async move {
            let mut each = Vec::new();
            loop {
                let phone = next.fetch_add(1, Ordering::Relaxed);
                if phone >= phones {
                    return each;
                }
                let client = crowd.connect();
                let begun = Instant::now();
                let answer = crowd.exchange(&client, ports[phone % ports.len()], phone).await;
                answer.bytes().await.unwrap();
                each.push(begun.elapsed());
            }
        });
    }
    let each = lanes.join_all().await.concat();
    Took { all: started.elapsed(), processor: nodes.processor() - before, each }
}

/// Phones that stay open, once each of them has been told what it missed. They come together: a server gathers for a moment
/// whom it tells.
async fn stay_open(nodes: &Nodes, crowd: &Arc<Crowd>, phones: usize) -> Vec<Response> {
    let ports = Arc::new(nodes.ports());
    let mut coming = JoinSet::new();
    for phone in 0..phones {
        let (crowd, ports) = (Arc::clone(crowd), Arc::clone(&ports));
        coming.spawn(async move {
            let client = crowd.connect();
            let mut answer = crowd.listen(&client, ports[phone % ports.len()], phone).await;
            answer.chunk().await.unwrap();
            answer
        });
    }
    coming.join_all().await
}
