#!/usr/bin/env python3
"""Messages take the time that the scenario says, to the nanosecond; flows share a link's bandwidth.

ping.py PROGRAM

Times are read from trace.ndjson: a message is sent in one step and received in another. On SimGrid
and on the loop, which knows no sharing; without SimGrid in the program, on the loop alone.
"""

import json
import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))

from support import SCENARIOS, Checks, program_from_arguments  # noqa: E402

MS = 1_000_000
PLATFORM = """<?xml version='1.0'?>
<!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">
<platform version="4.1">
  <zone id="world" routing="Full">
    <host id="a" speed="1Gf"/> <host id="b" speed="1Gf"/> <host id="c" speed="1Gf"/>
    <link id="ab" bandwidth="1GBps" latency="10ms"/>
    <link id="bc" bandwidth="1GBps" latency="3ms"/>
    <route src="a" dst="b"><link_ctn id="ab"/></route>
    <route src="b" dst="c"><link_ctn id="bc"/></route>
    <route src="a" dst="c"><link_ctn id="ab"/><link_ctn id="bc"/></route>
  </zone>
</platform>
"""
PLATFORM_NS = {("n1", "n2"): 10 * MS, ("n2", "n3"): 3 * MS, ("n1", "n3"): 13 * MS}


class Message:
    """From the step that sent it to the step that received it."""

    def __init__(self, sender, sent, fields):
        self.sender, self.to, self.sent = sender, fields["to"], sent
        self.name, self.planned = fields["name"], fields.get("arrives")
        self.received = None

    @property
    def took(self):
        return self.received - self.sent

    def __str__(self):
        return f"{self.name} from {self.sender} to {self.to} at {self.sent} ns"


def messages_of(trace):
    """Every message that was received, by its number."""
    by_number = {}
    for line in trace.read_text(encoding="utf-8").splitlines():
        step = json.loads(line)
        if step["type"] != "step":
            continue
        if "message" in step and step["message"] in by_number:
            by_number[step["message"]].received = step["t"]
        for sent in step.get("sent", []):
            by_number[sent["id"]] = Message(step["node"], step["t"], sent)
    return [message for message in by_number.values() if message.received is not None]


class Bench:
    def __init__(self, program, folder):
        self.program, self.folder, self.runs = program, pathlib.Path(folder), 0

    def messages(self, fabric, scenario):
        """The messages of a run of this scenario."""
        self.runs += 1
        path = self.folder / f"ping{self.runs}.json"
        path.write_text(json.dumps({"format": 1, "title": "ping", "seed": 1, **scenario}))
        answer = self.program.run("run", path, "--fabric", fabric, "--json", "--out", self.folder,
                                  "--trace-steps", 10_000_000)
        if answer.code not in (0, 1, 2):
            raise RuntimeError(f"{scenario}: {answer}")
        return messages_of(pathlib.Path(answer.json()["path"]) / "trace.ndjson")


def check_times(checks, what, messages, expected):
    """expected(message) is its time in nanoseconds, or the lowest and the highest."""
    checks.that(len(messages) >= 10, f"{what}: messages travel", f"{len(messages)} were received")
    wrong = []
    for message in messages:
        limits = expected(message)
        low, high = limits if isinstance(limits, tuple) else (limits, limits)
        if not low <= message.took <= high or message.planned != message.received:
            wrong.append(f"{message}: expected {limits} ns, took {message.took} ns, planned "
                         f"{message.planned}")
    checks.that(not wrong, f"{what}: all {len(messages)} messages take the configured time",
                f"{len(wrong)} do not; {wrong[:1]}")


def pair(message):
    return tuple(sorted((message.sender, message.to)))


def check_constant(checks, bench, fabric):
    for text, nanoseconds in (("30 ms", 30 * MS), ("1 ns", 1), ("7 ns", 7), ("0 s", 0),
                              ("333333333 ns", 333_333_333), ("123456789 ns", 123_456_789),
                              ("1000000007 ns", 1_000_000_007), ("0.1 us", 100)):
        found = bench.messages(fabric, {"protocol": "bully", "nodes": 2, "duration": "5 s",
                                        "network": {"latency": text}})
        check_times(checks, f"{fabric}, latency {text}", found, lambda _, ns=nanoseconds: ns)


def check_drawn(checks, bench, fabric):
    found = bench.messages(fabric, {"protocol": "bully", "nodes": 3, "duration": "5 s",
                                    "network": {"latency": "uniform 30..40 ms"}})
    check_times(checks, f"{fabric}, uniform 30..40 ms", found, lambda _: (30 * MS, 40 * MS))
    checks.that(len({message.took for message in found}) > len(found) // 2,
                f"{fabric}, uniform 30..40 ms: times differ")


def one_way(regions, start, end):
    """Half of the round trip; a pair that is given in one direction counts for both."""
    trips = regions["round_trip"]
    trip = trips.get(start, {}).get(end) or trips.get(end, {}).get(start)
    if start == end:
        trip = regions["inside"]
    value, unit = trip.split()
    return round(float(value) * {"us": 1000, "ms": MS}[unit]) // 2


def check_regions(checks, bench, fabric, name, a_round):
    text = (SCENARIOS / "platforms" / f"{name}.json").read_text(encoding="utf-8")
    regions = json.loads("".join(line for line in text.splitlines(True)
                                 if not line.startswith("//")))
    names = regions["regions"]
    found = bench.messages(fabric, {"protocol": "bully", "nodes": a_round * len(names),
                                    "duration": "4 s", "config": {"heartbeat_timeout": "3 s"},
                                    "network": {"regions": str(SCENARIOS / f"platforms/{name}.json")}})

    def expected(message):
        places = [names[(int(end[1:]) - 1) % len(names)] for end in (message.sender, message.to)]
        return one_way(regions, *places)

    check_times(checks, f"{fabric}, regions of {name}", found, expected)
    pairs = {(message.sender, message.to) for message in found}
    nodes = a_round * len(names)
    checks.equal(len(pairs), nodes * (nodes - 1), f"{fabric}, regions of {name}: every pair talks")


def check_platform(checks, bench):
    path = bench.folder / "platform.xml"
    path.write_text(PLATFORM)
    found = bench.messages("simgrid", {"protocol": "bully", "nodes": 3, "duration": "5 s",
                                       "network": {"platform": str(path), "latency": "0 s"}})
    # The platform's links have a bandwidth, so a message also takes its bytes.
    check_times(checks, "simgrid, a platform file", found,
                lambda m: (PLATFORM_NS[pair(m)], PLATFORM_NS[pair(m)] + 1000))
    checks.equal({pair(message) for message in found}, set(PLATFORM_NS), "every pair talks")


BULK_BYTES = 200_000
BULK_ALONE_NS = BULK_BYTES * 1000  # at 8 Mbps, a microsecond a byte
BULK_LATENCY_NS = 10 * MS


def bulk_scenario(nodes, clients):
    """One large put a client, between two heartbeats, on links of 8 Mbps."""
    return {"protocol": "raft", "nodes": nodes, "duration": "10 s",
            "network": {"latency": "10 ms", "bandwidth": "8 Mbps", "bulk_from": "64 KiB"},
            "config": {"election_timeout": "4..5 s", "heartbeat": "3 s", "sessions": False},
            "workload": {"clients": clients, "operations": clients, "mix": {"put": 1},
                         "value_bytes": BULK_BYTES, "start": "6 s", "timeout": "4 s",
                         "attempt_timeout": "3 s"}}


def check_flows(checks, bench, fabric, what, scenario, name, shared_by):
    found = [message for message in bench.messages(fabric, scenario)
             if message.name == name and message.planned is None and message.took > BULK_ALONE_NS]
    expected = BULK_LATENCY_NS + BULK_ALONE_NS * shared_by
    checks.that(len(found) >= shared_by, f"{fabric}, {what}: flows arrive", f"{len(found)} did")
    for message in found:
        checks.that(abs(message.took - expected) <= expected // 200,
                    f"{fabric}, {what}: a flow takes {expected / MS:.0f} ms",
                    f"{message} took {message.took / MS:.3f} ms")


def check_sharing(checks, bench, fabric):
    for followers in (1, 2, 4):
        shared_by = followers if fabric == "simgrid" else 1
        check_flows(checks, bench, fabric, f"a leader sends to {followers}",
                    bulk_scenario(1 + followers, 1), "append_entries", shared_by)
    for clients in (1, 2):
        shared_by = clients if fabric == "simgrid" else 1
        check_flows(checks, bench, fabric, f"{clients} clients ask one server",
                    bulk_scenario(1, clients), "client_request", shared_by)


def main():
    program = program_from_arguments("ping.py PROGRAM")
    checks = Checks()
    fabrics = ["loop"] + (["simgrid"] if program.has_simgrid else [])
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(program, folder)
        for fabric in fabrics:
            check_constant(checks, bench, fabric)
            check_drawn(checks, bench, fabric)
            check_regions(checks, bench, fabric, "gcp3", 2)
            check_regions(checks, bench, fabric, "aws9", 1)
            check_sharing(checks, bench, fabric)
        if program.has_simgrid:
            check_platform(checks, bench)
        else:
            print("not measured on SimGrid: this build has none")
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
