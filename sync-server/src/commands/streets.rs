//! `streets`: what walks are planned along.

use super::Error;
use super::folder::Folder;
use super::output::put;
use super::place::Place;
use crate::import::read_streets;
use crate::office;
use clap::Subcommand;
use std::path::PathBuf;
use walkbook_terrain::{Region, StreetsBuilder};

#[derive(Debug, Subcommand)]
pub(super) enum Streets {
    /// Take the region's streets out of OpenStreetMap extracts (.osm.pbf) or lines as GeoJSON (plain or gzip), in the place
    /// of those there were; every list gets the streets around its doors
    Import {
        /// The files; where several meet, they meet
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

impl Streets {
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        let Self::Import { files } = self;
        // They are all tenants'.
        place.operator()?;
        let folder = Folder::open(place)?;
        let mut builder = StreetsBuilder::default();
        for file in files {
            let ways =
                read_streets(&file, &mut builder).map_err(|refused| Error::File { file: file.clone(), refused })?;
            eprintln!("{}: {ways} ways that people may walk", file.display());
        }
        let streets = builder.build();
        let count = streets.len();
        folder.layout.replace_streets(&streets)?;
        let region = Region::new(streets);
        let mut all = office::Given::default();
        for tenant in folder.store.tenants()? {
            if tenant.region == folder.settings.region {
                let given = office::give_streets(&*folder.store, tenant.id, &region)?;
                all.lists += given.lists;
                all.without += given.without;
            }
        }
        put(format_args!("{count}\t{}\t{}", all.lists, all.without))?;
        eprintln!(
            "{count} streets from junction to junction; {} lists have theirs, {} have none",
            all.lists, all.without
        );
        Ok(())
    }
}
