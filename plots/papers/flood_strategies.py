"""Flooding against expanding rings and random walkers, for a file that one peer in a thousand has."""

import json
import math
import random

from . import Row
from .flood_reach import DATA, DEGREE, GNUTELLA, NEWCOMER, PEERS, PUBLISHED, covering, exact, on_grid  # noqa: F401

TITLE = "Flooding, expanding ring and random walkers"
SOURCE = ("Lv, Cao, Cohen, Li and Shenker, Search and Replication in Unstructured Peer-to-Peer Networks, 2002, "
          "for the three strategies")
SETUP = ("The graphs of the reproduction above, one of each; 10 peers of them, drawn anew for each of 60 searches, have "
         "the file. Flooding: TTL 7. Expanding ring: TTL 1, 2, … 7 until something is found. Walkers: 32, of 64 steps "
         "each, which do not ask whether another one found it. That paper's own numbers are of its own graphs and "
         "popularities; published stands here for what its argument predicts: c copies at random among N peers are missed by "
         "who reaches R of them with chance C(N−R, c) / C(N−1, c), which with the published reach and messages of each "
         "TTL gives the searches that end well and the messages of a ring, which stops at its first success.")
SCENARIO = "scenarios/flood/paper_strategies.json"
STRATEGY, PLACES, SHAPE = "setup.orders[0].strategy", "setup.files[0].on", "config.topology.shape"
STRATEGIES = ("flood", "ring", "walkers")
COPIES, SEARCHES, WALKERS, STEPS, TTL, LIMIT = 10, 60, 32, 64, 7, 4
CRAWLED = 10_879  # ids in use, but for three that nobody is linked with


def places(seed, peers, asker):
    """Drawn here, so that they are the same everywhere."""
    drawn = random.Random(seed)
    others = [peer for peer in range(1, peers + 1) if peer != asker]
    return [[f"n{peer}" for peer in sorted(drawn.sample(others, COPIES))] for _ in range(SEARCHES)]


def sweep_of(shape, peers, asker, *more):
    sweep = {SHAPE: [shape], STRATEGY: STRATEGIES, PLACES: places(shape, peers, asker), "repeat": 1}
    return (*more, f"sweep={json.dumps(sweep)}")


SWEEPS = {
    "gnutella": sweep_of("file", CRAWLED, 1, *GNUTELLA),
    "random": sweep_of("random_regular", PEERS, 5051),
    "power_law": sweep_of("barabasi_albert", PEERS, 5051, f"config.topology.degree={NEWCOMER}"),
    "grid": sweep_of("grid", PEERS, 5051),
}
FIGURES = ("flood_strategies_messages.json", "flood_strategies_found.json")


def missed(peers, reached):
    """The chance that none of the copies is at one of those reached."""
    return math.comb(peers - int(reached), COPIES) / math.comb(peers - 1, COPIES)


def ring(peers, balls):
    """(mean, variance) of a ring's messages, of (reached, messages) of each TTL."""
    spent, before, mean, square = 0, 1.0, 0.0, 0.0
    for place, (reached, messages) in enumerate(balls, 1):
        spent += messages
        after = 0.0 if place == len(balls) else missed(peers, reached)
        mean, square, before = mean + (before - after) * spent, square + (before - after) * spent ** 2, after
    return mean, square - mean ** 2


def by_chance(what, expected, values, error):
    ours = float(values.mean())
    if error == 0:
        return exact(what, expected, [ours])
    return Row(what, "", expected, ours, (ours - expected) / error, LIMIT, "standard errors", len(values))


def share(what, chances, own):
    """Of searches that end well, each with its chance."""
    chances = [float(chance) for chance in chances]
    error = math.sqrt(sum(chance * (1 - chance) for chance in chances)) / len(chances)
    return by_chance(f"{what} that found", sum(chances) / len(chances), own["searches_with_hits"], error)


def rows(found):
    made = []
    balls = {"gnutella": (CRAWLED, PUBLISHED), "grid": (PEERS, [on_grid(ttl) for ttl in range(1, TTL + 1)])}
    floods = {"gnutella": PUBLISHED[-1][1], "grid": on_grid(TTL)[1], "random": covering(PEERS * DEGREE // 2),
              "power_law": covering(NEWCOMER * (NEWCOMER + 1) // 2 + NEWCOMER * (PEERS - NEWCOMER - 1))}
    for name, runs in found.items():
        graph = name.replace("_", " ").replace("gnutella", "Gnutella")
        own = {strategy: runs[runs[STRATEGY] == strategy] for strategy in STRATEGIES}
        made.append(exact(f"{graph}, messages of a flood", floods[name], own["flood"]["query_messages"]))
        made.append(exact(f"{graph}, messages of walkers", WALKERS * STEPS, own["walkers"]["query_messages"]))
        peers, known = balls.get(name, (PEERS, None))
        if known:
            mean, variance = ring(peers, known)
            messages = own["ring"]["query_messages"]
            made.append(by_chance(f"{graph}, messages of a ring", mean, messages, math.sqrt(variance / len(messages))))
        reached = known[-1][0] if known else PEERS
        for strategy in ("flood", "ring"):
            made.append(share(f"{graph}, share of {strategy}s", [1 - missed(peers, reached)] * len(own[strategy]),
                              own[strategy]))
        walked = own["walkers"]["most_reached_by_a_query"]
        made.append(share(f"{graph}, share of walks", [1 - missed(peers, at) for at in walked], own["walkers"]))
    return made


def remark(found):
    said = []
    for name, runs in found.items():
        cost = {s: runs.loc[runs[STRATEGY] == s, "query_messages"].mean() for s in STRATEGIES}
        well = {s: runs.loc[runs[STRATEGY] == s, "searches_with_hits"].mean() for s in STRATEGIES}
        said.append(f"| {name.replace('_', ' ')} | " + " | ".join(
            f"{cost[s]:.0f}, {100 * well[s]:.0f} %" for s in STRATEGIES) + " |")
    return "\n".join(["Messages a search, and how many of the searches found:", "", "| graph | flood | ring | walkers |",
                      "|---|---|---|---|", *said, "",
                      "Where a flood covers the graph, a ring finds as surely for less, and walkers for less still, "
                      "but not always; on the grid a TTL of 7 is short, and who walks farther finds more. What walkers "
                      "are expected to find follows from the peers that they came to, which is measured."])
