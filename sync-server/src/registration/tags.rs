//! Those of one region, by their tags.

use walkbook_model::ContentHash;
use walkbook_vault::RegistrationTag;

/// More are taken from no region: 32 MiB.
pub(super) const MOST: usize = 2 * 1024 * 1024;
const TAG_BYTES: usize = 16;

/// What stands for all tags of a region, so that whoever has the same need not be told them.
pub(super) type Version = [u8; 16];

/// Tags, in their order, each once.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Tags {
    sorted: Vec<RegistrationTag>,
    version: Version,
}

walkbook_model::redacted!(Tags);

impl Default for Tags {
    fn default() -> Self {
        Self::of(Vec::new())
    }
}

impl Tags {
    /// These, in whatever order.
    pub(super) fn of(mut tags: Vec<RegistrationTag>) -> Self {
        tags.sort_unstable();
        tags.dedup();
        tags.shrink_to_fit();
        let whole = ContentHash::of_parts("registration tags", &[&bytes(&tags)]).to_bytes();
        let mut version = [0; 16];
        version.iter_mut().zip(whole).for_each(|(to, from)| *to = from);
        Self { sorted: tags, version }
    }

    pub(super) fn contains(&self, tag: RegistrationTag) -> bool {
        self.sorted.binary_search(&tag).is_ok()
    }

    pub(super) const fn len(&self) -> usize {
        self.sorted.len()
    }

    pub(super) const fn version(&self) -> Version {
        self.version
    }

    /// At most so many behind this one, and whether these are the last.
    pub(super) fn page(&self, after: Option<RegistrationTag>, at_most: usize) -> (&[RegistrationTag], bool) {
        let begin = after.map_or(0, |after| self.sorted.partition_point(|tag| *tag <= after));
        let rest = self.sorted.get(begin..).unwrap_or_default();
        rest.split_at_checked(at_most).map_or((rest, true), |(page, behind)| (page, behind.is_empty()))
    }

    /// What is kept on the disk.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        bytes(&self.sorted)
    }

    /// Reads [`Self::to_bytes`]; nothing where it is something else.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        read(bytes).map(Self::of)
    }
}

/// Tags as they travel, and lie on disks.
pub(super) fn bytes(tags: &[RegistrationTag]) -> Vec<u8> {
    tags.iter().flat_map(|tag| tag.to_bytes()).collect()
}

/// Reads [`bytes`], of tags that stand in their order, each once.
pub(super) fn read(bytes: &[u8]) -> Option<Vec<RegistrationTag>> {
    let (tags, rest) = bytes.as_chunks::<TAG_BYTES>();
    let tags: Vec<_> = tags.iter().copied().map(RegistrationTag::from_bytes).collect();
    (rest.is_empty() && tags.len() <= MOST && tags.is_sorted_by(|one, next| one < next)).then_some(tags)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(number: u8) -> RegistrationTag {
        RegistrationTag::from_bytes([number; 16])
    }

    #[test]
    fn the_same_tags_are_the_same_whatever_order_they_came_in() {
        let tags = Tags::of(vec![tag(3), tag(1), tag(2), tag(1)]);
        assert!(tags == Tags::of(vec![tag(1), tag(2), tag(3)]) && tags.len() == 3);
        assert!(tags.contains(tag(2)) && !tags.contains(tag(4)));
        assert_ne!(tags.version(), Tags::of(vec![tag(1), tag(2)]).version());
        assert!(Tags::from_bytes(&tags.to_bytes()) == Some(tags));
        for none in [&[1; 15][..], &[[2; 16], [1; 16]].concat(), &[[1; 16], [1; 16]].concat()] {
            assert!(Tags::from_bytes(none).is_none());
        }
    }

    #[test]
    fn pages_are_all_of_it_and_each_once() {
        let tags = Tags::of((1..=5).map(tag).collect());
        let (mut told, mut after) = (Vec::new(), None);
        loop {
            let (page, is_last) = tags.page(after, 2);
            told.extend_from_slice(page);
            after = page.last().copied();
            if is_last {
                break;
            }
        }
        assert!(told == (1..=5).map(tag).collect::<Vec<_>>());
        assert!(matches!(Tags::default().page(None, 2), ([], true)));
        assert!(matches!(tags.page(Some(tag(9)), 2), ([], true)));
    }
}
