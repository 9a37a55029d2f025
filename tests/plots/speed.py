"""A million rows, and a run of half a million operations (a line each for beginning and end), are drawn in under 20 s."""

import json
import random
import time

from plotting import RUN, call_apart

ROWS, OPERATIONS, LIMIT_SECONDS = 1_000_000, 500_000, 20


def timed(checks, what, *words):
    start = time.monotonic()
    answer = call_apart(*words, "--time")
    took = time.monotonic() - start
    print(f"{what}: {took:.1f} s; {answer.out.splitlines()[0] if answer.out else answer}")
    checks.equal(answer.code, 0, what, answer)
    checks.that(took < LIMIT_SECONDS, f"{what} in under {LIMIT_SECONDS} s", f"{took:.1f} s")


def check_rows(checks, scratch, program):
    random.seed(1)
    path = scratch / "runs.csv"
    with open(path, "w") as file:
        file.write("run,point,network.latency,seed,verdict,digest,messages_sent,bytes_sent,stable_leader_ms\n")
        for run in range(ROWS):
            point = run // (ROWS // 10)
            file.write(f"{run},{point},{point + 1} ms,{run},pass,0123456789abcdef,{run % 977},{run % 7919},"
                       f"{100 * (point + 1) + random.random() * 300:.6f}\n")
    for kind in ("bands", "box", "ecdf"):
        timed(checks, f"{ROWS} rows as {kind}", path, "--kind", kind, "--out", scratch)


def check_operations(checks, scratch, program):
    folder = scratch / "run"
    folder.mkdir()
    for name in ("manifest.json", "summary.json", "trace.ndjson"):
        (folder / name).write_bytes((RUN / name).read_bytes())
    with open(folder / "history.ndjson", "w") as file:
        for i in range(OPERATIONS):
            at = i * 6_000_000_000 // OPERATIONS
            operation = {"t": at, "order": 2 * i, "client": "c1", "id": i}
            file.write(json.dumps({**operation, "event": "invoke", "verb": "get", "key": "k1"}) + "\n")
            file.write(json.dumps({**operation, "t": at + 5000, "event": "ok"}) + "\n")
    timed(checks, f"{OPERATIONS} operations over time", folder, "--out", scratch)


CHECKS = (check_rows, check_operations)
