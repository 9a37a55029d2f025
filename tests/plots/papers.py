"""Reproductions: what was published against ours, and the page that says so."""

import importlib
import math
import subprocess

import pandas as pd

from plots import closed_forms, papers, reproduce, spec, tables
from plots.papers import bully_messages, raft_figure_16, raft_split_votes, raft_wan_elections

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


CHECKS = (check_page, check_figure_16, check_split_votes, check_rows, check_refusals, check_specs,
          check_committed)
