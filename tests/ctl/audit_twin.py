"""An audit database as docs/audit.md describes it, written without a line of ours: the encoding, the
chain, the tables. What lockstepctl makes of it shows that the page says enough for an auditor."""

import hashlib
import json
import sqlite3


def varint(number):
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out) + bytes([number])


def zigzag(number):
    return varint(number * 2 if number >= 0 else -number * 2 - 1)


def string(text):
    return varint(len(text.encode())) + text.encode()


TOKEN = [("epoch", "u"), ("number", "u")]
KINDS = [  # by their places; u: a number, n: a node, i: with a sign, s: text, h: a hash, t: a token
    ("election_started", [("epoch", "u"), ("by", "n")]),
    ("election_won", [("epoch", "u"), ("winner", "n"), ("score", "i")]),
    ("leader_changed", [("epoch", "u"), ("before", "n"), ("after", "n")]),
    ("node_failed", [("node", "n")]),
    ("node_recovered", [("node", "n")]),
    ("heartbeat_missed", [("node", "n"), ("in_a_row", "u")]),
    ("preemptive_election", [("epoch", "u"), ("leader", "n"), ("failure_permille", "u")]),
    ("byzantine_detected", [("epoch", "u"), ("culprit", "n"), ("offence", "s"), ("evidence", "h")]),
    ("quorum_reached", [("epoch", "u"), ("candidate", "n"), ("weight", "u"), ("threshold", "u")]),
    ("quorum_failed", [("epoch", "u"), ("candidate", "n"), ("weight", "u"), ("threshold", "u")]),
    ("token_issued", [("token", "t"), ("holder", "n")]),
    ("token_refused", [("token", "t"), ("holder", "n"), ("newest", "t")]),
]
PLACE = {name: place for place, (name, _) in enumerate(KINDS)}
SUBJECT = ["by", "winner", "after", "node", "node", "node", "leader", "culprit", "candidate",
           "candidate", "holder", "holder"]


def encoded(shape, value):
    if shape == "t":
        return b"".join(varint(value[key]) for key, _ in TOKEN)
    return {"u": varint, "n": varint, "i": zigzag, "s": string, "h": bytes.fromhex}[shape](value)


def text_of(shape, value):
    if shape == "t":
        return f"token{{epoch={value['epoch']} number={value['number']}}}"
    if shape == "n":
        return f"n{value}" if value else "-"
    return f'"{value}"' if shape == "s" else str(value)


class Event:
    """`what` is (kind, {field: value})."""

    def __init__(self, sequence, at_ns, what, previous):
        self.sequence, self.at_ns, (self.kind, self.fields) = sequence, at_ns, what
        self.place = PLACE[self.kind]
        shapes = KINDS[self.place][1]
        self.body = varint(sequence) + zigzag(at_ns) + varint(self.place) + \
            b"".join(encoded(shape, self.fields[key]) for key, shape in shapes) + previous
        self.hash = hashlib.sha256(self.body).digest()
        self.epoch = self.fields.get("epoch", self.fields.get("token", {}).get("epoch", 0))
        self.node = self.fields[SUBJECT[self.place]]
        self.text = self.kind + "{" + " ".join(
            f"{key}={text_of(shape, self.fields[key])}" for key, shape in shapes) + "}"

    def row(self):
        return (self.sequence, self.at_ns, self.kind, self.epoch, self.node, self.text, self.body,
                self.hash, 1)


class State:
    def __init__(self):
        self.leader, self.epoch, self.token = 0, 0, (0, 0)
        self.down, self.struck, self.counts = {}, {}, {}

    def apply(self, event):
        self.counts[event.place] = self.counts.get(event.place, 0) + 1
        if event.kind not in ("token_refused", "byzantine_detected"):
            self.epoch = max(self.epoch, event.epoch)
        if event.kind == "leader_changed":
            self.leader = event.fields["after"]
        if event.kind == "node_failed":
            self.down.setdefault(event.node, event.at_ns)
        if event.kind == "node_recovered":
            self.down.pop(event.node, None)
        if event.kind == "byzantine_detected":
            self.struck.setdefault(event.node, event.fields["offence"])
        if event.kind == "token_issued":
            token = event.fields["token"]
            self.token = max(self.token, (token["epoch"], token["number"]))

    def body(self):
        maps = [(self.down, zigzag), (self.struck, string), (self.counts, varint)]
        return b"".join(map(varint, (self.leader, self.epoch, *self.token))) + b"".join(
            varint(len(items)) + b"".join(varint(key) + put(items[key]) for key in sorted(items))
            for items, put in maps)

    def rows(self):
        rows = {"leader": self.leader, "epoch": self.epoch, "token_epoch": self.token[0],
                "token_number": self.token[1],
                "down": json.dumps(sorted(self.down), separators=(",", ":")),
                "struck": json.dumps({str(key): self.struck[key] for key in sorted(self.struck)},
                                     separators=(",", ":"))}
        return rows | {f"count.{KINDS[kind][0]}": count for kind, count in self.counts.items()}


def trail(whats):
    events, previous = [], bytes(32)
    for what in whats:
        events.append(Event(len(events) + 1, 1000 * len(events) - 500, what, previous))
        previous = events[-1].hash
    return events


def write(path, events, cluster="rooms", node=3):
    with sqlite3.connect(path) as database:
        database.executescript("""
            PRAGMA application_id = 0x4C534155; PRAGMA user_version = 1;
            CREATE TABLE events(sequence INTEGER PRIMARY KEY, at_ns INTEGER, kind TEXT, epoch INTEGER,
                                node INTEGER, text TEXT, body BLOB, hash BLOB, written_ms INTEGER);
            CREATE TABLE snapshots(sequence INTEGER PRIMARY KEY, body BLOB);
            CREATE TABLE state(key TEXT PRIMARY KEY, value);""")
        state = State()
        for event in events:
            state.apply(event)
            database.execute(f"INSERT INTO events VALUES({','.join('?' * 9)})", event.row())
            if event.sequence % 1000 == 0:
                database.execute("INSERT INTO snapshots VALUES(?, ?)",
                                 (event.sequence, varint(event.sequence) + event.hash + state.body()))
        rows = {"cluster": cluster, "node": node, "sequence": len(events),
                "head": events[-1].hash.hex()} | state.rows()
        database.executemany("INSERT INTO state VALUES(?, ?)", rows.items())
    database.close()
