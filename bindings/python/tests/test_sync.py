"""A phone and the network: budgets that run out, and being called off in the middle."""

import asyncio

import pytest
from conftest import invitation, open_in
from walkbook import CancelToken, Ended, Heard, Outcome, SyncError, WalkbookError


def test_a_budget_that_runs_out_loses_nothing_and_the_next_sync_goes_on(enrolled):
    (work,) = enrolled.lists()
    enrolled.record_outcome(enrolled.walk_list(work.id)[9].door, work.id, Outcome.NOT_HOME)
    before = enrolled.status().at_risk
    cut = asyncio.run(enrolled.sync(budget_ms=0))
    assert (cut.ended, cut.status.at_risk) == (Ended.OUT_OF_TIME, before)
    done = asyncio.run(enrolled.sync())
    assert (done.ended, done.status.at_risk) == (Ended.COMPLETE, 0)


def test_a_budget_that_runs_out_in_the_middle_loses_nothing(enrolled, standing_wire):
    (work,) = enrolled.lists()
    enrolled.record_outcome(enrolled.walk_list(work.id)[9].door, work.id, Outcome.NOT_HOME)
    cut = asyncio.run(enrolled.sync(budget_ms=500))
    assert (cut.ended, cut.status.at_risk) == (Ended.OUT_OF_TIME, 1)
    standing_wire.let_go()
    done = asyncio.run(enrolled.sync())
    assert (done.ended, done.status.at_risk) == (Ended.COMPLETE, 0)


def test_a_sync_that_is_called_off_in_the_middle_loses_nothing(enrolled, standing_wire):
    (work,) = enrolled.lists()
    enrolled.record_outcome(enrolled.walk_list(work.id)[9].door, work.id, Outcome.NOT_HOME)

    async def call_off():
        token = CancelToken()
        syncing = asyncio.ensure_future(enrolled.sync(cancel=token))
        await asyncio.to_thread(standing_wire.until_held)
        token.cancel()
        return await syncing

    assert asyncio.run(call_off()).ended == Ended.CANCELLED
    assert enrolled.status().at_risk == 1

    async def take_back():
        standing_wire.forget()
        syncing = asyncio.ensure_future(enrolled.sync())
        await asyncio.to_thread(standing_wire.until_held)
        syncing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await syncing

    asyncio.run(take_back())
    standing_wire.let_go()
    assert asyncio.run(enrolled.sync()).status.at_risk == 0


def test_closing_ends_an_enrolment_under_way(tmp_path, standing_wire):
    async def close_in_the_middle():
        walkbook = open_in(tmp_path / "book")
        enrolling = asyncio.ensure_future(walkbook.enrol(invitation("python-unfinished")))
        await asyncio.to_thread(standing_wire.until_held)
        walkbook.close()
        with pytest.raises(SyncError.Phone) as told:
            await enrolling
        assert isinstance(told.value.error, WalkbookError.Closed)

    asyncio.run(close_in_the_middle())


def test_an_invitation_that_was_used_or_is_none_is_refused(tmp_path, enrolled):
    with open_in(tmp_path / "book") as walkbook:
        for link in (invitation("python-tests"), "https://example.org", "", "\0", "x" * 1_000_000):
            with pytest.raises(SyncError.Invitation):
                asyncio.run(walkbook.enrol(link))
        with pytest.raises(SyncError.Phone):
            asyncio.run(walkbook.sync())


def test_an_open_phone_hears_of_what_is_new_and_waiting_is_called_off(enrolled):
    async def hear():
        news = enrolled.news()
        await news.__anext__()
        waiting = asyncio.ensure_future(news.__anext__())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        cancel = CancelToken()
        cancel.cancel()
        assert await enrolled.wait_for_news(cancel) == Heard.CANCELLED

    asyncio.run(hear())


def test_a_phone_that_is_no_device_has_nobody_to_listen_to(tmp_path):
    async def hear():
        with open_in(tmp_path / "book") as walkbook:
            with pytest.raises(SyncError.Phone):
                await walkbook.news().__anext__()
        assert [told async for told in walkbook.news()] == []

    asyncio.run(hear())
