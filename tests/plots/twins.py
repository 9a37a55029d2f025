"""Statistics against the plainest code that computes the same."""

import math
import random
import statistics as naive

import numpy as np

from plots import closed_forms, run_folder, statistics, units

import plotting


def naive_quantile(values, q):
    ordered = sorted(values)
    h = q * (len(ordered) - 1)
    low = math.floor(h)
    return ordered[low] + (h - low) * (ordered[min(low + 1, len(ordered) - 1)] - ordered[low])


def samples():
    random.seed(1)
    yield [3.0]
    yield [2.0, 2.0, 2.0]
    for size in (2, 3, 10, 101, 5000):
        yield [random.expovariate(1) for _ in range(size)]
        yield [float(random.randrange(size // 3 + 1)) for _ in range(size)]


def check_ecdf(checks, scratch, program):
    for values in samples():
        x, share = statistics.ecdf(values, most=200)
        what = f"ECDF of {len(values)} values"
        for at, got in zip(x[::7], share[::7]):
            expected = sum(v <= at for v in values) / len(values)
            checks.that(got == expected, f"{what} at {at}", f"{got} for {expected}")
        checks.that(x[0] == min(values) and x[-1] == max(values) and share[-1] == 1,
                    f"{what}: from the least to the largest")
        jumps = np.diff(np.concatenate([[0], share]))
        most = max(values.count(v) for v in set(values)) / len(values)
        checks.that(jumps.max() <= most + 1 / 100, f"{what}: no step is left out that one could see")
    checks.equal([len(part) for part in statistics.ecdf([])], [0, 0], "ECDF of nothing")


def check_quantiles(checks, scratch, program):
    for values in samples():
        for q in (0, 0.01, 0.25, 0.5, 0.9, 1):
            got, expected = float(statistics.quantiles(values, q)), naive_quantile(values, q)
            checks.that(math.isclose(got, expected, rel_tol=1e-12, abs_tol=1e-12),
                        f"quantile {q} of {len(values)}", f"{got} for {expected}")
        error = naive.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else 0
        checks.that(math.isclose(statistics.standard_error(values), error, abs_tol=1e-12),
                    f"standard error of {len(values)}")


def check_windows(checks, scratch, program):
    random.seed(2)
    for width, end in ((1.0, 10.0), (0.5, 7.3), (3.0, 3.0), (5.0, 2.0)):
        ended = [random.uniform(0, end) for _ in range(300)] + [0.0, end]
        took = [random.expovariate(1) for _ in ended]
        begins, counts, p50, p99 = statistics.windows(np.array(ended), np.array(took), width, end)
        checks.equal(len(begins), math.ceil(end / width), f"windows of {width} in {end}")
        for i, begin in enumerate(begins):
            last = i == len(begins) - 1
            own = [t for e, t in zip(ended, took) if begin <= e and (last or e < begin + width)]
            checks.equal(int(counts[i]), len(own), f"window {i} of {width}: operations")
            checks.that(math.isclose(p50[i], naive_quantile(own, 0.5)) and
                        math.isclose(p99[i], naive_quantile(own, 0.99)), f"window {i}: latencies")


def check_closed_forms(checks, scratch, program):
    # The chance that the c-th of s uniform timeouts comes within l of the first, by drawing them.
    random.seed(3)
    draws = 20_000
    for nodes, available, latency in ((3, 2, 0.2), (5, 5, 0.3), (5, 3, 0.1), (8, 5, 0.15), (9, 9, 0.4)):
        c = available - nodes // 2 + 1
        split = 0
        for _ in range(draws):
            timeouts = sorted(random.random() for _ in range(available))
            split += timeouts[c - 1] - timeouts[0] < latency
        expected = closed_forms.split_vote(nodes, available, latency)
        error = math.sqrt(expected * (1 - expected) / draws)
        checks.that(abs(split / draws - expected) <= 4 * error,
                    f"split votes of {available} of {nodes} at {latency}", f"{split / draws} for {expected}")
    for nodes in range(2, 30):
        # Process k asks all above it, each of those that live answers and asks in turn; then the
        # highest of them announces itself. n is dead and answers nobody.
        for k in range(1, nodes):
            asked = sum(nodes - j for j in range(k, nodes))
            answers = sum(nodes - 1 - j for j in range(k, nodes))
            checks.equal(closed_forms.bully_messages(nodes, k), asked + answers + nodes - 2,
                         f"messages of Bully with {k} of {nodes}")
    checks.that(closed_forms.curve("split_vote 5 2") is None, "2 of 5 elect nobody")


def check_units(checks, scratch, program):
    for text, expected in (("10 ms", 10), ("2 s", 2000), ("1/4", 0.25), ("5 %", 0.05), ("50 /s", 50),
                           ("7", 7), ("1.5 min", 90_000), ("constant 3 ms", 3), (4, 4),
                           ("uniform 1..5 ms", None), ("3 apples", None), ("", None), ("1/0", None)):
        checks.equal(units.number(text), expected, f"the number in {text!r}")


def check_run(checks, scratch, program):
    """Against metrics.csv, which the program computed from the same operations."""
    run = run_folder.RunFolder(plotting.RUN)
    ended, took, succeeded = run.operations()
    _, ok, p50, p99 = statistics.windows(ended[succeeded], took[succeeded], 1.0, run.end)
    for i, row in enumerate(plotting.rows_of(plotting.RUN / "metrics.csv")):
        checks.equal(str(ok[i]), row["operations_ok"], f"operations of second {i}")
        for got, name in ((p50[i], "latency_p50_ms"), (p99[i], "latency_p99_ms")):
            checks.equal("" if math.isnan(got) else f"{got:.6f}", row[name], f"{name} of second {i}")
    spans, instants = run_folder.troubles(run.faults(), run.end)
    checks.equal(spans, [("down", 2.0, 3.0), ("cut", 4.0, 4.5), ("paused", 4.2, 4.5),
                         ("weather", 5.0, 5.5)], "what was broken when")
    checks.equal(instants, [], "what did not last")
    roles = run.roles()
    checks.equal(sorted(roles), ["n1", "n2", "n3"], "everybody had a role")
    leaders = [(node, term, round(begun, 3)) for node, spans in roles.items()
               for begun, until, role, term in spans if role == "leader"]
    checks.equal(leaders, [("n1", 1, 0.183), ("n2", 2, 2.179), ("n2", 3, 4.693)], "who led when")
    checks.that(all(not (begun < 2.5 < until) for begun, until, _, _ in roles["n1"]),
                "who is down has no role")
    endless = run_folder.troubles([{"kind": "crash", "text": "", "nodes": ["n1"], "cut": [], "at": 1.0}], 9)
    checks.equal(endless[0], [("down", 1.0, 9)], "what is never mended lasts to the end")


CHECKS = (check_ecdf, check_quantiles, check_windows, check_closed_forms, check_units, check_run)
