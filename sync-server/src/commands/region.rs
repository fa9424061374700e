//! `region`: where the others are.

use super::Error;
use crate::config::{Layout, host_of};
use clap::Subcommand;
use std::path::Path;

#[derive(Debug, Subcommand)]
pub(super) enum Region {
    /// Say where another region's server is; a running server learns it at its next start
    Add {
        /// Its name
        name: String,
        /// Its address
        url: String,
    },
    /// Name and address of every region
    List,
}

impl Region {
    pub(super) fn run(self, folder: &Path) -> Result<(), Error> {
        let layout = Layout::new(folder);
        let mut settings = layout.read_settings()?;
        match self {
            Self::Add { name, url } => {
                host_of(&url).ok_or_else(|| Error::Usage("the URL has to be https:// with a host".into()))?;
                if name == settings.region {
                    return Err(Error::Usage("that is this server's own region".into()));
                }
                settings.regions.insert(name, url);
                layout.replace_settings(&settings)?;
            }
            Self::List => {
                println!("{}\t{}\tthis server", settings.region, settings.url);
                settings.regions.iter().for_each(|(name, url)| println!("{name}\t{url}"));
            }
        }
        Ok(())
    }
}
