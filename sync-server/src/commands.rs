//! The command line. Results go to the standard output, one thing a line and columns parted by tabs, so that scripts can
//! read them; everything said to a person goes to the standard error.

mod audit;
mod backend;
mod backup;
mod base_map;
mod device;
mod erase;
mod folder;
mod import;
mod init;
mod input;
mod key;
mod list;
mod opened;
mod output;
mod pgbackrest;
mod place;
mod quarantine;
mod region;
mod rescue;
mod restore;
mod script;
mod serve;
mod status;
mod store;
mod streets;
mod support;
mod team;
mod tenant;
mod user;

use clap::{Parser, Subcommand};
use folder::Folder;
use place::Place;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use thiserror::Error;
use walkbook_model::UserId;

/// The sync server of one region.
#[derive(Debug, Parser)]
#[command(name = "walkbook-server", version, about, propagate_version = true)]
pub struct Cli {
    /// The server's folder.
    #[arg(long, global = true, env = "WALKBOOK_FOLDER", default_value = "walkbook-server", value_name = "FOLDER")]
    folder: PathBuf,
    /// The user for whom the command is given: it then does what this user may do, and nothing else. Without one it is the
    /// operator's
    #[arg(long, global = true, env = "WALKBOOK_BY", value_name = "USER")]
    by: Option<UserId>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a server in the folder: keys, a private certificate authority, an empty store
    Init(init::Init),
    /// Answer phones, over TLS, until told to stop
    Serve(serve::Serve),
    /// Tenants: add, list, settings, set, sign-in, erase
    #[command(subcommand)]
    Tenant(tenant::Tenant),
    /// Where the servers of other regions are: add, list
    #[command(subcommand)]
    Region(region::Region),
    /// Users: add, list, role, invite, password, identity, shut out
    #[command(subcommand)]
    User(user::User),
    /// Phones: list, wipe
    #[command(subcommand)]
    Device(device::Device),
    /// What is not to be known any more: person
    #[command(subcommand)]
    Erase(erase::Erase),
    /// What the operator's staff may look at: grant, end, list
    #[command(subcommand)]
    Support(support::Support),
    /// Teams: add, list, join, leave
    #[command(subcommand)]
    Team(team::Team),
    /// Take a register: an address CSV (plain or gzip) or an OpenStreetMap extract (.osm.pbf)
    Import(import::Import),
    /// Walk lists: cut, give to a team, assign, script, rename, show, board
    #[command(subcommand)]
    List(list::List),
    /// What walks are planned along: import
    #[command(subcommand)]
    Streets(streets::Streets),
    /// The map under the doors, which phones show without a network: import, remove
    #[command(subcommand)]
    BaseMap(base_map::BaseMap),
    /// Scripts: publish, show; drafts: start, show, publish
    #[command(subcommand)]
    Script(script::Script),
    /// The regional backend's tables: query, and what could not be brought there: letters, retry, drop, bring
    #[command(subcommand)]
    Backend(backend::Backend),
    /// What is set aside until somebody has looked at it: list, show, release, refuse
    #[command(subcommand)]
    Quarantine(quarantine::Quarantine),
    /// Who did what: verify, list, export
    #[command(subcommand)]
    Audit(audit::Audit),
    /// The region's master key: list, new, rotate, retire
    #[command(subcommand)]
    Key(key::Key),
    /// The store in PostgreSQL: migrate
    #[command(subcommand)]
    Store(store::Store),
    /// Backups: now, list, verify. A running server makes them by itself with `serve --backup-to`
    #[command(subcommand)]
    Backup(backup::Backup),
    /// Bring the server back to a moment, from a backup
    Restore(restore::Restore),
    /// Take a phone's rescue file; its code comes by WALKBOOK_RESCUE_CODE or the standard input
    Rescue(rescue::Rescue),
    /// What there is and what waits
    Status(status::Status),
}

/// Why a command did not do it. What each says is meant for the person at the terminal, and holds nothing of anybody.
#[derive(Debug, Error)]
enum Error {
    #[error(transparent)]
    Config(#[from] crate::config::Error),
    #[error("the store: {0}{detail}", detail = cause(.0))]
    Store(#[from] crate::store::Error),
    #[error("{folder}: {error}{detail}", detail = cause(.error))]
    NotOpened { folder: PathBuf, error: crate::store::Error },
    #[error("the store's address: {0}")]
    Address(#[from] crate::store::postgres::AddressRefused),
    #[error(transparent)]
    Office(#[from] crate::office::Error),
    #[error("TLS: {0}")]
    Tls(#[from] crate::tls::Error),
    #[error("{file}: {refused}")]
    File { file: PathBuf, refused: crate::import::FileRefused },
    #[error("{file}: {refused}")]
    Shapes { file: PathBuf, refused: crate::import::ShapesRefused },
    #[error("{file}: {refused}")]
    Map { file: PathBuf, refused: crate::import::MapRefused },
    #[error("{file}: not one row of it can be taken; nothing was changed")]
    NothingToTake { file: PathBuf },
    #[error("{file}: {source}")]
    Tiles { file: PathBuf, source: crate::office::TilesNotWritten },
    #[error("{file}: {source}")]
    Io { file: PathBuf, source: std::io::Error },
    #[error("the audit log is not as it was written: {0}")]
    Audit(#[source] crate::store::audit::Flaw),
    #[error("the backend: {0}")]
    Backend(#[from] crate::backend::Error),
    #[error("the backup: {0}")]
    Backup(#[from] crate::backup::Error),
    #[error(transparent)]
    NotErased(#[from] crate::privacy::NotErased),
    #[error("{command}: {how}")]
    Ran { command: String, how: String },
    #[error("they are not gone from everywhere: {0}")]
    ErasedInPart(String),
    #[error("the registration directory: {0}")]
    Directory(#[from] crate::registration::NoDirectory),
    #[error("that is the operator's: give the command without --by")]
    Operators,
    #[error("{0}")]
    Usage(String),
    #[error("the logs: {0}")]
    Logs(#[from] tracing_subscriber::util::TryInitError),
    #[error("cannot listen at {address}: {source}")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("{0}")]
    Serving(#[source] std::io::Error),
    #[error("the output: {0}")]
    Output(#[source] std::io::Error),
}

fn cause(error: &crate::store::Error) -> String {
    std::error::Error::source(error).map(|source| format!(": {source}")).unwrap_or_default()
}

impl Cli {
    /// Does what the command line says.
    pub fn run(self) -> ExitCode {
        let place = Place { folder: self.folder, by: self.by };
        let place = &place;
        match self.command.run(place).map_err(|error| noted(place, error)) {
            Ok(()) => ExitCode::SUCCESS,
            // Whoever reads has seen enough.
            Err(Error::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("walkbook-server: {error}");
                ExitCode::FAILURE
            }
        }
    }
}

impl Command {
    fn run(self, place: &Place) -> Result<(), Error> {
        match self {
            Self::Init(init) => init.run(place),
            Self::Serve(serve) => serve.run(place),
            Self::Tenant(tenant) => tenant.run(place),
            Self::Region(region) => region.run(place),
            Self::User(user) => user.run(place),
            Self::Device(device) => device.run(place),
            Self::Erase(erase) => erase.run(place),
            Self::Support(support) => support.run(place),
            Self::Team(team) => team.run(place),
            Self::Import(import) => import.run(place),
            Self::List(list) => list.run(place),
            Self::Streets(streets) => streets.run(place),
            Self::BaseMap(map) => map.run(place),
            Self::Script(script) => script.run(place),
            Self::Backend(backend) => backend.run(place),
            Self::Quarantine(quarantine) => quarantine.run(place),
            Self::Audit(audit) => audit.run(place),
            Self::Rescue(rescue) => rescue.run(place),
            Self::Backup(backup) => backup.run(place),
            Self::Restore(restore) => restore.run(place),
            Self::Key(key) => key.run(place),
            Self::Store(store) => store.run(place),
            Self::Status(status) => status.run(place),
        }
    }
}

/// The error, once the audit log has it if it is a refusal.
fn noted(place: &Place, error: Error) -> Error {
    if !matches!(error, Error::Office(crate::office::Error::NotAllowed { .. })) {
        return error;
    }
    let noted = Folder::open(place).and_then(|folder| folder.note_refusal(&error));
    noted.err().unwrap_or(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn no_two_arguments_of_a_command_have_one_name() {
        Cli::command().debug_assert();
    }
}
