//! `region`: where the others are, and the key that all share.

use super::Error;
use super::input::read;
use super::output::put;
use super::place::Place;
use crate::config::{Layout, make_master_key};
use clap::Subcommand;
use std::path::PathBuf;
use walkbook_sync::ServerUrl;
use walkbook_vault::SystemRandom;

#[derive(Debug, Subcommand)]
pub(super) enum Region {
    /// Say where another region's server is; a running server learns it at its next start
    Add {
        /// Its name
        name: String,
        /// Its address
        url: ServerUrl,
        /// The authority that its certificate is of (PEM), such as its own tls/authority.pem, instead of the public ones
        #[arg(long, value_name = "FILE")]
        authority: Option<PathBuf>,
    },
    /// Name and address of every region
    List,
    /// Make the key of the registration directory, unless there is one; prints the file, which every region's server has to have
    Key,
}

impl Region {
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        let layout = Layout::new(place.operator()?);
        let mut settings = layout.read_settings()?;
        match self {
            Self::Add { name, url, authority } => {
                if name == settings.region {
                    return Err(Error::Usage("that is this server's own region".into()));
                }
                settings.authorities.remove(&name);
                if let Some(file) = authority {
                    let no_text = Error::Usage(format!("{} is no certificate (PEM)", file.display()));
                    settings.authorities.insert(name.clone(), String::from_utf8(read(file)?).map_err(|_| no_text)?);
                }
                settings.regions.insert(name, url.to_string());
                layout.replace_settings(&settings)?;
            }
            Self::List => {
                put(format_args!("{}\t{}\tthis server", settings.region, settings.url))?;
                settings.regions.iter().try_for_each(|(name, url)| put(format_args!("{name}\t{url}")))?;
            }
            Self::Key => {
                let file = layout.registrations_key();
                if make_master_key(&file, &SystemRandom::new())? {
                    eprintln!(
                        "a key was made: copy it, as the secret that it is, to the same place on every region's server"
                    );
                }
                put(file.display())?;
            }
        }
        Ok(())
    }
}
