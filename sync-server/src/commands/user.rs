//! `user`: who may come, and with which phones.

use super::Error;
use super::folder::Folder;
use super::output::put;
use super::place::Place;
use crate::office;
use crate::office::Desk;
use crate::store::Deed;
use crate::store::audit::LookedAt;
use clap::Subcommand;
use std::time::Duration;
use walkbook_model::{Action, Role, TeamId, TenantId, UserId};
use walkbook_sync::InvitationLink;

#[derive(Debug, Subcommand)]
pub(super) enum User {
    /// Add a user; prints the id
    Add {
        /// What colleagues call this person
        label: String,
        #[arg(long)]
        tenant: TenantId,
        /// owner, manager, organiser, team_lead, canvasser, analyst or support
        #[arg(long, default_value = "canvasser")]
        role: Role,
        /// The team to be in
        #[arg(long)]
        team: Option<TeamId>,
    },
    /// Give a user another role
    Role {
        user: UserId,
        role: Role,
        #[arg(long)]
        tenant: TenantId,
    },
    /// Id, role, number of phones and label of every user
    List {
        #[arg(long)]
        tenant: TenantId,
    },
    /// Make an invitation for one phone of a user; prints the link, which is a secret
    Invite {
        user: UserId,
        #[arg(long)]
        tenant: TenantId,
        /// For how many hours it is good
        #[arg(long, default_value_t = 72, value_parser = clap::value_parser!(u64).range(1..=24 * 90))]
        hours: u64,
        /// The server shows a certificate of a public authority: the link then carries none
        #[arg(long)]
        public_certificate: bool,
    },
    /// Shut out every phone of a user, at once: a lost phone, or someone who has left
    ShutOut {
        user: UserId,
        #[arg(long)]
        tenant: TenantId,
    },
}

impl User {
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        let folder = Folder::open(place)?;
        match self {
            Self::Add { label, tenant, role, team } => add(&folder, tenant, &label, role, team),
            Self::Role { user, role, tenant } => {
                folder.desk(tenant)?.may_change_role(user, role)?;
                Ok(office::change_role(&*folder.store, tenant, user, role, folder.stamp())?)
            }
            Self::List { tenant } => list(&folder, tenant),
            Self::Invite { user, tenant, hours, public_certificate } => {
                invite(&folder, tenant, user, Duration::from_secs(hours * 3_600), public_certificate)
            }
            Self::ShutOut { user, tenant } => shut_out(&folder, tenant, user),
        }
    }
}

fn add(folder: &Folder, tenant: TenantId, label: &str, role: Role, team: Option<TeamId>) -> Result<(), Error> {
    let tenant = folder.desk(tenant)?.may_add(role, team)?;
    if let Some(team) = team
        && !folder.store.teams(tenant)?.iter().any(|known| known.id == team)
    {
        return Err(office::Error::Unknown { what: "team" }.into());
    }
    let user = office::add_user(&*folder.store, &*folder.random, tenant, label, role, folder.stamp())?;
    put(user)?;
    if let Some(team) = team {
        office::join_team(&*folder.store, tenant, team, &[user], folder.stamp())?;
    }
    Ok(())
}

fn list(folder: &Folder, tenant: TenantId) -> Result<(), Error> {
    let desk = folder.desk(tenant)?;
    folder.note(tenant, Deed::Looked { what: LookedAt::Users, document: None })?;
    for user in folder.store.users(tenant)? {
        if !Desk::is_allowed(desk.may_to_user(Action::SeeUsers, user.id))? {
            continue;
        }
        let devices = folder.store.devices_of(tenant, user.id)?;
        let phones = devices.iter().filter(|device| device.revoked_at.is_none()).count();
        put(format_args!("{}\t{}\t{phones}\t{}", user.id, user.role, user.label))?;
    }
    Ok(())
}

fn invite(
    folder: &Folder,
    tenant: TenantId,
    user: UserId,
    lasts: Duration,
    public_certificate: bool,
) -> Result<(), Error> {
    folder.desk(tenant)?.may_to_phones_of(Action::InvitePhone, user)?;
    let authority = if public_certificate { None } else { Some(folder.authority()?.certificate().to_vec()) };
    let code = office::invite(&*folder.store, &*folder.random, tenant, user, lasts, folder.stamp())?;
    let link = InvitationLink { server: folder.settings.url.clone(), tenant, code, authority };
    put(link.to_text().as_str())
}

fn shut_out(folder: &Folder, tenant: TenantId, user: UserId) -> Result<(), Error> {
    folder.desk(tenant)?.may_to_phones_of(Action::ShutOutPhone, user)?;
    let mut phones = 0;
    for device in folder.store.devices_of(tenant, user)? {
        phones += u64::from(folder.store.revoke_device(tenant, device.id, folder.stamp())?);
    }
    eprintln!("{phones} phones are shut out");
    Ok(())
}
