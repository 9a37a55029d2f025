"""Three lockstepd on free loopback ports, and lockstepctl to ask them.

Nothing here waits without a deadline, and every process is ended by its id.
"""

import contextlib
import http.server
import json
import os
import resource
import signal
import socket
import subprocess
import threading
import time

LIMIT_SECONDS = 30
TOKEN = "secret-of-a-test"
# Tests and nodes share few cores: a node that waits for one is not to be taken for dead.
PATIENCE = ["--raft.election_timeout", "600..1200 ms"]


def free_ports(count, host="127.0.0.1"):
    """Ports that nobody listens on; an IPv6 address may have its brackets."""
    family, kind, _, _, place = socket.getaddrinfo(host.strip("[]"), 0, type=socket.SOCK_STREAM)[0]
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket(family, kind)) for _ in range(count)]
        for one in sockets:
            one.bind(place)
        return [one.getsockname()[1] for one in sockets]


def until(holds, seconds=LIMIT_SECONDS):
    """The first true value of holds(), or its last one when the time is over."""
    end = time.monotonic() + seconds
    while True:
        value = holds()
        if value or time.monotonic() > end:
            return value
        time.sleep(0.02)


class Answer:
    def __init__(self, code, out, err):
        self.code, self.raw = code, out
        self.out, self.err = out.decode("utf-8", "replace"), err.decode("utf-8", "replace")

    def json(self):
        try:
            return json.loads(self.out)
        except ValueError:
            return {}

    def __str__(self):
        return f"exit {self.code}, stdout {self.out[:300]!r}, stderr {self.err[:300]!r}"


def environment(more=None):
    """This one without what an operator may have set; a value of None takes a name away."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("LOCKSTEP_")}
    clean.update(more or {})
    return {k: v for k, v in clean.items() if v is not None}


class Ctl:
    def __init__(self, program, servers):
        self.program, self.servers = str(program), ",".join(servers)

    def start(self, *words, env=None, stdout=None):
        return subprocess.Popen([self.program, *map(str, words)],
                                env=environment({"LOCKSTEP_SERVERS": self.servers, **(env or {})}),
                                stdin=subprocess.PIPE, stdout=stdout or subprocess.PIPE,
                                stderr=subprocess.PIPE)

    def __call__(self, *words, stdin=b"", env=None, stdout=None):
        with contextlib.ExitStack() as stack:
            file = stack.enter_context(open(stdout, "wb")) if stdout else None
            process = self.start(*words, env=env, stdout=file)
        try:
            out, err = process.communicate(stdin, timeout=LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            err += b"\nno end within the limit"
        return Answer(process.returncode, out or b"", err)


class Cluster:
    """`words(node)` are further words of that node's command line; `files` its limits of open files, soft and hard."""

    def __init__(self, program, folder, size=3, host="127.0.0.1", words=lambda node: [], files=None):
        self.program, self.folder, self.words = str(program), folder, words
        self.prepare = files and (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, files))
        ports = free_ports(2 * size, host)
        self.api = {i + 1: f"{host}:{ports[2 * i]}" for i in range(size)}
        self.peer = {i + 1: f"{host}:{ports[2 * i + 1]}" for i in range(size)}
        self.members = ",".join(f"{i}={self.peer[i]}/{self.api[i]}" for i in self.api)
        self.processes = {}

    def data(self, node):
        return self.folder / f"data-{node}"

    def start(self, node):
        with open(self.folder / f"log-{node}", "ab") as log:
            self.processes[node] = subprocess.Popen(
                [self.program, "--id", str(node), "--members", self.members, "--data",
                 str(self.data(node)), "--admin.token", TOKEN, "--enable_faults", *PATIENCE, *self.words(node)],
                env=environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=self.prepare)

    def log(self, node):
        return (self.folder / f"log-{node}").read_text(errors="replace")

    def kill(self, node):
        process = self.processes.pop(node)
        process.kill()
        process.wait()

    def __enter__(self):
        for node in self.api:
            self.start(node)
        return self

    def __exit__(self, *_):
        for process in self.processes.values():
            process.send_signal(signal.SIGKILL)
            process.wait()


class FakeServers:
    """Each answers every GET with the bytes it was given."""

    def __init__(self, bodies):
        self.servers = []
        for body in bodies:
            self.servers.append(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(body)))

    def places(self):
        return [f"127.0.0.1:{server.server_port}" for server in self.servers]

    def __enter__(self):
        for server in self.servers:
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        for server in self.servers:
            server.shutdown()
            server.server_close()


def handler(body):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            text = body(self.server.server_port) if callable(body) else body
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    return Handler
