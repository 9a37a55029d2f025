"""results/mutants.json and results/mutants.md: what became of the planted bugs."""

import json
import os
import statistics

HEAD = """# Planted bugs

Each mutant is one patch of [property_tests/mutants](../property_tests/mutants) on the sources, attacked by the default
fuzzer of its protocol (`lockstep fuzz PROTOCOL --seeds A..B --jobs 2 --stop-at 1`, faults within a budget that leaves a
majority) in disjoint ranges of seeds. Seeds are those drawn until the first finding; median and worst are over the campaigns, and
`>` means that a campaign ended without one. Times are of one campaign: simulated and wall seconds, medians. The last
three columns are the first finding after `lockstep shrink`. Written by `./lockstep mutants`; `mutants.json` has
every campaign.
"""


def machine():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            names = [line.partition(": ")[2].strip() for line in file if line.startswith("model name")]
    except OSError:
        names = []
    return f"{os.cpu_count()} CPUs{', ' + names[0] if names else ''}"


def protocol_of(row):
    """A row that says nothing was measured when Raft was the only one that was attacked."""
    return row.get("protocol", "raft")


def seeds(row):
    """Seeds to the kill in each campaign, ascending; infinite where it lived."""
    return sorted(one["seeds_to_kill"] or float("inf") for one in row["campaigns"])


def ever_killed(row):
    return any(one["seeds_to_kill"] is not None for one in row["campaigns"])


def number(value, limit):
    return f"> {limit}" if value == float("inf") else f"{value:g}"


def median(row, key):
    return statistics.median(one[key] for one in row["campaigns"])


def rules_of(row):
    counts = {}
    for one in row["campaigns"]:
        if "rule" in one:
            counts[one["rule"]] = counts.get(one["rule"], 0) + 1
    return ", ".join(rule for rule, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def line(row):
    if not row["campaigns"]:
        return f"| {row['name']} | {protocol_of(row)} | {row['kind']} | {row['error']} | | | | | | | | |"
    found, limit = seeds(row), row["seed_limit"]
    kills = sum(one != float("inf") for one in found)
    small = row.get("shrunk", {})
    size = ["", "", ""]
    if "faults" in small:
        operations = "a load" if small["generated_load"] else small["operations"]
        size = [small["faults"], operations, f"{small['seconds']:.0f}"]
    cells = [row["name"], protocol_of(row), row["kind"], f"{kills} of {len(found)}", rules_of(row),
             number(statistics.median(found), limit), number(found[-1], limit),
             f"{median(row, 'simulated_seconds'):.0f}", f"{median(row, 'wall_seconds'):.1f}", *size]
    return "| " + " | ".join(map(str, cells)) + " |"


def summary(rows):
    measured = [row for row in rows if row["campaigns"]]
    for protocol, kind in sorted({(protocol_of(row), row["kind"]) for row in measured}, reverse=True):
        some = [row for row in measured if (protocol_of(row), row["kind"]) == (protocol, kind)]
        killed = sum(row["killed"] for row in some)
        ever = sum(map(ever_killed, some))
        quick = sum(statistics.median(seeds(row)) <= 300 for row in some)
        yield f"{protocol}, {kind}: {len(some)} mutants, {killed} killed in every campaign, {ever} in one at least, {quick} in a median of at most 300 seeds"
    small = [row["shrunk"] for row in measured if "faults" in row.get("shrunk", {})]
    if small:
        yield (f"shrunk: {len(small)} scenarios, median {statistics.median(one['faults'] for one in small):g} faults and "
               f"{statistics.median(one['operations'] for one in small):g} operations in "
               f"{statistics.median(one['seconds'] for one in small):.0f} s")
    yield f"wall time: {sum(row['wall_seconds'] for row in rows):.0f} s on {machine()}, builds included"


def pages(rows, unmutated):
    yield HEAD
    yield from (f"- {text}" for text in summary(rows))
    for protocol in sorted(set(map(protocol_of, unmutated)), reverse=True):
        some = [one for one in unmutated if protocol_of(one) == protocol]
        yield (f"- {protocol}, the sources as they are: {sum(one['runs'] for one in some)} seeds of the same ranges, "
               f"{sum(one['seeds_to_kill'] is not None for one in some)} findings")
    yield "\n| mutant | protocol | kind | killed | rule that fired | median seeds | worst | simulated s | wall s | faults | operations | shrunk in s |"
    yield "|---|---|---|---|---|---|---|---|---|---|---|---|"
    yield from map(line, rows)
    left = [row for row in rows if not row["killed"]]
    for heading, some in (("Alive", [row for row in left if not ever_killed(row)]),
                          ("Killed in some campaigns only", [row for row in left if ever_killed(row)])):
        if some:
            yield f"\n## {heading}\n"
            yield from (f"- `{row['name']}`: {row['title']}. {row['what']}" for row in some)
    yield "\n## What each is, and where it comes from\n"
    yield from (f"- `{row['name']}`: {row['title']}. {row['source']}. Expected: {row['rule_expected']}."
                for row in rows)


def write_report(out, rows, unmutated):
    (out / "mutants.json").write_text(
        json.dumps({"machine": machine(), "unmutated": unmutated, "mutants": rows}, indent=1) + "\n", encoding="utf-8")
    (out / "mutants.md").write_text("\n".join(pages(rows, unmutated)) + "\n", encoding="utf-8")
