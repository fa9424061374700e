"""knocker.py FOLDER: knocks by several threads until it is killed, and says each entry once the phone has acknowledged it."""

import os
import sys
import threading
from pathlib import Path

from walkbook import DeskKeyStore, Outcome, Walkbook


def knock(walkbook: Walkbook) -> None:
    (work,) = walkbook.lists()
    door = walkbook.walk_list(work.id)[0].door
    while True:
        entry = walkbook.record_outcome(door, work.id, Outcome.NOT_HOME)
        os.write(1, f"{entry}\n".encode())


folder = Path(sys.argv[1])
phone = Walkbook.open(str(folder), DeskKeyStore(f"{folder}.keystore"))
threads = [threading.Thread(target=knock, args=[phone]) for _ in range(3)]
for thread in threads:
    thread.start()
