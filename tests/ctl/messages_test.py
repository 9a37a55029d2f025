#!/usr/bin/env python3
"""lockstepctl messages against servers that say what a script tells them: messages_test.py BUILD_FOLDER.

They speak as docs/messages.md says, and write down what they are asked.
"""

import json
import pathlib
import sys

from checks import check, expect, verdict
from cluster import Ctl, free_ports
from election_test import Member, get, hang_up, introduce, post

DONE = {"outcome": "done", "stamp": {"time": 120, "node": 3}, "origin": "77.1"}
NO_LEADER = {"outcome": "failed", "reason": "no_leader"}
TIMED_OUT = {"outcome": "unknown", "reason": "timed_out"}


def message(time, text, violation=False):
    return {"stamp": {"time": time, "node": 3}, "origin": f"7.{time}", "text": text, "violation": violation}


def page(member, query, messages, more=False):
    get(member, f"/v1/messages?{query}", {"messages": messages, "more": more, "clock": 200})


def everybody(members, status, body):
    for m in members:
        m.asked.clear()
        m.names.clear()
        post(m, "/v1/messages", status, body)


def posting(ctl, members):
    one, two, three = members
    everybody(members, 503, NO_LEADER)
    post(two, "/v1/messages", 200, DONE)
    expect(ctl("messages", "post", "bed 7"), 0, "the second one takes it", f"done as 120.3 at {two.place}\n")
    check(one.asked == two.asked == [("/v1/messages", None, b"bed 7")] and three.asked == [], "each is asked once", three.asked)
    check(one.names == two.names and one.names[0].endswith(".1"), "under one name", (one.names, two.names))
    answer = ctl("messages", "post", "-", "--json", stdin="ä\n".encode())
    check(answer.code == 0 and answer.json() == DONE and two.asked[-1][2] == "ä\n".encode(), "from stdin, as JSON", answer)
    check(two.names[0] != two.names[1], "another message has another name", two.names)

    everybody(members, 503, NO_LEADER)
    expect(ctl("messages", "post", "x", "--timeout", "1s"), 3, "nobody takes it", "", "failed: ")
    check(len(one.names + two.names + three.names) > 3 and len({*one.names, *two.names, *three.names}) == 1, "all tries have one name")
    everybody(members, 503, NO_LEADER)
    post(two, "/v1/messages", 504, TIMED_OUT)
    expect(ctl("messages", "post", "x", "--timeout", "1s"), 2, "one may have taken it", "", "it may be in the log, or come there")
    answer = ctl("messages", "post", "x", "--timeout", "1s", "--json")
    check(answer.code == 2 and answer.json()["outcome"] == "unknown", "as JSON", answer)
    post(two, "/v1/messages", 200, hang_up)
    expect(ctl("messages", "post", "x", "--timeout", "1s"), 2, "one hangs up", "", "unknown: ")
    everybody(members, 413, {"outcome": "refused", "reason": "a message has at most 65536 bytes"})
    expect(ctl("messages", "post", "x"), 77, "it is refused", "", f"refused by {one.place}: (413) a message has at most 65536 bytes")
    post(one, "/v1/messages", 504, TIMED_OUT)
    expect(ctl("messages", "post", "x"), 2, "it is refused after one may have taken it", "", "(413)")
    everybody(members, 200, {"outcome": "done"})
    expect(ctl("messages", "post", "x"), 3, "an answer without a stamp", "", "names no stamp")


def reading(ctl, members):
    one = members[0]
    page(one, "limit=1000&after=0.0", [message(1, "a"), message(4, "b\n\x1b", True)], more=True)
    page(one, "limit=1000&after=4.3", [message(9, "c")])
    expect(ctl("messages", "read"), 0, "page by page", "1.3          a\n4.3          b\\x0a\\x1b  (arrived late)\n9.3          c\n")
    answer = ctl("messages", "read", "--after", "4.3", "--json")
    check(answer.code == 0 and json.loads(answer.out) == message(9, "c"), "behind a stamp, as JSON", answer)
    get(one, "/v1/messages?limit=1000&after=x", {"outcome": "refused", "reason": "after is the stamp of a message, TIME.NODE"}, 400)
    expect(ctl("messages", "read", "--after", "x"), 64, "no stamp", "", "after is the stamp of a message")
    expect(ctl("messages", "read", "--after", "7.7"), 77, "a node without messages", "", "refuses (404)")
    for rubbish in (b"<html>", {"messages": [{}], "more": False}, {"messages": []}):
        get(one, "/v1/messages?limit=1000&after=0.0", rubbish)
        expect(ctl("messages", "read"), 3, f"rubbish: {rubbish}", "", "no page of messages")


def watching(ctl, members):
    one = members[0]
    page(one, "last=100", [message(5, "old")])
    page(one, "limit=1000&after=0.0", [message(3, "late", True), message(5, "old"), message(8, "new")])
    expect(ctl("messages", "watch", "--for", "1s"), 0, "what is there is not printed, what comes is, once",
           "3.3          late  (arrived late)\n8.3          new\n")


def status_of(node, role="follower", leader=3, messages=120):
    return {"node": node, "mode": "replicated", "role": role, "leader": leader, "clock": 125, "log": {"messages": messages}, "waiting": 2,
            "violations": 1, "posts": {"p99_ms": 4.04}, "per_s": {"shown": 42.0}}


def status(ctl, members, gone):
    for m in members:
        get(m, "/v1/lamport", status_of(m.node, "coordinator" if m.node == 3 else "follower"))
    answer = ctl("messages", "status")
    rows = [line.split() for line in answer.out.splitlines()]
    check(answer.code == 0 and rows[0] == ["ID", "SERVER", "ROLE", "LEADER", "CLOCK", "MESSAGES", "WAITING", "VIOLATIONS", "SHOWN/S", "P99"]
          and rows[3] == ["3", members[2].place, "coordinator", "3", "125", "120", "2", "1", "42.0", "4.0", "ms"], "the table", answer)
    check(len(rows) == 5 and rows[4][:3] == ["4", gone, "unreachable:"], "who is away; nobody disagrees", answer)
    get(members[0], "/v1/lamport", {**status_of(1, leader=None, messages=7), "mode": "multicast"})
    said = ["members run different modes; give all the same one",
            "members disagree about the leader: node 1 says none, node 2 says 3, node 3 says 3",
            "not all show the same: node 1 shows 7, node 2 shows 120, node 3 shows 120"]
    check(ctl("messages", "status").out.splitlines()[5:] == said, "disagreements", ctl("messages", "status"))
    check(ctl("messages", "status", "--json").json()["disagreements"] == said, "and as JSON")
    get(members[1], "/v1/lamport", status_of(7))
    del members[2].says["GET", "/v1/lamport"]
    get(members[0], "/v1/lamport", b"<html>")
    out = ctl("messages", "status").out
    for m, why in zip(members, ("its answer is no status of a message log", "says that it is node 7", "no messages (404): ")):
        check(f"{m.place}  {why}" in out, why, out)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: messages_test.py BUILD_FOLDER")
    program = pathlib.Path(sys.argv[1]) / "lockstepctl"
    members = [Member(node) for node in (1, 2, 3)]
    gone = f"127.0.0.1:{free_ports(1)[0]}"
    try:
        introduce(members, gone)
        ctl = Ctl(program, [m.place for m in members])
        posting(ctl, members)
        reading(ctl, members)
        watching(ctl, members)
        status(ctl, members, gone)
        expect(ctl("messages"), 64, "no command", "", "subcommand")
        expect(Ctl(program, [gone])("messages", "post", "x"), 69, "nobody there", "", "no server answers")
    finally:
        for member in members:
            member.end()
    return verdict()


if __name__ == "__main__":
    sys.exit(main())
