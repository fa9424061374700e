//! From the earth to the paper.

use std::fmt::Write as _;
use walkbook_model::Position;
use walkbook_terrain::Projection;

/// The map's larger side, in pixels.
const SIDE: f64 = 1_100.0;
/// Around the doors, as a share of their larger extent, and at least so many metres.
const MARGIN: f64 = 0.04;
const LEAST_MARGIN_M: f64 = 60.0;
/// The strip below the map, for the legend.
pub(super) const STRIP: f64 = 74.0;
/// The strip above it, for the title.
const HEAD: f64 = 34.0;

/// A point on the paper, in pixels from its upper left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spot {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// A sheet with a flat map on it.
pub(super) struct Paper {
    map: Projection,
    west_m: f64,
    north_m: f64,
    pub(super) pixels_per_m: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Paper {
    /// Paper on which all of these have room; nothing without any.
    pub(super) fn around(positions: impl Iterator<Item = Position> + Clone) -> Option<Self> {
        let map = Projection::around_all(positions.clone());
        let offsets: Vec<_> = positions.map(|at| map.offset(at)).collect();
        if offsets.is_empty() {
            return None;
        }
        let ends = |of: fn(&walkbook_terrain::Offset) -> f64| {
            offsets
                .iter()
                .map(of)
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| (low.min(at), high.max(at)))
        };
        let ((west, east), (south, north)) = (ends(|at| at.east_m), ends(|at| at.north_m));
        let margin_m = LEAST_MARGIN_M.max(MARGIN * (east - west).max(north - south));
        let (wide_m, high_m) = (east - west + 2.0 * margin_m, north - south + 2.0 * margin_m);
        let pixels_per_m = SIDE / wide_m.max(high_m);
        // A single street makes no slip of paper: the legend needs room. The doors stay in the middle.
        let width = (wide_m * pixels_per_m).max(SIDE * 0.85).round();
        let height = (high_m * pixels_per_m).max(SIDE * 0.3).round();
        Some(Self {
            map,
            west_m: west.midpoint(east) - width / pixels_per_m / 2.0,
            north_m: south.midpoint(north) + height / pixels_per_m / 2.0,
            pixels_per_m,
            width,
            height: height + HEAD,
        })
    }

    pub(super) fn spot(&self, position: Position) -> Spot {
        let offset = self.map.offset(position);
        Spot {
            x: (offset.east_m - self.west_m) * self.pixels_per_m,
            y: (self.north_m - offset.north_m) * self.pixels_per_m + HEAD,
        }
    }

    /// Those of the lines that touch the paper, as the data of a path.
    pub(super) fn path(&self, lines: impl Iterator<Item = Vec<Position>>) -> String {
        let mut path = String::new();
        for line in lines {
            let spots: Vec<Spot> = line.into_iter().map(|at| self.spot(at)).collect();
            if self.touches(&spots) {
                path.push_str(&polyline(&spots));
            }
        }
        path
    }

    fn touches(&self, spots: &[Spot]) -> bool {
        let reaches = |of: fn(&Spot) -> f64, most: f64| {
            spots.iter().any(|spot| of(spot) >= 0.0) && spots.iter().any(|spot| of(spot) <= most)
        };
        reaches(|spot| spot.x, self.width) && reaches(|spot| spot.y, self.height)
    }

    /// The head of the file, with its styles.
    pub(super) fn begin(&self, title: &str) -> String {
        let (width, height, all) = (self.width, self.height, self.height + STRIP);
        let title = super::escaped(title);
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {all}" width="{width}" height="{all}" font-family="Helvetica, Arial, 'DejaVu Sans', sans-serif">
<title>{title}</title>
<style>
.street {{ fill: none; stroke: #dedad2; stroke-linecap: round; stroke-linejoin: round }}
.barrier {{ fill: none; stroke: #9cc3dd; stroke-width: 5; stroke-linecap: round; stroke-linejoin: round }}
.walk {{ fill: none; stroke-width: 1.4; stroke-linejoin: round; stroke-opacity: .85 }}
.door {{ stroke: #4a4a4a; stroke-width: .6 }}
.name {{ font-size: 12px; font-weight: bold; text-anchor: middle; fill: #222; stroke: #fff; stroke-width: 3.5; stroke-linejoin: round; paint-order: stroke }}
.small {{ font-size: 12px; fill: #444 }}
</style>
<rect width="{width}" height="{all}" fill="#faf8f4"/>
<text x="14" y="23" font-size="17" font-weight="bold" fill="#222">{title}</text>
<clipPath id="map"><rect x="0" y="{HEAD}" width="{width}" height="{map}"/></clipPath>
"##,
            map = height - HEAD,
        )
    }
}

/// Lines through these spots, as the data of a path.
pub(super) fn polyline(spots: &[Spot]) -> String {
    let mut path = String::new();
    let mut last = None;
    for spot in spots {
        let at = (tenth(spot.x), tenth(spot.y));
        match last {
            None => {
                let _ = write!(path, "M{} {}", number(at.0), number(at.1));
            }
            // From spot to spot takes fewer letters than where each is.
            Some((x, y)) if (x, y) != at => {
                let _ = write!(path, "l{} {}", number(at.0 - x), number(at.1 - y));
            }
            Some(_) => {}
        }
        last = Some(at);
    }
    path
}

#[allow(clippy::cast_possible_truncation, reason = "what is further away is off the paper by far")]
fn tenth(pixels: f64) -> i64 {
    (pixels * 10.0).round() as i64
}

fn number(tenths: i64) -> String {
    let (whole, rest) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
    let sign = if tenths < 0 { "-" } else { "" };
    if rest == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}
