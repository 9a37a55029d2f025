#!/usr/bin/env python3
"""lockstepctl audit as an auditor uses it: audit_test.py BUILD_FOLDER.

The databases are written by audit_twin.py, which shares no code with what reads them, and changed
with SQL.
"""

import json
import os
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import audit_twin
from checks import check, expect, verdict
from cluster import Ctl


def one_of_each():
    token = {"epoch": 3, "number": 300}
    values = {"epoch": 3, "by": 2, "winner": 4, "score": -2500, "before": 0, "after": 4, "node": 1,
              "in_a_row": 2, "leader": 4, "failure_permille": 850, "culprit": 2,
              "offence": "two_votes", "evidence": "ab" * 32, "candidate": 4, "weight": 31,
              "threshold": 27, "token": token, "holder": 4, "newest": token}
    return [(kind, {key: values[key] for key, _ in fields}) for kind, fields in audit_twin.KINDS]


def any_events(count, seed):
    draw = random.Random(seed)
    shapes = {"u": lambda: draw.randrange(1000), "n": lambda: draw.randrange(1, 6),
              "i": lambda: draw.randrange(-10**6, 10**6), "s": lambda: draw.choice(["two_votes", "x"]),
              "h": lambda: draw.randbytes(32).hex(),
              "t": lambda: {"epoch": draw.randrange(99), "number": draw.randrange(99)}}
    return [(kind, {key: shapes[shape]() for key, shape in fields})
            for kind, fields in draw.choices(audit_twin.KINDS, k=count)]


def whole(ctl, folder):
    path = folder / "whole.db"
    events = audit_twin.trail(one_of_each())
    audit_twin.write(path, events)
    head = events[-1].hash.hex()
    before = path.read_bytes()
    ok = f'ok: 12 events of node 3 of cluster "rooms"\nhead {head}\n'
    expect(ctl("audit", "verify", path), 0, "a whole trail", ok)
    expect(ctl("audit", "verify", path, "--head", head.upper()), 0, "with its head",
           ok + "noted head: that of event 12; 0 follow it\n")
    expect(ctl("audit", "verify", path, "--head", events[6].hash.hex()), 0, "with an earlier one",
           ok + "noted head: that of event 7; 5 follow it\n")
    expect(ctl("audit", "verify", path, "--head", "0" * 63 + "1"), 1, "with another", "",
           "other_head: no event up to the last, 12, has that hash")
    check(ctl("--json", "audit", "verify", path, "--head", events[6].hash.hex()).json() ==
          {"verdict": "ok", "cluster": "rooms", "node": 3, "events": 12, "head": head, "noted": 7,
           "text": ""}, "as JSON")
    shown = ctl("audit", "show", path)
    expect(shown, 0, "its events")
    lines = shown.out.splitlines()
    check([line.split(" ", 3)[3] for line in lines] == [event.text for event in events],
          "a line for each", shown)
    check(lines[1] == "2 500 ns election_won{epoch=3 winner=n4 score=-2500}", "all of it", lines[1])
    check(ctl("audit", "show", path, "--from", "11").out == "\n".join(lines[10:]) + "\n",
          "from the eleventh on")
    expect(ctl("audit", "show", path, "--from", "13"), 0, "from behind the end", "")
    rows = [json.loads(line) for line in ctl("audit", "show", path, "--json").out.splitlines()]
    check([row["what"] for row in rows] == [event.fields for event in events], "fields as JSON", rows)
    check([row["hash"] for row in rows] == [event.hash.hex() for event in events] and
          [row["previous"] for row in rows[1:]] == [row["hash"] for row in rows[:-1]] and
          rows[8]["kind"] == "quorum_reached" and rows[8]["sequence"] == 9 and
          rows[8]["at_ns"] == 7500, "the chain as JSON", rows)
    expect(ctl("audit", "show", path, stdout="/dev/full"), 74, "nowhere to write")
    check(path.read_bytes() == before, "nothing is written to it")


def long_trail(ctl, folder):
    path = folder / "long.db"
    events = audit_twin.trail(any_events(2100, 1))
    audit_twin.write(path, events)
    answer = ctl("audit", "verify", path)
    check(answer.code == 0 and "ok: 2100 events" in answer.out and events[-1].hash.hex() in answer.out,
          "2100 events of any kind, with snapshots", answer)


def changed(ctl, folder):
    good, bad = folder / "good.db", folder / "bad.db"
    events = audit_twin.trail(any_events(8, 2))
    audit_twin.write(good, events)
    head = events[-1].hash.hex()

    def after(*statements):
        shutil.copy(good, bad)
        with sqlite3.connect(bad) as database:
            for sql, *values in statements:
                database.execute(sql, values)
        database.close()
        return ctl("--json", "audit", "verify", bad, "--head", head)

    for event in events:
        for place in range(0, len(event.body), 5):
            body = bytearray(event.body)
            body[place] ^= 1 << place % 8
            answer = after(("UPDATE events SET body = ? WHERE sequence = ?", bytes(body),
                            event.sequence))
            check(answer.code == 1 and answer.json().get("at") == event.sequence,
                  f"a flipped bit of byte {place} of event {event.sequence}", answer)
        answer = after(("DELETE FROM events WHERE sequence = ?", event.sequence))
        wrong = {"verdict": "dropped", "at": event.sequence} if event.sequence < 8 else \
            {"verdict": "other_head", "at": 7}
        check(answer.code == 1 and wrong.items() <= answer.json().items(),
              f"event {event.sequence} dropped", answer)
    for first in events:
        for second in events[first.sequence:]:
            move = "UPDATE events SET sequence = ? WHERE sequence = ?"
            answer = after((move, -1, first.sequence), (move, first.sequence, second.sequence),
                           (move, second.sequence, -1))
            check(answer.code == 1 and answer.json()["verdict"] == "reordered" and
                  answer.json()["at"] == first.sequence,
                  f"events {first.sequence} and {second.sequence} swapped", answer)
    # By somebody who knows how the hashes are made, up to the end.
    forged = audit_twin.trail(any_events(4, 2) + any_events(4, 3))
    bad.unlink()
    audit_twin.write(bad, forged)
    expect(ctl("audit", "verify", bad), 0, "a trail forged to its end")
    expect(ctl("audit", "verify", bad, "--head", head), 1, "is found by a head that was noted", "",
           "other_head")


def refused(ctl, folder):
    expect(ctl("audit", "verify", folder / "nowhere"), 66, "no such file", "", "nowhere")
    expect(ctl("audit", "show", folder), 66, "a folder", "", "it is a folder")
    text = folder / "text"
    text.write_text("no database, but long enough to be looked at\n" * 100)
    expect(ctl("audit", "verify", text), 66, "a text", "", "not a database")
    foreign = folder / "foreign.db"
    with sqlite3.connect(foreign) as database:
        database.execute("CREATE TABLE events(sequence)")
    database.close()
    expect(ctl("audit", "verify", foreign), 66, "another database", "", "no audit trail")
    expect(ctl("audit", "verify", folder / "whole.db", "--head", "12"), 64, "no hash", "", "64")
    expect(ctl("audit", "verify"), 64, "no file", "")
    expect(ctl("audit"), 64, "no word", "")


def read_only_folder(ctl, folder):
    """A file in a folder where its reader may write nothing, left by a node that was stopped."""
    locked = folder / "locked"
    locked.mkdir()
    path = locked / "a #1?%.db"
    audit_twin.write(path, audit_twin.trail(one_of_each()))
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode = WAL")
    database.close()
    for one in (folder, locked):
        one.chmod(0o555)
    other = {"user": 65534} if os.getuid() == 0 else {}
    try:
        answer = subprocess.run([ctl.program, "audit", "verify", path], capture_output=True,
                                timeout=30, **other)
        check(answer.returncode == 0 and b"ok: 12 events" in answer.stdout, "a read-only folder", answer)
        check([one.name for one in locked.iterdir()] == [path.name], "nothing is left beside the file")
    except PermissionError:
        print("skipped: that user may not run the program", flush=True)
    finally:
        for one in (folder, locked):
            one.chmod(0o755)


def main():
    ctl = Ctl(pathlib.Path(sys.argv[1]) / "lockstepctl", [])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for part in (whole, long_trail, changed, refused, read_only_folder):
            part(ctl, folder)
    return verdict()


if __name__ == "__main__":
    sys.exit(main())
