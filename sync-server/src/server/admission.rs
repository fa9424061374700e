//! Who may connect: so many at once, so many of them from one address, and nobody who only waits.

use super::patience::Patient;
use crate::routes::Network;
use crate::telemetry::{Connected, Metrics};
use axum_server::accept::Accept;
use std::collections::BTreeMap;
use std::future::{Ready, ready};
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpStream;

/// How many connections there may be at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// In all.
    pub in_all: usize,
    /// From one address; of IPv6 from one network of 64 bits. Behind a carrier's address there may be a thousand phones.
    pub of_address: usize,
}

impl Default for Connections {
    fn default() -> Self {
        Self { in_all: 4_096, of_address: 2_048 }
    }
}

/// Counts connections, and closes those above the bounds at once: phones come again by themselves.
#[derive(Clone)]
pub(super) struct Admission {
    places: Arc<Places>,
    metrics: Arc<Metrics>,
}

struct Places {
    connections: Connections,
    taken: Mutex<BTreeMap<Network, usize>>,
}

/// A connection's place, until it is dropped.
pub(super) struct Place {
    places: Arc<Places>,
    network: Network,
    _connected: Connected,
}

impl Admission {
    pub(super) fn new(connections: Connections, metrics: Arc<Metrics>) -> Self {
        Self { places: Arc::new(Places { connections, taken: Mutex::default() }), metrics }
    }

    fn place(&self, address: IpAddr) -> Option<Place> {
        let (places, network) = (Arc::clone(&self.places), Network::of(address));
        if !places.take(network) {
            self.metrics.turned_away();
            return None;
        }
        Some(Place { places, network, _connected: self.metrics.connected() })
    }
}

impl Places {
    fn take(&self, network: Network) -> bool {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let in_all: usize = taken.values().sum();
        let of_address = taken.get(&network).copied().unwrap_or_default();
        if in_all >= self.connections.in_all || of_address >= self.connections.of_address {
            return false;
        }
        taken.insert(network, of_address + 1);
        true
    }

    fn give_back(&self, network: Network) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        match taken.get_mut(&network) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(taken.remove(&network)),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.give_back(self.network);
    }
}

impl<S> Accept<TcpStream, S> for Admission {
    type Stream = Patient<TcpStream>;
    type Service = S;
    type Future = Ready<io::Result<(Self::Stream, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let place = stream.peer_addr().map(|address| self.place(address.ip()));
        let Ok(Some(place)) = place else { return ready(Err(io::ErrorKind::ConnectionRefused.into())) };
        ready(stream.set_nodelay(true).map(|()| (Patient::new(stream, place), service)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_does_not_take_the_places_of_all() {
        let admission = Admission::new(Connections { in_all: 5, of_address: 3 }, Arc::default());
        let [crowd, other] = ["192.0.2.1", "192.0.2.2"].map(|text| text.parse::<IpAddr>().unwrap());
        let held: Vec<Place> = (0..5).filter_map(|_| admission.place(crowd)).collect();
        assert_eq!(held.len(), 3);
        let others: Vec<Place> = (0..5).filter_map(|_| admission.place(other)).collect();
        assert_eq!(others.len(), 2);
        drop(held);
        assert_eq!(admission.places.taken.lock().unwrap().len(), 1);
        assert!(admission.place(crowd).is_some());
    }
}
