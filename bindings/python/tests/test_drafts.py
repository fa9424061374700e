"""A script that is written on a phone, before a real server."""

import asyncio

import pytest
from conftest import invitation, open_in
from walkbook import Condition, DraftChange, QuestionKind, WalkbookError


def test_a_script_is_written_offline_and_published(tmp_path):
    with open_in(tmp_path / "book") as walkbook:
        asyncio.run(walkbook.enrol(invitation("python-drafts")))
        start = walkbook.changes_since().version
        script = walkbook.start_draft("Spring")
        assert walkbook.changes_since(start).drafts == [script]
        sign = walkbook.add_question(script, "sign", "May we put up a sign?", QuestionKind.YES_NO())
        size = walkbook.add_question(script, "size", "How large?", QuestionKind.SCALE(1, 3), sign)
        when = Condition.NOT(condition=Condition.ANY_OF(conditions=[Condition.SAID(question=sign, yes=False)]))
        walkbook.edit_draft(script, DraftChange.SET_CONDITION(question=sign, when=Condition.ANSWERED(question=size)))
        assert [flaw.question for flaw in walkbook.draft(script).flaws] == [sign], "it looks at a later one"
        with pytest.raises(WalkbookError.Invalid):
            walkbook.publish_draft(script)
        walkbook.edit_draft(script, DraftChange.SET_CONDITION(question=sign, when=None))
        walkbook.edit_draft(script, DraftChange.SET_CONDITION(question=size, when=when))
        (draft,) = walkbook.drafts()
        assert [(asked.question, asked.when, asked.number) for asked in draft.questions] == [
            (sign, None, None),
            (size, when, None),
        ]
        assert (draft.flaws, draft.clashes) == ([], [])
        version = walkbook.publish_draft(script)
        assert asyncio.run(walkbook.sync()).status.at_risk == 0
        draft = walkbook.draft(script)
        assert (draft.versions, [asked.number for asked in draft.questions]) == ([version], [1, 2])
