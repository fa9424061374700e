//! Numbered slots.

/// A column of values, one for each number. A number that there is not reads as the default and keeps nothing: no
/// mistake here can panic on a phone.
#[derive(Debug, Clone, Default)]
pub(super) struct Slots<T>(Vec<T>);

impl<T: Copy + Default> Slots<T> {
    pub(super) fn filled(value: T, len: usize) -> Self {
        Self(vec![value; len])
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    #[inline]
    pub(super) fn at(&self, number: u32) -> T {
        self.0.get(number as usize).copied().unwrap_or_default()
    }

    #[inline]
    pub(super) fn set(&mut self, number: u32, value: T) {
        if let Some(slot) = self.0.get_mut(number as usize) {
            *slot = value;
        }
    }
}

impl<T> FromIterator<T> for Slots<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

/// A count as a number of sites or turfs. There are far fewer of either than 2³²: a place takes more bytes than that many would leave room for.
#[allow(clippy::cast_possible_truncation, reason = "there is no memory for 2³² places")]
#[inline]
pub(super) const fn number(count: usize) -> u32 {
    count as u32
}
