"""A hundred concurrent messages of the Lamport log, beside a deployment's measurement."""

import re

import numpy as np

from . import Row, by_share

TITLE = "A hundred concurrent messages of the Lamport log"
SOURCE = "field notes of a distributed log with Lamport clocks and Bully elections, experiment 1"
SETUP = ("Ten clients post ten messages each to three nodes. The notes do not say what their network was like. A leader that "
         "asks two other continents before it answers, as they describe it, cannot answer in 45 ms when the nearer one is 112 ms "
         "away, so one region is assumed: log-normal, median 6 ms and sigma 0.8 one way, and disk writes of 1 to 4 ms, "
         "median and sigma chosen by trying. Their throughput is not what ten clients come to that wait 45 ms for an answer "
         "(221 a second): the time between two messages of a client is chosen so that a hundred take the 2.4 s that were "
         "measured. So that latency and throughput agree says only that such a network exists; what is tested is "
         "that every message arrives, and in order. Out of order are messages with a stamp no larger than one that was acknowledged before they "
         "were posted, and breaches of the log's rules. 20 seeds, 2000 messages.")
SCENARIO = "scenarios/lamport/paper_hundred_messages.json"
SEEDS, MESSAGES = 20, 100
RUNS = {"region": (), "three_regions": ("network.regions=platforms/gcp3.json", "network.latency=uniform 0..1 ms",
                                        "config.profile=wan", "duration=20 s", "expect={}")}
FIGURES = (("lamport_hundred_messages.json", ["region"]),)
PUBLISHED = {"mean": (45.2, 10), "p95": (78.5, 10), "throughput": (42.3, 10)}  # ms, ms, per s; limits in %
STAMP = re.compile(r"time=(\d+) node=n(\d+)")


def out_of_order(run):
    """Messages that were posted when one with a stamp as large had been acknowledged, and rules that broke."""
    stamps, wrong, largest, before = {}, 0, (0, 0), {}
    for record in run.history():
        key = (record["client"], record["id"])
        if record["event"] == "invoke":
            before[key] = largest
        elif record["event"] == "ok":
            stamps[key] = tuple(map(int, STAMP.search(record["found"]).groups()))
            wrong += stamps[key] <= before[key]
            largest = max(largest, stamps[key])
    return wrong + len(stamps) - len(set(stamps.values())) + run.violations


def latencies(runs):
    """(ms of all messages that were acknowledged, messages a second, a run each)"""
    took, rates = [], []
    for run in runs:
        ended, ms, ok = run.operations()
        took.append(ms[ok])
        rates.append(ok.sum() / (ended[ok].max() - (ended - ms / 1000)[ok].min()))
    return np.concatenate(took), np.array(rates)


def rows(found):
    runs = found["region"]
    ms, rates = latencies(runs)
    fewest = min(int(run.operations()[2].sum()) for run in runs)
    wrong = sum(map(out_of_order, runs))
    ours = {"mean": (ms.mean(), "ms"), "p95": (np.quantile(ms, 0.95), "ms"), "throughput": (rates.mean(), "per s")}
    made = [Row(f"acknowledged of {MESSAGES}", "", MESSAGES, fewest, fewest - MESSAGES, 0, "", len(runs))]
    for what, (published, limit) in PUBLISHED.items():
        value, unit = ours[what]
        made.append(by_share(what if unit != "ms" else f"latency, {what}", unit, published, float(value), limit, len(ms)))
    return made + [Row("out of order", "", 0, wrong, wrong, 0, "", len(ms))]


def remark(found):
    ms, rates = latencies(found["three_regions"])
    wrong = sum(map(out_of_order, found["three_regions"]))
    return (f"The same load on nodes in Iowa, Belgium and Taiwan: mean {ms.mean():.0f} ms, p95 {np.quantile(ms, 0.95):.0f} ms, "
            f"{rates.mean():.1f} messages/s, {wrong} out of order. That is what waiting for a second region costs, and "
            f"{ms.mean() / PUBLISHED['mean'][0]:.1f} times what was published.")
