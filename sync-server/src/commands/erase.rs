//! `erase`: a person, for good.

use super::Error;
use super::folder::Folder;
use super::output::put;
use super::place::Place;
use crate::backend::{Published, publish};
use crate::clock;
use crate::privacy::{self, Erased, Person};
use crate::store::Ground;
use clap::{Subcommand, ValueEnum};
use std::path::PathBuf;
use walkbook_ledger::Subject;
use walkbook_model::{Action, ContactId, DoorId, TenantId};

#[derive(Debug, Subcommand)]
pub(super) enum Erase {
    /// Erase a contact, and those who are said to be the same person, for good: here, in the tables, on phones when they come
    /// next, and again after a restore. Visits stay as visits to nobody in particular. Prints how many entries spoke of them
    Person {
        contact: ContactId,
        /// The door where they live
        #[arg(long)]
        door: DoorId,
        #[arg(long)]
        tenant: TenantId,
        /// Why
        #[arg(long, value_enum)]
        because: Because,
        /// The ledger of erasures, unless serve.toml says where it is, or it is erasures.log in the server's folder
        #[arg(long, env = "WALKBOOK_ERASURES", value_name = "FILE")]
        erasures: Option<PathBuf>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Because {
    /// They asked for it
    Request,
    /// They withdrew the consent on which the tenant had their data
    ConsentWithdrawn,
    /// The tenant should never have had their data
    Unlawful,
    /// The tenant needs their data no more
    NoLongerNeeded,
}

impl From<Because> for Ground {
    fn from(because: Because) -> Self {
        match because {
            Because::Request => Self::Request,
            Because::ConsentWithdrawn => Self::ConsentWithdrawn,
            Because::Unlawful => Self::Unlawful,
            Because::NoLongerNeeded => Self::NoLongerNeeded,
        }
    }
}

impl Erase {
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        let Self::Person { contact, door, tenant, because, erasures } = self;
        let folder = Folder::open(place)?;
        let tenant = folder.desk(tenant)?.may(Action::ErasePerson)?;
        let ledger = folder.erasures(erasures)?;
        let person = Person { tenant, door, contact };
        let Erased { spoke, unread } = privacy::erase(&*folder.store, &ledger, person, because.into(), folder.stamp())?;
        put(spoke)?;
        let brought = folder
            .backend_at_hand()
            .and_then(|tables| Ok(publish(&*folder.store, &*tables, tenant, &[Subject::Door(door)])?));
        let mut left = Vec::new();
        if unread > 0 {
            left.push(format!("{unread} entries, or the door's own record, cannot be read, and may speak of them"));
        }
        match brought {
            Ok(Published { unfit: 0, .. }) => eprintln!("the tables have the door without them"),
            Ok(_) => {
                left.push("the tables do not take the door, and may have what they had: see `backend bring`".into())
            }
            Err(error) => eprintln!(
                "the tables cannot be reached now ({error}), and have the door without them when they are there again"
            ),
        }
        eprintln!("phones forget them when they come next");
        eprintln!("notes at the door that were taken down about nobody in particular are left: read them");
        if left.is_empty() { Ok(()) } else { Err(Error::ErasedInPart(left.join("; "))) }
    }
}

/// Works in what the ledger has and the store does not, before anything is served or shown.
pub(super) fn work_in(folder: &Folder, given: Option<PathBuf>) -> Result<usize, Error> {
    Ok(privacy::work_in(&*folder.store, &folder.erasures(given)?, clock::now())?)
}
