//! Whether what the database wrote between backups is there without a gap: pgBackRest's own `verify` looks at what is there, and
//! misses nothing that is not.

use std::collections::{BTreeMap, BTreeSet};

/// A segment of the write-ahead log, by its place; the same place may be there on several timelines, since one begins with every
/// restore.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Segment {
    timeline: u32,
    place: u64,
}

impl Segment {
    /// By its name: 8 hexadecimal digits each for the timeline, the log and the segment in it.
    fn read(name: &str) -> Option<[u32; 3]> {
        let part = |from: usize| u32::from_str_radix(name.get(from..from + 8)?, 16).ok();
        let is_segment = name.len() == 24 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_segment { Some([part(0)?, part(8)?, part(16)?]) } else { None }
    }
}

/// The segments that the archive has.
pub(super) struct Archive {
    timelines: BTreeMap<u32, BTreeSet<u64>>,
    /// Segments of a log: 256 where each has 16 MiB.
    of_log: u64,
}

impl Archive {
    /// Of the files' names; what is no segment is passed over. A segment has so many bytes.
    pub(super) fn of<'a>(files: impl Iterator<Item = &'a str>, segment_bytes: u64) -> Self {
        let of_log = (1_u64 << 32) / segment_bytes.max(1);
        let mut archive = Self { timelines: BTreeMap::new(), of_log };
        for file in files {
            let name = file.rsplit('/').next().unwrap_or(file);
            // Behind the segment's name comes the hash of what is in it.
            let Some((name, _)) = name.split_once('-') else { continue };
            if let Some(segment) = archive.segment(name) {
                archive.timelines.entry(segment.timeline).or_default().insert(segment.place);
            }
        }
        archive
    }

    pub(super) fn segment(&self, name: &str) -> Option<Segment> {
        let [timeline, log, segment] = Segment::read(name)?;
        Some(Segment { timeline, place: u64::from(log) * self.of_log + u64::from(segment) })
    }

    /// How many segments there are.
    pub(super) fn len(&self) -> usize {
        self.timelines.values().map(BTreeSet::len).sum()
    }

    /// The first segment that is missing on the way from this one to the last of the newest timeline, as its name would be. A
    /// timeline goes back to where it began, with a segment that the one before has too or was about to write; from there on the
    /// one before counts.
    pub(super) fn first_gap(&self, from: Segment) -> Option<String> {
        let mut missing = None;
        let mut needed = None;
        for (timeline, places) in self.timelines.iter().rev().filter(|(timeline, _)| **timeline >= from.timeline) {
            let (Some(first), Some(last)) = (places.first().copied(), places.last().copied()) else { continue };
            // A newer timeline begins here, or there is none.
            let last = needed.unwrap_or(last);
            let first = if *timeline == from.timeline { from.place } else { first.max(from.place) };
            let gap = (first..=last).find(|place| !places.contains(place));
            missing = gap.map(|place| self.name(*timeline, place)).or(missing);
            match first.checked_sub(1) {
                Some(before) if *timeline > from.timeline && before >= from.place => needed = Some(before.min(last)),
                _ => return missing,
            }
        }
        // The timeline on which it should begin is not there at all.
        missing.or_else(|| Some(self.name(from.timeline, from.place)))
    }

    fn name(&self, timeline: u32, place: u64) -> String {
        format!("{timeline:08X}{:08X}{:08X}", place / self.of_log, place % self.of_log)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEGMENT: u64 = 16 << 20;

    fn gap(from: &str, there: &[&str]) -> Option<String> {
        let files: Vec<String> =
            there.iter().map(|name| format!("15-1/{}/{name}-0123456789abcdef.zst", &name[..16])).collect();
        let archive = Archive::of(files.iter().map(String::as_str), SEGMENT);
        archive.first_gap(archive.segment(from).unwrap())
    }

    fn segment(timeline: u32, log: u32, segment: u32) -> String {
        format!("{timeline:08X}{log:08X}{segment:08X}")
    }

    #[test]
    fn a_segment_that_is_missing_is_named() {
        let [two, three, four, five] = [2, 3, 4, 5].map(|number| segment(1, 0, number));
        assert_eq!(gap(&two, &[&two, &three, &four, &five]), None);
        assert_eq!(gap(&two, &[&two, &four, &five]), Some(three.clone()));
        assert_eq!(gap(&two, &[&three, &four]), Some(two.clone()), "the backup itself needs it");
        assert_eq!(gap(&four, &[&two, &four, &five]), None, "what no backup needs may be gone");
        assert_eq!(gap(&two, &[]), Some(two));
    }

    #[test]
    fn a_log_ends_with_its_last_segment() {
        let there = [segment(1, 0, 254), segment(1, 0, 255), segment(1, 1, 0)];
        let there: Vec<&str> = there.iter().map(String::as_str).collect();
        assert_eq!(gap(there[0], &there), None);
        assert_eq!(gap(there[0], &[there[0], there[2]]), Some(there[1].to_owned()));
    }

    #[test]
    fn a_restore_begins_another_timeline_and_what_the_one_before_wrote_later_does_not_count() {
        let old = [2, 3, 4, 5, 7].map(|number| segment(1, 0, number));
        let new = [4, 5, 6].map(|number| segment(2, 0, number));
        let all: Vec<&str> = old.iter().chain(&new).map(String::as_str).collect();
        assert_eq!(gap(&old[0], &all), None);
        let without = |gone: &str| -> Vec<&str> { all.iter().filter(|name| **name != gone).copied().collect() };
        assert_eq!(gap(&old[0], &without(&new[1])), Some(new[1].clone()));
        assert_eq!(gap(&old[0], &without(&old[1])), Some(old[1].clone()), "the way to where it began");
        assert_eq!(gap(&old[0], &without(&old[3])), None, "nothing leads there any more");
        assert_eq!(gap(&new[0], &without(&old[0])), None, "a backup of the new timeline needs none of the old one");
        // Restored once more, to before the second timeline began: that one leads nowhere.
        let third = [3, 4].map(|number| segment(3, 0, number));
        let of_three: Vec<&str> = old[..1].iter().chain(&new).chain(&third).map(String::as_str).collect();
        assert_eq!(gap(&old[0], &of_three), None);
    }

    #[test]
    fn what_is_no_segment_is_passed_over() {
        let name = segment(1, 0, 2);
        let files = ["15-1/archive.info", "00000002.history", "000000010000000000000002.00000028.backup", "x-y", "é-1"];
        let archive = Archive::of(files.into_iter(), SEGMENT);
        assert_eq!(archive.len(), 0);
        assert!(archive.segment("é000000010000000000000").is_none() && archive.segment(&name).is_some());
    }
}
