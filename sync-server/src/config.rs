//! The server's folder: what lies where, and the few things that are chosen once.

mod base_map;
mod master_key;
mod private_file;

pub use master_key::{MasterKeys, make_master_key, read_master_key, written};
pub use private_file::{make_private_folder, read_private, write_new};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use thiserror::Error;
use walkbook_sync::ServerUrl;
use walkbook_terrain::Streets;

/// Why the server's folder cannot be used.
#[derive(Debug, Error)]
pub enum Error {
    /// A file could not be read or written.
    #[error("{file}: {source}")]
    File {
        /// Which one.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is no server in this folder. Run `init`.
    #[error("{folder} holds no server; run `walkbook-server init` first")]
    NotInitialised {
        /// The folder.
        folder: PathBuf,
    },
    /// A restore was interrupted. Run it again.
    #[error("{folder}: a restore was interrupted; run it again")]
    HalfRestored {
        /// The folder.
        folder: PathBuf,
    },
    /// A file is not what `init` wrote. Restore it.
    #[error("{file} is not what `init` wrote")]
    Damaged {
        /// Which one.
        file: PathBuf,
    },
    /// The region's streets cannot be read. Take them again.
    #[error("{file} cannot be read; run `walkbook-server streets import` again")]
    StreetsDamaged {
        /// Which one.
        file: PathBuf,
    },
    /// A secret can be read by others. Take that right away.
    #[error("{file} can be read by others; run `chmod 600` on it")]
    Exposed {
        /// Which one.
        file: PathBuf,
    },
    /// The system gave no random bytes. Try again.
    #[error("no random bytes")]
    NoRandomness,
}

impl Error {
    /// A file that could not be read or written.
    pub(crate) fn file(file: &Path, source: std::io::Error) -> Self {
        Self::File { file: file.to_owned(), source }
    }
}

/// What is chosen when a server is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The region, for ever.
    pub region: String,
    /// Where phones find the server: goes into invitations.
    #[serde(with = "as_text")]
    pub url: ServerUrl,
    /// Where the other regions' servers are, by region: phones that ask here for their tenants are sent there.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub regions: BTreeMap<String, String>,
    /// The authorities that those servers are known by (PEM), by region, where they are not the public ones.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub authorities: BTreeMap<String, String>,
}

impl Settings {
    /// Every name under which phones reach the server; on the machine itself, also the others of that machine.
    pub fn hosts(&self) -> Vec<String> {
        let own = ["localhost", "127.0.0.1", "::1"];
        match self.url.host() {
            host if own.contains(&host) => own.map(str::to_owned).to_vec(),
            host => vec![host.to_owned()],
        }
    }
}

/// An address in the settings is its text.
mod as_text {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};
    use walkbook_sync::ServerUrl;

    pub(super) fn serialize<S: Serializer>(url: &ServerUrl, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(url.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<ServerUrl, D::Error> {
        <std::borrow::Cow<'de, str>>::deserialize(input)?.parse().map_err(D::Error::custom)
    }
}

/// A server's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    folder: PathBuf,
}

impl Layout {
    /// The server in this folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Region and address.
    pub fn settings(&self) -> PathBuf {
        self.folder.join("server.json")
    }

    /// What `serve` is told.
    pub fn serving(&self) -> PathBuf {
        self.folder.join("serve.toml")
    }

    /// The region's master key.
    pub fn master_key(&self) -> PathBuf {
        self.folder.join("master.key")
    }

    /// The key of the backups, if they are made.
    pub fn backup_key(&self) -> PathBuf {
        self.folder.join("backup.key")
    }

    /// There while a restore is under way, or was interrupted.
    pub fn restore_pending(&self) -> PathBuf {
        self.folder.join("restore.pending")
    }

    /// The small files without which a restored store is of no use, by name: settings, keys, certificates. Neither the
    /// backups' own key, nor the office's pen.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn files_to_back_up(&self) -> Result<Vec<(String, PathBuf)>, Error> {
        let mut own = vec![self.settings(), self.master_key(), self.metrics_token()];
        own.extend([self.serving(), self.registrations_key()].into_iter().filter(|file| file.exists()));
        let mut files: Vec<(String, PathBuf)> = own.into_iter().map(|file| (self.name_of(&file), file)).collect();
        let tls = self.tls();
        match std::fs::read_dir(&tls) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            entries => {
                for entry in entries.map_err(|error| Error::file(&tls, error))? {
                    let file = entry.map_err(|error| Error::file(&tls, error))?.path();
                    if file.extension().is_some_and(|kind| kind == "pem" || kind == "key") {
                        files.push((self.name_of(&file), file));
                    }
                }
            }
        }
        Ok(files)
    }

    /// A file's name in this folder.
    fn name_of(&self, file: &Path) -> String {
        file.strip_prefix(&self.folder).unwrap_or(file).to_string_lossy().into_owned()
    }

    /// Where the store is, if it is a PostgreSQL database.
    pub fn store_address(&self) -> PathBuf {
        self.folder.join("store.url")
    }

    /// The certificates of the authorities that the database's server is known by.
    pub fn store_authority(&self) -> PathBuf {
        self.folder.join("store-ca.pem")
    }

    /// The folder of the embedded store.
    pub fn store(&self) -> PathBuf {
        self.folder.join("store")
    }

    /// Where the regional backend is, if it is a PostgreSQL database.
    pub fn backend_address(&self) -> PathBuf {
        self.folder.join("backend.url")
    }

    /// The certificates of the authorities that its server is known by.
    pub fn backend_authority(&self) -> PathBuf {
        self.folder.join("backend-ca.pem")
    }

    /// The regional backend's database, if it is in this folder.
    pub fn backend(&self) -> PathBuf {
        self.folder.join("backend.sqlite")
    }

    /// The folder of the private certificate authority.
    pub fn tls(&self) -> PathBuf {
        self.folder.join("tls")
    }

    /// The key with which the server signs what the office decides.
    pub fn pen_key(&self) -> PathBuf {
        self.folder.join("pen.key")
    }

    /// The ledger of erasures, unless another one is named.
    pub fn erasures(&self) -> PathBuf {
        self.folder.join("erasures.log")
    }

    /// What the operator's monitoring has to show to read the metrics.
    pub fn metrics_token(&self) -> PathBuf {
        self.folder.join("metrics.token")
    }

    /// The region's streets.
    pub fn streets(&self) -> PathBuf {
        self.folder.join("streets.map")
    }

    /// The region's streets, if some were taken.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Damaged`].
    pub fn read_streets(&self) -> Result<Option<Streets>, Error> {
        let file = self.streets();
        let bytes = match std::fs::read(&file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            read => read.map_err(|error| Error::file(&file, error))?,
        };
        Streets::from_bytes_of_any_size(&bytes).map(Some).map_err(|_| Error::StreetsDamaged { file })
    }

    /// Whose data the streets are.
    fn attribution(&self) -> PathBuf {
        self.folder.join("attribution.txt")
    }

    /// Whose data the streets are; nothing where nobody has to be named.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn read_attribution(&self) -> Result<String, Error> {
        let file = self.attribution();
        match std::fs::read_to_string(&file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
            read => read.map_err(|error| Error::file(&file, error)),
        }
    }

    /// Puts other names in the place of those that are there, all or nothing.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn replace_attribution(&self, names: &str) -> Result<(), Error> {
        private_file::replace(&self.attribution(), names.as_bytes())
    }

    /// The key of the registration directory, which the servers of all regions share.
    pub fn registrations_key(&self) -> PathBuf {
        self.folder.join("registrations.key")
    }

    /// What another region's server has told of who is registered there.
    fn registrations_of(&self, region: &str) -> PathBuf {
        self.folder.join("registrations").join(region).with_extension("tags")
    }

    /// What was kept of another region; nothing, where nothing was.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn kept_registrations(&self, region: &str) -> Result<Vec<u8>, Error> {
        let file = self.registrations_of(region);
        match std::fs::read(&file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            read => read.map_err(|error| Error::file(&file, error)),
        }
    }

    /// Puts what another region has told in the place of what was kept of it.
    ///
    /// # Errors
    /// [`Error::File`]; then nothing is kept, since who is not there any more is not to come back.
    pub fn keep_registrations(&self, region: &str, bytes: &[u8]) -> Result<(), Error> {
        let file = self.registrations_of(region);
        make_private_folder(&self.folder.join("registrations"))?;
        private_file::replace(&file, bytes).inspect_err(|_| {
            // What there was may not be there: then it is not there now either.
            let _ = std::fs::remove_file(&file);
        })
    }

    /// What the streets' files say that nobody walks across, as GeoJSON.
    pub fn barriers(&self) -> PathBuf {
        self.folder.join("barriers.geojson")
    }

    /// Puts other barriers in the place of those that are there, all or nothing.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn replace_barriers(&self, geojson: &[u8]) -> Result<(), Error> {
        private_file::replace(&self.barriers(), geojson)
    }

    /// Puts other streets in the place of those that are there, all or nothing.
    ///
    /// # Errors
    /// [`Error::File`]; then the old ones stay.
    pub fn replace_streets(&self, streets: &Streets) -> Result<(), Error> {
        private_file::replace(&self.streets(), &streets.to_bytes())
    }

    /// Reads the settings.
    ///
    /// # Errors
    /// [`Error::NotInitialised`] if there are none, [`Error::HalfRestored`].
    pub fn read_settings(&self) -> Result<Settings, Error> {
        if self.restore_pending().exists() {
            return Err(Error::HalfRestored { folder: self.folder.clone() });
        }
        self.read_settings_anyhow()
    }

    /// As [`Self::read_settings`], also while a restore is under way.
    ///
    /// # Errors
    /// [`Error::NotInitialised`] if there are none.
    pub fn read_settings_anyhow(&self) -> Result<Settings, Error> {
        let file = self.settings();
        let text = std::fs::read(&file).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Error::NotInitialised { folder: self.folder.clone() },
            _ => Error::file(&file, error),
        })?;
        serde_json::from_slice(&text).map_err(|_| Error::Damaged { file })
    }

    /// Writes the settings, unless there are some; says whether it did.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn write_settings(&self, settings: &Settings) -> Result<bool, Error> {
        let file = self.settings();
        let text = serde_json::to_string_pretty(settings).map_err(|_| Error::Damaged { file: file.clone() })?;
        write_new(&file, format!("{text}\n").as_bytes())
    }

    /// Puts other settings in the place of those that are there, all or nothing.
    ///
    /// # Errors
    /// [`Error::File`]; then the old ones stay.
    pub fn replace_settings(&self, settings: &Settings) -> Result<(), Error> {
        let file = self.settings();
        let text = serde_json::to_string_pretty(settings).map_err(|_| Error::Damaged { file: file.clone() })?;
        private_file::replace(&file, format!("{text}\n").as_bytes())
    }
}
