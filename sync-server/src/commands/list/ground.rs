//! What says how the ground is cut: sizes, boundaries, barriers.

use super::super::Error;
use crate::config::Layout;
use crate::import::{Boundary, ShapesRefused, read_barriers, read_boundaries};
use crate::office::ListSize;
use clap::Args;
use std::path::{Path, PathBuf};
use walkbook_model::Position;
use walkbook_terrain::{Size, Work};

#[derive(Debug, Args)]
pub(in crate::commands) struct Ground {
    /// Doors a list, about
    #[arg(long, visible_alias = "size", default_value_t = 50, conflicts_with_all = ["minutes", "as_drawn"])]
    doors: usize,
    /// Minutes of work a list, about: at the doors, and walking round
    #[arg(long, value_name = "MINUTES", conflicts_with = "as_drawn")]
    minutes: Option<u32>,
    /// One list for each boundary, as it was drawn
    #[arg(long, requires = "boundaries")]
    as_drawn: bool,
    /// Seconds at a door, for the work
    #[arg(long, value_name = "SECONDS", default_value_t = 120, requires = "minutes")]
    at_door: u32,
    /// Metres walked in a minute, for the work
    #[arg(long, value_name = "METRES", default_value_t = 72, requires = "minutes")]
    pace: u32,
    /// Wards that no list is to lie across, or turfs as drawn: areas as GeoJSON or KML. Doors outside of them are left
    #[arg(long, value_name = "FILE")]
    boundaries: Option<PathBuf>,
    /// The property of a boundary that is its name; without it `name`, or what is most like one
    #[arg(long, value_name = "PROPERTY", requires = "boundaries")]
    name_property: Option<String>,
    /// What no list is to lie across: lines or areas as GeoJSON or KML, or rivers, canals and motorways of an OpenStreetMap
    /// extract. May be given several times
    #[arg(long, value_name = "FILE")]
    barriers: Vec<PathBuf>,
    /// Do not mind the rivers, canals and motorways that `streets import` has found
    #[arg(long)]
    across_rivers: bool,
}

impl Ground {
    pub(super) fn size(&self) -> ListSize {
        match self.minutes {
            _ if self.as_drawn => ListSize::AsDrawn,
            None => ListSize::About(Size::Doors(self.doors)),
            Some(minutes) => ListSize::About(Size::Work(Work { minutes, door_s: self.at_door, pace_m: self.pace })),
        }
    }

    /// The boundaries, and the barriers.
    pub(super) fn read(&self, layout: &Layout) -> Result<(Vec<Boundary>, Vec<Vec<Position>>), Error> {
        let boundaries = match &self.boundaries {
            Some(file) => boundaries(file, self.name_property.as_deref())?,
            None => Vec::new(),
        };
        let across = self.across_rivers || self.as_drawn;
        let mut barriers = if across { Vec::new() } else { imported_barriers(layout)? };
        for file in &self.barriers {
            barriers.extend(read_barriers(file).map_err(|refused| Error::Shapes { file: file.clone(), refused })?);
        }
        Ok((boundaries, barriers))
    }
}

/// The areas in a file.
pub(super) fn boundaries(file: &Path, name_property: Option<&str>) -> Result<Vec<Boundary>, Error> {
    let read = read_boundaries(file, name_property);
    let boundaries = read.map_err(|refused| Error::Shapes { file: file.to_owned(), refused })?;
    eprintln!("{}: {} areas", file.display(), boundaries.areas.len());
    if boundaries.passed_over > 0 {
        eprintln!("{}: {} points and lines were passed over", file.display(), boundaries.passed_over);
    }
    Ok(boundaries.areas)
}

/// The rivers, canals and motorways that `streets import` has found. A town may be without.
pub(super) fn imported_barriers(layout: &Layout) -> Result<Vec<Vec<Position>>, Error> {
    let file = layout.barriers();
    if !file.exists() {
        return Ok(Vec::new());
    }
    match read_barriers(&file) {
        Err(ShapesRefused::NoLines) => Ok(Vec::new()),
        read => read.map_err(|refused| Error::Shapes { file, refused }),
    }
}
