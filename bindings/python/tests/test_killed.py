"""An app that is killed in the middle of its calls."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

from conftest import invitation, open_in


def killed_after(knocks: int, folder: Path) -> set[str]:
    """A process of its own knocks, and is killed once it has said so many entries. Gives all that it has said."""
    knocker = Path(__file__).with_name("knocker.py")
    with subprocess.Popen([sys.executable, str(knocker), str(folder)], stdout=subprocess.PIPE, text=True) as process:
        said = [process.stdout.readline() for _ in range(knocks)]
        process.kill()
        said += process.stdout.readlines()
    assert process.returncode == -signal.SIGKILL
    # The last line may be cut off.
    return {line.strip() for line in said if line.endswith("\n")}


def test_every_acknowledged_knock_of_a_killed_app_is_there(tmp_path):
    folder = tmp_path / "book"
    with open_in(folder) as walkbook:
        asyncio.run(walkbook.enrol(invitation("python-killed")))
        asyncio.run(walkbook.sync())
        (work,) = walkbook.lists()
        door = walkbook.walk_list(work.id)[0].door
    acknowledged = set()
    for knocks in (1, 5, 25, 100):
        acknowledged |= killed_after(knocks, folder)
    assert len(acknowledged) >= 131
    with open_in(folder) as walkbook:
        assert acknowledged <= {visit.entry for visit in walkbook.door(door).visits}
        assert walkbook.status().at_risk >= len(acknowledged)
        assert asyncio.run(walkbook.sync()).status.at_risk == 0
