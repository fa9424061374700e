"""Turfs of 60 doors beside peers, on the same doors in the same run: METIS (pymetis) and k-means-constrained.

usage: turfs.py BINARY [DATA]

BINARY is terrain_turfs; DATA a folder with PLACE/addresses.csv.gz, without which the doors are made up. METIS gets the
Delaunay graph of the doors (scipy), legs weighted by nearness, and k-means the doors on a flat map; both their times are
with what they need for it. The walks inside the turfs of all are measured by one and the same solver. A peer that is not done
in good time is stopped, and it says so.
"""

import math, multiprocessing, random, sys, time
from collections import Counter, defaultdict

import numpy as np
import pymetis
from k_means_constrained import KMeansConstrained
from places import Binary, flat, say_where, some_doors
from scipy.spatial import Delaunay

WISHED = 60
# Doors that each is given; k-means-constrained, whose time grows with their square, no more than this.
COUNTS, MOST_K_MEANS = (5_000, 20_000, 100_000), 20_000
# Seconds that a peer may take.
SLOW_S = 150


class Turfs(Binary):
    def cut(self, doors, before=None):
        lines = [f"{d.lat}\t{d.lon}\t{d.building}\t{d.number}\t{d.street}\t{b}" for d, b in zip(doors, before or [""] * len(doors))]
        micros, *turfs = self.ask(f"cut {WISHED} {len(lines)}", lines)
        return int(micros) / 1e6, list(map(int, turfs))

    def walks_km(self, doors, turfs):
        return [float(m) / 1000 for m in self.ask(f"walk {len(doors)}", [f"{d.lat}\t{d.lon}\t{t}" for d, t in zip(doors, turfs)])]


def delaunay(points):
    """The neighbours of each point; those that qhull finds too near to another lie beside that one."""
    mesh = Delaunay(points)
    starts, ends = mesh.vertex_neighbor_vertices
    if len(mesh.coplanar):
        beside = np.concatenate([mesh.coplanar[:, [0, 2]], mesh.coplanar[:, [2, 0]]])
        pairs = np.concatenate([np.column_stack([np.repeat(np.arange(len(points)), np.diff(starts)), ends]), beside])
        pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
        starts, ends = np.searchsorted(pairs[:, 0], np.arange(len(points) + 1)), pairs[:, 1]
    return starts, ends


def metis(doors):
    began = time.perf_counter()
    # Doors at one point are one node that weighs as many.
    points, node, weights = np.unique(flat(doors), axis=0, return_inverse=True, return_counts=True)
    starts, ends = delaunay(points)
    legs = np.linalg.norm(np.repeat(points, np.diff(starts), axis=0) - points[ends], axis=1)
    near = np.maximum(1, (10_000 / (10 + legs)).astype(int))
    graph = pymetis.CSRAdjacency(starts, ends)
    options = pymetis.Options(ufactor=30, contig=1)
    _, turf = pymetis.part_graph(round(len(doors) / WISHED), adjacency=graph, vweights=weights.tolist(), eweights=near.tolist(), options=options, recursive=False)
    return time.perf_counter() - began, [turf[n] for n in node.ravel()]


def k_means(doors):
    began = time.perf_counter()
    count = round(len(doors) / WISHED)
    solver = KMeansConstrained(count, size_min=54, size_max=66, n_init=1, max_iter=5, random_state=1, n_jobs=1)
    turfs = solver.fit_predict(flat(doors))
    return time.perf_counter() - began, list(turfs)


def in_good_time(solve, doors):
    """What a peer answers; nothing if it takes too long."""
    with multiprocessing.Pool(1) as pool:
        try:
            return pool.apply_async(solve, [doors]).get(SLOW_S)
        except multiprocessing.TimeoutError:
            return None


def pieces(doors, turfs):
    """How many turfs are not one piece of the Delaunay graph of the doors."""
    points, node = np.unique(flat(doors), axis=0, return_inverse=True)
    starts, ends = delaunay(points)
    of = defaultdict(set)
    for n, t in zip(node.ravel(), turfs):
        of[t].add(int(n))
    broken = 0
    for nodes in of.values():
        todo, seen = [next(iter(nodes))], set()
        while todo:
            n = todo.pop()
            if n in seen:
                continue
            seen.add(n)
            todo += [m for m in ends[starts[n]:starts[n + 1]] if m in nodes and m not in seen]
        broken += len(seen) < len(nodes)
    return broken


def report(binary, name, doors, took, turfs):
    sizes, buildings = Counter(turfs), defaultdict(set)
    heavy = Counter(d.building for d in doors)
    forced = {t for d, t in zip(doors, turfs) if heavy[d.building] > 66}
    for d, t in zip(doors, turfs):
        buildings[d.building].add(t)
    off = sum(not 54 <= size <= 66 for t, size in sizes.items() if t not in forced)
    split = sum(len(of) > 1 for of in buildings.values())
    open_km, round_km = binary.walks_km(doors, turfs)
    print(f"  {name:22}{took:9.2f} s {open_km:10.1f} km open {round_km:10.1f} km round; {len(sizes)} turfs of {min(sizes.values())} to "
          f"{max(sizes.values())}, {off} more than 10 % off ({len(forced)} forced by a building), {pieces(doors, turfs)} in pieces, {split} buildings split", flush=True)


def stability(binary, doors, turfs):
    """The share of doors that are in another turf (of most doors in common) once one in a hundred is added: to a cut from
    nothing, and to a cut again that knows the turfs before."""
    dice = random.Random(3)
    drawn = [n for n in range(len(doors)) if dice.random() < 0.99]
    _, before = binary.cut([doors[n] for n in drawn])
    turf_of = dict(zip(drawn, before))
    _, again = binary.cut(doors, before=[turf_of.get(n, "") for n in range(len(doors))])
    shares = []
    for after in (turfs, again):
        common, taken, best = Counter((turf_of[n], after[n]) for n in drawn), set(), {}
        for (old, new), _ in common.most_common():
            if old not in best and new not in taken:
                best[old] = new
                taken.add(new)
        shares.append(100 * sum(best.get(turf_of[n]) != after[n] for n in drawn) / len(drawn))
    return shares


def main():
    binary, data = Turfs(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""
    say_where(data, "*/addresses.csv.gz")
    for count in COUNTS:
        doors, what = some_doors(data, count)
        print(f"{count:,} {what} into turfs of {WISHED}")
        took, turfs = binary.cut(doors)
        report(binary, "walkbook", doors, took, turfs)
        anew, again = stability(binary, doors, turfs)
        print(f"  {'':22}with 1 % of the doors added, {again:.2f} % of the others change their turf when cut again, {anew:.1f} % when cut anew")
        peers = [("METIS (pymetis)", metis)]
        if count <= MOST_K_MEANS:
            peers.append(("k-means-constrained", k_means))
        for name, solve in peers:
            answer = in_good_time(solve, doors)
            if answer:
                report(binary, name, doors, *answer)
            else:
                print(f"  {name:22}not done within {SLOW_S} s", flush=True)


main()
