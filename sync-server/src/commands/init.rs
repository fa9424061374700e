//! `init`: a server is made.

use super::Error;
use super::place::Place;
use crate::backend::Tables;
use crate::clock;
use crate::config::{Layout, Settings, make_master_key, make_private_folder, read_master_key, write_new};
use crate::office::Pen;
use crate::store::{EmbeddedStore, Options};
use crate::tls::Authority;
use clap::Args;
use std::collections::BTreeMap;
use std::sync::Arc;
use walkbook_sync::ServerUrl;
use walkbook_vault::SystemRandom;

#[derive(Debug, Args)]
pub(super) struct Init {
    /// The region, for ever, such as eu-west-1
    #[arg(long)]
    region: String,
    /// Where phones find the server
    #[arg(long, default_value = "https://localhost:8443")]
    url: ServerUrl,
}

impl Init {
    /// What is there already is kept: running it again completes what an interrupted attempt left.
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        let folder = place.operator()?;
        if self.region.is_empty() || self.region.len() > 64 {
            return Err(Error::Usage("a region's name has from 1 to 64 letters".into()));
        }
        let random = Arc::new(SystemRandom::new());
        let layout = Layout::new(folder);
        make_private_folder(folder)?;
        let settings = Settings { region: self.region, url: self.url, regions: BTreeMap::new() };
        if !layout.write_settings(&settings)? && layout.read_settings()? != settings {
            return Err(Error::Usage(format!("{} holds another server already", folder.display())));
        }
        make_master_key(&layout.master_key(), &*random)?;
        make_master_key(&layout.backup_key(), &*random)?;
        Pen::make(&layout.pen_key(), &*random)?;
        write_new(&layout.metrics_token(), metrics_token(&random)?.as_bytes())?;
        Authority::make(&layout.tls(), &settings.region, clock::now())?;
        let master = read_master_key(&layout.master_key())?;
        EmbeddedStore::open(&layout.store(), &settings.region, master, random, Options::default())
            .map_err(|error| Error::NotOpened { folder: layout.store(), error })?;
        Tables::open(&layout.backend())?;
        eprintln!("a server for {} is in {}", settings.region, folder.display());
        eprintln!("keep copies of {} and {}", layout.master_key().display(), layout.backup_key().display());
        eprintln!(
            "where no copy of the rest lies, nor a backup: without the one nothing in the store can be read, and"
        );
        eprintln!("without the other nothing in a backup, by anybody, ever");
        Ok(())
    }
}

fn metrics_token(random: &SystemRandom) -> Result<String, Error> {
    use base64::Engine as _;
    use walkbook_vault::SecureRandom as _;
    let mut bytes = [0; 32];
    random.fill(&mut bytes).map_err(|_| crate::config::Error::NoRandomness)?;
    Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
}
