//! One draft on every screen: the same set of edits gives the same state, byte for byte, and nobody's work vanishes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod desk;

use desk::{Act, Desk, change, known_before, touches};
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::BTreeSet;
use walkbook_ledger::ScriptChange;
use walkbook_model::QuestionId;

fn acts() -> impl Strategy<Value = Vec<(usize, Act)>> {
    prop::collection::vec((0..8usize, desk::act()), 1..50)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn eight_leads_agree_whatever_the_order_and_the_duplicates(is_new: bool, acts in acts(), picks in prop::collection::vec(any::<Index>(), 1..100)) {
        let desk = Desk::after(is_new, &acts);
        let entries = desk.everything();
        let expected = desk.of(&entries).to_bytes();

        let mut shuffled = entries.clone();
        for pick in &picks {
            let again = pick.get(&entries).clone();
            let at = pick.index(shuffled.len());
            shuffled.insert(at, again);
        }
        shuffled.reverse();
        prop_assert_eq!(desk.of(&shuffled).to_bytes(), expected.clone());

        // In groups, each device from its own half-knowledge on.
        for lead in 0..8 {
            let mut known = desk.known_to(lead);
            known.extend(entries.iter().rev().cloned());
            prop_assert_eq!(desk.of(&known).to_bytes(), expected.clone());
        }
    }

    #[test]
    fn an_edit_whose_ground_is_missing_waits_and_blocks_nothing(is_new: bool, acts in acts(), lost in any::<Index>()) {
        let desk = Desk::after(is_new, &acts);
        let mut some = desk.everything();
        let lost = some.remove(lost.index(some.len())).id();
        let before = known_before(&desk.everything());
        let waiting: Vec<_> = some.iter().map(|entry| entry.id()).filter(|id| before[id].contains(&lost)).collect();
        prop_assert_eq!(desk.of(&some).waiting, waiting);
    }

    #[test]
    fn a_question_is_gone_only_where_all_who_worked_on_it_last_dropped_it(is_new: bool, acts in acts()) {
        let desk = Desk::after(is_new, &acts);
        let (entries, state) = (desk.everything(), desk.merged());
        let before = known_before(&entries);
        let asked: Vec<QuestionId> = state.draft.script.questions.iter().map(|question| question.key).collect();
        let dropped: Vec<QuestionId> = state.dropped.iter().map(|question| question.key).collect();
        let mut all: BTreeSet<QuestionId> = desk::base().record.script.questions.iter().map(|known| known.key).collect();
        if is_new {
            all.clear();
        }
        all.extend(entries.iter().filter_map(|entry| touches(change(entry))));
        prop_assert_eq!(asked.iter().chain(&dropped).copied().collect::<BTreeSet<_>>(), all.clone(), "none vanishes");
        prop_assert_eq!(asked.len() + dropped.len(), all.len(), "each stands once");

        for question in all {
            let of_it: Vec<_> = entries.iter().filter(|entry| touches(change(entry)) == Some(question)).collect();
            let last = of_it.iter().copied().filter(|one| !of_it.iter().any(|other| before[&other.id()].contains(&one.id())));
            let (drops, works): (Vec<_>, Vec<_>) =
                last.partition(|entry| matches!(change(entry), ScriptChange::Drop(_)));
            prop_assert_eq!(dropped.contains(&question), works.is_empty() && !drops.is_empty());
            if let (Some(drop), false) = (drops.first(), works.is_empty()) {
                let shown = state.clashes.iter().any(|clash| {
                    clash.iter().any(|(_, said)| said == change(drop)) && !matches!(clash[0].1, ScriptChange::Drop(_))
                });
                prop_assert!(shown, "{} was dropped by one and worked on by another", question);
            }
        }
    }

    #[test]
    fn what_can_be_published_is_a_script_and_keeps_its_numbers_when_it_is_published_again(is_new: bool, acts in acts()) {
        let mut desk = Desk::after(is_new, &acts);
        desk.meet();
        let state = desk.merged();
        if let Ok(first) = state.published() {
            prop_assert_eq!(first.check(), Ok(()));
            let by = desk.edit(0, state.publishing().unwrap());
            let after = desk.merged();
            prop_assert_eq!(after.versions.last(), Some(&(by, first.content_hash())));
            prop_assert_eq!(after.published(), Ok(first.clone()));
            let front = state.draft.script.questions[0].key;
            desk.add(0, "one more", None);
            desk.edit(0, ScriptChange::Move { question: front, behind: None });
            let second = desk.merged().published().unwrap();
            for question in first.questions {
                prop_assert_eq!(second.question(question.key), Some(&question));
            }
        }
    }
}
