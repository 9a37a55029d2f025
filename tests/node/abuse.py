#!/usr/bin/env python3
"""What clients may do to a node's ports, seen from outside: abuse.py BUILD_FOLDER.

Malformed HTTP, endless bodies, clients of one byte a second, clients that do not read, thousands of idle connections.
Each gets a clear status or a close in time, memory stays bounded, and a bystander notices nothing.
"""

import pathlib
import resource
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "ctl"))
from cluster import Cluster, environment, until  # noqa: E402
from node_test import ask, check, leader_of, report, settle, status  # noqa: E402

IDLE = 2000
SOFT_LIMIT = 1024  # of open files, as a shell has it
MEBIBYTE = 1 << 20
HOST = b" HTTP/1.1\r\nHost: h\r\n"
CHUNKED = b"PUT /v1/kv/a" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
MALFORMED = [
    (400, b"rubbish\r\n\r\n"), (400, bytes(range(40)) + b"\r\n\r\n"), (400, b"GET / HTTP\r\n\r\n"),
    (400, b"GET / HTTP/1.1\r\n\r\n"), (400, b"GET /%zz" + HOST + b"\r\n"), (400, b"GET /" + HOST + b"no colon\r\n\r\n"),
    (400, b"PUT /v1/kv/a" + HOST + b"Content-Length: -1\r\n\r\n"),
    (400, b"PUT /v1/kv/a" + HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
    (400, b"PUT /v1/kv/a" + HOST + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    (400, CHUNKED + b"zz\r\n"), (413, b"PUT /v1/kv/a" + HOST + b"Content-Length: 18446744073709551615\r\n\r\n"),
    (413, CHUNKED + b"40000000\r\n"), (414, b"GET /" + b"x" * 20_000), (431, b"GET /" + HOST + b"A: " + b"x" * 20_000),
    (417, b"PUT /v1/kv/a" + HOST + b"Expect: rain\r\nContent-Length: 1\r\n\r\n"),
    (501, b"PUT /v1/kv/a" + HOST + b"Transfer-Encoding: gzip\r\n\r\n"), (505, b"GET / HTTP/2.0\r\n\r\n"),
]


def resident(process):
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


class Bystander(threading.Thread):
    """Puts and gets without a pause, and looks at how much memory the node has."""

    def __init__(self, place, process):
        super().__init__(daemon=True)
        self.place, self.process = place, process
        self.asked, self.slowest, self.peak, self.wrong, self.over = 0, 0.0, 0, [], False

    def run(self):
        while not self.over:
            begun = time.monotonic()
            put = ask(self.place, "PUT", "/v1/kv/by", str(self.asked))
            got = ask(self.place, "GET", "/v1/kv/by")
            if put.status != 200 or got.body != str(self.asked).encode():
                self.wrong.append(f"{put} {got}")
            self.slowest = max(self.slowest, (time.monotonic() - begun) / 2)
            self.peak = max(self.peak, resident(self.process))
            self.asked += 1
            time.sleep(0.01)


def connect(place, timeout=20):
    host, port = place.rsplit(":", 1)
    return socket.create_connection((host, int(port)), timeout=timeout)


def pour(place, text, more=b"", limit=0):
    """Sends text, then `more` again and again up to `limit` bytes, and reads meanwhile, as HTTP clients do."""
    sent, heard, waiting, end = 0, b"", text, time.monotonic() + 20
    with connect(place) as one:
        one.setblocking(False)
        while time.monotonic() < end:
            readable, writable, _ = select.select([one], [one] if waiting else [], [], 1)
            try:
                if readable:
                    part = one.recv(65536)
                    heard += part
                    if not part:
                        break
                if writable:
                    count = one.send(waiting)
                    sent, waiting = sent + count, waiting[count:]
            except OSError:
                break
            if not waiting and sent < limit:
                waiting = more
    return heard, sent


def status_of(heard):
    return int(heard[9:12]) if heard.startswith(b"HTTP/1.1 ") else 0


def check_malformed(place):
    for expected, text in MALFORMED:
        heard, _ = pour(place, text)
        check(status_of(heard) == expected and b"Connection: close" in heard and b'"outcome":"refused"' in heard,
              f"{text[:60]!r} is answered with {expected} and a close", heard[:200])


def check_endless_bodies(place):
    gigabyte = 1 << 30
    for what, text, more in (
            ("a body of 1 GB", b"PUT /v1/kv/a" + HOST + b"Content-Length: %d\r\n\r\n" % gigabyte, bytes(MEBIBYTE)),
            ("an endless chunked body", CHUNKED, b"10000\r\n" + bytes(0x10000) + b"\r\n"),
            ("endless headers", b"GET /" + HOST, b"A: b\r\n" * 1000)):
        begun = time.monotonic()
        heard, sent = pour(place, text, more, gigabyte)
        code = 431 if "headers" in what else 413
        check(status_of(heard) == code, f"{what} is answered with {code}", heard[:200])
        check(sent < 64 * MEBIBYTE and time.monotonic() - begun < 10, f"{what} is cut short", sent)


class Slow(threading.Thread):
    """Connections that say one byte a second, or ask for much and read nothing, until they are closed."""

    def __init__(self, place):
        super().__init__(daemon=True)
        self.headers = [connect(place) for _ in range(50)]
        self.bodies = [connect(place) for _ in range(50)]
        for one in self.bodies:
            one.sendall(b"PUT /v1/kv/slow" + HOST + b"Content-Length: 1000\r\n\r\n")
        self.deaf = [connect(place) for _ in range(20)]
        for one in self.deaf:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.sendall((b"GET /v1/kv/big" + HOST + b"\r\n") * 100)
        self.answers, self.began = {}, time.monotonic()

    def run(self):
        waiting = set(self.headers + self.bodies)
        while waiting and time.monotonic() < self.began + 60:
            for one in list(waiting):
                try:
                    if select.select([one], [], [], 0)[0]:
                        self.answers[one] = (status_of(one.recv(65536)), time.monotonic() - self.began)
                        waiting.discard(one)
                    else:
                        one.sendall(b"x")
                except OSError as error:
                    self.answers[one] = (str(error), time.monotonic() - self.began)
                    waiting.discard(one)
            time.sleep(1)

    def check(self):
        self.join()
        for what, group, least, most in (("headers", self.headers, 8, 16), ("a body", self.bodies, 28, 40)):
            got = [self.answers.get(one) for one in group]
            check(all(a and a[0] == 408 and least < a[1] < most for a in got),
                  f"one byte a second of {what} is answered with 408 in time", got)


def check_idle(cluster, leader):
    """More of them than the limit that the node was started with."""
    place, begun = cluster.api[leader], time.monotonic()
    idle = [connect(place) for _ in range(IDLE)]
    answer = ask(place, "GET", "/metrics")
    open_now = [line.split()[1] for line in answer.body.decode().splitlines()
                if line.startswith("lockstep_http_open_connections ")]
    check(open_now and float(open_now[0]) >= IDLE, f"{IDLE} idle connections are held", f"{answer} {open_now}")
    idle.append(connect(cluster.peer[leader]))
    strangers = [connect(cluster.peer[leader]) for _ in range(300)]
    other = next(n for n in cluster.api if n != leader)
    cluster.kill(other)
    cluster.start(other)
    check(until(lambda: status(cluster, other).get("leader") == leader), "a member gets past 300 strangers at the peer's port",
          cluster.log(leader)[-500:])
    check(time.monotonic() - begun < 30, "without delay", time.monotonic() - begun)
    for one in idle + strangers:
        one.close()


def check_few_files(build, folder):
    """Where even the hard limit is below limits.connections the node starts, and says it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:  # so that it ends by itself
        members = f"1=127.0.0.1:{taken.getsockname()[1]}/127.0.0.1:1"
        said = subprocess.run([build / "lockstepd", "--id", "1", "--members", members, "--data", folder / "few"],
                              env=environment(), capture_output=True, text=True, timeout=20,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (500, 500)))
    check(said.returncode == 75 and "limits.connections" in said.stderr and '"allowed":500' in said.stderr,
          "a low limit is said", said)


def main():
    build = pathlib.Path(sys.argv[1])
    sanitized = b"__sanitizer" in (build / "lockstepd").read_bytes()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most < 2 * IDLE + 1000:
        print(f"skipped: the hard limit of open files is {most}, and this takes {2 * IDLE + 1000}")
        return 77
    resource.setrlimit(resource.RLIMIT_NOFILE, (2 * IDLE + 1000, most))
    with tempfile.TemporaryDirectory(prefix="lockstep-abuse-") as name:
        folder = pathlib.Path(name)
        # Whoever abuses and a bystander are here, too: nobody is to lose its office for want of a core.
        patient = ["--raft.election_timeout", "2..4 s"]
        with Cluster(build / "lockstepd", folder, words=lambda node: patient, files=(SOFT_LIMIT, most)) as cluster:
            leader = settle(cluster)
            place, process = cluster.api[leader], cluster.processes[leader]
            check(ask(place, "PUT", "/v1/kv/big", bytes(MEBIBYTE)).status == 200, "a large value")
            before = resident(process)
            bystander, slow = Bystander(place, process), Slow(place)
            bystander.start()
            slow.start()
            check_malformed(place)
            check_endless_bodies(place)
            check_idle(cluster, leader)
            slow.check()
            bystander.over = True
            bystander.join()
            check(bystander.asked > 100 and not bystander.wrong, "a bystander is served", f"{bystander.wrong[:3]} {cluster.log(leader)[-3000:]}")
            check(bystander.slowest < (5 if sanitized else 2), "without waiting", bystander.slowest)
            grown = (bystander.peak - before) / MEBIBYTE
            check(grown < 64 or sanitized, "memory is bounded", f"{grown:.1f} MiB more")
            check(leader_of(cluster) == leader, "the leader keeps its office", cluster.log(leader)[-3000:])
            for one in slow.deaf:
                one.close()
            print(f"{bystander.asked} operations of a bystander, the slowest {bystander.slowest * 1000:.0f} ms; "
                  f"memory grew by {grown:.1f} MiB")
        check_few_files(build, folder)
    return report()


if __name__ == "__main__":
    sys.exit(main())
