"""Walkbook: the phone of an offline-first canvassing core.

Every call works without a network and returns when the phone has it on disk, encrypted. What needs the network is a
coroutine. The classes are documented one by one; start at :class:`Walkbook`.
"""

from ._core import *  # noqa: F401,F403
from ._phone import DeskKeyStore, Walkbook
from .ids import (
    ContactId,
    ContentHash,
    DeviceId,
    DoorId,
    EffortId,
    EntryId,
    ScriptId,
    TenantId,
    UserId,
    WalkListId,
)
