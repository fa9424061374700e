//! What another region tells, answer by answer: only what fits together is taken, and then it is all of it.

use super::asking::Unheard;
use super::spoken::Answer;
use super::tags::{MOST, Tags, Version};
use walkbook_vault::RegistrationTag;

/// The answers so far.
pub(super) struct Gathering {
    /// What was known before.
    known: Version,
    /// What the first answer was of.
    version: Option<Version>,
    told: Vec<RegistrationTag>,
    most: usize,
}

/// What an answer leads to.
#[derive(PartialEq, Eq)]
pub(super) enum Step {
    /// There is more: ask for what is behind.
    GoOn,
    /// Nothing has changed.
    Same,
    /// This is all of it.
    Whole(Tags),
}

walkbook_model::redacted!(Step);

impl Gathering {
    pub(super) const fn new(known: Version) -> Self {
        Self { known, version: None, told: Vec::new(), most: MOST }
    }

    /// Up to where it was told.
    pub(super) fn after(&self) -> Option<RegistrationTag> {
        self.told.last().copied()
    }

    pub(super) fn take(&mut self, answer: Answer) -> Result<Step, Unheard> {
        let Some(page) = answer.page else {
            let is_same = self.version.is_none() && answer.version == self.known;
            return if is_same { Ok(Step::Same) } else { Err(Unheard::Unfit) };
        };
        // Somebody has come or gone there between two answers: they do not fit together, and the next time they will.
        let is_one = *self.version.get_or_insert(answer.version) == answer.version;
        let goes_on = page.tags.first().is_none_or(|first| self.after().is_none_or(|after| after < *first));
        if !is_one || !goes_on || (page.tags.is_empty() && !page.is_last) {
            return Err(Unheard::Unfit);
        }
        if self.told.len() + page.tags.len() > self.most {
            return Err(Unheard::Many);
        }
        self.told.extend(page.tags);
        if !page.is_last {
            return Ok(Step::GoOn);
        }
        let whole = Tags::of(std::mem::take(&mut self.told));
        if whole.version() == answer.version { Ok(Step::Whole(whole)) } else { Err(Unheard::Unfit) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::spoken::Page;
    use super::*;

    const NOTHING: Version = [0; 16];

    fn tags(numbers: impl IntoIterator<Item = u8>) -> Tags {
        Tags::of(numbers.into_iter().map(|number| RegistrationTag::from_bytes([number; 16])).collect())
    }

    /// What a region with these is asked for behind this one.
    fn told(of: &Tags, after: Option<RegistrationTag>) -> Answer {
        let (page, is_last) = of.page(after, 2);
        Answer { version: of.version(), page: Some(Page { tags: page.to_vec(), is_last }) }
    }

    #[test]
    fn all_of_it_is_gathered_answer_by_answer() {
        for count in 0..7 {
            let (there, mut gathering, mut answers) = (tags(1..=count), Gathering::new(NOTHING), 0);
            let whole = loop {
                answers += 1;
                match gathering.take(told(&there, gathering.after())).unwrap() {
                    Step::GoOn => {}
                    Step::Whole(whole) => break whole,
                    Step::Same => panic!("it was not known"),
                }
            };
            assert!(whole == there);
            assert_eq!(answers, usize::from(count).div_ceil(2).max(1));
        }
    }

    #[test]
    fn what_is_known_need_not_be_told_again() {
        let same = || Answer { version: tags([1]).version(), page: None };
        assert!(Gathering::new(tags([1]).version()).take(same()) == Ok(Step::Same));
        assert!(Gathering::new(NOTHING).take(same()) == Err(Unheard::Unfit));
        let mut begun = Gathering::new(tags([1]).version());
        begun.take(told(&tags(1..=5), None)).unwrap();
        assert!(begun.take(same()) == Err(Unheard::Unfit));
    }

    #[test]
    fn what_does_not_fit_together_is_not_taken() {
        let there = tags(1..=5);
        let after_two = || {
            let mut gathering = Gathering::new(NOTHING);
            gathering.take(told(&there, None)).unwrap();
            gathering
        };
        let next = || told(&there, after_two().after());
        let page = |tags: &[u8], is_last| {
            let tags = tags.iter().map(|number| RegistrationTag::from_bytes([*number; 16])).collect();
            Answer { page: Some(Page { tags, is_last }), ..next() }
        };
        let changed = told(&tags(1..=6), after_two().after());
        // Somebody came in between; the same again; backwards; without an end; less, or more, than there is.
        for unfit in
            [changed, told(&there, None), page(&[1], false), page(&[], false), page(&[], true), page(&[9], true)]
        {
            assert!(after_two().take(unfit) == Err(Unheard::Unfit));
        }
        assert!(after_two().take(next()) == Ok(Step::GoOn));
        let mut few = Gathering { most: 3, ..after_two() };
        assert!(few.take(next()) == Err(Unheard::Many));
    }
}
