"""What Python expects beside the generated classes: ``with``, ``async for``, a key store for the desk."""

import asyncio
import os
import threading
from typing import AsyncIterator, Callable, Optional, Set

from . import _core


class Walkbook(_core.Walkbook):
    """A phone's walkbook: lists, doors and what happened at them, encrypted on disk.

    Safe from any thread; to be closed, as by ``with``. Calls that record return once the phone has it on disk. The reference
    has what it can be asked at :class:`WalkbookProtocol`.
    """

    def __enter__(self) -> "Walkbook":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the walkbook; what iterates over its changes comes to its end."""
        super().close()
        for hearing in list(_hearing_of(self)):
            hearing.tell(None)

    async def sync(  # type: ignore[override]
        self,
        budget_ms: int = 30000,
        cancel: Optional[_core.CancelToken] = None,
        progress: Optional[Callable[[_core.SyncProgress], None]] = None,
    ) -> _core.Synced:
        """Exchanges with the server: brings what it lacks, takes what is new. Within ``budget_ms``: what has come by then is kept.

        ``progress`` is called in the event loop with how far it is, a few times a second at most; the exchange waits for none of
        these calls. Where this returns, it was called with ``SyncPhase.DONE``, and is not called again.
        """
        if progress is None:
            return await super().sync(budget_ms, cancel)
        telling = _Telling(asyncio.get_running_loop(), progress)
        synced = await super().sync(budget_ms, cancel, telling)
        await telling.over.wait()
        return synced

    async def news(self) -> AsyncIterator[None]:
        """That the server may have something new, for an app that is open: at once, and then whenever there is.

        ``sync`` each time. Ends when the walkbook is closed; raises ``SyncError`` where waiting helps nothing.
        """
        while True:
            try:
                await self.wait_for_news()
            except _core.SyncError.Phone as failed:
                if isinstance(failed.error, _core.WalkbookError.Closed):
                    return
                raise
            yield

    async def changes(self) -> AsyncIterator[_core.Changes]:
        """What changes from now on, until the walkbook is closed. Whoever is slow is told in one piece."""
        hearing = _Hearing(asyncio.get_running_loop())
        subscription = self.subscribe(hearing)
        hearings = _hearing_of(self)
        hearings.add(hearing)
        try:
            while (changes := await hearing.next()) is not None:
                yield changes
        finally:
            hearings.discard(hearing)
            subscription.end()


def _hearing_of(walkbook: Walkbook) -> "Set[_Hearing]":
    # Generated objects are not made by a constructor of ours.
    return walkbook.__dict__.setdefault("_hearings", set())


class _Hearing(_core.Listener):
    """Hands changes from the listener's thread to an event loop, one at a time: the library gathers what comes meanwhile."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._queue: "asyncio.Queue[Optional[_core.Changes]]" = asyncio.Queue()
        self._taken = threading.Event()
        self._over = False

    def changed(self, changes: _core.Changes) -> None:
        self._taken.clear()
        self.tell(changes)
        # In turns, so that a loop that has gone away holds nobody up.
        while not self._over and not self._loop.is_closed() and not self._taken.wait(1):
            pass

    def tell(self, changes: Optional[_core.Changes]) -> None:
        self._over = self._over or changes is None
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._queue.put_nowait, changes)
        if changes is None:
            self._taken.set()

    async def next(self) -> Optional[_core.Changes]:
        try:
            return await self._queue.get()
        finally:
            self._taken.set()


class _Telling(_core.SyncListener):
    """Hands on how far an exchange is, from the library's thread to an event loop: what the loop has no time for is left out."""

    def __init__(self, loop: asyncio.AbstractEventLoop, tell: Callable[[_core.SyncProgress], None]) -> None:
        self._loop = loop
        self._tell = tell
        self._lock = threading.Lock()
        self._latest: Optional[_core.SyncProgress] = None
        self.over = asyncio.Event()

    def progressed(self, progress: _core.SyncProgress) -> None:
        with self._lock:
            is_awaited, self._latest = self._latest is not None, progress
        if not is_awaited:
            try:
                self._loop.call_soon_threadsafe(self._hand_on)
            except RuntimeError:
                pass  # The loop has ended, and nobody is there to be told.

    def _hand_on(self) -> None:
        with self._lock:
            progress, self._latest = self._latest, None
        assert progress is not None
        if progress.phase == _core.SyncPhase.DONE:
            self.over.set()
        self._tell(progress)


class DeskKeyStore(_core.KeyStore):
    """A key store for scripts and trials: a file beside the folder masks the key, readable by its owner only.

    It guards against copying the walkbook's folder alone, and against nothing else. Phones use their hardware's keys.
    """

    def __init__(self, file: "os.PathLike[str] | str") -> None:
        self._file = os.fspath(file)

    def wrap(self, key: bytes) -> bytes:
        """Masks the key with what the file holds from now on."""
        mask = os.urandom(len(key))
        try:
            descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(mask)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            raise _core.KeyStoreError.Failed() from None
        return _masked(key, mask)

    def unwrap(self, wrapped: bytes) -> bytes:
        """Takes the mask off again."""
        try:
            with open(self._file, "rb") as file:
                mask = file.read()
        except FileNotFoundError:
            raise _core.KeyStoreError.Lost() from None
        except OSError:
            raise _core.KeyStoreError.Failed() from None
        if len(mask) != len(wrapped):
            raise _core.KeyStoreError.Lost()
        return _masked(wrapped, mask)


def _masked(text: bytes, mask: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(text, mask))
