"""Ongaro's dissertation, chapter 9: elections between servers 30 to 40 ms apart."""

from . import by_share

TITLE = "Elections on a wide-area network"
SOURCE = "Ongaro, Consensus: Bridging Theory and Practice, 2014, chapter 9"
SETUP = ("Five servers, 30 to 40 ms one way (uniform), election timeouts of 300 to 600 ms, all timers fresh at "
         "time 0, 0 to 2 servers down; no pre-vote. Measured is the time to the leader that lasts. "
         "10 000 elections a line, as published.")
SCENARIO = "scenarios/raft/paper_wan_elections.json"
SWEEPS = {"all": ()}
FIGURES = ("raft_wan_elections.json",)

FIGURE = "stable_leader_ms"
DOWN = ("[]", '["n5"]', '["n4","n5"]')
# Milliseconds with 0, 1 and 2 servers down, and how far ours may be from them, in percent.
PUBLISHED = {
    "mean": ((430.0, 468.6, 631.6), 3),
    "p10": ((375.4, 379.5, 386.9), 2),
    "p50": ((409.5, 423.3, 468.7), 2),
    "p90": ((489.2, 563.0, 1074.0), 8),
}


def rows(tables):
    runs, found = tables["all"], []
    for place, down in enumerate(DOWN):
        own = runs[runs["down"] == down][FIGURE].dropna()
        for figure, (published, limit) in PUBLISHED.items():
            ours = own.mean() if figure == "mean" else own.quantile(int(figure[1:]) / 100)
            found.append(by_share(f"{place} down, {figure}", "ms", published[place], ours, limit, len(own)))
    return found
