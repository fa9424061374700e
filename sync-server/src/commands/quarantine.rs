//! `quarantine`: what is set aside until somebody has looked at it.

use super::Error;
use super::folder::Folder;
use super::output::put;
use super::place::Place;
use crate::office::{self, SetAside, Which, Would};
use crate::store::Deed;
use crate::store::audit::{LookedAt, subject_name as name};
use crate::words::{instant, word};
use crate::{clock, reading};
use clap::{Args, Subcommand};
use walkbook_ledger::{DoorChange, Payload, Subject};
use walkbook_model::{Interaction, Knock, TenantId};

#[derive(Debug, Subcommand)]
pub(super) enum Quarantine {
    /// Entry, when it was written, user, what it is about, what it is, and what would become of it; no person's name, no
    /// answer and no note
    List {
        #[arg(long)]
        tenant: TenantId,
    },
    /// The same of one entry, with the address and the user's label
    Show {
        entry: Which,
        #[arg(long)]
        tenant: TenantId,
    },
    /// Let entries count from now on
    Release(Release),
    /// Refuse entries for good; their writers' phones show why
    Refuse(Refuse),
}

#[derive(Debug, Args)]
pub(super) struct Release {
    #[arg(required_unless_present = "all_that_fit")]
    entries: Vec<Which>,
    /// Every entry that the server would take by itself today: after a restore, once the others' phones have come
    #[arg(long, conflicts_with = "entries")]
    all_that_fit: bool,
    #[arg(long)]
    tenant: TenantId,
}

#[derive(Debug, Args)]
pub(super) struct Refuse {
    #[arg(required = true)]
    entries: Vec<Which>,
    /// A word to whoever wrote it
    #[arg(long, value_name = "WORDS")]
    because: String,
    #[arg(long)]
    tenant: TenantId,
}

impl Quarantine {
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        let folder = Folder::open(place)?;
        match self {
            Self::List { tenant } => list(&folder, tenant),
            Self::Show { entry, tenant } => show(&folder, tenant, entry),
            Self::Release(release) => release.run(&folder),
            Self::Refuse(refuse) => refuse.run(&folder),
        }
    }
}

fn list(folder: &Folder, tenant: TenantId) -> Result<(), Error> {
    let aside = office::set_aside(&folder.desk(tenant)?, clock::now())?;
    for SetAside { which, user, about, written_at, would, said } in &aside {
        let (about, what) = (name(*about), said.as_ref().map(describe).unwrap_or_default());
        put(format_args!("{which}\t{}\t{user}\t{about}\t{what}\t{would}", instant(*written_at)))?;
    }
    eprintln!("{} entries are set aside", aside.len());
    Ok(())
}

fn show(folder: &Folder, tenant: TenantId, which: Which) -> Result<(), Error> {
    let store = &*folder.store;
    let aside = office::one_set_aside(&folder.desk(tenant)?, which, clock::now())?;
    let SetAside { which, user, about, written_at, would, said } = aside;
    folder.note(tenant, Deed::Looked { what: LookedAt::SetAside, document: Some(name(about)) })?;
    let label = store.user(tenant, user)?.map(|user| user.label).unwrap_or_default();
    put(format_args!("entry\t{which}"))?;
    put(format_args!("written\t{}", instant(written_at)))?;
    put(format_args!("user\t{user}\t{label}"))?;
    put(format_args!("about\t{}\t{}", name(about), called(folder, tenant, about)?))?;
    put(format_args!("what\t{}", said.as_ref().map(describe).unwrap_or_default()))?;
    put(format_args!("stands\t{would}"))
}

/// Where it is, or what people call it.
fn called(folder: &Folder, tenant: TenantId, about: Subject) -> Result<String, Error> {
    let store = &*folder.store;
    Ok(match about {
        Subject::Door(door) => reading::door_state(store, tenant, door)?.map(|state| state.door.address.line()),
        Subject::List(list) => reading::list_state(store, tenant, list)?.map(|state| state.list.name),
        Subject::Script(script) => reading::draft_state(store, tenant, script)?.map(|state| state.draft.script.title),
    }
    .unwrap_or_default())
}

impl Release {
    fn run(self, folder: &Folder) -> Result<(), Error> {
        let (desk, pen) = (folder.desk(self.tenant)?, folder.pen()?);
        let release = |which: &Which| Ok(office::release(&desk, &pen, *which, clock::now()).map(|()| "released")?);
        if !self.all_that_fit {
            return one_by_one(folder, &self.entries, release);
        }
        loop {
            let aside = office::set_aside(&desk, clock::now())?;
            let fit: Vec<Which> =
                aside.iter().filter(|aside| aside.would == Would::Count).map(|aside| aside.which).collect();
            if fit.is_empty() {
                eprintln!("{} entries are still set aside", aside.len());
                return Ok(());
            }
            // What rests on these may fit then.
            one_by_one(folder, &fit, release)?;
        }
    }
}

impl Refuse {
    fn run(self, folder: &Folder) -> Result<(), Error> {
        let desk = folder.desk(self.tenant)?;
        let refuse =
            |which: &Which| Ok(office::refuse(&desk, *which, &self.because, clock::now()).map(|()| "refused")?);
        one_by_one(folder, &self.entries, refuse)
    }
}

/// One that cannot be decided holds up no other.
fn one_by_one(
    folder: &Folder,
    entries: &[Which],
    decide: impl Fn(&Which) -> Result<&'static str, Error>,
) -> Result<(), Error> {
    let mut failed = 0;
    for entry in entries {
        match decide(entry) {
            Ok(became) => put(format_args!("{entry}\t{became}"))?,
            Err(error) => {
                folder.note_refusal(&error)?;
                eprintln!("{entry}: {error}");
                failed += 1;
            }
        }
    }
    if failed > 0 {
        return Err(Error::Usage(format!("{failed} of {} entries stay as they were", entries.len())));
    }
    Ok(())
}

/// What an entry is: enough to decide by, and nothing that somebody said at the door.
fn describe(payload: &Payload) -> String {
    match payload {
        Payload::Interaction(interaction) => knock(interaction),
        Payload::Correction(correction) => match &correction.with {
            Some(interaction) => format!("correction of {}: {}", correction.replaces, knock(interaction)),
            None => format!("undoes {}", correction.replaces),
        },
        Payload::Suppression(suppression) => format!("do not contact: {}", word(&suppression.reason)),
        Payload::Lift(lift) => format!("lifts {} times \"do not contact\"", lift.names.len()),
        Payload::Consent(consent) => {
            let given = if consent.given { "permission given" } else { "permission withdrawn" };
            format!("{given}: {}", word(&consent.purpose))
        }
        Payload::Door(edit) => match &edit.change {
            DoorChange::SetContactField(_, field, _) => format!("sets a contact's {}", word(field)),
            change => word(change).replace('_', " "),
        },
        Payload::List(edit) => format!("list: {}", word(&edit.change).replace('_', " ")),
        Payload::Script(edit) => format!("draft: {}", word(&edit.change).replace('_', " ")),
    }
}

fn knock(interaction: &Interaction) -> String {
    let what = match &interaction.knock {
        Knock::Outcome(outcome, _) => outcome.as_str().to_owned(),
        Knock::Answers(_, answers) => format!("{} answers", answers.len()),
    };
    let note = if interaction.note.is_some() { ", a note" } else { "" };
    format!("knock: {what}{note}")
}
