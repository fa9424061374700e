//! A store in PostgreSQL as it was: pgBackRest puts the database's files back, and the database itself what came after.

use super::{set_aside, take_away};
use crate::clock;
use crate::commands::Error;
use crate::commands::backend::{bring_marked, say};
use crate::commands::folder::Folder;
use crate::commands::opened::Opened;
use crate::commands::output::put;
use crate::commands::pgbackrest::{PgBackRest, run};
use crate::commands::place::Place;
use crate::commands::serve::Options as Serving;
use crate::config::{Layout, make_private_folder, write_new};
use crate::office::Pen;
use crate::privacy::{self, Ledger, NotErased};
use crate::store::postgres::{Address, Stands};
use clap::Args;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use walkbook_model::Timestamp;
use walkbook_vault::SystemRandom;

/// A database that has to read a day's log again takes its time.
const PATIENCE: Duration = Duration::from_secs(60 * 60);
/// One that writes down all that it has in memory, too.
const STOPS_WITHIN: Duration = Duration::from_secs(5 * 60);
const LOOKS_EVERY: Duration = Duration::from_secs(1);

#[derive(Debug, Args)]
pub(in super::super) struct Database {
    #[command(flatten)]
    pgbackrest: PgBackRest,
    /// Of a store in PostgreSQL: how the database is stopped
    #[arg(long, env = "WALKBOOK_STOP_DATABASE", value_name = "COMMAND", default_value = "systemctl stop postgresql")]
    stop_database: String,
    /// Of a store in PostgreSQL: how it is started
    #[arg(long, env = "WALKBOOK_START_DATABASE", value_name = "COMMAND", default_value = "systemctl start postgresql")]
    start_database: String,
}

impl Database {
    /// Interrupted anywhere, it is done by running it again; until then no server starts in this folder.
    pub(super) fn restore(
        &self,
        place: &Place,
        layout: &Layout,
        address: &Address,
        to: Option<Timestamp>,
        erasures: Option<PathBuf>,
    ) -> Result<(), Error> {
        let named = erasures.map_or_else(|| Serving::erasures_of(layout), |given| Ok(Some(given)))?;
        let ledger = named.map_or_else(|| Ledger::by_default(layout.erasures()), Ledger::named);
        // Before anything is touched: a ledger that cannot be worked in would keep every server from starting.
        ledger.behind(None).map_err(NotErased::from)?;
        // A database that cannot be reached has nobody in it.
        if let Ok(Stands { connections: some @ 1.., .. }) = Stands::look(address) {
            return Err(Error::Usage(format!("{some} connections of servers are open; stop all servers first")));
        }
        let at = to.map_or_else(|| "as late as can be".to_owned(), clock::written);
        write_new(&layout.restore_pending(), at.as_bytes())?;
        run(&self.stop_database, &[], std::io::stderr().into())?;
        self.wait_until_stopped(address)?;
        self.pgbackrest.restore(to)?;
        run(&self.start_database, &[], std::io::stderr().into())?;
        wait(address)?;
        settle(layout, &ledger)?;
        take_away(&layout.restore_pending())?;
        bring(place)?;
        put(&at)?;
        eprintln!("the store is as it was: {at}");
        eprintln!(
            "put pen.key of every other server of it away, and `init` there: nobody may write twice in one place"
        );
        eprintln!("phones bring again what they have; what the office did after that moment is to be done again");
        Ok(())
    }
}

impl Database {
    /// Debian's `postgresql.service` stands for all clusters of the machine: who stops it is told so before they have stopped.
    fn wait_until_stopped(&self, address: &Address) -> Result<(), Error> {
        let started = Instant::now();
        while Stands::answers(address)? {
            if started.elapsed() > STOPS_WITHIN {
                let (command, how) = (self.stop_database.clone(), "the database answers all the same".to_owned());
                return Err(Error::Ran { command, how });
            }
            std::thread::sleep(LOOKS_EVERY);
        }
        Ok(())
    }
}

fn wait(address: &Address) -> Result<(), Error> {
    let started = Instant::now();
    loop {
        match Stands::look(address) {
            Ok(Stands { is_recovering: false, .. }) => return Ok(()),
            Err(error) if started.elapsed() > PATIENCE => return Err(error.into()),
            Ok(_) | Err(_) => std::thread::sleep(LOOKS_EVERY),
        }
    }
}

/// Whom the backup has and the ledger does not, they come back nowhere; and the tables, which may be of another moment, are to
/// have everything anew.
fn settle(layout: &Layout, ledger: &Ledger) -> Result<(), Error> {
    let aside = layout.folder().join(format!("before-restore-{}", clock::now().as_ms()));
    make_private_folder(&aside)?;
    set_aside(&layout.pen_key(), &aside)?;
    let random = Arc::new(SystemRandom::new());
    Pen::make(&layout.pen_key(), &*random)?;
    let region = layout.read_settings_anyhow()?.region;
    let Opened { store, .. } = Opened::open(layout, &region, random)?;
    privacy::work_in(&*store, ledger, clock::now())?;
    for tenant in store.tenants()? {
        store.mark_all(tenant.id)?;
    }
    Ok(())
}

fn bring(place: &Place) -> Result<(), Error> {
    let folder = Folder::open(place)?;
    let mut tables = folder.backend_if_there()?;
    for tenant in folder.store.tenants()? {
        if tenant.region == folder.settings.region {
            say(bring_marked(&folder, &mut tables, tenant.id)?);
        }
    }
    Ok(())
}
