//! `streets`: what walks are planned along.

use super::Error;
use super::folder::Folder;
use super::output::put;
use super::place::Place;
use crate::import::{barriers_to_geojson, is_extract, read_barriers_of_extract, read_streets};
use crate::office;
use clap::Subcommand;
use std::path::PathBuf;
use walkbook_terrain::{Region, StreetsBuilder};

/// As its licence asks for.
const OSM: &str = "© OpenStreetMap contributors";

#[derive(Debug, Subcommand)]
pub(super) enum Streets {
    /// Take the region's streets out of OpenStreetMap extracts (.osm.pbf) or lines as GeoJSON (plain or gzip), in the place
    /// of those there were; every list gets the streets around its doors
    Import {
        /// The files; where several meet, they meet
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Whose data they are, to be named on maps; OpenStreetMap's contributors are named by themselves
        #[arg(long, value_name = "NAMES")]
        attribution: Vec<String>,
    },
}

impl Streets {
    pub(super) fn run(self, place: &Place) -> Result<(), Error> {
        let Self::Import { files, mut attribution } = self;
        // They are all tenants'.
        place.operator()?;
        let folder = Folder::open(place)?;
        let mut builder = StreetsBuilder::default();
        let mut barriers = Vec::new();
        for file in files {
            let refused = |refused| Error::File { file: file.clone(), refused };
            let ways = read_streets(&file, &mut builder).map_err(refused)?;
            if is_extract(&file).map_err(refused)? && !attribution.iter().any(|name| name == OSM) {
                attribution.push(OSM.to_owned());
            }
            let parting = read_barriers_of_extract(&file).map_err(refused)?;
            eprintln!(
                "{}: {ways} ways that people may walk, {} rivers, canals and motorways that lists are cut along",
                file.display(),
                parting.len()
            );
            barriers.extend(parting);
        }
        let barriers = barriers_to_geojson(&barriers)
            .map_err(|refused| Error::Shapes { file: folder.layout.barriers(), refused })?;
        let streets = builder.build();
        let count = streets.len();
        folder.layout.replace_streets(&streets)?;
        folder.layout.replace_barriers(&barriers)?;
        folder.layout.replace_attribution(&attribution.join(", "))?;
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
