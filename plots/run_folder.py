"""What one run left: its operations, its faults and the roles of its nodes."""

import json
import pathlib
import re

import numpy as np

from .errors import BadSpec, NoInput, why

NANOSECONDS = 1e9
# A step's role; text that clients wrote has its quotes escaped, so that it never looks like this.
STEP = re.compile(rb'"t":(\d+),"node":"([^"]+)".*"role":"([a-z_]+)","term":(\d+)')
FROM = re.compile(rb'"t":(\d+),"node":"([^"]+)"')
ARRIVAL = re.compile(rb'"to":"([^"]+)","name":"[^"]*","arrives":(\d+)')
WEATHER = {"lose", "duplicate", "corrupt", "reorder", "delay", "slow_link", "throttle", "clog",
           "slow_disk", "stall_disk", "full_disk"}


class RunFolder:
    def __init__(self, path):
        self.path = pathlib.Path(path)
        try:
            self.manifest = json.loads((self.path / "manifest.json").read_bytes())
            summary = json.loads((self.path / "summary.json").read_bytes())
            self.scenario = self.manifest["effective_scenario"]
            self.seed, self.verdict = summary["seed"], summary["verdict"]
            self.violations = len(summary["violations"])
            self.end = summary["ended_ns"] / NANOSECONDS
        except OSError as error:
            raise NoInput(f"{error.filename}: cannot be read: {why(error)}; name a run's folder, "
                          "as in results/runs/SCENARIO/latest") from None
        except (ValueError, KeyError, TypeError) as error:
            raise BadSpec(f"{self.path}: manifest.json or summary.json is not whole ({error}); "
                          "run the scenario again") from None

    def _lines(self, name, hint):
        try:
            with open(self.path / name, "rb") as file:
                yield from file
        except OSError as error:
            raise NoInput(f"{self.path / name}: cannot be read: {why(error)}; {hint}") from None

    def _record(self, name, number, line):
        try:
            return json.loads(line)
        except ValueError:
            raise BadSpec(f"{self.path / name}:{number}: not a whole line of JSON; "
                          "run the scenario again") from None

    def history(self):
        """What clients asked and were told, as it stands in the file."""
        for number, line in enumerate(self._lines("history.ndjson", "the run had no clients"), 1):
            yield self._record("history.ndjson", number, line)

    def operations(self):
        """(when each ended in s, how long it took in ms, whether it succeeded), of those that were told."""
        asked, ended, took, succeeded = {}, [], [], []
        for number, record in enumerate(self.history(), 1):
            try:
                key, event, at = (record["client"], record["id"]), record["event"], record["t"]
                if event == "invoke":
                    asked[key] = at
                elif event in ("ok", "fail"):
                    ended.append(at)
                    took.append(at - asked.pop(key))
                    succeeded.append(event == "ok")
            except (KeyError, TypeError):
                raise BadSpec(f"{self.path / 'history.ndjson'}:{number}: an operation without its "
                              "beginning; run the scenario again") from None
        return (np.array(ended, dtype=float) / NANOSECONDS, np.array(took, dtype=float) / 1e6,
                np.array(succeeded, dtype=bool))

    def faults(self):
        """[{kind, text, nodes, cut, at}] in order of time."""
        found = []
        lines = self._lines("trace.ndjson", "the run was made without a trace")
        for number, line in enumerate(lines, 1):
            if line.startswith(b'{"type":"fault"'):
                record = self._record("trace.ndjson", number, line)
                found.append({"kind": record["kind"], "text": record["text"],
                              "nodes": record.get("nodes", []), "cut": record.get("cut", []),
                              "at": record["t"] / NANOSECONDS})
        return found

    def delays(self):
        """{(from, to): [ms]} of the messages that arrived."""
        found = {}
        for line in self._lines("trace.ndjson", "the run was made without a trace"):
            begin = line.find(b'"sent":[')
            sender = FROM.search(line)
            if begin < 0 or not sender:
                continue
            for to, arrives in ARRIVAL.findall(line, begin):
                key = (sender[2].decode(), to.decode())
                found.setdefault(key, []).append((int(arrives) - int(sender[1])) / 1e6)
        if not found:
            raise BadSpec(f"{self.path / 'trace.ndjson'}: no message arrived; run the scenario again")
        return found

    def roles(self):
        """{node: [(from, until, role, term)]} in s; nobody has a role while it is down."""
        open_, found = {}, {}

        def close(node, at):
            if node in open_:
                begun, role, term = open_.pop(node)
                if at > begun:
                    found.setdefault(node, []).append((begun, at, role, term))

        for number, line in enumerate(self._lines("trace.ndjson", "run with a trace"), 1):
            if line.startswith(b'{"type":"fault"'):
                record = self._record("trace.ndjson", number, line)
                if record["kind"] in ("crash", "refused"):
                    for node in record.get("nodes", []):
                        close(node, record["t"] / NANOSECONDS)
            elif match := STEP.search(line):
                node, role, term = match[2].decode(), match[3].decode(), int(match[4])
                if node not in open_ or open_[node][1:] != (role, term):
                    at = int(match[1]) / NANOSECONDS
                    close(node, at)
                    open_[node] = (at, role, term)
        for node in list(open_):
            close(node, self.end)
        return found


def troubles(faults, end):
    """[(what, from, until)] of what lasts, and [(text, at)] of what does not; as sim/trace/trouble.cpp.

    Of a fault of weather the trace does not say which heal ends it, so it lasts until the next one.
    """
    open_, spans, instants, cut = {}, [], [], []

    def close(key, at):
        if key in open_:
            begun = open_.pop(key)
            if at > begun:
                spans.append((key[0], begun, at))

    for fault in faults:
        at, kind = fault["at"], fault["kind"]
        if fault["cut"] != cut:
            close(("cut", ""), at)
            cut = fault["cut"]
            if cut:
                open_[("cut", "")] = at
        for node in fault["nodes"]:
            if kind in ("crash", "refused"):
                close(("paused", node), at)
                open_.setdefault(("down", node), at)
            elif kind in ("restart", "resume"):
                close(("down" if kind == "restart" else "paused", node), at)
            elif kind == "pause":
                open_.setdefault(("paused", node), at)
        if kind in WEATHER:
            open_.setdefault(("weather", ""), at)
        elif kind == "heal":
            close(("weather", ""), at)
        elif kind in ("clock", "tell", "flip", "misdirect", "wipe", "fail_sync"):
            instants.append((fault["text"], at))
    for key in list(open_):
        close(key, end)
    return sorted(spans, key=lambda span: span[1:]), instants
