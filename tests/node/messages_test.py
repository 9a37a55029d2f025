#!/usr/bin/env python3
"""The message log of lockstepd from outside: messages_test.py BUILD_FOLDER.

Three members: posts at each of them, one order at all of them, retries, refusals, a leader that is killed under load, everybody killed
and restarted, a member alone; then the same in multicast, where everybody must be there.
"""

import base64
import json
import os
import pathlib
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "ctl"))
from cluster import Cluster, Ctl, environment, until  # noqa: E402
from node_test import ask, check, report  # noqa: E402

# Nodes share few cores with the test: who waits for one is not to be taken for dead.
TIMES = ["--messages.heartbeat_timeout", "1 s", "--messages.answer_timeout", "300 ms", "--messages.coordinator_timeout", "1 s",
         "--messages.patience", "5 s"]


def words(mode, *more):
    return lambda node: ["--messages.mode", mode, *TIMES, *more]


def lamport(cluster, node):
    return ask(cluster.api[node], "GET", "/v1/lamport", timeout=2).json()


def post(cluster, node, text, name=None, headers=None, timeout=10):
    named = {"Idempotency-Key": name} if name else {}
    return ask(cluster.api[node], "POST", "/v1/messages", text, {**named, **(headers or {})}, timeout)


def stamp_of(answer):
    stamp = answer.json().get("stamp", {})
    return stamp.get("time", 0), stamp.get("node", 0)


def read(cluster, node):
    """Everything it shows, page by page: [(stamp, origin, text)]."""
    messages, after = [], "0.0"
    while True:
        page = ask(cluster.api[node], "GET", f"/v1/messages?limit=1000&after={after}").json()
        for one in page.get("messages", []):
            messages.append(((one["stamp"]["time"], one["stamp"]["node"]), one["origin"], one["text"]))
        if not page.get("more"):
            return messages
        after = "{}.{}".format(*messages[-1][0])


def same_everywhere(cluster):
    """What all that run show, or None while they differ."""
    told = [read(cluster, node) for node in cluster.processes]
    return told[0] if all(one == told[0] for one in told) else None


def leader_of(cluster):
    leaders = {lamport(cluster, node).get("leader") for node in cluster.processes}
    leader = leaders.pop() if len(leaders) == 1 else None
    return leader if leader in cluster.processes else None


def settle(cluster, what):
    leader = until(lambda: leader_of(cluster))
    check(leader, f"{what}: one leader", {n: lamport(cluster, n) for n in cluster.processes})
    return leader


def check_order(messages, what):
    stamps = [stamp for stamp, _, _ in messages]
    check(stamps == sorted(set(stamps)), f"{what}: in the order of their stamps, each once")
    origins = [origin for _, origin, _ in messages]
    check(len(origins) == len(set(origins)), f"{what}: no message twice")


def check_posts(cluster):
    leader = settle(cluster, "start")
    told = []
    for node in cluster.api:
        answer = post(cluster, node, f"from {node} ä".encode())
        check(answer.status == 200 and answer.json()["outcome"] == "done", f"a post at {node}", answer)
        check(stamp_of(answer)[1] == leader, f"what {node} takes is stamped by the leader", answer)
        told.append(stamp_of(answer))
    check(told == sorted(told), "one after another they are stamped in that order", told)
    messages = until(lambda: same_everywhere(cluster))
    check(messages and [text for _, _, text in messages] == [f"from {node} ä" for node in cluster.api], "all read the same", messages)
    for node in cluster.api:
        counts = lamport(cluster, node)
        check(counts["posts"]["done"] == 1 and counts["log"]["messages"] == 3 and counts["posts"]["p99_ms"] > 0, f"{node} counts", counts)


def check_pages(cluster):
    place = cluster.api[2]
    for number in range(5):
        post(cluster, 2, f"page {number}".encode())
    messages = until(lambda: same_everywhere(cluster))
    first = ask(place, "GET", "/v1/messages?limit=2").json()
    check(first["more"] and len(first["messages"]) == 2, "a page of two", first)
    after = "{}.{}".format(*messages[1][0])
    rest = ask(place, "GET", f"/v1/messages?after={after}").json()
    check(not rest["more"] and len(rest["messages"]) == len(messages) - 2, "what comes behind it", rest)
    last = ask(place, "GET", "/v1/messages?last=2").json()
    check(last["more"] and [one["text"] for one in last["messages"]] == ["page 3", "page 4"], "the newest", last)
    check(all(one["violation"] is False for one in last["messages"]), "nothing came out of order", last)
    check(ask(place, "GET", "/v1/messages?last=1000").json()["more"] is False, "all of them are the newest")


def check_names(cluster):
    before = len(until(lambda: same_everywhere(cluster)))
    name = f"{random.getrandbits(64) | 1}.7"
    told = {stamp_of(post(cluster, node, b"once", name)) for node in [1, 2, 3, 1]}
    check(len(told) == 1 and (0, 0) not in told, "a retry anywhere has the same stamp", told)
    messages = until(lambda: same_everywhere(cluster))
    check(len(messages) == before + 1 and messages[-1][1:] == (name, "once"), "and the message is there once", messages[-2:])
    time_told = messages[-1][0][0]
    answer = post(cluster, 1, b"later", headers={"Lamport-Time": str(time_told + 1_000_000)})
    check(stamp_of(answer)[0] > time_told + 1_000_000, "a client's clock counts", answer)


def check_refusals(cluster):
    place = cluster.api[1]
    far = str(1 << 60)
    for body, headers, code in (
            (b"\xff", {}, 400), (b"x" * 65537, {}, 413), (b"x", {"Idempotency-Key": "7"}, 400), (b"x", {"Idempotency-Key": "0.1"}, 400),
            (b"x", {"Idempotency-Key": "1.0"}, 400), (b"x", {"Idempotency-Key": "a.1"}, 400), (b"x", {"Lamport-Time": far}, 400),
            (b"x", {"Lamport-Time": "now"}, 400)):
        answer = ask(place, "POST", "/v1/messages", body, headers)
        check(answer.status == code and answer.json()["outcome"] == "refused", f"{body[:9]} {headers} is refused", answer)
    for query in ("after=1", "after=x.1", "after=1.99999999999", "limit=0", "limit=x", "last=-1"):
        check(ask(place, "GET", f"/v1/messages?{query}").status == 400, f"?{query} is refused")
    check(ask(place, "DELETE", "/v1/messages").status == 405, "a wrong method")
    check(ask(place, "POST", "/v1/lamport").status == 405, "another one")
    check(ask(place, "GET", "/v1/messages/1").status == 404, "an unknown call")


class Clients:
    """Each posts numbered messages under names of its own, and tries each at one member after another until it is done."""

    def __init__(self, cluster, count=8):
        self.cluster, self.running, self.stamps, self.lock = cluster, True, {}, threading.Lock()
        self.threads = [threading.Thread(target=self.work, args=(random.getrandbits(63) | 1, i), daemon=True) for i in range(count)]
        for thread in self.threads:
            thread.start()

    def work(self, origin, place):
        number = 0
        while self.running:
            number += 1
            name = f"{origin}.{number}"
            while True:
                node = list(self.cluster.api)[place % len(self.cluster.api)]
                answer = post(self.cluster, node, f"load {name}".encode(), name, timeout=3)
                if answer.status == 200:
                    break
                place += 1
                time.sleep(0.02)
            with self.lock:
                self.stamps[name] = stamp_of(answer)

    def end(self):
        self.running = False
        for thread in self.threads:
            thread.join(60)
        check(not any(thread.is_alive() for thread in self.threads), "every client gets an answer in the end")
        return self.stamps

    def done(self):
        with self.lock:
            return len(self.stamps)


def check_killed_under_load(cluster):
    leader = settle(cluster, "before the load")
    clients = Clients(cluster)
    check(until(lambda: clients.done() > 50), "posts are done")
    cluster.kill(leader)
    check(until(lambda: leader_of(cluster) not in (None, leader)), "another one leads", {n: lamport(cluster, n) for n in cluster.processes})
    since = clients.done()
    check(until(lambda: clients.done() > since + 50), "and posts go on")
    cluster.start(leader)
    check(until(lambda: lamport(cluster, leader).get("log", {}).get("messages", 0) > since), "who comes back catches up")
    settle(cluster, "after the kill")
    stamps = clients.end()
    messages = until(lambda: same_everywhere(cluster))
    check(messages, "all logs are equal in the end", {n: lamport(cluster, n) for n in cluster.processes})
    check_order(messages or [], "after a leader was killed")
    there = {origin: stamp for stamp, origin, _ in messages or []}
    lost = [name for name in stamps if name not in there]
    check(not lost, f"no message that was acknowledged is lost, of {len(stamps)}", lost[:5])
    moved = [name for name, stamp in stamps.items() if name in there and there[name] > stamp]
    check(not moved, "a stamp that was told is kept, or an earlier one of the same message", moved[:5])


def check_all_restarted(cluster):
    before = until(lambda: same_everywhere(cluster))
    clock = max(lamport(cluster, node)["clock"] for node in cluster.processes)
    for node in list(cluster.processes):
        cluster.kill(node)
    for node in cluster.api:
        cluster.start(node)
    check(until(lambda: all(lamport(cluster, n).get("leader") for n in cluster.api)), "everybody is back")
    settle(cluster, "everybody restarted")
    check(until(lambda: same_everywhere(cluster) == before), "with everything")
    answer = post(cluster, 1, b"after the restart")
    check(stamp_of(answer)[0] > clock, "the clock goes on", (clock, answer))
    check(until(lambda: (same_everywhere(cluster) or before)[-1][2] == "after the restart"), "and stamps grow")


def check_alone(cluster):
    """The last one has no majority: a post waits, is unknown, and comes into the log once the others are back."""
    leader = settle(cluster, "before one is alone")
    alone = leader % 3 + 1
    for node in [n for n in list(cluster.processes) if n != alone]:
        cluster.kill(node)
    check(until(lambda: lamport(cluster, alone).get("leader") == alone), "who is alone leads")
    name = f"{random.getrandbits(63) | 1}.1"
    answer = post(cluster, alone, b"alone", name, timeout=20)
    check(answer.status == 504 and answer.json() == {"outcome": "unknown", "reason": "timed_out"},
          "without a majority nothing is done", answer)
    for node in cluster.api:
        if node not in cluster.processes:
            cluster.start(node)
    settle(cluster, "together again")
    answer = post(cluster, leader, b"alone", name)
    check(answer.status == 200, "the same message, together again", answer)
    messages = until(lambda: same_everywhere(cluster))
    check(messages and [m[1] for m in messages].count(name) == 1, "is there once")


def check_metrics(cluster):
    every = ask(cluster.api[1], "GET", "/metrics").body.decode()
    for line in ("lockstep_messages_sent_total ", "lockstep_messages_received_total ", "lockstep_messages_violations_total ",
                 "lockstep_messages_elections_total ", 'lockstep_messages_posts_total{outcome="done"} ',
                 'lockstep_messages_post_seconds_bucket{le="+Inf"} ', "lockstep_messages_clock_time "):
        check(line in every, f"among the metrics: {line}")
    promtool = shutil.which("promtool")
    print("promtool judges the metrics" if promtool else "no promtool here (Debian's prometheus): the metrics are not judged by it")
    if promtool:
        said = subprocess.run([promtool, "check", "metrics"], input=every, text=True, capture_output=True, timeout=30)
        check(said.returncode == 0, "promtool finds nothing", said.stdout + said.stderr)


def stream_of(place):
    """The texts of a WebSocket; none is longer than 64 KiB."""
    host, port = place.rsplit(":", 1)
    stream = socket.create_connection((host, int(port)), 10)
    key = base64.b64encode(os.urandom(16)).decode()
    stream.sendall(f"GET /v1/events/stream HTTP/1.1\r\nHost: {place}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
    with stream, stream.makefile("rb") as lines:
        while lines.readline().strip():
            pass
        while True:
            head = lines.read(2)
            length = head[1] if head[1] < 126 else int.from_bytes(lines.read(2), "big")
            yield json.loads(lines.read(length))


def check_stream(cluster):
    texts = stream_of(cluster.api[2])
    seen = next(texts)
    while "lamport" not in seen:
        seen = next(texts)
    check(seen["lamport"]["node"] == 2 and seen["lamport"]["log"]["messages"] > 0, "a stream tells the status", seen)
    post(cluster, 1, b"seen live")
    while "message" not in seen:
        seen = next(texts)
    check(seen["message"]["text"] == "seen live", "and each message", seen)
    told = ask(cluster.api[1], "GET", "/v1/status").json()
    check(told["messages"] is True and told["election"] is False, "the status says what runs here", told)


def check_ctl(build, cluster):
    ctl = Ctl(build / "lockstepctl", cluster.api.values())
    said = ctl("messages", "post", "by hand\n")
    check(said.code == 0 and said.out.startswith("done as "), "ctl posts", said)
    said = ctl("messages", "post", "-", "--json", stdin="from stdin ü".encode())
    stamp = said.json().get("stamp", {})
    check(said.code == 0 and said.json()["outcome"] == "done", "from stdin as well", said)
    until(lambda: same_everywhere(cluster))
    said = ctl("messages", "read")
    check(said.code == 0 and "by hand\\x0a\n" in said.out and "from stdin ü" in said.out, "ctl reads", said.out[-300:])
    said = ctl("messages", "read", "--after", f"{stamp.get('time')}.{stamp.get('node')}")
    check(said.code == 0 and said.out == "", "nothing comes behind the last one", said)
    check(ctl("messages", "read", "--after", "x").code == 64, "a stamp that is none")
    check(ctl("messages", "post", b"\xff".decode("latin1").encode("latin1").decode("utf-8", "surrogateescape")).code == 64, "no UTF-8")
    said = ctl("messages", "post", "-", stdin=b"x" * 65537)
    check(said.code == 77 and "at most 65536 bytes" in said.err, "a text that is too long", said)
    said = ctl("messages", "status")
    check(said.code == 0 and "coordinator" in said.out and said.out.count("follower") == 2, "ctl tells who leads", said)
    said = ctl("messages", "status", "--json")
    check(len(said.json()["members"]) == 3 and said.json()["members"][0]["status"]["mode"] == "replicated", "as JSON, too", said)
    watcher = ctl.start("messages", "watch", "--for", "20s", "--json")
    number = 0

    def seen():
        nonlocal number
        number += 1
        post(cluster, 1, f"watched {number}".encode())
        os.set_blocking(watcher.stdout.fileno(), False)
        return b'"text":"watched ' in (watcher.stdout.read() or b"")
    check(until(seen), "ctl watches")
    watcher.terminate()
    check(watcher.wait(10) == 0, "until it is told to end")
    said = ctl("messages", "bench", "--for", "1s", "--clients", 8, "--json")
    check(said.code == 0 and said.json()["messages"] > 0 and said.json()["errors"] == {}, "ctl measures", said)
    said = ctl("wal", "dump", cluster.data(1) / "messages")
    check(said.code == 0 and "clock_bound{bound=" in said.out and '"from stdin ü"' in said.out, "its log can be read", said.out[:300])
    said = ctl("wal", "dump", cluster.data(1))
    check(said.code == 0 and "term" in said.out, "and that of the store", said.out[:300])


def check_damaged(program, cluster):
    down = 2
    cluster.kill(down)
    first = min((cluster.data(down) / "messages").glob("segment-*"))
    whole = first.read_bytes()

    def start():
        said = subprocess.run([program, "--id", str(down), "--members", cluster.members, "--data", str(cluster.data(down)), "--messages.mode",
                               "replicated"], env=environment(), capture_output=True, text=True, timeout=20)
        return said
    first.write_bytes(whole[:200] + bytes([whole[200] ^ 1]) + whole[201:])
    said = start()
    check(said.returncode == 76 and first.name in said.stderr, "a damaged log is refused", said)
    first.write_bytes(whole)
    # The log of the store, which is none of messages.
    store = min(cluster.data(down).glob("segment-*"))
    for segment in (cluster.data(down) / "messages").glob("segment-*"):
        segment.unlink()
    shutil.copy(store, cluster.data(down) / "messages" / store.name)
    said = start()
    check(said.returncode == 76 and "of the log is none of this version" in said.stderr, "records of something else are refused", said)


def check_multicast(program, folder):
    with Cluster(program, folder, words=words("multicast", "--messages.patience", "2 s")) as cluster:
        check(until(lambda: all(lamport(cluster, n).get("role") == "member" for n in cluster.api)), "members of a multicast")
        answers = []
        for node in cluster.api:
            check(until(lambda: (answers.append(post(cluster, node, f"m{node}".encode(), f"{node}.1")), answers[-1].status == 200)[1]),
                  f"a post at {node}", answers[-1])
            check(stamp_of(answers[-1])[1] == node, "is stamped there", answers[-1])
        messages = until(lambda: same_everywhere(cluster))
        check(messages and len(messages) == 3, "all read the same", messages)
        cluster.kill(2)
        answer = post(cluster, 1, b"while one is away", "1.2")
        check(answer.status == 504, "while a member is away nothing is done", answer)
        check(len(read(cluster, 3)) == 3, "nor shown")
        cluster.start(2)
        check(until(lambda: len(same_everywhere(cluster) or []) == 4), "until it is back", lamport(cluster, 2))
        check(post(cluster, 1, b"while one is away", "1.2").status == 200, "then the same message is done")


def check_without(program, folder):
    with Cluster(program, folder, words=lambda node: ["--messages.mode", "replicated", "--messages.answer_timeout", "20 s",
                                                      "--messages.coordinator_timeout", "30 s"]) as cluster:
        for node in (2, 3):
            cluster.kill(node)
        answer = until(lambda: (lambda a: a if a.status else None)(post(cluster, 1, b"x")))
        check(answer and answer.status == 503 and answer.json()["reason"] == "no_leader" and answer.headers["Retry-After"] == "1",
              "who knows no leader says so", answer)
        check(ask(cluster.api[1], "GET", "/v1/messages").json()["messages"] == [], "and can be read")
    (folder / "off").mkdir()
    with Cluster(program, folder / "off", size=1) as one:
        check(until(lambda: ask(one.api[1], "GET", "/v1/status").status == 200), "a node without messages runs")
        for path in ("/v1/messages", "/v1/lamport"):
            answer = ask(one.api[1], "GET", path)
            check(answer.status == 404 and b"messages.mode" in answer.body, f"{path} says so", answer)


def main():
    build = pathlib.Path(sys.argv[1])
    program = str(build / "lockstepd")
    with tempfile.TemporaryDirectory(prefix="lockstep-messages-") as name:
        folder = pathlib.Path(name)
        for part in ("replicated", "multicast", "without"):
            (folder / part).mkdir()
        with Cluster(program, folder / "replicated", words=words("replicated")) as cluster:
            check_posts(cluster)
            check_pages(cluster)
            check_names(cluster)
            check_refusals(cluster)
            check_stream(cluster)
            check_killed_under_load(cluster)
            check_all_restarted(cluster)
            check_alone(cluster)
            check_metrics(cluster)
            check_ctl(build, cluster)
            check_damaged(program, cluster)
        check_multicast(program, folder / "multicast")
        check_without(program, folder / "without")
    return report()


if __name__ == "__main__":
    sys.exit(main())
