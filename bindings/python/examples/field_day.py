"""A canvasser's day: enrol, download, knock without a network, sync over TLS, and see what happened.

``field_day.py FOLDER INVITATION`` lives it; ``field_day.py FOLDER`` only syncs. The last lines are the doors of the list and
their states in hexadecimal: the same on every phone of the team.
"""

import asyncio
import sys
from pathlib import Path

from walkbook import (
    Answer,
    AnswerValue,
    ContactField,
    DeskKeyStore,
    DoorRow,
    Interaction,
    Knock,
    Outcome,
    SuppressionReason,
    Target,
    Walkbook,
    WalkList,
)


def answers_of(walkbook: Walkbook, work: WalkList) -> Knock:
    """Asks the questions of the script one after the other, as its branches want it."""
    said = {
        1: AnswerValue.YES_NO(said=True),
        2: AnswerValue.SCALE(step=2),
        3: AnswerValue.SINGLE(code=2),
        4: AnswerValue.MULTIPLE(codes=[1]),
        5: AnswerValue.YES_NO(said=False),
        6: AnswerValue.INTEGER(number=2),
        7: AnswerValue.NOTE(text="come again before the election"),
    }
    answers: list[Answer] = []
    while question := walkbook.next_question(work.script, answers):
        answers.append(Answer(question=question.key, value=said[question.key]))
    return Knock.ANSWERS(script=work.script, answers=answers)


def work_at(walkbook: Walkbook, work: WalkList, doors: list[DoorRow]) -> None:
    """A morning in the stairwell, first where somebody lives. There is no signal, and nobody waits for any."""
    first, second, third, *others = sorted(doors, key=lambda row: not row.names)
    who = walkbook.door(first.door).contacts[0]
    walkbook.record_knock(
        first.door, Interaction(list=work.id, knock=answers_of(walkbook, work), contact=who.id, note="kind dog")
    )
    walkbook.edit_contact(first.door, who.id, ContactField.PHONE(), "+358 40 555 0101")
    mistake = walkbook.record_outcome(second.door, work.id, Outcome.REFUSED)
    walkbook.undo(second.door, mistake)
    walkbook.suppress(third.door, Target.DOOR(), SuppressionReason.OBJECTION)
    for row in others:
        walkbook.record_outcome(row.door, work.id, Outcome.NOT_HOME)


async def day(folder: Path, invitation: str | None) -> None:
    """The day."""
    with Walkbook.open(str(folder), DeskKeyStore(f"{folder}.keystore")) as walkbook:
        if invitation is not None:
            identity = await walkbook.enrol(invitation)
            print(f"enrolled as a {identity.role.name.lower()}")
        synced = await walkbook.sync()
        print(f"synced in {synced.round_trips} round trips: {synced.received_bytes} bytes came")
        (work,) = walkbook.lists()
        if invitation is not None:
            work_at(walkbook, work, walkbook.walk_list(work.id)[:12])
            print(f"{walkbook.status().at_risk} entries are only on this phone")
            synced = await walkbook.sync()
            print(f"synced: {synced.sent_bytes} bytes went, {synced.status.at_risk} entries are only on this phone")
        progress = walkbook.progress(work.id)
        print(f"{work.name}: {progress.attempted} of {progress.doors} doors, {progress.suppress} said no")
        for row in walkbook.walk_list(work.id):
            print(row.door, walkbook.door_state_bytes(row.door).hex())


if __name__ == "__main__":
    asyncio.run(day(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None))
