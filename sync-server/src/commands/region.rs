//! `region`: where the others are.

use super::Error;
use super::output::put;
use super::place::Place;
use crate::config::Layout;
use clap::Subcommand;
use walkbook_sync::ServerUrl;

#[derive(Debug, Subcommand)]
pub(super) enum Region {
    /// Say where another region's server is; a running server learns it at its next start
    Add {
        /// Its name
        name: String,
        /// Its address
        url: ServerUrl,
    },
    /// Name and address of every region
    List,
}

impl Region {
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        let layout = Layout::new(place.operator()?);
        let mut settings = layout.read_settings()?;
        match self {
            Self::Add { name, url } => {
                if name == settings.region {
                    return Err(Error::Usage("that is this server's own region".into()));
                }
                settings.regions.insert(name, url.to_string());
                layout.replace_settings(&settings)?;
            }
            Self::List => {
                put(format_args!("{}\t{}\tthis server", settings.region, settings.url))?;
                settings.regions.iter().try_for_each(|(name, url)| put(format_args!("{name}\t{url}")))?;
            }
        }
        Ok(())
    }
}
