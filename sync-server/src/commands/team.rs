//! `team`: who works and leads together.

use super::Error;
use super::folder::Folder;
use super::output::put;
use super::place::Place;
use crate::office;
use crate::office::Desk;
use clap::Subcommand;
use walkbook_model::{Action, TeamId, TenantId, UserId};

#[derive(Debug, Subcommand)]
pub(super) enum Team {
    /// Add a team; prints its id. With the first one, lists that are of no team become the managers'
    Add {
        /// What it is called
        label: String,
        #[arg(long)]
        tenant: TenantId,
    },
    /// Id, number of members and label of every team
    List {
        #[arg(long)]
        tenant: TenantId,
    },
    /// Let users into a team
    Join {
        team: TeamId,
        #[arg(required = true)]
        users: Vec<UserId>,
        #[arg(long)]
        tenant: TenantId,
    },
    /// Let users out of a team
    Leave {
        team: TeamId,
        #[arg(required = true)]
        users: Vec<UserId>,
        #[arg(long)]
        tenant: TenantId,
    },
}

impl Team {
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        let folder = Folder::open(place)?;
        let (store, stamp) = (&*folder.store, folder.stamp());
        match self {
            Self::Add { label, tenant } => {
                let tenant = folder.desk(tenant)?.may(Action::ManageTeams)?;
                put(office::add_team(store, &*folder.random, tenant, &label, stamp)?)
            }
            Self::List { tenant } => {
                let desk = folder.desk(tenant)?;
                for team in store.teams(tenant)? {
                    if Desk::is_allowed(desk.may_to_team(Action::SeeUsers, team.id))? {
                        put(format_args!("{}\t{}\t{}", team.id, store.members_of(tenant, team.id)?.len(), team.label))?;
                    }
                }
                Ok(())
            }
            Self::Join { team, users, tenant } => {
                let tenant = folder.desk(tenant)?.may_to_team(Action::ManageTeams, team)?;
                let new = office::join_team(store, tenant, team, &users, stamp)?;
                eprintln!("{new} users are new in the team");
                Ok(())
            }
            Self::Leave { team, users, tenant } => {
                let tenant = folder.desk(tenant)?.may_to_team(Action::ManageTeams, team)?;
                let mut left = 0;
                for user in users {
                    left += u64::from(store.leave_team(tenant, team, user, stamp)?);
                }
                eprintln!("{left} users have left the team");
                Ok(())
            }
        }
    }
}
