#!/usr/bin/env python3
"""lockstepctl election against servers that say what a script tells them: election_test.py BUILD_FOLDER.

They speak as docs/election.md says, and write down what they are asked.
"""

import http.server
import json
import pathlib
import sys
import threading

from checks import check, expect, verdict
from cluster import TOKEN, Ctl, free_ports


class Member:
    """One scripted server. `says` maps (method, path) to (status, headers, body); `hang_up` is a body that ends the
    connection instead."""

    def __init__(self, node):
        self.node, self.says, self.asked, self.names = node, {}, [], []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(self))
        self.place = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def end(self):
        self.server.shutdown()
        self.server.server_close()


hang_up = object()


def handler(member):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.command == "POST":
                member.asked.append((self.path, self.headers.get("Authorization"), body))
                member.names.append(self.headers.get("Idempotency-Key"))
            refusal = (404, {}, {"outcome": "refused", "reason": "this node runs no election"})
            status, headers, said = member.says.get((self.command, self.path), refusal)
            if said is hang_up:
                return
            text = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(text))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        do_POST = do_GET

        def log_message(self, *_):
            pass

    return Handler


def status_of(node, role="follower", leader=1, epoch=3):
    leads = role == "coordinator"
    return {"node": node, "time": "2026-01-02T03:04:05.678Z", "role": role, "leader": leader, "epoch": epoch,
            "token": {"epoch": epoch, "number": 7} if leads else None,
            "lease_ms": 23456 if leads else None,
            "score": {"total": 3123456 if leads else -1500, "factors": {}},
            "prediction": {"probability": 40}, "struck": []}


def get(member, path, body, status=200):
    member.says["GET", path] = (status, {}, body)


def post(member, path, status, body, headers=None):
    member.says["POST", path] = (status, headers or {}, body)


def introduce(members, gone):
    """Their GET /v1/status; `gone` is the address of a further member that is down."""
    places = [m.place for m in members] + [gone]
    for m in members:
        get(m, "/v1/status", {
            "id": m.node, "cluster": "lockstep", "role": "follower", "term": 1, "leader": None,
            "log": {"last": 0, "commit": 0, "applied": 0}, "uptime_seconds": 1, "disk": {"sync_p99_ms": 1},
            "members": [{"id": i + 1, "api": place} for i, place in enumerate(places)]})


def status(ctl, members, gone):
    one, two, three = members
    get(one, "/v1/election/status", status_of(1, "coordinator"))
    get(two, "/v1/election/status", {**status_of(2), "struck": [
        {"node": 4, "offence": "two_votes", "epoch": 2, "evidence": "ab"},
        {"node": 3, "offence": "false_claim", "epoch": 3, "evidence": "cd"}]})
    get(three, "/v1/election/status", status_of(3))
    answer = ctl("election", "status")
    expect(answer, 0, "status")
    wide = max(len(place) for place in [gone, *(m.place for m in members)])
    row = lambda *cells: "  ".join(f"{cell:<{width}}" for cell, width in
                                   zip(cells, (2, wide, 11, 6, 5, 5, 6, 8, 7, 0))).rstrip()
    lines = answer.out.splitlines()
    wanted = [
        row("ID", "SERVER", "ROLE", "LEADER", "EPOCH", "TOKEN", "LEASE", "SCORE", "FAILURE", "STRUCK"),
        row("1", one.place, "coordinator", "1", "3", "3.7", "23.5 s", "3123.456", "4.0 %", "-"),
        row("2", two.place, "follower", "1", "3", "-", "-", "-1.500", "4.0 %",
            "4 (two_votes), 3 (false_claim)"),
        row("3", three.place, "follower", "1", "3", "-", "-", "-1.500", "4.0 %", "-")]
    check(lines[:4] == wanted, "the table", "\n".join(["", *wanted, "and not", answer.out]))
    check(len(lines) == 5 and lines[4].startswith(f"4   {gone:<{wide}}  unreachable: cannot connect"),
          "who is away; nobody disagrees", answer.out)
    got = ctl("election", "status", "--json").json()
    check([m.get("status") for m in got["members"]] ==
          [m.says["GET", "/v1/election/status"][2] for m in members] + [None] and
          "cannot connect" in got["members"][3]["unreachable"] and got["disagreements"] == [],
          "as JSON", got)

    get(two, "/v1/election/status", status_of(2, "coordinator", leader=2, epoch=4))
    get(three, "/v1/election/status", status_of(3, "electing", leader=None, epoch=2))
    said = ["2 members say that they lead: node 1 in epoch 3, node 2 in epoch 4; "
            "resources refuse all tokens but the newest",
            "members disagree about the leader or the epoch: node 1 says 1 in epoch 3, "
            "node 2 says 2 in epoch 4, node 3 says none in epoch 2"]
    answer = ctl("election", "status")
    check(answer.code == 0 and answer.out.splitlines()[5:] == said, "disagreements", answer)
    check(ctl("election", "status", "--json").json()["disagreements"] == said, "and as JSON")
    for m, wrong, why in ((one, {"node": 1}, "its answer is no status of an election"),
                          (two, status_of(7), "says that it is node 7"),
                          (three, b"<html>", "its answer is no status of an election")):
        get(m, "/v1/election/status", wrong)
        answer = ctl("election", "status")
        check(answer.code == 0 and f"{m.place}  {why}\n" in answer.out, f"rubbish: {why}", answer)
    del one.says["GET", "/v1/election/status"]
    answer = ctl("election", "status")
    check(f"{one.place}  no election (404): this node runs no election\n" in answer.out and
          answer.out.endswith("no member that answers leads\n"), "a node without election", answer)


def event(sequence, second, text):
    return {"sequence": sequence, "time": f"2026-01-02T03:04:{second:06.3f}Z", "kind": text.split("{")[0],
            "text": text, "fields": {"epoch": 3}}


def events(ctl, members, _):
    one, two, three = members
    path = "/v1/election/events?after=0"
    expect(ctl("election", "events"), 77, "events of nobody", "", "this node runs no election")
    mine = [event(1, 1, "started{}"), event(2, 3.5, "won{epoch=3}")]
    other = [event(8, 2, "started{}"), event(9, 3.5, "leader_changed{after=n1}"),
             event(10, 3.5, "voted{}")]
    get(one, path, {"last": 2, "events": mine})
    get(two, path, {"last": 10, "events": other})
    get(three, path, {"last": 1, "events": [{"sequence": 1}]})
    answer = ctl("election", "events")
    expect(answer, 0, "events by time",
           "2026-01-02T03:04:01.000Z  n1       1  started{}\n"
           "2026-01-02T03:04:02.000Z  n2       8  started{}\n"
           "2026-01-02T03:04:03.500Z  n1       2  won{epoch=3}\n"
           "2026-01-02T03:04:03.500Z  n2       9  leader_changed{after=n1}\n"
           "2026-01-02T03:04:03.500Z  n2      10  voted{}\n",
           f"{three.place}: its answer is no list of an election's events")
    check("cannot connect" in answer.err, "whose are missing", answer)
    rows = [json.loads(line) for line in ctl("election", "events", "--json").out.splitlines()]
    check(rows[2] == {"node": 1, "server": one.place, **mine[1]} and len(rows) == 5, "as JSON", rows)


def asked(member):
    taken, member.asked = member.asked, []
    return taken


def orders(ctl, members, gone):
    one, two, _ = members
    bearer = f"Bearer {TOKEN}"
    post(two, "/v1/election/start", 202, {"outcome": "started"})
    expect(ctl("election", "start", "2"), 0, "start", f"started at {two.place}\n")
    check(asked(two) == [("/v1/election/start", None, b"")], "what was sent")
    post(two, "/v1/election/start", 409, {"outcome": "refused", "reason": "node 1 is heard"})
    expect(ctl("election", "start", two.place), 3, "start beside a leader", "",
           f"{two.place} refuses (409): node 1 is heard")
    expect(ctl("election", "start", "9"), 64, "no such member", "", "the members are 1, 2, 3, 4")
    expect(ctl("election", "start", "3"), 77, "no election there", "", "(404): this node runs no election")
    expect(ctl("election", "start", "4"), 69, "one that is down", "", gone)

    hand_over = lambda *more: ctl("election", "hand-over", *more, "--token", TOKEN)
    asked(one), asked(two)
    expect(ctl("election", "hand-over"), 64, "no token", "", "LOCKSTEP_ADMIN_TOKEN")
    post(one, "/v1/admin/hand_over", 307, {}, {"Location": f"http://{two.place}/v1/admin/hand_over"})
    post(two, "/v1/admin/hand_over", 202, {"outcome": "started"})
    expect(hand_over(), 0, "hand-over, passed on", f"started at {two.place}\n")
    check(asked(one) == asked(two) == [("/v1/admin/hand_over", bearer, b"")], "with its token")
    expect(hand_over("--json"), 0, "as JSON", json.dumps({"outcome": "started", "server": two.place},
                                                         separators=(",", ":")) + "\n")
    post(two, "/v1/admin/hand_over", 503, {"reason": "nobody is heard"})
    expect(hand_over(), 3, "no heir", "", "(503): nobody is heard")
    post(two, "/v1/admin/hand_over", 401, {"reason": "send the token"})
    expect(hand_over(), 77, "a wrong token", "", "(401): send the token")
    post(two, "/v1/admin/hand_over", 307, {}, {"Location": f"http://{one.place}/v1/admin/hand_over"})
    asked(one), asked(two)
    expect(hand_over(), 3, "in a circle", "", "each server says that another one leads")
    check(len(asked(one)) == len(asked(two)) == 3, "that ends")
    post(one, "/v1/admin/hand_over", 307, {})
    expect(hand_over(), 3, "to nowhere", "", f"{one.place} passes it on to nowhere")
    asked(one), asked(two)

    vitals = lambda *words: ctl("election", "vitals", "2", *words, "--token", TOKEN)
    post(two, "/v1/admin/vitals", 200, {"outcome": "done"})
    expect(vitals("cpu=0.93", "load=null", "beds_free=2"), 0, "vitals", f"done at {two.place}\n")
    check(asked(two) == [("/v1/admin/vitals", bearer, b'{"cpu":0.93,"load":null,"beds_free":2}')], "as JSON")
    for wrong in ("cpu", "cpu=", "=1", "cpu=high", 'cpu="1"', "cpu=true", "cpu=1,2", "cpu=[1]"):
        expect(vitals(wrong), 64, f"vitals {wrong}", "", " is no vital; write cpu=0.9")
    expect(vitals("cpu=1", "cpu=0"), 64, "twice", "", '"cpu" is said twice')
    expect(vitals(), 64, "no vitals", "", "VITALS")
    expect(ctl("election", "vitals", "2", "cpu=1"), 64, "no token", "", "LOCKSTEP_ADMIN_TOKEN")
    check(asked(two) == [], "nothing of it was sent")
    post(two, "/v1/admin/vitals", 400, {"reason": "cpu: expected a number from 0 to 1 or null, found 93"})
    expect(vitals("cpu=93"), 64, "a wrong value", "", "cpu: expected a number from 0 to 1")


def guard(ctl, members, _):
    one, two, _ = members
    path = "/v1/guarded/room%201"
    done = {"outcome": "done", "token": {"epoch": 3, "number": 7}}
    write = lambda *more, **how: ctl("election", "guard", "room 1", *(more or ("patient 5",)), **how)
    post(one, path, 307, {}, {"Location": f"http://{two.place}{path}"})
    post(two, path, 200, done)
    asked(one), asked(two)
    expect(write(), 0, "guard, passed on", f"done under token 3.7 at {two.place}\n")
    check(asked(one) == asked(two) == [(path, None, b"patient 5")], "what was sent")
    expect(write("v", "--json"), 0, "as JSON", json.dumps(done, separators=(",", ":")) + "\n")
    odd = bytes(range(256))
    asked(two)
    expect(write("-", stdin=odd), 0, "any bytes from stdin")
    check(asked(two) == [(path, None, odd)], "as they are")
    post(two, path, 200, b"{}")
    expect(write(), 3, "an answer without a token", "", "names no token")
    post(two, path, 503, {"outcome": "no_lease", "reason": "the lease has run out"})
    expect(write(), 3, "no lease", "", "(503): the lease has run out")
    post(two, path, 413, {"reason": "a body is at most 7 bytes"})
    expect(write(), 77, "too much", "", "at most 7 bytes")
    post(two, path, 504, {"outcome": "unknown", "reason": "2 of 3 resources answered"})
    expect(write(), 2, "unknown", "", "unknown: " + two.place + ": (504) 2 of 3 resources answered")
    expect(write("v", "--json"), 2, "as JSON",
           '{"outcome":"unknown","reason":"(504) 2 of 3 resources answered"}\n')
    post(two, path, 200, hang_up)
    expect(write(), 2, "a leader that goes", "", "unknown: ")
    post(one, path, 307, {}, {"Location": f"http://127.0.0.1:{free_ports(1)[0]}{path}"})
    expect(write(), 69, "a leader that is gone", "", "cannot connect")
    expect(ctl("election", "guard", "", "v"), 64, "no key", "", "at least one byte")


def first_is_down(program, members, gone):
    """The first member is down: whoever answers is asked."""
    two = members[1]
    places = [gone] + [m.place for m in members]
    for node, m in enumerate(members, 2):
        told = m.says["GET", "/v1/status"][2]
        get(m, "/v1/status", {**told, "id": node, "members": [
            {"id": i + 1, "api": place} for i, place in enumerate(places)]})
    post(two, "/v1/admin/hand_over", 202, {"outcome": "started"})
    post(two, "/v1/admin/transfer", 202, {"outcome": "started"})
    ctl = Ctl(program, [gone, two.place])
    for command in (["election", "hand-over"], ["transfer"]):
        expect(ctl(*command, "--token", TOKEN), 0, f"{command[-1]} with the first one down",
               f"started at {two.place}\n")


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: election_test.py BUILD_FOLDER")
    program = pathlib.Path(sys.argv[1]) / "lockstepctl"
    members = [Member(node) for node in (1, 2, 3)]
    gone = f"127.0.0.1:{free_ports(1)[0]}"
    try:
        introduce(members, gone)
        ctl = Ctl(program, [m.place for m in members])
        for part in (status, events, orders, guard):
            part(ctl, members, gone)
        expect(ctl("election"), 64, "no command", "", "subcommand")
        expect(ctl("election", "status", env={"LOCKSTEP_SERVERS": None}), 64, "no servers", "",
               "LOCKSTEP_SERVERS")
        expect(Ctl(program, [gone])("election", "status"), 69, "nobody there", "", "no server answers")
        first_is_down(program, members, gone)
    finally:
        for member in members:
            member.end()
    return verdict()


if __name__ == "__main__":
    sys.exit(main())
