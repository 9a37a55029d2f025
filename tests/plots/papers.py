"""Reproductions: what was published against ours, and the page that says so."""

import importlib
import itertools
import math
import subprocess

import pandas as pd

from plots import closed_forms, papers, reproduce, run_folder, spec, tables
from plots.papers import (bully_messages, flood_reach, flood_strategies, lamport_hundred_messages,
                          lamport_leader_failure, raft_figure_16, raft_split_votes, raft_wan_elections)

from plotting import ROOT, call, rows_of
from refusals import refused


def reproduced(scratch, program, *words):
    return call(*words, "--out", scratch / "paper", "--sweeps", scratch / "sweeps", "--program", program.path,
                command="reproduce")


def check_page(checks, scratch, program):
    answer = reproduced(scratch, program, "bully_messages")
    checks.equal(answer.code, 0, "Bully's messages are on the formula", answer)
    rows = rows_of(scratch / "paper/bully_messages/table.csv")
    checks.equal(len(rows), 28, "messages and time of seven sizes, least and most")
    for row in rows[:14]:
        checks.equal(row["published"], row["ours"], row["what"])
    files = {path.name for path in (scratch / "paper/bully_messages").iterdir()}
    for figure in ("bully_messages", "bully_time"):
        for suffix in ("svg", "csv", "cmd"):
            checks.that(f"{figure}.{suffix}" in files, f"{figure}.{suffix} is there")
    alone = (scratch / "paper/README.md").read_text()
    checks.equal(alone.count("\n## "), 1, "the page has what was reproduced")
    # A look at another one with few runs: the page keeps what it had, and tells what is off.
    answer = reproduced(scratch, program, "raft_wan_elections", "--repeat", 3)
    page = (scratch / "paper/README.md").read_text()
    checks.equal(answer.code, 1, "three runs are not the published numbers", answer)
    checks.that("published" in answer.out and "| **0 down" in page, "it says which", answer)
    checks.that(page.endswith(alone[alone.index("## "):]) and page.count("\n## ") == 2,
                "the other part of the page is as it was")
    checks.that(not [line for line in page.splitlines() if "](" in line and str(scratch) in line],
                "the page names no path outside")


def check_figure_16(checks, scratch, program):
    answer = reproduced(scratch, program, "raft_figure_16", "--repeat", 3000)
    checks.equal(answer.code, 0, "median and mean within 12 % of figure 16", answer)
    rows = rows_of(scratch / "paper/raft_figure_16/table.csv")
    checks.equal(len(rows), 12, "two numbers of six lines")
    for row in rows:
        checks.that(row["n"] == "3000", f"{row['what']}: every run has a new leader", row)
        checks.that(math.isclose(float(row["off"]), 100 * (float(row["ours"]) / float(row["published"]) - 1),
                                 abs_tol=1e-3), f"{row['what']}: off by", row)
    # Who asks with a write of 15 ms in one piece splits far more votes: the measure tells it.
    words = [program.path, "sweep", raft_figure_16.SCENARIO, "--quiet", "--out", str(scratch / "slow"), "--set",
             "disk.latency=15 ms", "--set", "sweep.repeat=200"]
    subprocess.run(words, cwd=ROOT, capture_output=True, timeout=120)
    slow = {"150": tables.read_whole(next((scratch / "slow").glob("*/runs.csv")))}
    checks.that(not all(row.within for row in raft_figure_16.rows(slow)), "another disk is not figure 16")


def check_split_votes(checks, scratch, program):
    """A few points in full; all of them are ./lockstep reproduce raft_split_votes."""
    sweep = ('sweep={"nodes": [5], "down": [[], ["n5"], ["n5","n4"]], "network.latency": ["50 ms", "200 ms"], '
             '"repeat": 10000}')
    answer = program.run("sweep", raft_split_votes.SCENARIO, "--quiet", "--out", scratch, "--set", sweep,
                         limit=200)
    checks.equal(answer.code, 0, "60 000 elections", answer)
    rows = raft_split_votes.rows({"n5": tables.read_whole(next(scratch.glob("*/runs.csv")))})
    checks.equal(len(rows), 6, "three numbers of servers at two latencies")
    for row in rows:
        checks.that(row.within, f"{row.what} within 4 standard errors", row)
    checks.equal(len(raft_split_votes.shown(rows)), 3, "the page shows one of each number of servers")


def check_rows(checks, scratch, program):
    """From tables of known numbers, with one that is off."""
    runs = pd.DataFrame([(5, '["n5"]', "100 ms", 1 + (i < 500)) for i in range(1000)],
                        columns=["nodes", "down", "network.latency", "highest_term"])
    row, = raft_split_votes.rows({"n5": runs})
    expected = closed_forms.split_vote(5, 4, 0.1)
    checks.equal((row.published, row.ours, row.within), (expected, 0.5, False), "half split")
    checks.that(math.isclose(row.off, (0.5 - expected) / math.sqrt(expected * (1 - expected) / 1000)),
                "off by so many standard errors", row)
    runs = pd.DataFrame({"down": ["[]"] * 3, "stable_leader_ms": [400.0, 410.0, 500.0]})
    for row in raft_wan_elections.rows({"all": runs})[:4]:
        ours = {"mean": 1310 / 3, "p10": 402.0, "p50": 410.0, "p90": 482.0}[row.what.split(", ")[1]]
        checks.that(math.isclose(row.ours, ours), row.what, row)
    runs = pd.DataFrame({"nodes": [8], "faults[1].start_election": ["n1"], "election_messages": [56],
                         "last_coordinator_ms": [1302.0]})
    messages, took = bully_messages.rows({"n8": runs})
    checks.equal((messages.within, took.within), (False, True), "one message too many is off")
    text = reproduce.section("x", bully_messages, [messages, took])
    checks.that("1 outside of their limits" in text and "| **no** |" in text, "and stands out")
    for value, shown in ((0, "0"), (0.000592, "0.000592"), (141.26, "141.3"), (65279, "65279"), (287, "287"),
                         (0.55631, "0.5563"), (7.123, "7.123")):
        checks.equal(reproduce.number(value), shown, f"{value} on the page")


def check_refusals(checks, scratch, program):
    refused(checks, reproduced(scratch, program, "raft_figure_17"), 64, "another name",
            "did you mean 'raft_figure_16'?")
    answer = call("bully_messages", "--program", scratch / "nowhere", "--sweeps", scratch, command="reproduce")
    refused(checks, answer, 64, "no program", "./lockstep builds it")
    answer = call("bully_messages", "--program", "/bin/false", "--sweeps", scratch, command="reproduce")
    refused(checks, answer, 70, "a sweep that fails", "exit code 1")
    (scratch / "file").write_text("")
    answer = call("bully_messages", "--program", program.path, "--sweeps", scratch, "--out", scratch / "file",
                  command="reproduce")
    refused(checks, answer, 73, "a file for a folder", "--out")


def check_specs(checks, scratch, program):
    for path in [*ROOT.glob("plots/papers/*.json"), *ROOT.glob("docs/figures/*.json")]:
        checks.that(spec.read(str(path), spec.parse_json(path)).title, f"{path.name} is a spec with a title")
    for name in papers.NAMES:
        paper = importlib.import_module(f"plots.papers.{name}")
        checks.that((ROOT / paper.SCENARIO).is_file(), f"{name}: {paper.SCENARIO} is there")


def check_committed(checks, scratch, program):
    """What stands in results/paper is what these modules would write of the rows that stand there."""
    for name in papers.NAMES:
        folder = ROOT / "results/paper" / name
        rows = rows_of(folder / "table.csv")
        checks.that(rows and all(row["within"] == "yes" for row in rows), f"{name}: all within their limits")
        checks.that((folder / "section.md").read_text() in (ROOT / "results/paper/README.md").read_text(),
                    f"{name}: its part of the page")


def naive_flood(neighbours, asker, ttl):
    """(peers reached, messages), hop by hop as a flood is defined."""
    heard, sent, front = {asker: None}, 0, [asker]
    for _ in range(ttl):
        after = []
        for peer in front:
            for other in neighbours(peer):
                if other == heard[peer]:
                    continue
                sent += 1
                if other not in heard:
                    heard[other] = peer
                    after.append(other)
        front = after
    return len(heard), sent


def check_closed_forms_of_floods(checks, scratch, program):
    def grid(peer):
        row, column = divmod(peer, 100)
        return [r * 100 + c for r, c in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1))
                if 0 <= r < 100 and 0 <= c < 100]

    for ttl in flood_reach.TTLS:
        checks.equal(flood_reach.on_grid(ttl), naive_flood(grid, 5050, ttl), f"a grid within {ttl}")
    checks.equal(naive_flood(grid, 5050, 300), (10_000, flood_reach.covering(2 * 100 * 99)), "a flood that covers")
    # Missed by 4 of 12 peers, the asker among them, and by a ring of 3, 5 and 8: every pair of places.
    copies, flood_strategies.COPIES = flood_strategies.COPIES, 2
    try:
        pairs = list(itertools.combinations(range(1, 12), 2))
        naive = sum(min(pair) >= 4 for pair in pairs) / len(pairs)
        checks.that(math.isclose(flood_strategies.missed(12, 4), naive), "the chance to miss")
        balls = ((3, 10), (5, 30), (8, 70))
        spent = [sum(m for place, (_, m) in enumerate(balls) if place == 0 or min(pair) >= balls[place - 1][0])
                 for pair in pairs]
        mean = sum(spent) / len(spent)
        checks.that(all(map(math.isclose, flood_strategies.ring(12, balls),
                            (mean, sum((s - mean) ** 2 for s in spent) / len(spent)))), "messages of a ring")
    finally:
        flood_strategies.COPIES = copies


def check_flood_reach(checks, scratch, program):
    answer = reproduced(scratch, program, "flood_reach", "--data", scratch)
    refused(checks, answer, 66, "without the crawl", "p2p-Gnutella04.txt: is not there", "snap.stanford.edu", "--data")
    names, papers.NAMES = papers.NAMES, ("flood_reach",)
    try:
        answer = reproduced(scratch, program, "--data", scratch)
    finally:
        papers.NAMES = names
    checks.that(answer.code == 0 and "flood_reach: left out" in answer.err, "of all it is left out", answer)
    if not (ROOT.parent / "shared/data/p2p-Gnutella04.txt").is_file():
        print("papers.check_flood_reach: skipped in part: no crawl of Gnutella beside the checkout")
        return
    answer = reproduced(scratch, program, "flood_reach", "--repeat", 3)
    checks.equal(answer.code, 0, "every count is exact", answer)
    rows = rows_of(scratch / "paper/flood_reach/table.csv")
    checks.equal(sum(row["what"].startswith("Gnutella") for row in rows), 14, "peers and messages of seven TTLs")
    page = (scratch / "paper/README.md").read_text()
    checks.that("84 % with 7" in page and str(scratch) not in page, "what is measured is told", page)
    table = tables.read_whole(next((scratch / "sweeps/flood_reach/gnutella").glob("*/runs.csv")))
    table[flood_reach.MESSAGES] += 1
    made = flood_reach.both("Gnutella", 4, flood_reach.PUBLISHED[3], table)
    checks.equal([row.within for row in made], [True, False], "one message too many is off")


def check_flood_strategies(checks, scratch, program):
    """On the grid; all graphs are ./lockstep reproduce flood_strategies."""
    words = [word for override in flood_strategies.SWEEPS["grid"] for word in ("--set", override)]
    answer = program.run("sweep", flood_strategies.SCENARIO, "--quiet", "--out", scratch, *words, limit=200)
    checks.equal(answer.code, 0, "180 searches", answer)
    found = {"grid": tables.read_whole(next(scratch.glob("*/runs.csv")))}
    rows = flood_strategies.rows(found)
    checks.equal([row.what for row in rows if not row.within], [], "within four standard errors")
    checks.equal(len(rows), 6, "messages and success of three strategies")
    checks.that("| grid | 256, " in flood_strategies.remark(found), "the remark compares them")
    found["grid"]["searches_with_hits"] = 1
    checks.that(sum(not row.within for row in flood_strategies.rows(found)) == 3, "who always finds is off")


class ToldRun:
    """As run_folder.RunFolder, of what stands here."""
    violations = 0

    def __init__(self, records):
        self.records = records

    def history(self):
        return self.records


def check_hundred_messages(checks, scratch, program):
    def told(*stamps):
        """A client a message, each posted when the one before is acknowledged."""
        return ToldRun([record for i, (time, node) in enumerate(stamps) for record in (
            {"client": f"c{i}", "id": i, "event": "invoke"},
            {"client": f"c{i}", "id": i, "event": "ok", "found": f"stamp{{time={time} node=n{node}}}"})])

    for run, wrong in ((told((1, 3), (2, 1), (2, 3)), 0), (told((5, 3), (4, 3), (6, 1)), 1), (told((5, 3), (5, 3)), 2)):
        checks.equal(lamport_hundred_messages.out_of_order(run), wrong, f"out of order in {run.records}")
    answer = reproduced(scratch, program, "lamport_hundred_messages")
    checks.equal(answer.code, 0, "latency and throughput as published", answer)
    rows = {row["what"]: row for row in rows_of(scratch / "paper/lamport_hundred_messages/table.csv")}
    checks.equal(rows["latency, mean"]["n"], "2000", "twenty runs of a hundred")
    answer = reproduced(scratch, program, "lamport_hundred_messages", "--repeat", 1)
    folder = scratch / "sweeps/lamport_hundred_messages/region/seed1"
    checks.equal(len([run for run in folder.glob("*/*") if not run.is_symlink()]), 1, "old runs make room", answer)


def check_leader_failure(checks, scratch, program):
    file = ROOT / "plots/papers/lamport_leader_failure.json"
    checks.equal(spec.parse_json(file)["published"], lamport_leader_failure.PUBLISHED, "the figure marks what is compared")
    answer = reproduced(scratch, program, "lamport_leader_failure", "--repeat", 3)
    checks.equal(answer.code, 0, "the timeline is within 2 s", answer)
    page = (scratch / "paper/README.md").read_text()
    for name in ("lamport_leader_failure", "lamport_leader_failure_posts"):
        checks.that(f"](lamport_leader_failure/{name}.svg)" in page, f"{name} is on the page")
    drawn = rows_of(scratch / "paper/lamport_leader_failure/lamport_leader_failure.csv")
    leads = sorted((float(row["from_s"]), row["node"], float(row["until_s"])) for row in drawn
                   if row["role"] == "coordinator")
    run, = (scratch / "sweeps/lamport_leader_failure/failure/seed1").glob("*/latest")
    checks.equal([node for _, node, _ in leads], ["n3", "n2"], "who led is drawn")
    after = lamport_leader_failure.timeline(run_folder.RunFolder(run))
    checks.that(4 <= after[0] < after[1] < after[2] <= 8, "election, leader, messages", after)
    checks.that(math.isclose(leads[1][0] - leads[0][2], after[1], abs_tol=1e-6), "counted from the death", after)


def check_regions(checks, scratch, program):
    answer = reproduced(scratch, program, "lamport_regions", "--repeat", 1)
    checks.equal(answer.code, 0, "six pairs within 3 %", answer)
    cells = rows_of(scratch / "paper/lamport_regions/lamport_regions.csv")
    checks.equal(sum(bool(cell["value"]) for cell in cells), 6, "region by region, without the diagonal")


CHECKS = (check_page, check_figure_16, check_split_votes, check_rows, check_closed_forms_of_floods,
          check_flood_reach, check_flood_strategies, check_hundred_messages, check_leader_failure, check_regions,
          check_refusals, check_specs, check_committed)
