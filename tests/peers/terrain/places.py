"""Doors for the measurements beside peers: made up, or of real places; and the binary that is measured."""

import csv, glob, gzip, math, os, platform, random, subprocess, threading

import numpy as np

METRES = math.radians(1) * 6_371_008.8


class Door:
    def __init__(self, lat, lon, building, number, street):
        self.lat, self.lon, self.building, self.number, self.street = lat, lon, building, number, street


def made_up(count):
    """Streets in blocks, denser towards the middle, a tower here and there."""
    dice, doors = random.Random(7), []
    while len(doors) < count:
        street = len(doors)
        lat, lon = dice.gauss(60.2, 0.03), dice.gauss(25.0, 0.06)
        way = dice.choice([(0, 1), (1, 0)])
        for number in range(1, dice.randint(10, 60)):
            gap = 0.00012 * number
            at = (lat + way[0] * gap + 0.0001 * (number % 2) * way[1], lon + 2 * (way[1] * gap + 0.0001 * (number % 2) * way[0]))
            building = len(doors)
            for _ in range(dice.choice([1] * 30 + [12])):
                doors.append(Door(*at, building, number, f"street {street}"))
    return doors[:count]


def real(data):
    places = []
    for file in sorted(glob.glob(f"{data}/*/addresses.csv.gz")):
        with gzip.open(file, "rt") as rows:
            places.append([(float(r["lat"]), float(r["lon"]), r["number"], r["street"].lower(), r["postcode"]) for r in csv.DictReader(rows)])
    return places


def flat(doors):
    lat = math.radians(sum(d.lat for d in doors) / len(doors))
    spots = np.array([(METRES * d.lon * math.cos(lat), METRES * d.lat) for d in doors])
    return spots - spots.mean(axis=0)


def side_by_side(places, count):
    """The first doors of all places in a row on the equator, two kilometres apart, each with its own shape and size."""
    doors, east_m, buildings = [], 0.0, 0
    while len(doors) < count:
        for rows in places:
            spots = flat([Door(lat, lon, 0, "", "") for lat, lon, *_ in rows])
            spots += np.array([east_m, 0]) - np.array([spots[:, 0].min(), np.median(spots[:, 1])])
            east_m, of = spots[:, 0].max() + 2_000, {}
            for (x, y), (lat, lon, number, street, _) in zip(spots, rows):
                building = buildings + of.setdefault((lat, lon, number, street), len(of))
                house = "".join(c for c in number if c.isdigit())
                doors.append(Door(y / METRES, x / METRES, building, house, f"{street} {buildings}"))
            buildings += len(of)
    return doors[:count]


def some_doors(data, count):
    """So many doors, and what they are."""
    places = real(data) if data else []
    return (side_by_side(places, count), "real doors") if places else (made_up(count), "made-up doors")


def say_where(data, needs):
    """What it is measured on, and what is not there."""
    model = next((l.split(": ")[1] for l in open("/proc/cpuinfo") if l.startswith("model name")), platform.processor()).strip()
    print(f"machine: {model}, {os.cpu_count()} cores usable, each peer on one; load before: {os.getloadavg()[0]:.1f}")
    if not (data and glob.glob(f"{data}/{needs}")):
        print(f"skipped: no {needs} in {data or 'DATA, which is not set'}; the doors are made up")


class Binary:
    """A program that reads tasks and answers each with a line."""

    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, head, lines):
        text = "\n".join([head] + lines) + "\n"
        writer = threading.Thread(target=lambda: (self.process.stdin.write(text), self.process.stdin.flush()))
        writer.start()
        answer = self.process.stdout.readline().split()
        writer.join()
        return answer
