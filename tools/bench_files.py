#!/usr/bin/env python3
"""How fast a file goes from one real node to another on this machine, beside curl from nginx where both are installed.
Called by `./lockstep bench files`; docs/files.md says what was measured.

Exit codes: 0, 64 usage, 69 curl is not installed, 70 a program does not do what it should, 130 interrupted.
"""

import argparse
import contextlib
import filecmp
import json
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

MEBIBYTE = 1 << 20
NAME = "bench.bin"
WANTED_RATIO, WANTED_MIB = 0.60, 64
NGINX = """daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log; worker_processes 1; events {{}}
http {{ access_log off; sendfile on; server {{ listen 127.0.0.1:{port}; root {root}; }} }}
"""


class Trouble(Exception):
    """What went wrong, for whoever called."""


def free_ports(count):
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def post(api, path):
    with urllib.request.urlopen(urllib.request.Request(f"http://{api}{path}", method="POST"), timeout=120) as answer:
        return json.load(answer)


def until(what, holds, seconds=60):
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise Trouble(f"{what}: not within {seconds} s")
        time.sleep(0.05)


def listens(port):
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def started(words, log, env=None):
    with open(log, "wb") as out:
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def peak_mebibytes(process):
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise Trouble(f"process {process.pid} has no VmHWM")


def write_random(path, size):
    with open(path, "wb") as out:
        while size > 0:
            size -= out.write(os.urandom(min(size, MEBIBYTE)))


def curled(port, into):
    words = ["curl", "-sSf", "-o", str(into), "-w", "%{speed_download}", f"http://127.0.0.1:{port}/{NAME}"]
    said = subprocess.run(words, capture_output=True, text=True, check=False)
    if said.returncode != 0:
        raise Trouble(f"curl from nginx: {said.stderr.strip()}")
    return float(said.stdout) / 1e6


def fetched(build, api, shared, source):
    begun = time.monotonic()
    said = subprocess.run([build / "lockstepctl", "--timeout", "300s", "--servers", api, "files", "fetch", NAME],
                          capture_output=True, text=True, check=False)
    took = time.monotonic() - begun
    if said.returncode != 0:
        raise Trouble(f"lockstepctl files fetch: {(said.stderr or said.stdout).strip()}")
    if not filecmp.cmp(shared / NAME, source, shallow=False):
        raise Trouble("what was fetched is not what was offered")
    (shared / NAME).unlink()
    post(api, "/v1/files/index")
    return source.stat().st_size / took / 1e6


def measure(flags, build, folder):
    ports = free_ports(7)
    members = ",".join(f"{i}=127.0.0.1:{ports[2 * i - 2]}/127.0.0.1:{ports[2 * i - 1]}" for i in (1, 2, 3))
    apis = {i: f"127.0.0.1:{ports[2 * i - 1]}" for i in (1, 2)}
    env = {**os.environ, "LOCKSTEP_MEMBERS": members, "LOCKSTEP_FILES_MODE": "on"}
    speeds = {"fetch": [], "curl_to_file": [], "curl_to_null": []}
    with contextlib.ExitStack() as running:
        nodes = [running.enter_context(started([build / "lockstepd", "--id", str(i), "--data", folder / str(i)],
                                               folder / f"{i}.log", env)) for i in (1, 2)]
        for i in (1, 2):
            until(f"node {i} listens", lambda port=ports[2 * i - 1]: listens(port))
        source = folder / "1/files/shared" / NAME
        write_random(source, flags.size * MEBIBYTE)
        post(apis[1], "/v1/files/index")
        nginx = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if nginx:
            (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=ports[6], root=source.parent))
            os.chmod(folder, 0o755)  # nginx reads as a user of its own
            running.enter_context(started([nginx, "-c", folder / "nginx.conf", "-p", folder], folder / "out.log"))
            until("nginx listens", lambda: listens(ports[6]))
        for _ in range(flags.runs):
            if nginx:
                speeds["curl_to_file"].append(curled(ports[6], folder / "curled"))
                (folder / "curled").unlink()
                speeds["curl_to_null"].append(curled(ports[6], "/dev/null"))
            speeds["fetch"].append(fetched(build, apis[2], folder / "2/files/shared", source))
        peak = max(peak_mebibytes(node) for node in nodes)
    result = {name: statistics.median(some) if some else None for name, some in speeds.items()}
    result["ratio"] = result["fetch"] / result["curl_to_file"] if nginx else None
    return {**result, "peak_mib": peak}


def table(result, flags):
    def line(name, value, unit, target=""):
        return f"  {name:<28}{value:>9} {unit:<6}{target}"

    def judged(good, target):
        return f"target {target}" + ("" if good else ": MISSED")

    rows = [f"a file of {flags.size} MiB between two nodes, medians of {flags.runs} runs in turn",
            line("files fetch, on the disk", f"{result['fetch']:.0f}", "MB/s")]
    if result["ratio"] is None:
        rows.append("  Debian's package nginx-light is not installed: nothing to compare with")
    else:
        rows += [line("curl from nginx to a file", f"{result['curl_to_file']:.0f}", "MB/s"),
                 line("curl from nginx to /dev/null", f"{result['curl_to_null']:.0f}", "MB/s"),
                 line("fetch against curl to a file", f"{result['ratio']:.2f}", "times",
                      judged(result["ratio"] >= WANTED_RATIO, f"{WANTED_RATIO:.2f}"))]
    rows.append(line("memory of a node, at most", f"{result['peak_mib']:.1f}", "MiB",
                     judged(result["peak_mib"] < WANTED_MIB, f"below {WANTED_MIB}")))
    return "\n".join(rows)


def main():
    parser = argparse.ArgumentParser(prog="lockstep bench files", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object; MB/s and MiB")
    parser.add_argument("--runs", type=int, default=3, help="of each kind; medians are printed")
    parser.add_argument("--size", type=int, default=1024, help="of the file, in MiB")
    parser.add_argument("--folder", help="where data lies: on the disk to be measured")
    try:
        flags = parser.parse_args()
    except SystemExit as end:
        return 64 if end.code else 0
    if flags.runs < 1 or flags.size < 1:
        print("lockstep bench files: --runs and --size are 1 or more", file=sys.stderr)
        return 64
    if shutil.which("curl") is None:
        print("lockstep bench files: curl is not installed; install Debian's package curl", file=sys.stderr)
        return 69
    build = pathlib.Path(__file__).resolve().parent.parent / "build"
    try:
        with tempfile.TemporaryDirectory(prefix="lockstep-bench-", dir=flags.folder) as folder:
            result = measure(flags, build, pathlib.Path(folder))
    except (Trouble, OSError, urllib.error.URLError) as error:
        print(f"lockstep bench files: {error}", file=sys.stderr)
        return 70
    except KeyboardInterrupt:
        return 130
    print(json.dumps(result) if flags.json else table(result, flags))
    return 0


if __name__ == "__main__":
    sys.exit(main())
