//! `support`: what the operator's own staff may look at.

use super::Error;
use super::folder::Folder;
use super::output::put;
use super::place::Place;
use crate::words::instant;
use crate::{clock, office};
use clap::Subcommand;
use std::time::Duration;
use walkbook_model::{Action, TenantId, UserId};

#[derive(Debug, Subcommand)]
pub(super) enum Support {
    /// Let one of the operator's staff look for a while. The tenant does, not the operator: give it with --by
    Grant {
        user: UserId,
        #[arg(long)]
        tenant: TenantId,
        /// For how many hours
        #[arg(long, value_parser = clap::value_parser!(u64).range(1..=24 * 7))]
        hours: u64,
        /// Why; the tenant sees it
        #[arg(long)]
        reason: String,
    },
    /// End that, at once
    End {
        user: UserId,
        #[arg(long)]
        tenant: TenantId,
    },
    /// Who, from when until when, whether it is good now, and why
    List {
        #[arg(long)]
        tenant: TenantId,
    },
}

impl Support {
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        let folder = Folder::open(place)?;
        match self {
            Self::Grant { user, tenant, hours, reason } => {
                if place.by.is_none() {
                    return Err(Error::Usage(
                        "the tenant grants that, not the operator: give the command with --by".into(),
                    ));
                }
                let tenant = folder.desk(tenant)?.may(Action::GrantSupport)?;
                let lasts = Duration::from_secs(hours * 3_600);
                Ok(office::grant_support(&*folder.store, tenant, user, &reason, lasts, folder.stamp())?)
            }
            Self::End { user, tenant } => {
                let tenant = folder.desk(tenant)?.may(Action::GrantSupport)?;
                let was_granted = folder.store.end_support(tenant, user, folder.stamp())?;
                eprintln!("{}", if was_granted { "it is ended" } else { "nothing was granted" });
                Ok(())
            }
            Self::List { tenant } => {
                let tenant = folder.desk(tenant)?.may(Action::GrantSupport)?;
                for grant in folder.store.support_grants(tenant)? {
                    let until = grant.ended_at.unwrap_or(grant.until);
                    let is_good = if grant.is_good(clock::now()) { "good" } else { "over" };
                    let (from, until) = (instant(grant.from), instant(until));
                    put(format_args!("{}\t{from}\t{until}\t{is_good}\t{}", grant.user, grant.reason))?;
                }
                Ok(())
            }
        }
    }
}
