#!/usr/bin/env python3
"""The program as scripts and people use it: exit codes, files, bad input, sweeps, interruptions.

cli.py PROGRAM [PART…]    a part is a module beside this file: usage bad_input results replays sweeps stats pages
                          prints lin
"""

import contextlib
import pathlib
import sys
import tempfile
import time

sys.dont_write_bytecode = True

import bad_input  # noqa: E402
import lin  # noqa: E402
import pages  # noqa: E402
import prints  # noqa: E402
import replays  # noqa: E402
import results  # noqa: E402
import stats  # noqa: E402
import sweeps  # noqa: E402
import usage  # noqa: E402
from support import Checks, Program, in_parallel  # noqa: E402

PARTS = (usage, bad_input, results, replays, sweeps, stats, pages, prints, lin)


class Context:
    def __init__(self, program):
        self.program, self.checks = program, Checks()

    @contextlib.contextmanager
    def scratch(self):
        """An empty folder that is gone afterwards."""
        with tempfile.TemporaryDirectory(prefix="lockstep-") as folder:
            yield pathlib.Path(folder)


def main():
    if len(sys.argv) < 2:
        sys.exit(f"usage: {__doc__}")
    program = Program(sys.argv[1])
    wanted = [check for part in PARTS if not sys.argv[2:] or part.__name__ in sys.argv[2:]
              for check in part.CHECKS]

    def perform(check):
        context, start = Context(program), time.monotonic()
        try:
            check(context)
        except Exception as error:  # the other checks go on
            context.checks.that(False, check.__name__, f"{type(error).__name__}: {error}")
        return check, context.checks, time.monotonic() - start

    total = Checks()
    for check, checks, seconds in in_parallel(perform, wanted):
        print(f"{check.__module__:<12}{check.__name__:<32}{checks.held:>5} held"
              f"{checks.failed:>4} failed{seconds:>7.1f} s")
        total.held += checks.held
        total.failed += checks.failed
    return total.finish()


if __name__ == "__main__":
    sys.exit(main())
