"""Walk order beside peers, on the same stops in the same run: the optimum where it is known, LKH (elkai) and OR-Tools.

usage: walks.py BINARY [DATA]

BINARY is terrain_walks; DATA a folder with tsplib/, PLACE/addresses.csv.gz and PLACE/walks/*.json.gz. What is not there is
skipped. Made-up stops are always there. OR-Tools runs once with its default search, for 5 s at most, and once with guided
local search for 1 s; LKH, which takes a minute for a thousand stops, where the optimum is not known or there are no more than
600 stops. Lengths are added up here, from the distances that every peer gets.
"""

import csv, glob, gzip, json, math, os, platform, random, subprocess, sys, time
from collections import defaultdict

import elkai
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

RADIUS_M = 6_371_008.8
# Stops up to which LKH runs though the optimum is known.
MOST_LKH = 600


class Instance:
    def __init__(self, name, group, distances, points=None, closed=True, best=None):
        self.name, self.group, self.distances, self.points = name, group, distances, points
        self.closed, self.best = closed, best

    def text(self):
        kind = "points" if self.points else "matrix"
        head = f"{kind} {self.name.replace(' ', '_')} {'closed' if self.closed else 'open'} {len(self.distances)}"
        return "\n".join([head] + [" ".join(map(str, row)) for row in self.points or self.distances]) + "\n"

    def length(self, order):
        assert sorted(order) == list(range(len(self.distances))), f"{self.name}: not every stop once"
        legs = list(zip(order, order[1:])) + ([(order[-1], order[0])] if self.closed else [])
        return sum(self.distances[a][b] for a, b in legs)

    def scaled(self):
        """Whole decimetres, and for an open walk a stop more, at no distance from any."""
        table = [[round(10 * leg) for leg in row] for row in self.distances]
        return table if self.closed else [row + [0] for row in table] + [[0] * (len(table) + 1)]

    def opened(self, round_trip):
        if self.closed:
            return round_trip
        home = round_trip.index(len(self.distances))
        return round_trip[home + 1:] + round_trip[:home]


def sphere_m(a, b):
    (lat_a, lon_a), (lat_b, lon_b) = [tuple(map(math.radians, p)) for p in (a, b)]
    h = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * RADIUS_M * math.asin(math.sqrt(h))


def made_up():
    for stops, seed in [(50, 1), (100, 2), (200, 3), (500, 4)]:
        dice = random.Random(seed)
        hamlets = [(dice.random(), dice.random()) for _ in range(stops // 25)]
        spread = lambda: dice.gauss(0, 0.02)
        for kind, at in [
            ("scattered", lambda: (dice.random(), dice.random())),
            ("hamlets", lambda: (lambda middle: (middle[0] + spread(), middle[1] + spread()))(dice.choice(hamlets))),
        ]:
            points = [at() for _ in range(stops)]
            table = [[round(10_000 * math.dist(a, b)) for b in points] for a in points]
            yield Instance(f"{kind} {stops}", "made-up, closed", table)


def tsplib(data):
    optima = {row["name"]: int(row["optimum"]) for row in csv.DictReader(open(f"{data}/tsplib/optima.csv"))}
    for name, optimum in optima.items():
        lines = open(f"{data}/tsplib/{name}.tsp").read().split("\n")
        begin = next(at for at, line in enumerate(lines) if line.startswith("NODE_COORD_SECTION"))
        geo = any(line.replace(" ", "").startswith("EDGE_WEIGHT_TYPE:GEO") for line in lines)
        points = [tuple(map(float, line.split()[1:3])) for line in lines[begin + 1:] if len(line.split()) == 3]
        leg = tsplib_geo if geo else lambda a, b: int(math.dist(a, b) + 0.5)
        yield Instance(name, "TSPLIB, closed", [[leg(a, b) for b in points] for a in points], best=optimum)


def tsplib_geo(a, b):
    if a == b:
        return 0
    radians = lambda x: 3.141592 * (int(x) + 5 * (x - int(x)) / 3) / 180
    (lat_a, lon_a), (lat_b, lon_b) = [tuple(map(radians, p)) for p in (a, b)]
    q1, q2, q3 = math.cos(lon_a - lon_b), math.cos(lat_a - lat_b), math.cos(lat_a + lat_b)
    return int(6378.388 * math.acos(0.5 * ((1 + q1) * q2 - (1 - q1) * q3)) + 1)


def addresses(data):
    places = sorted(glob.glob(f"{data}/*/addresses.csv.gz"))
    for place in places:
        with gzip.open(place, "rt") as rows:
            all_points = sorted({(float(row["lat"]), float(row["lon"])) for row in csv.DictReader(rows)})
        for stops in (50, 100, 200, 500, 1000):
            # A thousand stops of one place are enough to wait for.
            if stops == 1000 and place != places[0]:
                continue
            middle = random.Random(stops).choice(all_points)
            points = sorted(all_points, key=lambda point: sphere_m(point, middle))[:stops]
            table = [[sphere_m(a, b) for b in points] for a in points]
            yield Instance(f"{os.path.basename(os.path.dirname(place))} {stops}", "addresses, straight, open", table, points, closed=False)


def street_walks(data):
    for file in sorted(glob.glob(f"{data}/*/walks/*.json.gz")):
        walk = json.load(gzip.open(file))
        name = f"{file.split('/')[-3]} {os.path.basename(file)[:-8]}"
        for closed, key in [(True, "best_closed"), (False, "best_open")]:
            group = f"street walks, {'closed' if closed else 'open'}"
            yield Instance(name, group, walk["matrix_m"], closed=closed, best=walk[key]["length_m"])


def lkh(instance):
    round_trip = elkai.DistanceMatrix(instance.scaled()).solve_tsp(runs=1)
    return instance.opened(round_trip[:-1])


def or_tools(instance, guided):
    table = instance.scaled()
    manager = pywrapcp.RoutingIndexManager(len(table), 1, len(table) - 1)
    routing = pywrapcp.RoutingModel(manager)
    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitMatrix(table))
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PATH_CHEAPEST_ARC
    if guided:
        parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(1000 if guided else 5_000)
    solution, order, index = routing.SolveWithParameters(parameters), [], routing.Start(0)
    while not routing.IsEnd(index):
        order.append(manager.IndexToNode(index))
        index = solution.Value(routing.NextVar(index))
    return instance.opened(order)


def timed(solve, instance, *more):
    began = time.perf_counter()
    order = solve(instance, *more)
    return instance.length(order), 1000 * (time.perf_counter() - began)


def mean(column):
    """Of the rows that have a figure."""
    figures = [figure for figure in column if not math.isnan(figure)]
    return sum(figures) / len(figures) if figures else math.nan


def main():
    binary, data = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""
    instances = list(made_up())
    for source, needs in [(tsplib, "tsplib/optima.csv"), (addresses, "*/addresses.csv.gz"), (street_walks, "*/walks/*")]:
        if data and glob.glob(f"{data}/{needs}"):
            instances += source(data)
        else:
            print(f"skipped: no {needs} in {data or 'DATA, which is not set'}")
    answer = subprocess.run([binary], input="".join(i.text() for i in instances), text=True, capture_output=True, check=True)
    ours = [list(map(int, line.split())) for line in answer.stdout.splitlines()]
    model = next((l.split(": ")[1] for l in open("/proc/cpuinfo") if l.startswith("model name")), platform.processor()).strip()
    print(f"\nmachine: {model}, {os.cpu_count()} cores usable, each peer on one; load before: {os.getloadavg()[0]:.1f}")
    print("lengths as per cent over the best known (the published optimum, the reference walk, else the best of this run)\n")
    print(f"{'stops':28}{'best known':>12}{'walkbook':>10}{'ms':>8}{'OR-Tools':>10}{'ms':>8}{'its GLS 1s':>11}{'LKH':>8}{'ms':>9}")
    sums, group = defaultdict(list), None
    for instance, (micros, *order) in zip(instances, ours, strict=True):
        if instance.group != group:
            group = instance.group
            print(f"-- {group}")
        mine, ms = instance.length(order), micros / 1000
        quick, guided = timed(or_tools, instance, False), timed(or_tools, instance, True)
        waits = not instance.best or len(order) <= MOST_LKH
        best = timed(lkh, instance) if waits else (math.nan, math.nan)
        known = min(length for length in (mine, quick[0], guided[0], best[0], instance.best) if length and length > 0)
        over = lambda length: 100 * (length / known - 1)
        sums[group].append((len(order), over(mine), ms, over(quick[0]), over(guided[0]), over(best[0]), best[1]))
        print(f"{instance.name:28}{known:12.0f}{over(mine):9.2f}%{ms:8.1f}{over(quick[0]):9.2f}%{quick[1]:8.0f}"
              f"{over(guided[0]):10.2f}%{over(best[0]):7.2f}%{best[1]:9.0f}", flush=True)
    print("\nmeans")
    for group, rows in sums.items():
        for low, high in [(0, 150), (151, 600), (601, 2000)]:
            of_size = [row for row in rows if low <= row[0] <= high]
            if of_size:
                _, mine, ms, quick, guided, best, best_ms = [mean(column) for column in zip(*of_size)]
                worst = max(row[1] for row in of_size)
                print(f"{group:28}{low:5}–{high:<5} stops ({len(of_size)}): walkbook {mine:.2f} % (worst {worst:.2f} %) in {ms:.1f} ms; "
                      f"OR-Tools {quick:.2f} %, with GLS in 1 s {guided:.2f} %; LKH {best:.2f} % in {best_ms:.0f} ms")


main()
