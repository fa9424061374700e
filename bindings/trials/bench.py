"""bench.py ROUNDS FOLDER LANGUAGE…: what calls cost in each language, beside each other in one run.

FOLDER/LANGUAGE.sh runs a bench. Every round asks each language once, so that what else the machine does meets all of them; the
figures are the rounds' medians.
"""

import collections
import statistics
import subprocess
import sys

COLUMNS = {
    "least_us": "a call that does nothing",
    "knock_us": "record a knock",
    "list_us": "list of {listed} doors",
    "open_ms": "open to first list",
    "start_ms": "process start to first list",
    "resident_mib": "memory, {doors} doors",
}


def run(script: str, what: str) -> "dict[str, float]":
    output = subprocess.run(["bash", script, what], check=True, stdout=subprocess.PIPE, text=True).stdout
    return {name: float(value) for name, value in (line.split() for line in output.splitlines())}


def main() -> None:
    rounds, folder, languages = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    seen = {language: collections.defaultdict(list) for language in languages}
    for _ in range(rounds):
        for language in languages:
            for what in ("cold", "calls"):
                for name, value in run(f"{folder}/{language}.sh", what).items():
                    seen[language][name].append(value)
    figures = {language: {name: statistics.median(values) for name, values in all_.items()} for language, all_ in seen.items()}
    # Each lists the same.
    ((all_doors, listed),) = {(int(each["doors"]), int(each["listed"])) for each in figures.values()}
    titles = [title.format(doors=f"{all_doors:,}", listed=listed) for title in COLUMNS.values()]
    print("| | " + " | ".join(titles) + " |")
    print("|---" * (len(titles) + 1) + "|")
    for language, each in figures.items():
        print(f"| {language} | " + " | ".join(shown(name, each[name]) for name in COLUMNS) + " |")


def shown(name: str, value: float) -> str:
    unit = {"us": "µs", "ms": "ms", "mib": "MiB"}[name.rsplit("_", 1)[1]]
    if unit == "µs" and value >= 1_000:
        value, unit = value / 1_000, "ms"
    return f"{value:.1f} {unit}" if value < 100 else f"{value:.0f} {unit}"


main()
