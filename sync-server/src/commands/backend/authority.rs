//! `backend authority`: who has the last word on a field.

use crate::backend::{ACCESS_NOTES, Records, introduce};
use crate::commands::Error;
use crate::commands::folder::Folder;
use crate::commands::output::put;
use crate::office;
use crate::store::Deed;
use crate::store::audit::LastWord;
use clap::{Args, ValueEnum};
use walkbook_model::{ContactField, TenantId};

#[derive(Debug, Args)]
pub(in super::super) struct Authority {
    /// A contact's field, as the tables call it, or `access_notes`
    #[arg(value_name = "FIELD")]
    field: Option<String>,
    #[arg(value_enum, requires = "field")]
    wins: Option<Wins>,
    /// It is a field of the tenant's own, by its name in `contact_field`
    #[arg(long, requires = "field")]
    own: bool,
    #[arg(long)]
    tenant: TenantId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in super::super) enum Wins {
    /// What phones say: a change made in the tables is put back
    Ours,
    /// What is written in the tables
    Theirs,
    /// Nobody: people are asked
    Ask,
}

impl Wins {
    const fn last_word(self) -> Option<LastWord> {
        match self {
            Self::Ours => Some(LastWord::Ours),
            Self::Theirs => Some(LastWord::Theirs),
            Self::Ask => None,
        }
    }
}

impl Authority {
    pub(super) fn run(self, folder: &Folder) -> Result<(), Error> {
        let Self { field, wins, own, tenant } = self;
        let (records, tenant) = (folder.backend_at_hand()?, folder.operators(tenant)?);
        let field = field.map(|field| named(field, own)).transpose()?;
        if let (Some(field), Some(wins)) = (&field, wins) {
            give_last_word(folder, &*records, tenant, field, wins.last_word())?;
        }
        last_words(&*records, tenant, field.as_deref())
    }
}

/// A field that there is: a slip would decide about none.
fn named(field: String, own: bool) -> Result<String, Error> {
    let known = ContactField::from_name(&field);
    let is_own = matches!(known, ContactField::Custom(_)) && field != ACCESS_NOTES;
    known.check("").map_err(office::Error::from)?;
    match (is_own, own) {
        (false, false) | (true, true) => Ok(field),
        (true, false) => {
            let named: Vec<String> = ContactField::named().map(|field| field.name().to_owned()).collect();
            let named = named.join(", ");
            Err(Error::Usage(format!("{field}: every tenant has {named}, {ACCESS_NOTES}; of its own, say --own")))
        }
        (false, true) => Err(Error::Usage(format!("{field}: every tenant has it; it is none of its own"))),
    }
}

/// What stands so already is not written down again.
fn give_last_word(
    folder: &Folder,
    records: &dyn Records,
    tenant: TenantId,
    field: &str,
    wins: Option<LastWord>,
) -> Result<(), Error> {
    let stands = records.last_words(tenant)?.into_iter().find(|(of, _)| of == field).map(|(_, wins)| wins);
    if stands == wins {
        return Ok(());
    }
    introduce(&*folder.store, records, tenant)?;
    folder.note(tenant, Deed::LastWordGiven { field: field.to_owned(), wins })?;
    Ok(records.give_last_word(tenant, field, wins)?)
}

fn last_words(records: &dyn Records, tenant: TenantId, field: Option<&str>) -> Result<(), Error> {
    let words = records.last_words(tenant)?;
    let Some(field) = field else {
        return words.iter().try_for_each(|(field, wins)| put(format_args!("{field}\t{}", wins.as_str())));
    };
    let wins = words.iter().find(|(of, _)| of == field).map_or("ask", |(_, wins)| wins.as_str());
    put(format_args!("{field}\t{wins}"))
}
