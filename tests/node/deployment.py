#!/usr/bin/env python3
"""What node/deploy holds, and how a service manager sees a node: deployment.py BUILD_FOLDER."""

import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "ctl"))
from cluster import environment, free_ports, until  # noqa: E402
from node_test import ask, check, report  # noqa: E402

DEPLOY = pathlib.Path(__file__).resolve().parents[2] / "node/deploy"
MOST_EXPOSED = 20  # tenths of the 0 (safe) to 10 (unsafe) of systemd-analyze security


class Manager:
    """A service manager's socket: what it is told, in order, each within a time."""

    def __init__(self, path):
        self.path = str(path)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)

    def hear(self, seconds=20):
        self.socket.settimeout(seconds)
        try:
            return self.socket.recv(4096).decode()
        except TimeoutError:
            return "nothing"


def start(program, manager, *words):
    return subprocess.Popen([program, *map(str, words)], env=environment({"NOTIFY_SOCKET": manager.path}),
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def ended(process):
    try:
        return process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        return "none"


def check_notify(program, folder):
    manager = Manager(folder / "notify")
    peer, api = free_ports(2)
    words = ["--id", 1, "--members", f"1=127.0.0.1:{peer}/127.0.0.1:{api}", "--data", folder / "data"]
    node = start(program, manager, *words)
    told = manager.hear()
    check(told == "READY=1", "a node that has started says so", told)
    check(ask(f"127.0.0.1:{api}", "GET", "/livez").status == 200, "and answers by then")
    with socket.create_connection(("127.0.0.1", peer), timeout=5):
        pass
    second = start(program, manager, *words)
    check(ended(second) == 75 and manager.hear(0.1) == "nothing", "one that cannot start says nothing", second)
    node.send_signal(signal.SIGTERM)
    told = manager.hear()
    check(told == "STOPPING=1", "one that ends says so", told)
    check(ended(node) == 0 and manager.hear(0.1) == "nothing", "and ends with 0", node.returncode)
    manager.socket.close()
    node = start(program, manager, *words)  # nobody listens to it
    check(until(lambda: ask(f"127.0.0.1:{api}", "GET", "/livez").status == 200), "it starts without an ear, too")
    node.send_signal(signal.SIGTERM)
    check(ended(node) == 0, "and ends", node.returncode)


def check_example(program):
    said = subprocess.run([program, "--config", DEPLOY / "lockstepd.example.json", "--check-config"],
                          env=environment(), capture_output=True, text=True, timeout=20)
    check(said.returncode == 0, "the example is a good configuration", said)


def check_unit(program, folder):
    """The program is not where the unit has it, so that is replaced."""
    if not shutil.which("systemd-analyze"):
        return print("no systemd-analyze here: the unit is not verified")
    text = (DEPLOY / "lockstepd.service").read_text()
    check("\nType=notify\n" in text, "the unit waits for READY=1")
    unit = folder / "lockstepd.service"
    unit.write_text(re.sub(r"^(Exec\w+)=\S+", rf"\1={program}", text, flags=re.M))

    def analyze(*words):
        return subprocess.run(["systemd-analyze", "--no-pager", *words, unit], capture_output=True, text=True,
                              timeout=60)
    said = analyze("verify")
    check(said.returncode == 0 and not said.stderr, "systemd-analyze verify", said)
    said = analyze("security", "--offline=true", f"--threshold={MOST_EXPOSED}")
    check(said.returncode == 0, f"systemd-analyze security: exposed at most {MOST_EXPOSED / 10}", said.stdout[-200:])
    print(said.stdout.strip().splitlines()[-1])
    unit.write_text(unit.read_text() + "\nNoSuchKey=1\n[Service]\nNoSuchKey=1\n")
    check(analyze("verify").stderr, "verify would see a wrong key")


def main():
    build = pathlib.Path(sys.argv[1])
    program = str((build / "lockstepd").resolve())
    with tempfile.TemporaryDirectory(prefix="lockstep-deployment-") as name:
        folder = pathlib.Path(name)
        check_notify(program, folder)
        check_example(program)
        check_unit(program, folder)
    return report()


if __name__ == "__main__":
    sys.exit(main())
