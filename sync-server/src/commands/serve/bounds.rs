//! How much may come at once, and how often.

use crate::routes::{Pace, Paces};
use crate::server::Connections;
use clap::Args;

/// Paces are `at once/a minute`: so many requests in a row by somebody who has not come for a while, and so many a minute in the
/// long run. Whoever comes more often is told when to come again, and loses nothing.
#[derive(Debug, Args)]
pub(super) struct Bounds {
    /// Connections at once
    #[arg(long, default_value_t = Connections::default().in_all, env = "WALKBOOK_CONNECTIONS")]
    connections: usize,
    /// Connections at once from one address, such as a carrier's with a thousand phones behind it
    #[arg(long, default_value_t = Connections::default().of_address, env = "WALKBOOK_CONNECTIONS_OF_ADDRESS")]
    connections_of_address: usize,
    /// Requests of one device
    #[arg(long, default_value_t = Paces::default().device, env = "WALKBOOK_PACE_OF_DEVICE", value_name = "PACE")]
    pace_of_device: Pace,
    /// Requests of one user, with all their devices
    #[arg(long, default_value_t = Paces::default().user, env = "WALKBOOK_PACE_OF_USER", value_name = "PACE")]
    pace_of_user: Pace,
    /// Requests of one tenant
    #[arg(long, default_value_t = Paces::default().tenant, env = "WALKBOOK_PACE_OF_TENANT", value_name = "PACE")]
    pace_of_tenant: Pace,
    /// Requests from one address, whoever sends them
    #[arg(long, default_value_t = Paces::default().address, env = "WALKBOOK_PACE_OF_ADDRESS", value_name = "PACE")]
    pace_of_address: Pace,
}

impl Bounds {
    pub(super) const fn connections(&self) -> Connections {
        Connections { in_all: self.connections, of_address: self.connections_of_address }
    }

    pub(super) const fn paces(&self) -> Paces {
        Paces {
            device: self.pace_of_device,
            user: self.pace_of_user,
            tenant: self.pace_of_tenant,
            address: self.pace_of_address,
        }
    }
}
