#!/usr/bin/env python3
"""Figures: the numbers drawn against naive twins, what a spec may not say, the files that are left.

plots_test.py PROGRAM [PART…]    a part is a module beside this file; 77 where matplotlib is missing
"""

import importlib.util
import pathlib
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(ROOT / "tests/cli"), str(ROOT)]

PARTS = ("twins", "kinds", "refusals", "files", "choices", "papers", "speed")


def main():
    if len(sys.argv) < 2:
        sys.exit(f"usage: {__doc__}")
    missing = [name for name in ("matplotlib", "pandas", "numpy") if importlib.util.find_spec(name) is None]
    if missing:
        print(f"skipped: no {', '.join(missing)} for {sys.executable}; ./lockstep plot installs them")
        return 77
    from support import Checks, Program
    checks, program = Checks(), Program(sys.argv[1])
    for part in sys.argv[2:] or PARTS:
        module = importlib.import_module(part)
        for check in module.CHECKS:
            start = time.monotonic()
            with tempfile.TemporaryDirectory(prefix="lockstep-") as scratch:
                check(checks, pathlib.Path(scratch), program)
            print(f"{part}.{check.__name__}: {time.monotonic() - start:.1f} s", flush=True)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
