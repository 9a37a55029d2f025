"""The closed form of split votes: how often the first election has no winner."""

import json
import math

from ..closed_forms import split_vote
from . import Row

TITLE = "Split votes against the closed form"
SOURCE = "Ongaro, Consensus: Bridging Theory and Practice, 2014, chapter 9"
SETUP = ("n servers of which s are up, timeouts uniform over a range of 1 s, l the latency one way as a share of "
         "that range, constant; the vote splits when c = s − ⌊n/2⌋ + 1 servers stand before the first is "
         "heard: Pr = Σ C(s,k) lᵏ (1−l)ˢ⁻ᵏ for k from c−1 to s. Measured is the share of runs whose first term "
         "has no leader, 10 000 elections a point, with the same 10 000 seeds at every point.")
SCENARIO = "scenarios/raft/paper_split_votes.json"
LATENCIES = ("10 ms", "20 ms", "50 ms", "100 ms", "150 ms", "200 ms", "300 ms", "400 ms")
RANGE_MS, ELECTIONS, LIMIT = 1000, 10_000, 4


def sweep_of(nodes):
    """All numbers of servers that can still elect somebody."""
    down = [[f"n{nodes - i}" for i in range(count)] for count in range(nodes - nodes // 2)]
    sweep = {"nodes": [nodes], "down": down, "network.latency": LATENCIES, "repeat": ELECTIONS}
    return (f"nodes={nodes}", f"sweep={json.dumps(sweep)}")


SWEEPS = {f"n{nodes}": sweep_of(nodes) for nodes in range(3, 10)}
FIGURES = ("raft_split_votes_5.json", "raft_split_votes_9.json")


def rows(tables):
    found = []
    for runs in tables.values():
        for (nodes, down, latency), own in runs.groupby(["nodes", "down", "network.latency"], sort=False):
            assert (own["highest_term"] >= 1).all(), "an election that ended without a leader"
            available = int(nodes) - len(json.loads(down))
            share = float(latency.removesuffix(" ms")) / RANGE_MS
            expected = split_vote(int(nodes), available, share)
            ours, n = float((own["highest_term"] > 1).mean()), len(own)
            error = math.sqrt(expected * (1 - expected) / n)
            found.append(Row(f"{available} of {nodes} up, l = {share:g}", "", expected, ours,
                             (ours - expected) / error, LIMIT, "standard errors", n))
    return found


def shown(rows):
    """Of each n and s the point that is farthest off."""
    worst = {}
    for row in rows:
        key = row.what.split(",")[0]
        if key not in worst or abs(row.off) > abs(worst[key].off):
            worst[key] = row
    return list(worst.values())
