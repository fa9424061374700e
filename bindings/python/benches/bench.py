"""What calls cost in Python: does what ``bindings/examples/bench.rs`` does."""

import asyncio
import os
import statistics
import sys
import time

from walkbook import KeyStore, Outcome, Walkbook

KNOCKS, LISTINGS = 2_000, 200
LAST = 2**64 - 1


class Plain(KeyStore):
    def wrap(self, key):
        return key

    def unwrap(self, wrapped):
        return wrapped


def median_us(call, times):
    spent = []
    for turn in range(times):
        begun = time.perf_counter_ns()
        call(turn)
        spent.append(time.perf_counter_ns() - begun)
    return statistics.median(spent) / 1e3


def resident_mib():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


async def enrol(folder, link):
    with Walkbook.open(folder, Plain()) as walkbook:
        await walkbook.enrol(link)
        await walkbook.sync(budget_ms=300_000)


def cold(folder):
    begun = time.perf_counter_ns()
    walkbook = Walkbook.open(folder, Plain())
    lists = walkbook.lists()
    first = walkbook.walk_list(lists[0].id)
    opened = time.perf_counter_ns() - begun
    print("start_ms", (time.time_ns() - int(os.environ["STARTED"])) / 1e6)
    print("open_ms", opened / 1e6)
    print("doors", sum(len(walkbook.walk_list(each.id)) for each in lists))
    print("listed", len(first))
    print("resident_mib", resident_mib())


def calls(folder):
    walkbook = Walkbook.open(folder, Plain())
    work = walkbook.lists()[0].id
    doors = [row.door for row in walkbook.walk_list(work)]
    knock = lambda turn: walkbook.record_outcome(doors[turn % len(doors)], work, Outcome.NOT_HOME)
    print("knock_us", median_us(knock, KNOCKS))
    print("list_us", median_us(lambda _: walkbook.walk_list(work), LISTINGS))
    print("least_us", median_us(lambda _: walkbook.changes_since(LAST), KNOCKS))


command, *rest = sys.argv[1:]
if command == "enrol":
    asyncio.run(enrol(*rest))
else:
    {"cold": cold, "calls": calls}[command](*rest)
