"""Ids: their short text form, each kind a type of its own.

An id is a text: it can be kept, sent and compared as it is. A type checker tells the kinds apart; the library does so too,
whatever the type: a list's id where a door's is meant is refused.
"""


class _Id(str):
    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


class DoorId(_Id):
    """A door: ``door_…``."""

    __slots__ = ()


class ContactId(_Id):
    """A contact: ``con_…``."""

    __slots__ = ()


class WalkListId(_Id):
    """A walk list: ``list_…``."""

    __slots__ = ()


class EntryId(_Id):
    """An entry: its device's id, ``#`` and its number."""

    __slots__ = ()


class UserId(_Id):
    """A user."""

    __slots__ = ()


class DeviceId(_Id):
    """A device."""

    __slots__ = ()


class TenantId(_Id):
    """A tenant."""

    __slots__ = ()


class EffortId(_Id):
    """An effort."""

    __slots__ = ()


class ScriptId(_Id):
    """A script, whatever its version."""

    __slots__ = ()


class QuestionId(_Id):
    """A question of a script's draft."""

    __slots__ = ()


class ContentHash(_Id):
    """A version of a script: 64 hexadecimal digits."""

    __slots__ = ()
