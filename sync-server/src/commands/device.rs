//! `device`: the phones themselves.

use super::Error;
use super::folder::Folder;
use super::output::put;
use super::place::Place;
use crate::clock;
use crate::office;
use crate::office::{Desk, Password};
use crate::store::audit::LookedAt;
use crate::store::{Deed, Device as Phone};
use crate::words::instant;
use clap::Subcommand;
use walkbook_model::{Action, DeviceId, TenantId};

#[derive(Debug, Subcommand)]
pub(super) enum Device {
    /// Id, user, when it was heard of last, entries of its log, and how it stands
    List {
        #[arg(long)]
        tenant: TenantId,
        /// Only phones that do not get on: id, user, and why
        #[arg(long)]
        stuck: bool,
        /// A phone with lists that was not heard of for so many hours does not get on
        #[arg(long, default_value_t = 72, value_name = "HOURS", requires = "stuck")]
        away: u64,
    },
    /// Order a phone to send what it still has and then to destroy everything, when it comes next. `device list` shows when
    /// that was ordered and done. A phone that never comes is not reached; `user shut-out` keeps it out until it does. The
    /// user's password is taken away: the authenticator may be on that phone
    Wipe {
        device: DeviceId,
        #[arg(long)]
        tenant: TenantId,
        /// Leave the password: the phone was not lost
        #[arg(long)]
        keep_password: bool,
    },
}

impl Device {
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        let folder = Folder::open(place)?;
        match self {
            Self::List { tenant, stuck: true, away } => list_stuck(&folder, tenant, away),
            Self::List { tenant, .. } => list(&folder, tenant),
            Self::Wipe { device, tenant, keep_password } => {
                let password = if keep_password { Password::Kept } else { Password::TakenAway };
                wipe(&folder, tenant, device, password)
            }
        }
    }
}

fn list(folder: &Folder, tenant: TenantId) -> Result<(), Error> {
    let desk = folder.desk(tenant)?;
    folder.note(tenant, Deed::Looked { what: LookedAt::Users, document: None })?;
    for user in folder.store.users(tenant)? {
        if !Desk::is_allowed(desk.may_to_user(Action::SeeUsers, user.id))? {
            continue;
        }
        for phone in folder.store.devices_of(tenant, user.id)? {
            let seen = phone.last_seen_at.map_or_else(|| "never".into(), instant);
            put(format_args!("{}\t{}\t{seen}\t{}\t{}", phone.id, user.id, phone.last_seq, stands(&phone)))?;
        }
    }
    Ok(())
}

fn list_stuck(folder: &Folder, tenant: TenantId, away_hours: u64) -> Result<(), Error> {
    let desk = folder.desk(tenant)?;
    folder.note(tenant, Deed::Looked { what: LookedAt::Users, document: None })?;
    for stuck in office::phones(&*folder.store, tenant, away_hours, clock::now())?.stuck {
        if Desk::is_allowed(desk.may_to_user(Action::SeeUsers, stuck.user))? {
            let why: Vec<String> = stuck.why.iter().map(ToString::to_string).collect();
            put(format_args!("{}\t{}\t{}", stuck.device, stuck.user, why.join("; ")))?;
        }
    }
    Ok(())
}

/// How a phone stands; what was ordered last stands last.
fn stands(phone: &Phone) -> String {
    let said = [
        ("shut out", phone.revoked_at),
        ("to be wiped since", phone.wipe_ordered_at.filter(|_| phone.wiped_at.is_none())),
        ("wiped", phone.wiped_at),
    ];
    let said: Vec<String> =
        said.into_iter().filter_map(|(what, at)| Some(format!("{what} {}", instant(at?)))).collect();
    if said.is_empty() { "in".into() } else { said.join(", ") }
}

fn wipe(folder: &Folder, tenant: TenantId, device: DeviceId, password: Password) -> Result<(), Error> {
    let user = folder.store.device(tenant, device)?.map(|found| found.user);
    let user = user.ok_or(office::Error::Unknown { what: "device" })?;
    folder.desk(tenant)?.may_to_phones_of(Action::ShutOutPhone, user)?;
    let is_new = office::wipe_phone(&*folder.store, tenant, device, password, folder.stamp())?;
    eprintln!("{}", if is_new { "it is told when it comes next" } else { "it was ordered before" });
    Ok(())
}
