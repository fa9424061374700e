"""Walkbook: the phone of an offline-first canvassing core.

Every call works without a network and returns when the phone has it on disk, encrypted. What needs the network is a
coroutine. The classes are documented one by one; start at :class:`Walkbook`.
"""

from ._core import *  # noqa: F401,F403
from ._core.walkbook import __all__ as _generated
from ._phone import DeskKeyStore, Walkbook
from .ids import (
    ContactId,
    ContentHash,
    DeviceId,
    DoorId,
    EffortId,
    EntryId,
    QuestionId,
    ScriptId,
    TenantId,
    UserId,
    WalkListId,
)

__all__ = [
    *_generated,
    "ContactId",
    "ContentHash",
    "DeskKeyStore",
    "DeviceId",
    "DoorId",
    "EffortId",
    "EntryId",
    "QuestionId",
    "ScriptId",
    "TenantId",
    "UserId",
    "WalkListId",
]
