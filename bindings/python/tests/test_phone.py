"""A phone with its list."""

import asyncio
import threading
import time

import pytest
from conftest import WORLD, invitation, open_in
from walkbook import (
    Address,
    AnswerValue,
    CancelToken,
    ContactDetails,
    ContactField,
    Degrees,
    Ended,
    Interaction,
    Knock,
    Outcome,
    SyncError,
    WalkbookError,
    read_rescue_file,
)
from walkbook.ids import DoorId, WalkListId

HOSTILE = [
    "🏳️‍🌈👩‍👩‍👧‍👧 emoji",
    "\u202eright to left \u05d0\u05d1\u05d2 \u0627\u0644\u0639\u0631\u0628\u064a\u0629",
    "a\0b",
    "'; DROP TABLE door_row; --",
    "e\u0301\u0301\u0301\u0301",
    "\ufeff\u200b",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_come_back_as_they_went(enrolled, text):
    (work,) = enrolled.lists()
    door = enrolled.walk_list(work.id)[5].door
    entry = enrolled.record_outcome(door, work.id, Outcome.NOT_HOME, note=text)
    visit = next(visit for visit in enrolled.door(door).visits if visit.entry == entry)
    assert visit.counts.note == text
    assert isinstance(enrolled.search(text), list)


def test_a_text_of_a_megabyte_is_refused_and_changes_nothing(enrolled):
    (work,) = enrolled.lists()
    row = enrolled.walk_list(work.id)[6]
    before = enrolled.status()
    with pytest.raises(WalkbookError.Invalid) as told:
        enrolled.record_outcome(row.door, work.id, Outcome.NOT_HOME, note="x" * 1_000_000)
    assert told.value.field == "interaction.note"
    assert enrolled.status() == before
    assert enrolled.search("y" * 1_000_000) == []


def test_ids_of_another_kind_and_unknown_ones_are_told_apart(enrolled):
    (work,) = enrolled.lists()
    row = enrolled.walk_list(work.id)[0]
    assert isinstance(row.door, DoorId) and isinstance(work.id, WalkListId)
    with pytest.raises(WalkbookError.Invalid) as told:
        enrolled.door(work.id)
    assert told.value.field == "door"
    with pytest.raises(WalkbookError.NotHere):
        enrolled.door("door_" + "0" * 26)
    with pytest.raises(WalkbookError.Invalid):
        enrolled.nearest_doors(Degrees(lat=91.0, lon=0.0))


def test_an_answer_that_does_not_fit_names_its_question(enrolled):
    (work,) = enrolled.lists()
    row = enrolled.walk_list(work.id)[0]
    script = enrolled.script_of(work.id)
    from walkbook import Answer

    knock = Knock.ANSWERS(script=script.hash, answers=[Answer(question=1, value=AnswerValue.INTEGER(number=3))])
    with pytest.raises(WalkbookError.AnswerRefused) as told:
        enrolled.record_knock(row.door, Interaction(list=work.id, knock=knock))
    assert told.value.question == 1


def test_doors_and_contacts_can_be_added_and_found(enrolled):
    (work,) = enrolled.lists()
    first = enrolled.walk_list(work.id)[0]
    door = enrolled.add_door(work.id, Address(street="Hinterhof", number="1"), Degrees(lat=60.0, lon=25.0), first.door)
    assert enrolled.walk_list(work.id)[1].door == door
    contact = enrolled.add_contact(door, ContactDetails(given_name="Väinö", custom={"dog": "Rex"}))
    enrolled.edit_contact(door, contact, ContactField.FAMILY_NAME(), "Linna")
    (who,) = enrolled.door(door).contacts
    assert (who.name, who.details.custom) == ("Väinö Linna", {"dog": "Rex"})
    assert [row.door for row in enrolled.search("vaino lin")] == [door]
    assert enrolled.nearest_doors(Degrees(lat=60.0, lon=25.0), limit=1)[0].row.door == door


def test_many_threads_lose_no_knock(enrolled):
    (work,) = enrolled.lists()
    door = enrolled.walk_list(work.id)[7].door
    entries: list[str] = []

    def knock():
        for _ in range(25):
            entries.append(enrolled.record_outcome(door, work.id, Outcome.NOT_HOME))
            enrolled.walk_list(work.id)

    threads = [threading.Thread(target=knock) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(entries)) == 200
    assert set(entries) <= {visit.entry for visit in enrolled.door(door).visits}


def test_changes_are_told_and_end_with_the_walkbook(tmp_path, enrolled):
    (work,) = enrolled.lists()
    door = enrolled.walk_list(work.id)[8].door

    async def listen():
        feed = enrolled.changes()
        hearing = asyncio.ensure_future(anext(feed))
        await asyncio.sleep(0)
        await asyncio.to_thread(enrolled.record_outcome, door, work.id, Outcome.NOT_HOME)
        changes = await hearing
        await feed.aclose()
        return changes

    assert door in asyncio.run(listen()).doors

    async def listen_until_closed():
        with open_in(tmp_path / "book") as walkbook:
            asyncio.get_running_loop().call_later(0.05, walkbook.close)
            return [changes async for changes in walkbook.changes()]

    assert asyncio.run(listen_until_closed()) == []


def test_a_budget_that_runs_out_loses_nothing_and_the_next_sync_goes_on(enrolled):
    (work,) = enrolled.lists()
    enrolled.record_outcome(enrolled.walk_list(work.id)[9].door, work.id, Outcome.NOT_HOME)
    before = enrolled.status().at_risk
    cut = asyncio.run(enrolled.sync(budget_ms=0))
    assert (cut.ended, cut.status.at_risk) == (Ended.OUT_OF_TIME, before)
    done = asyncio.run(enrolled.sync())
    assert (done.ended, done.status.at_risk) == (Ended.COMPLETE, 0)


def held() -> None:
    while not (WORLD / "held").exists():
        time.sleep(0.01)


@pytest.fixture
def standing_wire():
    """Nothing that a phone sends gets through."""
    (WORLD / "held").unlink(missing_ok=True)
    (WORLD / "standing").touch()
    yield
    (WORLD / "standing").unlink()


def test_a_sync_that_is_called_off_in_the_middle_loses_nothing(enrolled, standing_wire):
    (work,) = enrolled.lists()
    enrolled.record_outcome(enrolled.walk_list(work.id)[9].door, work.id, Outcome.NOT_HOME)

    async def call_off():
        token = CancelToken()
        syncing = asyncio.ensure_future(enrolled.sync(cancel=token))
        await asyncio.to_thread(held)
        token.cancel()
        return await syncing

    assert asyncio.run(call_off()).ended == Ended.CANCELLED
    assert enrolled.status().at_risk == 1

    async def take_back():
        (WORLD / "held").unlink()
        syncing = asyncio.ensure_future(enrolled.sync())
        await asyncio.to_thread(held)
        syncing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await syncing

    asyncio.run(take_back())
    (WORLD / "standing").unlink()
    assert asyncio.run(enrolled.sync()).status.at_risk == 0
    (WORLD / "standing").touch()


def test_closing_ends_an_enrolment_under_way(tmp_path, standing_wire):
    async def close_in_the_middle():
        walkbook = open_in(tmp_path / "book")
        enrolling = asyncio.ensure_future(walkbook.enrol(invitation("python-bench")))
        await asyncio.to_thread(held)
        walkbook.close()
        with pytest.raises(SyncError.Phone) as told:
            await enrolling
        assert isinstance(told.value.error, WalkbookError.Closed)

    asyncio.run(close_in_the_middle())


def test_an_invitation_that_was_used_or_is_none_is_refused(tmp_path, enrolled):
    with open_in(tmp_path / "book") as walkbook:
        for link in (invitation("python-tests"), "https://example.org", "", "\0"):
            with pytest.raises(SyncError.Invitation):
                asyncio.run(walkbook.enrol(link))
        with pytest.raises(SyncError.Phone):
            asyncio.run(walkbook.sync())


def test_a_rescue_file_is_read_with_its_code_only(tmp_path, enrolled):
    (work,) = enrolled.lists()
    enrolled.record_outcome(enrolled.walk_list(work.id)[9].door, work.id, Outcome.NOT_HOME)
    code = enrolled.write_rescue_file(str(tmp_path / "rescue"))
    assert enrolled.status().may_be_wiped
    file = (tmp_path / "rescue").read_bytes()
    contents = read_rescue_file(file, code)
    assert (contents.device, contents.entries) == (enrolled.identity().device, 1)
    with pytest.raises(WalkbookError.RescueFile):
        read_rescue_file(file, "nonsense")
    with pytest.raises(WalkbookError.Unreachable):
        enrolled.write_rescue_file(str(tmp_path / "rescue"))
    asyncio.run(enrolled.sync())
