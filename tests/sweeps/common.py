"""What the tests of sweeps share: a sweep of 64 short runs, and what a folder holds."""

import contextlib
import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))

from support import ROOT, Checks, Program  # noqa: E402, F401

STORY = ROOT / "scenarios/raft/split_votes.json"
NAME = "raft-split_votes"
RUNS = 64
SMALL = (STORY, "--set", 'sweep={"config.election_timeout": ["150..155 ms", "150..200 ms"], '
         '"network.latency": ["uniform 8..12 ms", "9 ms"], "repeat": 16}',
         "--set", "duration=8 s", "--set", "expect={}",
         "--set", 'faults=[{"at": "3 s", "crash": "leader", "for": "1 s"}]')
TABLES = {"runs.csv", "points.csv", "manifest.json"}


def files(folder):
    """Every file below a folder, with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*"))
            if path.is_file()}


@contextlib.contextmanager
def scratch():
    """An empty folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="lockstep-") as folder:
        yield pathlib.Path(folder)


def whole_sweep(checks, program, folder):
    """What SMALL leaves when this machine alone performs it and nothing comes between."""
    answer = program.run("sweep", *SMALL, "--quiet", "--out", folder)
    if not checks.equal(answer.code, 0, "a sweep on this machine alone", answer):
        sys.exit(1)
    found = files(folder / NAME)
    checks.equal(set(found), TABLES, "it leaves its tables and nothing else")
    return found


def one_line(checks, answer, code, *words):
    """Refused with that exit code, in one line that has all words."""
    what = f"refused: {', '.join(words)}"
    checks.that(answer.code == code and len(answer.err.splitlines()) == 1
                and all(word in answer.err for word in words), what, answer)
