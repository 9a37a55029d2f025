"""lockstep plot: a plot spec, or results, to a figure."""

import argparse
import pathlib
import sys
import time

from . import choose, kinds, output, spec
from .errors import USAGE, BadSpec, NoInput, UserError


class Parser(argparse.ArgumentParser):
    def error(self, message):
        print(f"lockstep: {message}; {self.prog} --help says more", file=sys.stderr)
        sys.exit(USAGE)


def formats(text):
    wanted = list(dict.fromkeys(text.split(",")))
    unknown = [kind for kind in wanted if kind not in output.FORMATS]
    if unknown:
        raise argparse.ArgumentTypeError(f"no format '{unknown[0]}'; some of svg,pdf,png")
    return wanted


def parser():
    made = Parser(prog="lockstep plot", allow_abbrev=False, description=(
        "Draw a figure: of a plot spec (docs/experiments.md), or of results as they are: a sweep's "
        "folder or runs.csv, a run's folder, a file of regions, a campaign of fuzz --json. Beside it: NAME.csv with what is "
        "drawn, NAME.cmd with the command that remakes it."))
    made.add_argument("inputs", nargs="+", metavar="SPEC|RESULTS",
                      help="a plot spec first, then the results it is drawn of (default: those it names)")
    made.add_argument("--format", type=formats, default=["svg"], metavar="svg,pdf,png",
                      help="one or several; default svg")
    made.add_argument("--out", default="results/figures", metavar="FOLDER",
                      help="default results/figures")
    made.add_argument("--name", help="of the files, without its ending")
    made.add_argument("--kind", choices=tuple(spec.KEYS), help="of figure, without a spec")
    made.add_argument("--value", metavar="COLUMN", help="what is drawn, without a spec")
    made.add_argument("--time", action="store_true", help="say how long reading and drawing took")
    return made


def chosen(options):
    """(name, spec, results)"""
    first, rest = options.inputs[0], options.inputs[1:]
    what = choose.what_is(first)
    if what == "spec":
        for flag in ("kind", "value"):
            if getattr(options, flag):
                raise UserError(f"--{flag} is for results without a spec; {first} says its own")
        found = spec.read(first, spec.parse_json(first))
        beside = [pathlib.Path(first).parent / path for path in found["data"]]
        if not rest and not beside:
            raise NoInput(f"{first}: data: names no results; add it, or name them after the spec")
        return pathlib.Path(first).stem.removesuffix(".plot"), found, rest or beside
    for path in rest:
        if choose.what_is(path) == "spec":
            raise UserError(f"{path}: a plot spec comes first, then its results")
    if what == "matrix":
        name, made = choose.for_matrix(first)
    elif what == "run":
        if rest:
            raise BadSpec(f"{rest[0]}: one run at a time; ./lockstep compare shows two")
        name, made = choose.for_run(first, options.kind)
    else:
        name, made = choose.for_tables(options.inputs, options.kind, options.value)
    return name, spec.read("", made), options.inputs


def command_of(options):
    words = [output.shown(path) for path in options.inputs]
    words += ["--format", ",".join(options.format), "--out", output.shown(options.out)]
    for flag in ("name", "kind", "value"):
        if getattr(options, flag):
            words += [f"--{flag}", getattr(options, flag)]
    return output.command_line(words)


def main(words):
    options = parser().parse_args(words)
    start = time.monotonic()
    name, found, sources = chosen(options)
    module = kinds.module(found.kind)
    drawn = module.data(found, sources)
    read = time.monotonic()
    made = output.figure(found, drawn, module)
    paths = output.write(made, found, drawn, pathlib.Path(options.out) / (options.name or name),
                         options.format, command_of(options))
    if options.time:
        print(f"read in {read - start:.1f} s, drawn in {time.monotonic() - read:.1f} s")
    print(" ".join(map(str, paths)))
    return 0
