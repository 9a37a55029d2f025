"""Messages of a Bully election against the number of processes: the least and the most."""

import json

from ..closed_forms import bully_messages
from . import Row

TITLE = "Messages of a Bully election"
SOURCE = "Garcia-Molina, Elections in a Distributed Computing System, 1982"
SETUP = ("The highest of n processes dies and process k alone notices; (n−k)² + n − 2 messages settle it "
         "(ELECTION, ANSWER, COORDINATOR; also those to the dead process; no heartbeats), from n − 1 with k = n − 1 "
         "to n² − n − 1 with k = 1. The time is an answer_timeout of 200 ms, and with k = 1 the way of the "
         "first ELECTION to process n−1 (1 to 5 ms) more, whatever n is. 10 elections a point.")
SCENARIO = "scenarios/bully/paper_messages.json"
SIZES = (4, 8, 16, 32, 64, 128, 256)
NOTICED_MS, ANSWER_TIMEOUT_MS, ONE_WAY_MS = 1100, 200, (1, 5)


def sweep_of(nodes):
    sweep = {"nodes": [nodes], "faults[1].start_election": ["n1", f"n{nodes - 1}"], "repeat": 10}
    return (f"nodes={nodes}", f"sweep={json.dumps(sweep)}")


SWEEPS = {f"n{nodes}": sweep_of(nodes) for nodes in SIZES}
FIGURES = ("bully_messages.json", "bully_time.json")


def rows(tables):
    messages, times = [], []
    for runs in tables.values():
        for (nodes, noticed), own in runs.groupby(["nodes", "faults[1].start_election"], sort=False):
            k = int(noticed[1:])
            what = f"n = {nodes}, k = {'1' if k == 1 else 'n − 1'}"
            expected, got = bully_messages(int(nodes), k), own["election_messages"]
            ours = got.mean() if got.nunique() > 1 else float(got.iloc[0])
            messages.append(Row(f"{what}, messages", "", expected, ours, ours - expected, 0, "", len(own)))
            took = (own["last_coordinator_ms"] - NOTICED_MS).mean()
            due = ANSWER_TIMEOUT_MS + (sum(ONE_WAY_MS) / 2 if k == 1 else 0)
            limit = (ONE_WAY_MS[1] - ONE_WAY_MS[0]) / 2 if k == 1 else 0.001
            times.append(Row(f"{what}, election time", "ms", due, took, took - due, limit, "ms", len(own)))
    return messages + times
