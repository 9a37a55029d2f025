"""lockstep reproduce: the sweeps behind published figures, the figures, and published against ours."""

import csv
import dataclasses
import importlib
import pathlib
import shutil
import subprocess
import sys
import time

from . import kinds, output, papers, run_folder, spec, tables
from .errors import INTERNAL, CannotWrite, NoInput, UserError, why
from .plot import Parser, formats

ROOT = output.ROOT
SPECS = ROOT / "plots/papers"
DIFFERENT = 1  # exit code: something is outside of its limit
HEAD = """# Published, and ours

Written by `./lockstep reproduce`; what is changed here by hand is lost. Each part is made by the command under
its title: sweeps or runs of a scenario, a plot spec of [plots/papers](../../plots/papers), and limits that were set
beforehand. Rows outside of their limit are in bold.
"""


def parser():
    made = Parser(prog="lockstep reproduce", allow_abbrev=False, description=(
        "Run the sweeps and runs behind published figures, draw them into results/paper/NAME, and compare the "
        "published numbers with ours in results/paper/README.md. Exit 1 if one is outside of its limit."))
    made.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(papers.NAMES)}; default all")
    made.add_argument("--out", default=str(ROOT / "results/paper"), metavar="FOLDER",
                      help="default results/paper")
    made.add_argument("--sweeps", default=str(ROOT / "results/sweeps/paper"), metavar="FOLDER",
                      help="gets the tables of runs; default results/sweeps/paper")
    made.add_argument("--data", default=str(ROOT.parent / "shared/data"), metavar="FOLDER",
                      help="where graphs are that others measured; default ../shared/data beside the checkout")
    made.add_argument("--program", default=str(ROOT / "build/lockstep"), metavar="FILE",
                      help="default build/lockstep")
    made.add_argument("--jobs", type=int, default=2, help="processes of a sweep; default 2")
    made.add_argument("--repeat", type=int, help="so many runs a point in place of the paper's, for a look; "
                      "the limits are for all of them")
    made.add_argument("--format", type=formats, default=["svg"], metavar="svg,pdf,png",
                      help="default svg")
    return made


def perform(paper, folder, options):
    """{name: folder of a sweep, or folders of the runs of one story, a seed each}; what does not pass makes
    the numbers worthless, and is an error."""
    found = {}
    for name, overrides in getattr(paper, "SWEEPS", {}).items():
        repeat = (f"sweep.repeat={options.repeat}",) if options.repeat else ()
        # Afresh: what another build was interrupted in is no obstacle.
        call("sweep", paper, folder / name, overrides + repeat, options, "--jobs", str(options.jobs), "--afresh")
        found[name] = next((folder / name).glob("*/runs.csv")).parent
    for name, overrides in getattr(paper, "RUNS", {}).items():
        for old in {file.parent.resolve() for file in (folder / name).glob("*/*/*/manifest.json")}:
            shutil.rmtree(old)
        found[name] = []
        for seed in range(1, (options.repeat or paper.SEEDS) + 1):
            out = folder / name / f"seed{seed}"
            call("run", paper, out, overrides, options, "--fabric", "loop", "--seed", str(seed))
            found[name].append(next(out.glob("*/latest")).resolve())
    return found


def call(word, paper, out, overrides, options, *more):
    words = [options.program, word, paper.SCENARIO, "--quiet", "--out", str(out), *more]
    for override in overrides:
        words += ["--set", override.replace("$DATA", options.data)]
    try:
        done = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    except OSError as error:
        raise UserError(f"{options.program}: {why(error)}; ./lockstep builds it") from None
    if done.returncode:
        raise Failed(f"{paper.SCENARIO}: the {word} ended with exit code {done.returncode}: "
                     f"{done.stdout.strip()}")


def missing_data(paper, options):
    """What a reproduction reads that is no part of the project, and is not there."""
    files = [pathlib.Path(options.data) / name for name in getattr(paper, "DATA", ())]
    return next((file for file in files if not file.is_file()), None)


class Failed(UserError):
    code = INTERNAL


class NotHere(NoInput):
    """Data of others."""


def draw(paper, found, out, formats, command):
    """Of all sweeps; a figure that names some, or one story of RUNS, is drawn of these or of its first seed."""
    for file in paper.FIGURES:
        file, names = (file, list(found)) if isinstance(file, str) else file
        sources = [found[name][0] if isinstance(found[name], list) else found[name] for name in names]
        path = SPECS / file
        read = spec.read(str(path), spec.parse_json(path))
        module = kinds.module(read.kind)
        drawn = module.data(read, sources)
        output.write(output.figure(read, drawn, module), read, drawn, out / path.stem, formats, command)


def figures_of(paper):
    return [file if isinstance(file, str) else file[0] for file in paper.FIGURES]


def number(value):
    """Three digits after the point at most, five that say something at least."""
    if value == 0:
        return "0"
    return f"{value:.1f}" if abs(value) >= 10 and value != round(value) else f"{value:.4g}" \
        if abs(value) < 10_000 else f"{value:.0f}"


def signed(off):
    """One digit after the point, and no sign where nothing is left."""
    return f"{off:+.1f}" if abs(off) >= 0.05 else "0.0" if off else "0"


def section(name, paper, rows, remark=""):
    """The part of the page of one reproduction."""
    shown = paper.shown(rows) if hasattr(paper, "shown") else rows
    outside = [row for row in rows if not row.within]
    lines = [f"## {paper.TITLE}", "", f"`./lockstep reproduce {name}`; {paper.SOURCE}; "
             f"[scenario](../../{paper.SCENARIO}), [all rows]({name}/table.csv).", "", paper.SETUP, ""]
    lines += [f"![{paper.TITLE}]({name}/{pathlib.Path(file).stem}.svg)" for file in figures_of(paper)]
    verdict = "all within their limits" if not outside else f"{len(outside)} outside of their limits"
    lines += ["", f"{len(rows)} numbers, {verdict}"
              + (f"; of each group the one that is farthest off:" if shown is not rows else ":"),
              "", "| what | published | ours | off by | limit | within |", "|---|---|---|---|---|---|"]
    for row in shown:
        unit = f" {row.unit}" if row.unit else ""
        of = f" {row.limit_unit}" if row.limit_unit else ""
        cells = [row.what, number(row.published) + unit, number(row.ours) + unit,
                 signed(row.off) + of, f"{row.limit:g}{of}",
                 "yes" if row.within else "no"]
        lines.append("| " + " | ".join(c if row.within else f"**{c}**" for c in cells) + " |")
    return "\n".join(lines + (["", remark] if remark else [])) + "\n"


def write_table(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow([field.name for field in dataclasses.fields(papers.Row)] + ["within"])
        for row in rows:
            table.writerow([f"{v:.8g}" if isinstance(v, float) else v for v in dataclasses.astuple(row)]
                           + ["yes" if row.within else "no"])


def write_page(out):
    """The page of all that was reproduced, in the order of papers.NAMES."""
    parts = []
    for name in papers.NAMES:
        part = out / name / "section.md"
        if part.is_file():
            parts.append(part.read_text(encoding="utf-8"))
    (out / "README.md").write_text("\n".join([HEAD, *parts]), encoding="utf-8")


def reproduce(name, options):
    paper = importlib.import_module(f"{papers.__name__}.{name}")
    if missing := missing_data(paper, options):
        raise NotHere(f"{missing}: is not there; {paper.DATA[missing.name]}, and name its folder with --data")
    start = time.monotonic()
    folders = perform(paper, pathlib.Path(options.sweeps) / name, options)
    swept = time.monotonic() - start
    found = {key: [run_folder.RunFolder(run) for run in folder] if isinstance(folder, list)
             else tables.read_whole(folder / "runs.csv") for key, folder in folders.items()}
    rows = paper.rows(found)
    remark = paper.remark(found) if hasattr(paper, "remark") else ""
    out = pathlib.Path(options.out)
    try:
        (out / name).mkdir(parents=True, exist_ok=True)
        draw(paper, folders, out / name, options.format, f"./lockstep reproduce {name}")
        write_table(out / name / "table.csv", rows)
        (out / name / "section.md").write_text(section(name, paper, rows, remark), encoding="utf-8")
        write_page(out)
    except OSError as error:
        raise CannotWrite(f"{error.filename or out}: cannot be written: {why(error)}; "
                          "name another place with --out") from None
    outside = [row for row in rows if not row.within]
    runs = sum(map(len, found.values()))
    print(f"{name}: {len(rows)} numbers, {len(outside)} outside of their limits; {runs} runs in {swept:.0f} s, "
          f"{time.monotonic() - start:.0f} s in all", flush=True)
    for row in outside:
        print(f"  {row.what}: published {number(row.published)}, ours {number(row.ours)}, "
              f"off by {row.off:+.1f} {row.limit_unit}, limit {row.limit:g}")
    return not outside


def main(words):
    options = parser().parse_args(words)
    for name in options.names:
        if name not in papers.NAMES:
            raise UserError(f"no reproduction is called '{name}'{spec.meant(name, papers.NAMES)}; "
                            f"there are {', '.join(papers.NAMES)}")
    done = []
    for name in options.names or papers.NAMES:
        try:
            done.append(reproduce(name, options))
        except NotHere as error:
            # Whoever asks for all wants those that can be made here.
            if options.names:
                raise
            print(f"lockstep: {name}: left out: {error}", file=sys.stderr)
    return 0 if all(done) else DIFFERENT
