//! What the office does: people and their invitations, the register, scripts, lists and the board. The commands ask here.
//!
//! What the office decides about a list or a script's draft it writes as any device would: as entries, signed by the server's own [`Pen`].
//! So it merges with what team leads decide on their phones at the same time.

mod anew;
mod arranging;
mod base_map;
mod board;
mod coarse;
mod coverage;
mod cutting;
mod desk;
mod evidence;
mod identities;
mod lists;
mod pen;
mod people;
mod picture;
mod quarantine;
mod register;
mod rescue;
mod scripts;
mod settings;
mod streets;
mod stuck;
mod support;
mod teams;

pub use arranging::{Merge, Recut, Rewish, Split, merge_lists, recut_lists, split_list};
pub use base_map::{GivenMaps, MapCutter, give_maps, take_maps_away};
pub(crate) use base_map::{MAP_BYTES, unpack_tiles};
pub use board::{DoorOnBoard, ListOnBoard, TilesNotWritten, board, geojson, write_tiles};
pub use coverage::{Coverage, Hour, Progress};
pub use cutting::{Cut, ListSize, Near, Overlap, Plan, Wish, cut, plan_cut};
pub use desk::Desk;
pub use evidence::{EvidenceCount, KnockEvidence, evidence};
pub use identities::{KnownBy, expect_identity};
pub use lists::{assign, give_script, rename};
pub use pen::Pen;
pub use people::{
    Password, add_known_tenant, add_tenant, add_user, change_role, invite, let_choose_password, shut_out, wipe_phone,
};
pub use picture::{Under, make_up_knocks, picture};
pub use quarantine::{SetAside, Which, Would, one_set_aside, refuse, release, set_aside};
pub(crate) use register::DOORS_AT_ONCE;
pub use register::{Difference, Taken, compare_doors, take_doors, take_register};
pub use rescue::{Rescued, take_rescue};
pub use scripts::{publish_draft, publish_script, read_script, start_draft};
pub use settings::set_settings;
pub use streets::{Given, give_streets};
pub use stuck::{Phones, Stuck, Why, phones};
pub use support::grant_support;
pub use teams::{add_team, give_lists, join_team};

use crate::{config, engine, store};
use thiserror::Error;
use walkbook_ledger::Flaw;
use walkbook_model::Invalid;
use walkbook_sync::Reason;

/// Why the office could not do it. Nothing was changed, unless it says so.
#[derive(Debug, Error)]
pub enum Error {
    /// The store failed. What was done before it failed stays, and doing it again is harmless.
    #[error("the store: {0}")]
    Store(#[from] store::Error),
    /// A file of the server's folder cannot be used.
    #[error(transparent)]
    Config(#[from] config::Error),
    /// A value is not within its bounds.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The server would not take it from anybody.
    #[error("the server refuses it: {0:?}")]
    Refused(Reason),
    /// The server would not take the request.
    #[error(transparent)]
    Exchange(#[from] engine::Refused),
    /// It is set aside, and would not count if it were released. Refuse it, or see to what it rests on.
    #[error("it {0}")]
    CannotCount(Would),
    /// The map file cannot be read. Lists that have got their map keep it.
    #[error("the map file: {0}")]
    Map(#[from] crate::import::MapRefused),
    /// A rescue file cannot be opened, or is not what its device signed.
    #[error("the rescue file: {0}")]
    Rescue(#[from] walkbook_sync::RescueRefused),
    /// A rescue file is another tenant's.
    #[error("the rescue file is another tenant's")]
    OtherTenant,
    /// Nobody knows the device that wrote the rescue file. Say whose it was.
    #[error("the server does not know the device that wrote it: whose was it?")]
    NotEnrolled,
    /// Whoever asks may not do that, by the table of rights.
    #[error("this is not for the role {role}, or not this far: {words}", words = .action.words().to_lowercase())]
    NotAllowed {
        /// Whose office it is.
        tenant: walkbook_model::TenantId,
        /// Their role.
        role: walkbook_model::Role,
        /// What they wanted to do.
        action: walkbook_model::Action,
    },
    /// Only an organiser is in several teams: leave the other one first.
    #[error("{user} is in another team")]
    InAnotherTeam {
        /// Who.
        user: walkbook_model::UserId,
    },
    /// Nobody would answer for the tenant any more: make another owner first.
    #[error("this is the tenant's last owner")]
    LastOwner,
    /// The tenant has no such thing.
    #[error("the tenant has no such {what}")]
    Unknown {
        /// What was named.
        what: &'static str,
    },
    /// A script is not one. Mend the file.
    #[error("the script cannot be read: {0}")]
    Script(#[from] serde_json::Error),
    /// Settings are none. Mend the file.
    #[error("the settings cannot be read: {0}")]
    Settings(#[source] serde_json::Error),
    /// A draft cannot be published. Mend what is wrong with it.
    #[error("the draft cannot be published: {}", all(.0))]
    Flawed(Vec<Flaw>),
    /// The system gave no random bytes, or nothing could be signed. Try again.
    #[error("no random bytes, or no signature")]
    NotSigned,
}

impl From<walkbook_vault::SignFailed> for Error {
    fn from(_: walkbook_vault::SignFailed) -> Self {
        Self::NotSigned
    }
}

fn all(flaws: &[Flaw]) -> String {
    flaws.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn draw<const N: usize>(random: &dyn walkbook_vault::SecureRandom) -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    random.fill(&mut bytes).map_err(|_| Error::NotSigned)?;
    Ok(bytes)
}

#[cfg(test)]
pub(crate) mod tests;
