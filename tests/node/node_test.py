#!/usr/bin/env python3
"""lockstepd from outside: node_test.py BUILD_FOLDER.

The HTTP API, its refusals, exactly-once, what a kill and a SIGTERM leave, a full disk, rubbish on every port.
"""

import http.client
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "ctl"))
from cluster import TOKEN, Cluster, environment, until  # noqa: E402

failed, held = [], 0


def check(holds, what, detail=""):
    global held
    if holds:
        held += 1
    else:
        failed.append(what)
        print(f"FAILED {what}: {detail}", flush=True)


def report():
    print(f"{held} checks held, {len(failed)} failed")
    return 1 if failed or held == 0 else 0


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            return {}

    def __str__(self):
        return f"{self.status} {self.body[:200]!r}"


def ask(place, method, target, body=None, headers=None, timeout=10):
    connection = http.client.HTTPConnection(place, timeout=timeout)
    try:
        connection.request(method, target, body, headers or {})
        answer = connection.getresponse()
        return Reply(answer.status, answer.headers, answer.read())
    except (OSError, http.client.HTTPException) as error:
        return Reply(0, {}, str(error).encode())
    finally:
        connection.close()


def status(cluster, node):
    return ask(cluster.api[node], "GET", "/v1/status", timeout=2).json()


def leader_of(cluster):
    leading = [n for n in cluster.processes if status(cluster, n).get("role") == "leader"]
    return leading[0] if len(leading) == 1 else None


def settle(cluster):
    leader = until(lambda: leader_of(cluster))
    check(leader, "a leader is elected", {n: cluster.log(n)[-300:] for n in cluster.api})
    until(lambda: all(status(cluster, n).get("leader") == leader for n in cluster.processes))
    return leader


def check_keys(cluster):
    leader = settle(cluster)
    place = cluster.api[leader]
    follower = cluster.api[next(n for n in cluster.api if n != leader)]
    value = bytes(range(256))
    key = "/v1/kv/" + urllib.parse.quote("a key/with ä", safe="")
    check(ask(place, "GET", key).status == 404, "a key that is not there")
    check(ask(place, "PUT", key, value).json() == {"outcome": "done"}, "a put is done")
    check(ask(place, "GET", key).body == value, "any bytes come back")
    check(ask(place, "HEAD", key).body == b"", "HEAD has no body")
    elsewhere = ask(follower, "GET", key)
    check(elsewhere.status == 307 and elsewhere.headers["Location"] == f"http://{place}{key}",
          "a follower says where the leader is", f"{elsewhere} {elsewhere.headers.get('Location')}")
    check(ask(follower, "GET", key + "?forward=1").body == value, "a follower asks the leader")
    check(ask(follower, "PUT", "/v1/kv/f?forward=1", b"1").status == 200, "and writes there")
    stale = until(lambda: ask(follower, "GET", "/v1/kv/f?consistency=stale").body == b"1")
    check(stale, "a follower's own state follows")
    check(ask(place, "PUT", "/v1/kv/c?absent", b"1").json() == {"outcome": "swapped"}, "cas from absent")
    check(ask(place, "PUT", "/v1/kv/c?prev=1", b"2").json() == {"outcome": "swapped"}, "cas")
    no = ask(place, "PUT", "/v1/kv/c?prev=1", b"3")
    check(no.status == 412 and no.json() == {"outcome": "not_swapped", "found": "2"}, "no cas", no)
    check(ask(place, "PUT", "/v1/kv/c?append", b"3").status == 200, "an append")
    check(ask(place, "GET", "/v1/kv/c").body == b"23", "appended")
    check(ask(place, "DELETE", "/v1/kv/c").status == 200, "a delete")
    check(ask(place, "GET", "/v1/kv/c").status == 404, "deleted")
    batch = {"operations": [{"put": "b", "value": "1"}, {"append": "b", "value": "2"}, {"get": "b"},
                            {"cas": "b", "expected": None, "value": "x"}, {"delete": "b"}, {"get": "b"}]}
    expected = [{"outcome": "done"}, {"outcome": "done"}, {"outcome": "found", "value": "12"},
                {"outcome": "not_swapped", "found": "12"}, {"outcome": "done"}, {"outcome": "missing"}]
    got = ask(place, "POST", "/v1/kv:batch", json.dumps(batch))
    check(got.json() == {"results": expected}, "a batch", got)


def check_exactly_once(cluster):
    place = cluster.api[settle(cluster)]
    session = ask(place, "POST", "/v1/sessions").json().get("session", 0)
    check(session > 0, "a session opens")
    once = {"Idempotency-Key": f"{session}.1"}
    for _ in range(3):
        check(ask(place, "PUT", "/v1/kv/once?append", b"x", once).status == 200, "a repeat is answered")
    check(ask(place, "GET", "/v1/kv/once").body == b"x", "a repeat takes effect once")
    gone = ask(place, "PUT", "/v1/kv/once", b"y", {"Idempotency-Key": "999999.1"})
    check(gone.status == 410, "a session that is not there", gone)


def check_refusals(cluster):
    place = cluster.api[settle(cluster)]
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    cases = [
        ("POST", "/v1/kv/a", None, {}, 405), ("GET", "/nothing", None, {}, 404),
        ("PUT", "/v1/kv/", b"x", {}, 400), ("PUT", "/v1/kv/" + "k" * 1025, b"x", {}, 400),
        ("GET", "/v1/kv/a?consistency=maybe", None, {}, 400), ("PUT", "/v1/status", b"", {}, 405),
        ("POST", "/v1/kv:batch", b"[]", {}, 400), ("POST", "/v1/kv:batch", b'{"operations":[{"put":"k"}]}', {}, 400),
        ("POST", "/v1/kv:batch", b'{"operations":[{"put":"","value":"v"}]}', {}, 400),
        ("POST", "/v1/kv:batch", json.dumps({"operations": [{"get": "k" * 1025}]}).encode(), {}, 400),
        ("POST", "/v1/kv:batch", b" " * (2 << 20), {}, 413),
        ("POST", "/v1/rpc", b"\xff\xff", {}, 400), ("PUT", "/v1/kv/a", b"x", {"Idempotency-Key": "seven"}, 400),
        ("PUT", "/v1/kv/a", b"x" * (2 << 20), {}, 413), ("POST", "/v1/admin/campaign", b"", {}, 401),
        ("POST", "/v1/admin/campaign", b"", {"Authorization": "Bearer wrong"}, 401),
        ("POST", "/v1/admin/faults", b"{}", bearer, 400), ("POST", "/v1/admin/faults", b'{"peer":9,"cut":true}', bearer, 400),
        ("POST", "/v1/admin/faults", b'{"peer":1,"drop":"2/1"}', bearer, 400),
        ("POST", "/v1/admin/faults", b'{"pause_ms":"long"}', bearer, 400),
        ("POST", "/v1/admin/nothing", b"", bearer, 404), ("GET", "/v1/events/stream", None, {}, 426),
    ]
    for method, target, body, headers, expected in cases:
        got = ask(place, method, target, body, headers)
        check(got.status == expected, f"{method} {target[:40]} is refused with {expected}", got)
    check(ask(place, "GET", "/livez").status == 200, "alive after all of that")


def check_pages_of_others(cluster):
    """What a browser sends for a page of another site changes nothing; for one of a member it does."""
    leader = settle(cluster)
    place = cluster.api[leader]
    batch = json.dumps({"operations": [{"put": "cross", "value": "site"}]}).encode()
    other = {"Origin": "http://evil.example"}
    for path in ("/v1/kv:batch", "/v1/sessions", "/v1/rpc", "/v1/messages", "/v1/directory/login", "/v1/files/index",
                 "/v1/files/a/fetch", "/v1/guarded/a", "/v1/election/start"):
        got = ask(place, "POST", path, batch, other)
        check(got.status == 403 and got.json()["reason"].startswith("cross_site: "), f"POST {path} for a page of others is refused", got)
    for headers in (other, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        check(ask(place, "PUT", "/v1/kv/cross", b"site", headers).status == 403, f"a write with {headers} is refused")
    check(ask(place, "GET", "/v1/kv/cross").status == 404, "nothing was written")
    check(ask(place, "GET", "/v1/status", None, other).status == 200, "whoever reads is not asked")
    for origin in (cluster.api[leader], cluster.api[leader % 3 + 1], place.replace("127.0.0.1", "localhost")):
        got = ask(place, "POST", "/v1/kv:batch", batch, {"Origin": "http://" + origin, "Sec-Fetch-Site": "same-site"})
        check(got.status == 200, "a page of a member may write", got)
    bearer = {"Authorization": f"Bearer {TOKEN}", **other}
    check(ask(place, "POST", "/v1/admin/faults", b'{"clear":true}', bearer).status == 200, "the token is what protects admin calls")


def check_pages(cluster):
    leader = settle(cluster)
    place = cluster.api[leader]
    seen = status(cluster, leader)
    check(seen["role"] == "leader" and seen["log"]["applied"] == seen["log"]["commit"], "status", seen)
    check(len(seen["members"]) == 3 and all(m["match"] for m in seen["members"]), "members", seen)
    log = ask(place, "GET", "/v1/log?from=1&limit=5").json()
    check(len(log["entries"]) == 5 and log["entries"][0]["index"] == 1, "the log", log)
    kinds = [e["kind"] for e in ask(place, "GET", "/v1/events").json()["events"]]
    check("became_leader" in kinds, "events", kinds)
    check(ask(place, "GET", "/readyz?verbose").body.startswith(b"[+] leader"), "readyz")
    metrics = ask(place, "GET", "/metrics").body.decode()
    for name in ("lockstep_raft_term", "lockstep_raft_proposals_committed_total", "lockstep_wal_fsync_seconds_bucket",
                 "lockstep_peer_round_trip_seconds_sum", "lockstep_raft_elections_total",
                 "lockstep_raft_election_seconds_count", "lockstep_http_requests_total", "process_cpu_seconds_total",
                 "lockstep_build_info"):
        check(re.search(rf"^{name}(\{{.*\}})? [0-9.e+-]+$", metrics, re.M), f"metric {name}")
    promtool = shutil.which("promtool")
    print("promtool judges the metrics" if promtool else "no promtool here (Debian's prometheus): the metrics are not judged by it")
    if promtool:
        said = subprocess.run([promtool, "check", "metrics"], input=metrics, text=True, capture_output=True, timeout=30)
        check(said.returncode == 0 and not said.stderr, "promtool agrees", said.stderr)


def check_rubbish(cluster):
    leader = settle(cluster)
    peer_port = int(re.search(rf"{leader}=127.0.0.1:(\d+)/", cluster.members)[1])
    for port in (peer_port, int(cluster.api[leader].split(":")[1])):
        for text in (b"\0" * 100, b"\xff" * 5000, os.urandom(3000), b"GET / HTTP/1.1\r\n" * 100):
            with socket.create_connection(("127.0.0.1", port), timeout=5) as one:
                try:
                    one.sendall(text)
                    one.settimeout(0.2)
                    one.recv(1000)
                except OSError:
                    pass
    check(leader_of(cluster) == leader, "rubbish on its ports costs no leader its office")
    check(ask(cluster.api[leader], "PUT", "/v1/kv/r", b"1").status == 200, "nor its clients their writes")


def check_kill(cluster):
    leader = settle(cluster)
    for i in range(20):
        check(ask(cluster.api[leader], "PUT", f"/v1/kv/kill{i}", str(i)).status == 200, "a put before the kill")
    cluster.kill(leader)
    second = settle(cluster)
    cluster.kill(second)  # without a majority
    last = next(iter(cluster.processes))
    until(lambda: status(cluster, last).get("leader") is None)
    nobody = ask(cluster.api[last], "PUT", "/v1/kv/kill0", b"never", timeout=15)
    check(nobody.status in (503, 504), "without a majority a put is not acknowledged", nobody)
    check(ask(cluster.api[last], "GET", "/readyz").status == 503, "and the node is not ready")
    cluster.start(leader)
    cluster.start(second)
    place = cluster.api[settle(cluster)]
    for i in range(1, 20):
        check(ask(place, "GET", f"/v1/kv/kill{i}").body == str(i).encode(), "what was acknowledged is there")


def check_terminate(cluster):
    leader = settle(cluster)
    process = cluster.processes.pop(leader)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    try:
        code = process.wait(timeout=6)
    except subprocess.TimeoutExpired:
        process.kill()
        code = "none"
    check(code == 0 and time.monotonic() - began < 5, "SIGTERM ends a node with 0 within 5 s", code)
    check("reason=transferred" in cluster.log(leader) or '"reason":"transferred"' in cluster.log(leader),
          "and a leader hands its office over first", cluster.log(leader)[-600:])
    cluster.start(leader)
    settle(cluster)


def order(cluster, node, what, body=""):
    return ask(cluster.api[node], "POST", "/v1/admin/" + what, body, {"Authorization": f"Bearer {TOKEN}"})


def check_elections(cluster):
    """On a healthy cluster: forced, handed over, and given up for a disk that does not answer."""
    leader = settle(cluster)
    forced = next(n for n in cluster.api if n != leader)
    check(order(cluster, forced, "campaign").status == 202, "an election is forced")
    check(until(lambda: leader_of(cluster) == forced), "and won, although a leader was heard")
    settle(cluster)
    answer = order(cluster, leader, f"transfer?to={leader}")  # any member passes it on
    check(answer.status == 202 and answer.json() == {"outcome": "started", "to": leader}, "a transfer", answer)
    check(until(lambda: leader_of(cluster) == leader), "the one that was named leads")
    settle(cluster)
    check(order(cluster, leader, f"transfer?to={leader}").status == 409, "a leader hands over to another one")
    check(order(cluster, leader, "transfer?to=9").status == 400, "to a member")
    successor = order(cluster, leader, "transfer").json().get("to")
    check(successor not in (None, leader) and until(lambda: leader_of(cluster) == successor), "or to the fittest")
    leader = settle(cluster)
    check(order(cluster, leader, "faults", '{"disk_delay_ms":3000}').status == 200, "a disk stalls")
    check(status(cluster, leader)["disk"]["delay_ms"] == 3000, "and the status says so")
    other = next(n for n in cluster.api if n != leader)
    check(ask(cluster.api[other], "PUT", "/v1/kv/stall?forward=1", b"1").status == 200, "a write goes through all the same")
    check(until(lambda: leader_of(cluster) not in (None, leader)), "another member leads",
          cluster.log(leader)[-600:])
    reasons = [e["text"] for e in ask(cluster.api[leader], "GET", "/v1/events").json()["events"]
               if e["kind"] == "stepped_down"]
    check(reasons and "stalled_disk" in reasons[-1], "since the disk stalls", reasons)
    check(order(cluster, leader, "faults", '{"clear":true}').status == 200, "the disk is well")
    settle(cluster)


def check_start_errors(program, cluster, folder):
    node = next(iter(cluster.api))

    def start(*words):
        return subprocess.run([program, *words], env=environment(), capture_output=True, text=True, timeout=20)
    locked = start("--id", str(node), "--members", cluster.members, "--data", str(cluster.data(node)))
    check(locked.returncode == 75 and "data-" in locked.stderr, "a data folder that is in use", locked)
    taken = start("--id", str(node), "--members", cluster.members, "--data", str(folder / "other"))
    check(taken.returncode == 75, "an address that is taken", taken)
    check(start("--id", "1").returncode == 78, "no members")
    check(start("nonsense").returncode == 64, "no flag")
    copy = folder / "damaged"
    shutil.copytree(cluster.data(node), copy)
    segment = sorted(p for p in copy.iterdir() if p.stat().st_size > 4096)[0]
    data = bytearray(segment.read_bytes())
    end = len(bytes(data).rstrip(b"\0"))
    data[end // 2] ^= 1
    segment.write_bytes(data)
    damaged = start("--id", str(node), "--members", cluster.members, "--data", str(copy))
    check(damaged.returncode == 76 and segment.name in damaged.stderr, "a damaged log", damaged)


def check_full_disk(program, folder):
    """A limit on the size of files stands for a full disk: no second segment can be made."""
    limited = Cluster(program, folder)
    plain_start = limited.start

    def start(node):
        plain_start(node)
        resource.prlimit(limited.processes[node].pid, resource.RLIMIT_FSIZE, (4 << 20, 4 << 20))
    limited.start = start
    with limited:
        leader = settle(limited)
        place = limited.api[leader]
        answers = [ask(place, "PUT", "/v1/kv/full", b"x" * 100_000).status for _ in range(4)]
        check(all(code == 200 for code in answers), "there is room at first", answers)
        full = until(lambda: ask(place, "PUT", "/v1/kv/full", b"x" * 200_000).status == 507)
        check(full, "a full disk refuses writes with 507", limited.log(leader)[-500:])
        check(ask(place, "GET", "/v1/kv/full").status == 200, "and still reads")
        check(b"disk: full" in ask(place, "GET", "/readyz?verbose").body, "readyz says why")
        limited.kill(leader)
        check(until(lambda: leader_of(limited)), "and still votes", limited.log(next(iter(limited.processes)))[-500:])


def main():
    build = pathlib.Path(sys.argv[1])
    program = str(build / "lockstepd")
    with tempfile.TemporaryDirectory(prefix="lockstep-node-") as name:
        folder = pathlib.Path(name)
        with Cluster(program, folder) as cluster:
            for step in (check_keys, check_exactly_once, check_refusals, check_pages_of_others, check_pages, check_elections, check_rubbish,
                         check_kill, check_terminate):
                step(cluster)
            check_start_errors(program, cluster, folder)
        (folder / "full").mkdir()
        check_full_disk(program, folder / "full")
    return report()


if __name__ == "__main__":
    sys.exit(main())
