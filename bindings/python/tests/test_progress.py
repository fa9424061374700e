"""How far a sync is: for a first download above all."""

import asyncio
import time

import pytest
from conftest import invitation, open_in
from walkbook import Ended, Outcome, SyncError, SyncPhase


def test_a_first_download_is_told_to_its_end(mate_of):
    walkbook, told, synced = mate_of
    last = told[-1]
    assert (last.phase, last.doors, last.awaited_doors) == (SyncPhase.DONE, 40, 0)
    assert (last.received_bytes, last.sent_bytes) == (synced.received_bytes, synced.sent_bytes)
    assert last.bytes_to_receive == last.received_bytes
    assert [so_far.phase for so_far in told].count(SyncPhase.DONE) == 1
    assert all(before.doors <= after.doors for before, after in zip(told, told[1:]))


def test_what_is_brought_is_told_in_entries(mate_of):
    walkbook, *_ = mate_of
    (work,) = walkbook.lists()
    for row in walkbook.walk_list(work.id)[20:23]:
        walkbook.record_outcome(row.door, work.id, Outcome.NOT_HOME)
    told = []
    asyncio.run(walkbook.sync(progress=told.append))
    assert (told[-1].answered_entries, told[-1].entries) == (3, 3)


def test_whoever_raises_or_is_slow_does_the_exchange_no_harm(mate_of):
    walkbook, *_ = mate_of

    def raises(_):
        raise ValueError("a trial")

    async def sync(progress):
        complaints = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context["exception"]))
        return await walkbook.sync(progress=progress), complaints

    synced, complaints = asyncio.run(sync(raises))
    assert synced.ended == Ended.COMPLETE
    assert complaints and all(isinstance(complaint, ValueError) for complaint in complaints)
    synced, complaints = asyncio.run(sync(lambda _: time.sleep(0.2)))
    assert (synced.ended, complaints) == (Ended.COMPLETE, [])


def test_a_sync_that_does_not_begin_tells_nothing_and_fails_as_ever(tmp_path):
    told = []
    with open_in(tmp_path / "book") as walkbook, pytest.raises(SyncError.Phone):
        asyncio.run(walkbook.sync(progress=told.append))
    assert told == []


def test_an_open_phone_hears_of_what_a_mate_has_brought(mate_of, enrolled):
    mate, *_ = mate_of
    (work,) = mate.lists()

    async def hear():
        await enrolled.wait_for_news()
        with pytest.raises(asyncio.TimeoutError):
            while True:  # What else was new before.
                await asyncio.wait_for(enrolled.wait_for_news(), 1)
        mate.record_outcome(mate.walk_list(work.id)[30].door, work.id, Outcome.NOT_HOME)
        await mate.sync()
        await asyncio.wait_for(enrolled.wait_for_news(), 30)

    asyncio.run(hear())


@pytest.fixture(scope="module")
def mate_of(tmp_path_factory):
    """A phone whose first download was watched: the phone, what was told, and what the sync gave."""
    told = []
    with open_in(tmp_path_factory.mktemp("mate") / "book") as walkbook:
        asyncio.run(walkbook.enrol(invitation("python-mate")))
        synced = asyncio.run(walkbook.sync(progress=told.append))
        yield walkbook, told, synced
