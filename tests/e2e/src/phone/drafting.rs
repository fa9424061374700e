//! Writing scripts together.

use super::{Error, system_time};
use crate::protocol::{DraftOrder, DraftSeen, Report};
use walkbook_core::{ScriptChange, ScriptState, Walkbook};
use walkbook_model::QuestionKind;

pub(super) fn follow(walkbook: &Walkbook, order: DraftOrder) -> Result<Report, Error> {
    let now = system_time();
    Ok(match order {
        DraftOrder::Start { title } => Report::Drafted { script: walkbook.start_draft(&title, now)? },
        DraftOrder::Ask { script, name, text, behind } => {
            let question = walkbook.add_question(script, &name, &text, QuestionKind::YesNo, behind, now)?;
            Report::Asked { question }
        }
        DraftOrder::SetText { script, question, text } => {
            walkbook.edit_draft(script, ScriptChange::SetText(question, text), now)?;
            Report::Done
        }
        DraftOrder::Resolve { script, choice } => {
            walkbook.resolve_draft(script, choice, now)?;
            Report::Done
        }
        DraftOrder::Publish { script } => Report::Published { version: walkbook.publish_draft(script, now)? },
        DraftOrder::Show => Report::Drafts(walkbook.drafts()?.into_iter().map(seen).collect()),
    })
}

fn seen(state: ScriptState) -> DraftSeen {
    let clashes = state.clashes.iter().map(|choices| choices.iter().map(|(entry, _)| *entry).collect()).collect();
    DraftSeen {
        script: state.draft.script.id,
        title: state.draft.script.title,
        texts: state.draft.script.questions.into_iter().map(|question| question.text).collect(),
        clashes,
        versions: state.versions.into_iter().map(|(_, version)| version).collect(),
    }
}
