"""The Raft paper's figure 16: from the crash of a leader to its successor, on a local network."""

from . import by_share

TITLE = "A crashed leader on a local network"
SOURCE = "Ongaro and Ousterhout, In Search of an Understandable Consensus Algorithm (extended), 2014, figure 16"
SETUP = ("Five servers; the leader crashes uniformly within a heartbeat, which is half of the smallest timeout, "
         "after a heartbeat to everybody; two of the four survivors have shorter logs and cannot win. The paper "
         "says only that a broadcast took roughly 15 ms. Assumed here: 0.1 to 0.5 ms one way, and log-normal "
         "disk writes with a median of 3.4 ms and sigma 1.1, with which asking four servers and hearing from the "
         "last takes 15 ms on average. Shape and median were chosen by trying; with 15 ms in one piece (a "
         "constant write or a constant latency) the narrow ranges split far more votes than was published, which "
         "suggests that most answers came much sooner than the last. Measured is the time to the "
         "leader that lasts; 10 000 crashes a line (published: 1000).")
SCENARIO = "scenarios/raft/paper_crashed_leader.json"
SWEEPS = {
    "150": (),
    "50": ("config.heartbeat=25 ms", 'sweep={"config.election_timeout":["50..100 ms"],"repeat":10000}',
           "config.election_timeout=50..100 ms"),
    "100": ("config.heartbeat=50 ms", 'sweep={"config.election_timeout":["100..200 ms"],"repeat":10000}',
            "config.election_timeout=100..200 ms"),
}
FIGURES = ("raft_figure_16_spread.json", "raft_figure_16_scale.json")

CRASHED_MS, LIMIT = 2000, 12
# Milliseconds: median, mean.
PUBLISHED = {"150..155 ms": (287, 345), "150..175 ms": (141, 164), "150..200 ms": (146, 156),
             "150..300 ms": (171, 181), "50..100 ms": (67, 71), "100..200 ms": (120, 125)}


def rows(tables):
    found = []
    for runs in tables.values():
        for timeout, own in runs.groupby("config.election_timeout", sort=False):
            missed = own["stable_leader_ms"].dropna() - CRASHED_MS
            for figure, published, ours in zip(("median", "mean"), PUBLISHED[timeout],
                                               (missed.median(), missed.mean())):
                found.append(by_share(f"{timeout.replace('..', '–')}, {figure}", "ms", published, ours,
                                      LIMIT, len(missed)))
    order = [timeout.replace("..", "–") for timeout in PUBLISHED]
    return sorted(found, key=lambda row: order.index(row.what.split(",")[0]))
