//! `serve`: the server answers phones until it is told to stop.

mod options;

use super::Error;
use super::erase;
use super::folder::Folder;
use super::place::Place;
use crate::backend::Worker;
use crate::backup::{self, Policy, Shipping};
use crate::clock;
use crate::config::{Layout, make_master_key, read_master_key, read_private, write_new};
use crate::engine::{Engine, Region};
use crate::live::Listeners;
use crate::providers::Online;
use crate::routes::{App, Limits, Whereabouts};
use crate::server::Server;
use crate::telemetry::{NotTraced, Traces, start_logs};
use crate::tls::{Certificates, Source};
use clap::Args;
use options::Chosen;
pub(super) use options::Options;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;
use walkbook_sync::VERSION;

/// How long exchanges that are under way may go on once the server was told to stop.
const PATIENCE: Duration = Duration::from_secs(30);

const DAY: Duration = Duration::from_secs(86_400);

#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    options: Options,
}

impl Serve {
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        let chosen = self.options.choose(&Layout::new(place.operator()?))?;
        let filter = EnvFilter::try_new(&chosen.log).map_err(|error| Error::Usage(format!("log: {error}")))?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Error::Serving)?;
        let traces = chosen.traces.as_ref().map(|(to, percent)| runtime.block_on(async { Traces::to(to, *percent) }));
        let traces = traces.transpose().map_err(|error: NotTraced| Error::Usage(error.to_string()))?;
        start_logs(filter, traces.as_ref())?;
        let folder = Folder::open(place)?;
        // Before anybody is answered: a restored store has again whom it had erased.
        match erase::work_in(&folder, chosen.erasures.clone())? {
            0 => {}
            erased => tracing::warn!(
                erased,
                "the store had people or tenants again who were erased; they are erased once more"
            ),
        }
        let served = runtime.block_on(chosen.serve(&folder));
        traces.iter().for_each(Traces::end);
        served
    }
}

impl Chosen {
    async fn serve(self, folder: &Folder) -> Result<(), Error> {
        let worker = Arc::new(Worker::start(Arc::clone(&folder.store), folder.backend()?, folder.pen()?));
        let token = read_private(&folder.layout.metrics_token())?;
        let region = Region { name: folder.settings.region.clone(), others: folder.settings.regions.clone() };
        let whereabouts = Whereabouts {
            region: region.name.clone(),
            url: folder.settings.url.to_string(),
            versions: vec![VERSION],
            regions: region.others.clone(),
        };
        let engine = Engine::new(Arc::clone(&folder.store), region);
        let app = App::new(
            Arc::new(engine.started_at(clock::now()).asking(Arc::new(Online::new(Handle::current())))),
            Arc::clone(&folder.store),
            Arc::clone(&worker) as _,
            Limits {
                paces: self.paces,
                listeners: Listeners::among(self.connections.in_all),
                ..Limits::before(&*folder.store)
            },
            std::str::from_utf8(&token).ok().map(str::trim_end),
        );
        let directory = folder.registration()?;
        let app = Arc::new(app.found_at(whereabouts).finding(directory.clone()));
        let asking = directory.map(|directory| tokio::spawn(directory.keep_asking(self.registrations_every)));
        let shipping = self.backup_to.as_ref().map(|to| self.back_up(folder, to)).transpose()?.map(Arc::new);
        if let Some(shipping) = &shipping {
            app.watch_backup(Arc::clone(shipping) as _);
        }
        let certificates = Certificates::load(self.source(folder), clock::now())?;
        let server = Server::start(app, certificates, self.listen, self.connections);
        let mut server = server.map_err(|source| Error::Listen { address: self.listen, source })?;
        let address = server.address();
        if let Some(file) = &self.port_file {
            // Whoever waits for the file must not find half of it, nor an old one.
            let _ = std::fs::remove_file(file);
            write_new(file, format!("{}\n", address.port()).as_bytes())?;
        }
        tracing::info!(region = folder.settings.region, %address, "the server answers");
        let ended = tokio::select! {
            ended = server.ended() => Some(ended),
            () = told_to_stop() => None,
        };
        let stopped = match ended {
            Some(ended) => ended,
            None => {
                tracing::info!("the server stops; exchanges under way are finished");
                server.stop(PATIENCE).await
            }
        };
        asking.iter().for_each(tokio::task::JoinHandle::abort);
        worker.stop();
        if shipping.is_some_and(|shipping| !shipping.stop()) {
            tracing::error!("the last of what was committed is not in the backup yet");
        }
        tracing::info!("the server has stopped");
        stopped.map_err(Error::Serving)
    }

    fn back_up(&self, folder: &Folder, to: &Path) -> Result<Shipping, Error> {
        let key = folder.layout.backup_key();
        if make_master_key(&key, &*folder.random)? {
            tracing::warn!(
                "a key for backups was made: keep a copy of backup.key where neither the server nor the backup is"
            );
        }
        let key = read_master_key(&key)?;
        let policy = Policy { keep: DAY * self.backup_keep_days.max(1), ..Policy::default() };
        let (store, to, random) = (Arc::clone(folder.embedded()?), backup::Folder::new(to), folder.random.clone());
        Ok(Shipping::start(store, folder.layout.clone(), to, &key, random, policy))
    }

    fn source(&self, folder: &Folder) -> Source {
        match &self.certificate {
            Some((chain, key)) => Source::Given { chain: chain.clone(), key: key.clone() },
            None => Source::Private { folder: folder.layout.tls(), hosts: folder.settings.hosts() },
        }
    }
}

/// Waits for SIGTERM or SIGINT.
async fn told_to_stop() {
    let (terminate, interrupt) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    let (Ok(mut terminate), Ok(mut interrupt)) = (terminate, interrupt) else {
        tracing::warn!("signals cannot be heard: the server ends when it is killed, which is harmless");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
