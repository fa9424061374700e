//! Metrics in the OpenMetrics text format.

use crate::backup::Standing;
use crate::engine::Tally;
use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use std::time::Duration;
use walkbook_model::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

/// A request that was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request<'a> {
    /// The route's pattern, never the path that was asked for.
    pub route: &'a str,
    /// How it was answered.
    pub status: u16,
    /// How long it took, from its head to the answer's.
    pub took: Duration,
    /// Bytes of its body.
    pub received_bytes: u64,
    /// Bytes of the answer's.
    pub sent_bytes: u64,
}

/// The counters.
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    seconds: Family<Route, Histogram>,
    received_bytes: Counter,
    sent_bytes: Counter,
    connections: Gauge,
    turned_away: Counter,
    counted_elsewhere: [Gauge; 8],
    backup: [Gauge; 4],
}

/// Numbers that others count, read when the metrics are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Elsewhere {
    /// What the engine has done since the start.
    pub engine: Tally,
    /// Entries that the backend took since the start.
    pub delivered: u64,
    /// Entries that were given up since the start.
    pub given_up: u64,
    /// Entries of every tenant that the backend does not have yet.
    pub waiting: u64,
    /// Entries that were given up and wait for somebody.
    pub dead_letters: u64,
    /// Entries that are set aside and wait for somebody.
    pub set_aside: u64,
    /// How the backup stands, where there is one.
    pub backup: Option<Standing>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("walkbook");
        let requests = Family::<Answered, Counter>::default();
        registry.register("requests", "Requests answered", requests.clone());
        let seconds =
            Family::<Route, Histogram>::new_with_constructor(|| Histogram::new(exponential_buckets(0.001, 2.0, 16)));
        registry.register_with_unit("request_duration", "Time to answer", Unit::Seconds, seconds.clone());
        let [received_bytes, sent_bytes, turned_away] = [(); 3].map(|()| Counter::default());
        registry.register_with_unit("received", "Bytes of requests", Unit::Bytes, received_bytes.clone());
        registry.register_with_unit("sent", "Bytes of answers", Unit::Bytes, sent_bytes.clone());
        registry.register("connections_turned_away", "Connections above the bound", turned_away.clone());
        let connections = Gauge::default();
        registry.register("connections", "Connections that are open", connections.clone());
        let counted_elsewhere = [(); 8].map(|()| Gauge::default());
        let names = [
            ("entries_accepted", "Entries accepted since the start"),
            ("entries_refused", "Entries refused since the start"),
            ("entries_quarantined", "Entries set aside since the start"),
            ("backend_delivered", "Entries that the backend took since the start"),
            ("backend_given_up", "Entries that were given up since the start"),
            ("backend_waiting", "Entries that the backend does not have yet"),
            ("backend_dead_letters", "Entries that were given up and wait for a decision"),
            ("entries_set_aside", "Entries that are set aside and wait for a decision"),
        ];
        for (gauge, (name, help)) in counted_elsewhere.iter().zip(names) {
            registry.register(name, help, gauge.clone());
        }
        let backup = [(); 4].map(|()| Gauge::default());
        let names = [
            ("backup_safe_timestamp_seconds", "Everything committed by then can be restored; 0 before the first time"),
            ("backup_snapshot_timestamp_seconds", "When the last whole snapshot was taken; 0 before the first"),
            ("backup_failing", "1 while the backup cannot be written"),
            ("backup_written_bytes", "Bytes written into the backup since the start"),
        ];
        for (gauge, (name, help)) in backup.iter().zip(names) {
            registry.register(name, help, gauge.clone());
        }
        Self {
            registry,
            requests,
            seconds,
            received_bytes,
            sent_bytes,
            connections,
            turned_away,
            counted_elsewhere,
            backup,
        }
    }
}

impl Metrics {
    /// Counts a request.
    pub fn count(&self, request: &Request<'_>) {
        let route = request.route.to_owned();
        self.requests.get_or_create(&Answered { route: route.clone(), status: request.status }).inc();
        self.seconds.get_or_create(&Route { route }).observe(request.took.as_secs_f64());
        self.received_bytes.inc_by(request.received_bytes);
        self.sent_bytes.inc_by(request.sent_bytes);
    }

    /// Counts a connection for as long as the answer lives.
    pub fn connected(&self) -> Connected {
        self.connections.inc();
        Connected(self.connections.clone())
    }

    /// Counts a connection above the bound.
    pub fn turned_away(&self) {
        self.turned_away.inc();
    }

    /// The text for the operator's monitoring.
    pub fn text(&self, elsewhere: &Elsewhere) -> String {
        let Elsewhere { engine, delivered, given_up, waiting, dead_letters, set_aside, backup } = *elsewhere;
        let done = [engine.accepted, engine.refused, engine.quarantined, delivered, given_up];
        let values = done.into_iter().chain([waiting, dead_letters, set_aside]);
        for (gauge, value) in self.counted_elsewhere.iter().zip(values) {
            gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        }
        if let Some(standing) = backup {
            let seconds = |at: Option<Timestamp>| at.map_or(0, |at| at.as_ms() / 1_000);
            let is_failing = u64::from(standing.failing_since.is_some());
            let values = [seconds(standing.safe_at), seconds(standing.snapshot_at), is_failing, standing.written_bytes];
            for (gauge, value) in self.backup.iter().zip(values) {
                gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
            }
        }
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

/// An open connection, counted until dropped.
pub struct Connected(Gauge);

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.dec();
    }
}
