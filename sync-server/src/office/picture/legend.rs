//! What the picture's marks mean, how long a way is, and whose data it is.

use super::paper::{Paper, STRIP};
use super::{ListOnBoard, Under, escaped, look};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use walkbook_ledger::DoorStatus;

const STATUSES: [DoorStatus; 5] =
    [DoorStatus::Untouched, DoorStatus::Attempted, DoorStatus::Contacted, DoorStatus::DataFix, DoorStatus::Suppressed];

pub(super) fn draw(svg: &mut String, paper: &Paper, lists: &[ListOnBoard], under: Under<'_>) {
    let (top, width) = (paper.height, paper.width);
    let _ = writeln!(svg, r##"<rect y="{top}" width="{width}" height="{STRIP}" fill="#fff"/>"##);
    let _ = writeln!(svg, r##"<path d="M0 {top}H{width}" stroke="#ccc"/>"##);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for door in lists.iter().flat_map(|list| &list.doors) {
        *counts.entry(look(door.status).0).or_default() += 1;
    }
    let (line, step) = (top + 26.0, (width - 28.0) / 5.0);
    let mut x = 14.0;
    for (fill, words) in STATUSES.map(look) {
        let count = counts.get(fill).copied().unwrap_or_default();
        let _ = writeln!(
            svg,
            r##"<circle class="door" cx="{cx:.0}" cy="{cy:.0}" r="5" fill="{fill}"/><text class="small" x="{tx:.0}" y="{line:.0}">{words}: {count}</text>"##,
            cx = x + 6.0,
            cy = line - 4.0,
            tx = x + 17.0,
        );
        x += step;
    }
    scale_bar(svg, paper, top + 54.0);
    let _ = writeln!(
        svg,
        r##"<text class="small" x="{x:.0}" y="{y:.0}" text-anchor="end">{said}</text>"##,
        x = width - 14.0,
        y = top + 58.0,
        said = escaped(under.attribution),
    );
}

/// A round number of metres, and that north is up.
fn scale_bar(svg: &mut String, paper: &Paper, y: f64) {
    let most_m = paper.width / 5.0 / paper.pixels_per_m;
    let tens = 10_f64.powf(most_m.max(1.0).log10().floor());
    let length_m =
        [5.0, 2.0, 1.0].map(|times| times * tens).into_iter().find(|length| *length <= most_m).unwrap_or(tens);
    let length = length_m * paper.pixels_per_m;
    let said = if length_m < 1_000.0 { format!("{length_m} m") } else { format!("{} km", length_m / 1_000.0) };
    let _ = writeln!(
        svg,
        r##"<path d="M14 {a:.0}v5h{length:.1}v-5" fill="none" stroke="#444" stroke-width="1.5"/><text class="small" x="{x:.0}" y="{b:.0}">{said}, north is up · a ring is where a walk begins</text>"##,
        a = y - 4.0,
        b = y + 4.0,
        x = 14.0 + length + 10.0,
    );
}
