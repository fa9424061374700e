"""Every error reaches Python as what it is, and a panic does not end the process."""

import asyncio

import pytest
import walkbook
from walkbook import SyncError, WalkbookError


def variants(error) -> set[str]:
    return {name for name in vars(error) if name[0].isupper()}


def test_every_error_of_the_disk_is_seen():
    seen = set()
    for number in range(walkbook.trial_walkbook_errors()):
        with pytest.raises(WalkbookError) as told:
            walkbook.trial_walkbook_error(number)
        seen.add(type(told.value).__name__)
    assert seen == variants(WalkbookError)


def test_every_error_of_the_network_is_seen():
    seen = set()
    for number in range(walkbook.trial_sync_errors()):
        with pytest.raises(SyncError) as told:
            asyncio.run(walkbook.trial_sync_error(number))
        seen.add(type(told.value).__name__)
        if isinstance(told.value, SyncError.Phone):
            assert isinstance(told.value.error, WalkbookError)
    assert seen == variants(SyncError)


def test_a_panic_is_an_error_and_the_library_goes_on():
    with pytest.raises(walkbook.InternalError):
        walkbook.trial_panic()
    with pytest.raises(walkbook.InternalError):
        asyncio.run(walkbook.trial_panic_in_a_future())
    assert walkbook.trial_walkbook_errors() > 0
