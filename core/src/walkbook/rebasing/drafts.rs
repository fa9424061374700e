//! Making an edit of a script's draft again.

use super::super::drafts::on_draft;
use super::super::states::draft_state;
use super::super::writing::Draft;
use super::super::{Error, Inner};
use super::shown;
use std::collections::BTreeMap;
use walkbook_ledger::{ScriptChange, question_added_by};
use walkbook_model::{EntryId, QuestionId, ScriptId};

/// Questions whose entry was made again: an added question is called by its entry, so it has another id now.
type Renamed = BTreeMap<QuestionId, QuestionId>;

impl Inner {
    pub(super) fn drafts_on_script(&self, script: ScriptId, change: ScriptChange) -> Result<Option<Vec<Draft>>, Error> {
        let Some(state) = shown(draft_state(self.store.book.view(), script))? else { return Ok(None) };
        let id = self.next_id()?;
        let named = |seq| question_added_by(EntryId::new(id.device, seq));
        let made_again = self.store.log.made_again()?;
        let renamed = made_again.into_iter().map(|(before, after)| (named(before), named(after))).collect();
        let Some(change) = with_names(change, id, &renamed) else { return Ok(None) };
        match on_draft(&state, change) {
            Ok(draft) => Ok(Some(vec![draft])),
            // The question is not there any more.
            Err(_) => Ok(None),
        }
    }
}

/// The change as it reads by now. Nobody publishes what they have not read: that is for the person to do again.
fn with_names(change: ScriptChange, id: EntryId, renamed: &Renamed) -> Option<ScriptChange> {
    let name = |question: QuestionId| renamed.get(&question).copied().unwrap_or(question);
    Some(match change {
        ScriptChange::AddQuestion { question, behind } => {
            let mut question = question.called(&|key| Some(name(key)))?;
            question.key = question_added_by(id);
            ScriptChange::AddQuestion { question, behind: behind.map(name) }
        }
        ScriptChange::SetTitle(title) => ScriptChange::SetTitle(title),
        ScriptChange::SetName(question, said) => ScriptChange::SetName(name(question), said),
        ScriptChange::SetText(question, said) => ScriptChange::SetText(name(question), said),
        ScriptChange::SetKind(question, kind) => ScriptChange::SetKind(name(question), kind),
        ScriptChange::SetCondition(question, when) => {
            let when = when.and_then(|when| when.called(&|key| Some(name(key))));
            ScriptChange::SetCondition(name(question), when)
        }
        ScriptChange::Move { question, behind } => {
            ScriptChange::Move { question: name(question), behind: behind.map(name) }
        }
        ScriptChange::Drop(question) => ScriptChange::Drop(name(question)),
        ScriptChange::Number(question, number) => ScriptChange::Number(name(question), number),
        ScriptChange::Publish { .. } => return None,
    })
}
