"""A page over several results: what stands on it, how large it is, and what is refused."""

import html
import json

from support import ROOT

SAFE = ROOT / "scenarios/raft/leader_partitioned.json"
UNSAFE = ROOT / "scenarios/raft/stale_leader_answers.json"
CLAIM = ("--set", 'expect={"linearizable":true}')
LIMIT_BYTES = 5_000_000


def check_page(context):
    checks, program = context.checks, context.program
    with context.scratch() as folder:
        for seed in (1, 2, 3):
            program.run("run", SAFE, "--seed", seed, "--fabric", "loop", "--quiet", "--out",
                        folder / "runs")
        program.run("run", SAFE, "--set", 'expect.sometimes=["message_duplicated"]', "--seed", 4,
                    "--fabric", "loop", "--quiet", "--out", folder / "runs")
        program.run("run", UNSAFE, *CLAIM, "--fabric", "loop", "--quiet", "--out", folder / "runs")
        program.run("sweep", ROOT / "scenarios/raft/paper_wan_elections.json", "--set",
                    "sweep.repeat=20", "--quiet", "--out", folder)
        sweep = folder / "raft-paper_wan_elections"
        (sweep / "ecdf.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"></svg>')
        runs = sorted(path for path in folder.glob("runs/*/*") if not path.is_symlink())
        answer = program.run("report", sweep, *runs, "-o", folder / "page.html")
        checks.that(answer.code == 0 and not answer.err, "a report of runs and a sweep", answer)
        page = (folder / "page.html").read_text(encoding="utf-8")
        checks.equal(page.count("<iframe"), 2,
                     "a diagram for the run that broke a rule, and the one that broke its claim")
        checks.that("message_duplicated" in page.split('id="violations"')[-1],
                    "a claim that did not come true is told")
        for part in ("question", "set-up", "results", "figures", "violations", "environment",
                     "repeat"):
            checks.that(f'id="{part}"' in page, f"the page has: {part}")
        for run in runs:
            summary = json.loads((run / "summary.json").read_text())
            manifest = json.loads((run / "manifest.json").read_text())
            for text in (summary["title"], summary["why"], summary["digest"],
                         manifest["command"], manifest["commit"]):
                checks.that(html.escape(text, quote=True).replace("&#x27;", "'") in page,
                            "the page tells of a run", text)
        checks.that("data:image/svg+xml," in page, "figures beside the results are on it")
        checks.that("stable_leader_ms" in page and "% interval" in page, "so are the statistics")
        # Fifty runs are at most eight diagrams, four times those here, and ten times the rows.
        checks.that(len(page) * 10 < LIMIT_BYTES, "50 runs stay below 5 MB", f"{len(page)} bytes")
        again = program.run("report", sweep, *runs, "-o", folder / "again.html")
        checks.that(again.code == 0 and (folder / "again.html").read_text() == page,
                    "twice the same bytes", again)
        check_refused_results(checks, program, folder, runs[0])


def check_refused_results(checks, program, folder, run):
    (folder / "nothing").mkdir()
    torn = folder / "torn"
    torn.mkdir()
    for name in ("manifest.json", "summary.json", "history.ndjson"):
        (torn / name).write_bytes((run / name).read_bytes()[:-20])
    for code, words in ((66, ["nowhere"]), (66, ["nothing"]), (66, ["nowhere.svg"]),
                        (65, ["torn"]), (64, []), (64, ["torn", "--resamples", "0"]),
                        (73, [str(run), "-o", "nothing"])):
        answer = program.run("report", *words, cwd=folder)
        checks.that(answer.code == code and len(answer.err.splitlines()) == 1 and not answer.out,
                    f"report {' '.join(words)}: exit {code}, one line", answer)
        checks.that(not (folder / "report.html").exists(), "and no page")


CHECKS = (check_page,)
