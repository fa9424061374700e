//! Metrics in the OpenMetrics text format.

use crate::backup::Standing;
use crate::engine::{KINDS, REASONS, Tally};
use crate::office::Why;
use crate::registration::Known;
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

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    kind: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Region {
    region: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Hours {
    hours: u64,
}

/// Within how many hours phones were heard of last, for figures: as many as are told apart, however many phones there are.
pub const SEEN_WITHIN_HOURS: [u64; 7] = [1, 4, 12, 24, 72, 168, 720];

/// How the phones of all tenants are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PhonesSeen {
    /// Phones that may come.
    pub all: u64,
    /// Those that were heard of within so many [hours](SEEN_WITHIN_HOURS).
    pub within: [u64; SEEN_WITHIN_HOURS.len()],
    /// Those that do not get on, by [why](Why::NAMES); one may be there for several reasons.
    pub stuck: [u64; Why::NAMES.len()],
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
    counted_elsewhere: [Gauge; 13],
    accepted: Family<Kind, Gauge>,
    refused: Family<Reason, Gauge>,
    seen_within: Family<Hours, Gauge>,
    stuck: Family<Reason, Gauge>,
    registered: Family<Region, Gauge>,
    registrations_at: Family<Region, Gauge>,
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
    /// Documents that were brought since the start, and not taken.
    pub unfit: u64,
    /// Entries of every tenant that the backend does not have yet.
    pub waiting: u64,
    /// For how long the oldest of them has waited, as far as anybody looked.
    pub oldest_waiting: Duration,
    /// Entries that were given up and wait for somebody.
    pub dead_letters: u64,
    /// Entries that are set aside and wait for somebody.
    pub set_aside: u64,
    /// Phones that are open and listen.
    pub listeners: u64,
    /// How often one was told that there is something new, since the start.
    pub notices: u64,
    /// How many found no place to listen from, since the start.
    pub listeners_turned_away: u64,
    /// For how long no bell of the store has been heard, while somebody listens.
    pub unheard: Duration,
    /// How the phones are.
    pub phones: PhonesSeen,
    /// How the backup stands, where there is one.
    pub backup: Option<Standing>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::with(Histogram::new([1.0]))
    }
}

impl Metrics {
    /// Counters, and how long it takes to merge what phones bring, which the engine measures.
    pub fn with(merge_seconds: Histogram) -> Self {
        let mut registry = Registry::with_prefix("walkbook");
        let help = "Time to judge and merge a run of new entries";
        registry.register_with_unit("merge_duration", help, Unit::Seconds, merge_seconds);
        let (accepted, refused) = (Family::default(), Family::default());
        registry.register("entries_accepted", "Entries accepted since the start, by kind", Family::clone(&accepted));
        registry.register("entries_refused", "Entries refused since the start, by reason", Family::clone(&refused));
        let (seen_within, stuck) = (Family::default(), Family::default());
        let help = "Phones that may come and were heard of within so many hours";
        registry.register("phones_seen_within", help, Family::clone(&seen_within));
        let help = "Phones that do not get on, by reason: `device list --stuck` names them";
        registry.register("phones_stuck", help, Family::clone(&stuck));
        let (registered, registrations_at) = (Family::default(), Family::default());
        registry.register(
            "registered",
            "Users who are found by an e-mail address, by region",
            Family::clone(&registered),
        );
        let help = "When a region's server has last told who is registered there; 0 before the first time";
        registry.register("registrations_timestamp_seconds", help, Family::clone(&registrations_at));
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
        let counted_elsewhere = [(); 13].map(|()| Gauge::default());
        let names = [
            ("entries_quarantined", "Entries set aside since the start"),
            ("backend_delivered", "Entries that the backend took since the start"),
            ("backend_given_up", "Entries that were given up since the start"),
            ("backend_waiting", "Entries that the backend does not have yet"),
            ("backend_dead_letters", "Entries that were given up and wait for a decision"),
            ("backend_oldest_waiting_seconds", "For how long the oldest of them has waited, as far as anybody looked"),
            ("phones", "Phones that may come"),
            ("listeners", "Phones that are open and wait for news"),
            ("notices", "How often one was told since the start that there is something new"),
            ("entries_set_aside", "Entries that are set aside and wait for a decision"),
            ("backend_unfit", "Documents that were brought since the start and are not in the backend as they stand"),
            ("listeners_turned_away", "Phones that found no place to wait for news from since the start"),
            ("bell_unheard_seconds", "For how long what is new was found by the clock alone, while phones wait for it"),
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
            accepted,
            refused,
            seen_within,
            stuck,
            registered,
            registrations_at,
            backup,
        }
    }

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

    /// How much is known of each region.
    pub(crate) fn set_registrations(&self, known: Vec<Known>) {
        for Known { region, people, answered_at } in known {
            let region = Region { region };
            set(&self.registered.get_or_create(&region), people);
            set(&self.registrations_at.get_or_create(&region), answered_at.map_or(0, |at| at.as_ms() / 1_000));
        }
    }

    /// The text for the operator's monitoring.
    pub fn text(&self, elsewhere: &Elsewhere) -> String {
        let Elsewhere { engine, delivered, given_up, waiting, oldest_waiting, dead_letters, set_aside, .. } =
            *elsewhere;
        let Elsewhere { listeners, notices, phones, backup, unfit, listeners_turned_away, unheard, .. } = *elsewhere;
        let values = [engine.quarantined, delivered, given_up, waiting, dead_letters, oldest_waiting.as_secs()];
        let values = values.into_iter().chain([phones.all, listeners, notices, set_aside, unfit]);
        let values = values.chain([listeners_turned_away, unheard.as_secs()]);
        for (gauge, value) in self.counted_elsewhere.iter().zip(values) {
            set(gauge, value);
        }
        for (kind, count) in KINDS.into_iter().zip(engine.accepted) {
            set(&self.accepted.get_or_create(&Kind { kind }), count);
        }
        for (reason, count) in REASONS.into_iter().zip(engine.refused) {
            set(&self.refused.get_or_create(&Reason { reason }), count);
        }
        for (hours, count) in SEEN_WITHIN_HOURS.into_iter().zip(phones.within) {
            set(&self.seen_within.get_or_create(&Hours { hours }), count);
        }
        for (reason, count) in Why::NAMES.into_iter().zip(phones.stuck) {
            set(&self.stuck.get_or_create(&Reason { reason }), count);
        }
        if let Some(standing) = backup {
            let seconds = |at: Option<Timestamp>| at.map_or(0, |at| at.as_ms() / 1_000);
            let is_failing = u64::from(standing.failing_since.is_some());
            let values = [seconds(standing.safe_at), seconds(standing.snapshot_at), is_failing, standing.written_bytes];
            for (gauge, value) in self.backup.iter().zip(values) {
                set(gauge, value);
            }
        }
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

fn set(gauge: &Gauge, value: u64) {
    gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
}

/// An open connection, counted until dropped.
pub struct Connected(Gauge);

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.dec();
    }
}
