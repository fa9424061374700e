//! `user`: who may come, and with which phones.

use super::Error;
use super::folder::Folder;
use super::output::put;
use super::place::Place;
use crate::config::read_master_key;
use crate::office;
use crate::office::{Desk, KnownBy};
use crate::store::Deed;
use crate::store::audit::LookedAt;
use clap::Subcommand;
use std::time::Duration;
use walkbook_model::{Action, Email, Role, TeamId, TenantId, UserId};
use walkbook_sync::{InvitationLink, SignInLink};
use walkbook_vault::{InvitationCode, RegistrationKey, RegistrationTag};

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
        /// The e-mail address by which a phone finds out that this is the region; it is kept nowhere but as a keyed hash
        #[arg(long)]
        email: Option<Email>,
    },
    /// Say by which e-mail address a phone finds out in which region a user is, in the place of the one before
    Email {
        user: UserId,
        /// The address, which is kept nowhere but as a keyed hash
        #[arg(required_unless_present = "none", conflicts_with = "none")]
        email: Option<Email>,
        #[arg(long)]
        tenant: TenantId,
        /// By none any more
        #[arg(long)]
        none: bool,
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
    /// Let a user choose a password, once, whether there was one or not; or, where the tenant has a provider, show who they are
    /// there. Prints the link, which is a secret
    Password {
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
    /// The link by which a user signs in who has a password, or is known at the tenant's provider; it is no secret
    SignInLink {
        user: UserId,
        #[arg(long)]
        tenant: TenantId,
        /// The server shows a certificate of a public authority: the link then carries none
        #[arg(long)]
        public_certificate: bool,
    },
    /// Say beforehand who a user is at the tenant's provider
    Identity {
        user: UserId,
        #[arg(long)]
        tenant: TenantId,
        /// The provider's own name for them (`sub`), such as Auth0's user id
        #[arg(long, required_unless_present = "email", conflicts_with = "email")]
        subject: Option<String>,
        /// Their address there, which the provider has to have verified: the first who comes with it is them, for good
        #[arg(long)]
        email: Option<String>,
    },
    /// Take a user's password away, and who they are at the provider; the phones that are in stay in
    ForgetPassword {
        user: UserId,
        #[arg(long)]
        tenant: TenantId,
    },
    /// Shut out every phone of a user, at once, and take the password away, and the e-mail address out of the registration directory:
    /// a lost phone, or someone who has left
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
            Self::Add { label, tenant, role, team, email } => {
                let tag = email.map(|email| tag(&folder, &email)).transpose()?;
                let user = add(&folder, tenant, &label, role, team)?;
                tag.map_or(Ok(()), |tag| register(&folder, tenant, user, Some(tag)))
            }
            Self::Email { user, email, tenant, none: _ } => {
                folder.desk(tenant)?.may_to_phones_of(Action::InvitePhone, user)?;
                register(&folder, tenant, user, email.map(|email| tag(&folder, &email)).transpose()?)
            }
            Self::Role { user, role, tenant } => {
                folder.desk(tenant)?.may_change_role(user, role)?;
                Ok(office::change_role(&*folder.store, tenant, user, role, folder.stamp())?)
            }
            Self::List { tenant } => list(&folder, tenant),
            Self::Invite { user, tenant, hours, public_certificate } => {
                invite(&folder, tenant, user, Duration::from_secs(hours * 3_600), public_certificate)
            }
            Self::Password { user, tenant, hours, public_certificate } => {
                folder.desk(tenant)?.may_to_phones_of(Action::ManagePassword, user)?;
                let (store, lasts) = (&*folder.store, Duration::from_secs(hours * 3_600));
                let code = office::let_choose_password(store, &*folder.random, tenant, user, lasts, folder.stamp())?;
                put(link(&folder, (tenant, user), Some(code), public_certificate)?.to_text().as_str())
            }
            Self::SignInLink { user, tenant, public_certificate } => {
                folder.desk(tenant)?.may_to_phones_of(Action::InvitePhone, user)?;
                put(link(&folder, (tenant, user), None, public_certificate)?.to_text().as_str())
            }
            Self::Identity { user, tenant, subject, email } => {
                folder.desk(tenant)?.may_to_phones_of(Action::ManagePassword, user)?;
                let known_by = match subject {
                    Some(subject) => KnownBy::Subject(subject),
                    None => KnownBy::Email(email.unwrap_or_default()),
                };
                Ok(office::expect_identity(&*folder.store, tenant, user, known_by, folder.stamp())?)
            }
            Self::ForgetPassword { user, tenant } => {
                folder.desk(tenant)?.may_to_phones_of(Action::ManagePassword, user)?;
                let had_one = folder.store.close_account(tenant, user, folder.stamp())?;
                eprintln!("{}", if had_one { "the password is gone" } else { "there was none" });
                Ok(())
            }
            Self::ShutOut { user, tenant } => {
                folder.desk(tenant)?.may_to_phones_of(Action::ShutOutPhone, user)?;
                let phones = office::shut_out(&*folder.store, tenant, user, folder.stamp())?;
                eprintln!("{phones} phones are shut out");
                Ok(())
            }
        }
    }
}

fn add(folder: &Folder, tenant: TenantId, label: &str, role: Role, team: Option<TeamId>) -> Result<UserId, Error> {
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
    Ok(user)
}

fn register(folder: &Folder, tenant: TenantId, user: UserId, tag: Option<RegistrationTag>) -> Result<(), Error> {
    folder.store.register(tenant, user, tag, folder.stamp())?;
    Ok(())
}

/// An address, as the directory knows it.
fn tag(folder: &Folder, email: &Email) -> Result<RegistrationTag, Error> {
    let file = folder.layout.registrations_key();
    if !file.exists() {
        return Err(Error::Usage("there is no registration directory; `region key` says how there is one".into()));
    }
    Ok(RegistrationKey::new(&read_master_key(&file)?).tag(email))
}

fn list(folder: &Folder, tenant: TenantId) -> Result<(), Error> {
    let desk = folder.desk(tenant)?;
    folder.note(tenant, Deed::Looked { what: LookedAt::Users, document: None })?;
    for user in folder.store.users(tenant)? {
        if !Desk::is_allowed(desk.may_to_user(Action::SeeUsers, user.id))? {
            continue;
        }
        let devices = folder.store.devices_of(tenant, user.id)?;
        let phones = devices.iter().filter(|device| device.is_in()).count();
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
    let authority = authority(folder, public_certificate)?;
    let code = office::invite(&*folder.store, &*folder.random, tenant, user, lasts, folder.stamp())?;
    let link = InvitationLink { server: folder.settings.url.clone(), tenant, code, authority };
    put(link.to_text().as_str())
}

fn link(
    folder: &Folder,
    (tenant, user): (TenantId, UserId),
    code: Option<InvitationCode>,
    public_certificate: bool,
) -> Result<SignInLink, Error> {
    let authority = authority(folder, public_certificate)?;
    Ok(SignInLink { server: folder.settings.url.clone(), tenant, user, code, authority })
}

/// The one authority that phones are to trust, where it is the server's own.
fn authority(folder: &Folder, public_certificate: bool) -> Result<Option<Vec<u8>>, Error> {
    if public_certificate { Ok(None) } else { Ok(Some(folder.authority()?.certificate().to_vec())) }
}
