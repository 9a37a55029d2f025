"""What messages take between three regions, beside a deployment's measurement."""

import numpy as np

from .. import matrices
from . import by_share

TITLE = "Latency between three regions"
SOURCE = "field notes of a distributed log with Lamport clocks and Bully elections, experiment 3"
SETUP = ("Twenty HTTP requests from each region to each other one were published, on average. Ours: what the log's own messages "
         "took there, and what they took back, medians of all in 30 s. The round trips of platforms/gcp3.json are those "
         "of the notes, rounded and the same both ways, with up to a millisecond more each way; what is compared is that "
         "messages do take what a platform says. 5 seeds.")
SCENARIO = "scenarios/lamport/paper_regions.json"
SEEDS, LIMIT = 5, 3
RUNS = {"regions": ()}
FIGURES = (("lamport_regions.json", ["regions"]),)
NAMES = {"Iowa": "us-central1", "Belgium": "europe-west1", "Taiwan": "asia-east1"}
# Milliseconds there and back.
PUBLISHED = {("Iowa", "Belgium"): 112.5, ("Iowa", "Taiwan"): 178.3, ("Belgium", "Iowa"): 110.8,
             ("Belgium", "Taiwan"): 245.6, ("Taiwan", "Iowa"): 180.1, ("Taiwan", "Belgium"): 248.2}


def one_way(runs):
    """{(from, to): [ms]} of all messages of all runs."""
    found = {}
    for run in runs:
        place = matrices.placement(run)
        for (sender, receiver), delays in run.delays().items():
            found.setdefault((place(sender), place(receiver)), []).extend(delays)
    return found


def rows(found):
    delays, made = one_way(found["regions"]), []
    for (here, there), published in PUBLISHED.items():
        ours = float(np.median(delays[here, there]) + np.median(delays[there, here]))
        made.append(by_share(f"{NAMES[here]} to {NAMES[there]} and back", "ms", published, ours, LIMIT,
                             len(delays[here, there])))
    return made
