"""Key stores and signers that fail, are slow, or give something else."""

import threading
import time

import pytest
from conftest import open_in
from walkbook import KeyStore, KeyStoreError, Signer, SignerError, Walkbook, WalkbookError, wipe_walkbook


class Gives(KeyStore):
    """Gives what it is told to."""

    def __init__(self, unwrapped=None):
        self.unwrapped = unwrapped

    def wrap(self, key):
        return key

    def unwrap(self, wrapped):
        if isinstance(self.unwrapped, BaseException):
            raise self.unwrapped
        return wrapped if self.unwrapped is None else self.unwrapped


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (KeyStoreError.Locked(), WalkbookError.Locked),
        (KeyStoreError.Lost(), WalkbookError.KeyLost),
        (KeyStoreError.Failed(), WalkbookError.KeyStoreFailed),
        (RuntimeError("a name, 040 555 0101"), WalkbookError.KeyStoreFailed),
        (7, WalkbookError.KeyStoreFailed),
        (bytes(32), WalkbookError.KeyLost),
        (b"short", WalkbookError.KeyLost),
        (bytes(1_000_000), WalkbookError.KeyLost),
    ],
)
def test_a_key_store_that_fails_or_gives_a_wrong_key_is_told_as_what_it_is(tmp_path, given, error):
    folder = str(tmp_path / "book")
    Walkbook.open(folder, Gives()).close()
    with pytest.raises(error) as told:
        Walkbook.open(folder, Gives(given))
    assert "040" not in str(told.value)
    Walkbook.open(folder, Gives()).close()


def test_a_slow_key_store_is_waited_for_and_holds_up_nobody_else(tmp_path):
    asked, go_on = threading.Event(), threading.Event()

    class Slow(Gives):
        def wrap(self, key):
            asked.set()
            assert go_on.wait(60)
            return key

    opened = []
    opening = threading.Thread(target=lambda: opened.append(Walkbook.open(str(tmp_path / "slow"), Slow())))
    opening.start()
    assert asked.wait(60)
    with open_in(tmp_path / "other") as other:
        assert other.lists() == []
    assert not opened
    go_on.set()
    opening.join()
    opened[0].close()


def test_a_signer_that_fails_opens_nothing_and_says_so(tmp_path):
    class Fails(Signer):
        def public_key(self):
            raise SignerError.Failed()

        def sign(self, message):
            raise SignerError.Failed()

    with pytest.raises(WalkbookError.KeyStoreFailed):
        Walkbook.open(str(tmp_path / "book"), Gives(), Fails())


def test_wiping_waits_for_the_closing_and_leaves_other_files(tmp_path):
    folder = tmp_path / "book"
    walkbook = Walkbook.open(str(folder), Gives())
    (folder / "settings.json").write_text("{}")
    with pytest.raises(WalkbookError.InUse):
        wipe_walkbook(str(folder), Gives())
    walkbook.close()
    assert "key.wrapped" in wipe_walkbook(str(folder), Gives())
    assert [file.name for file in folder.iterdir()] == ["settings.json"]


def test_what_is_asked_after_closing_is_refused(tmp_path):
    walkbook = open_in(tmp_path / "book")
    walkbook.close()
    walkbook.close()
    for ask in (walkbook.lists, walkbook.status, walkbook.identity, walkbook.clashes):
        with pytest.raises(WalkbookError.Closed):
            ask()


def test_thousands_of_openings_leave_nothing_behind(tmp_path):
    def resident_kib():
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    def open_and_close(times):
        for _ in range(times):
            Walkbook.open(str(tmp_path / "book"), Gives()).close()

    open_and_close(500)
    started, before = time.monotonic(), resident_kib()
    open_and_close(2_000)
    grown = resident_kib() - before
    print(f"2000 openings in {time.monotonic() - started:.1f} s, {grown} KiB more")
    assert grown < 8 * 1024, "4 KiB an opening would be a leak"
