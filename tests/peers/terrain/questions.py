"""What a phone and a map ask, on 100,000 doors, beside SciPy's k-d tree and rstar alone; and planning again on the way.

usage: questions.py BINARY [DATA]

BINARY is terrain_questions; DATA a folder with PLACE/addresses.csv.gz, without which the doors are made up. SciPy is asked all
questions at once, so that Python is not measured. Rstar alone is the tree that the index is built on, with bare numbers on a flat
map: it knows neither the 180th meridian nor which door a point is. All answers are held against SciPy's.
"""

import math, random, sys, time

import numpy as np
from places import METRES, Binary, say_where, some_doors
from scipy.spatial import cKDTree

DOORS, QUESTIONS, NEAREST, SCREEN = 100_000, 2_000, 10, 500


def in_space(places):
    """On a sphere, in metres."""
    lat, lon = np.radians(places).T
    radius = METRES / math.radians(1)
    return radius * np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def each_us(ask):
    """Microseconds that one of all questions takes, the middle of five times; and the answer."""
    times = []
    for _ in range(5):
        began = time.perf_counter()
        answer = ask()
        times.append(time.perf_counter() - began)
    return 1e6 * sorted(times)[2] / QUESTIONS, answer


def lines(rows):
    return [" ".join(map(str, row)) for row in rows]


def main():
    binary, data = Binary(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""
    say_where(data, "*/addresses.csv.gz")
    doors, what = some_doors(data, DOORS)
    places, dice = np.round([(door.lat, door.lon) for door in doors], 7), random.Random(5)
    asked = np.array([places[dice.randrange(DOORS)] + (dice.gauss(0, 2e-4), dice.gauss(0, 4e-4)) for _ in range(QUESTIONS)])
    binary.ask(f"doors {DOORS}", lines(places))

    tree = cKDTree(in_space(places))
    scipy_us, (metres, _) = each_us(lambda: tree.query(in_space(asked), k=NEAREST))
    ours_us, rstar_us, *tenth = map(float, binary.ask(f"nearest {QUESTIONS}", lines(asked)))
    assert np.allclose(metres[:, -1], tenth, atol=0.1), "not the nearest"
    print(f"the ten nearest of {DOORS:,} {what}: walkbook {ours_us:.1f} µs, rstar alone {rstar_us:.1f} µs, SciPy {scipy_us:.1f} µs")

    # Squares, on a map whose degrees are as long either way, that hold about so many doors.
    flat = cKDTree(places)
    halves = flat.query(asked, k=SCREEN, p=math.inf)[0][:, -1]
    boxes = np.column_stack([asked - halves[:, None], asked + halves[:, None]])
    scipy_us, found = each_us(lambda: flat.query_ball_point(asked, halves, p=math.inf))
    ours_us, rstar_us, *count = map(float, binary.ask(f"screen {QUESTIONS}", lines(boxes)))
    # At the edge, rounding to a centimetre may let one in or out.
    assert np.abs(np.array([len(each) for each in found]) - np.array(count)).max() <= SCREEN / 50, "not what is on the screen"
    print(f"a screen of {SCREEN} doors: walkbook {ours_us:.1f} µs, rstar alone {rstar_us:.1f} µs, SciPy {scipy_us:.1f} µs")

    for count in (100, 1_000, 5_000):
        first, again, straight = map(float, binary.ask("walks 1", [str(count)]))
        print(f"{count:,} doors along streets: planned in {first:.1f} ms, again from another place in {again:.1f} ms; "
              f"by straight lines in {straight:.1f} ms")


main()
