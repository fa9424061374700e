//! `audit`: who did what.

use super::Error;
use super::folder::Folder;
use super::output::put;
use super::place::Place;
use crate::store::Held;
use crate::store::audit::{By, Deed, Flaw, Head, LookedAt, Record, verify};
use crate::words::instant;
use clap::Subcommand;
use serde_json::{Map, Value};
use std::str::FromStr;
use walkbook_model::{Action, TenantId};

const PAGE: u32 = 1_000;

#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// Hold the log against its links, seals and head; prints the place where it ends. Fails where it was changed
    Verify {
        #[arg(long)]
        tenant: TenantId,
        /// A place that an earlier `verify` printed, kept where this server's operator cannot change it: fails where the log
        /// does not hold it any more
        #[arg(long, value_name = "NUMBER:LINK")]
        expect: Option<Kept>,
    },
    /// Number, when, by whom, and what
    List {
        #[arg(long)]
        tenant: TenantId,
        /// Only what comes behind this number
        #[arg(long, default_value_t = 0)]
        after: u64,
    },
    /// Every record as a line of JSON, with its link
    Export {
        #[arg(long)]
        tenant: TenantId,
    },
}

/// A place in a log, kept elsewhere.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kept(Head);

impl FromStr for Kept {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (number, link) = text.split_once(':').ok_or("a place is a number, a colon and a link")?;
        let number = number.parse().map_err(|_| "the part before the colon is no number")?;
        let link = link.parse().map_err(|error: walkbook_vault::InvalidLink| error.to_string())?;
        Ok(Self(Head { number, link }))
    }
}

impl Audit {
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        let folder = Folder::open(place)?;
        match self {
            Self::Verify { tenant, expect } => {
                let tenant = folder.desk(tenant)?.may(Action::ReadAudit)?;
                let audited = verify(&*folder.store, tenant, expect.map(|kept| kept.0))??;
                put(format_args!("{}:{}", audited.head.number, audited.head.link))?;
                eprintln!("{} records, each as it was written", audited.head.number);
                if audited.erased > 0 {
                    eprintln!("{} of them nobody can read any more: the tenant was erased", audited.erased);
                }
                Ok(())
            }
            Self::List { tenant, after } => {
                let tenant = folder.desk(tenant)?.may(Action::ReadAudit)?;
                each(&folder, tenant, after, |record| {
                    let mut members = members(&record)?;
                    let [by, deed] = ["by", "deed"].map(|name| members.remove(name).map(bare).unwrap_or_default());
                    let rest: Vec<String> =
                        members.into_iter().map(|(name, value)| format!("{name}={}", bare(value))).collect();
                    put(format_args!("{}\t{}\t{by}\t{deed}\t{}", record.number, instant(record.at), rest.join(" ")))
                })
            }
            Self::Export { tenant } => {
                let tenant = folder.desk(tenant)?.may(Action::ExportAudit)?;
                folder.note(tenant, Deed::Exported { what: LookedAt::AuditLog })?;
                each(&folder, tenant, 0, |record| {
                    let mut line = members(&record)?;
                    line.insert("number".into(), record.number.into());
                    line.insert("at".into(), instant(record.at).into());
                    line.insert("link".into(), record.link.to_string().into());
                    put(Value::Object(line))
                })
            }
        }
    }
}

/// Goes through the log from behind this number. One record that cannot be read holds up nothing.
fn each(
    folder: &Folder,
    tenant: TenantId,
    mut after: u64,
    mut show: impl FnMut(Record) -> Result<(), Error>,
) -> Result<(), Error> {
    loop {
        let page = folder.store.audit(tenant, after, PAGE)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.number;
        page.into_iter().try_for_each(&mut show)?;
    }
}

/// What a record says, by name.
fn members(record: &Record) -> Result<Map<String, Value>, Error> {
    let mut members = match &record.act {
        Held::Readable(act) => match serde_json::to_value(act).map_err(crate::office::Error::Script)? {
            Value::Object(members) => members,
            _ => Map::new(),
        },
        Held::Erased => Map::from_iter([("deed".to_owned(), "erased".into())]),
        Held::Damaged => Map::from_iter([("deed".to_owned(), "damaged".into())]),
    };
    if let Held::Readable(act) = &record.act {
        members.insert("by".into(), name(act.by).into());
    }
    Ok(members)
}

fn name(by: By) -> String {
    match by {
        By::Operator => "operator".into(),
        By::User(user) => user.to_string(),
        By::Device(device) => device.to_string(),
        By::Invited => "invited".into(),
        By::Server => "server".into(),
    }
}

/// A value without the marks of JSON around a text.
fn bare(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

impl From<Flaw> for Error {
    fn from(flaw: Flaw) -> Self {
        Self::Audit(flaw)
    }
}
