"""A real server, and phones in folders of their own. WALKBOOK_WORLD names what `bindings/trials/world.sh` has made."""

import asyncio
import os
import time
from pathlib import Path

import pytest
from walkbook import DeskKeyStore, Walkbook

WORLD = Path(os.environ["WALKBOOK_WORLD"])


def invitation(name: str) -> str:
    return (WORLD / "invitations" / name).read_text().strip()


def open_in(folder: Path) -> Walkbook:
    return Walkbook.open(str(folder), DeskKeyStore(f"{folder}.keystore"))


@pytest.fixture(scope="session")
def enrolled(tmp_path_factory: pytest.TempPathFactory):
    """A phone that has its list, for the whole run: an invitation lets one phone in."""
    with open_in(tmp_path_factory.mktemp("phone") / "book") as walkbook:
        asyncio.run(walkbook.enrol(invitation("python-tests")))
        asyncio.run(walkbook.sync())
        yield walkbook


class StandingWire:
    """Nothing that a phone sends gets through, until it is let go."""

    def __init__(self):
        self.forget()
        (WORLD / "standing").touch()

    def forget(self) -> None:
        (WORLD / "held").unlink(missing_ok=True)

    def until_held(self) -> None:
        """Returns once something is held back."""
        while not (WORLD / "held").exists():
            time.sleep(0.01)

    def let_go(self) -> None:
        (WORLD / "standing").unlink(missing_ok=True)


@pytest.fixture
def standing_wire():
    wire = StandingWire()
    yield wire
    wire.let_go()
