#!/usr/bin/env python3
"""lockstepctl as people and scripts use it: ctl_test.py BUILD_FOLDER.

Every command against three lockstepd, with the leader killed under a loop of puts, a wrong token,
servers that are not there or answer rubbish, and a log with one flipped byte.
"""

import json
import pathlib
import shutil
import signal
import sys
import tempfile
import time

from checks import check, expect, verdict
from cluster import TOKEN, Cluster, Ctl, FakeServers, free_ports, until


def leader_of(ctl):
    answer = ctl("status", "--json")
    leading = [m["id"] for m in answer.json().get("members", [])
               if m.get("status", {}).get("role") == "leader"]
    return leading[0] if len(leading) == 1 and not answer.json()["disagreements"] else None


def settled(ctl):
    return until(lambda: leader_of(ctl), 20)


def keys_and_values(ctl):
    expect(ctl("get", "k"), 1, "a missing key", "", 'there is no key "k"')
    expect(ctl("put", "k", "hello"), 0, "put", "done\n")
    expect(ctl("get", "k"), 0, "get", "hello")
    expect(ctl("get", "k", "--json"), 0, "get as JSON", '{"outcome":"found","value":"hello"}\n')
    expect(ctl("cas", "k", "hello", "bye"), 0, "cas swaps", "swapped\n")
    expect(ctl("cas", "k", "hello", "x"), 1, "cas does not swap", "", 'the value is "bye"')
    expect(ctl("--json", "cas", "--absent", "k", "x"), 1, "cas of a present key",
           '{"outcome":"not_swapped","value":"bye"}\n')
    expect(ctl("cas", "--absent", "other", "x"), 0, "cas of an absent key", "swapped\n")
    expect(ctl("append", "k", "!"), 0, "append", "done\n")
    expect(ctl("get", "k"), 0, "what was appended", "bye!")
    check(until(lambda: ctl("get", "--stale", "k").out == "bye!", 5), "a stale read catches up")
    expect(ctl("get", "--stale", "no such key"), 1, "a stale read of a missing key", "")
    expect(ctl("delete", "k"), 0, "delete", "done\n")
    expect(ctl("get", "k"), 1, "a deleted key", "")
    expect(ctl("put", "get", "status"), 0, "words that are commands, too", "done\n")
    expect(ctl("get", "get"), 0, "the value of one", "status")
    expect(ctl("put", "k", "--", "-5"), 0, "a value with a dash", "done\n")
    expect(ctl("get", "k"), 0, "the value with a dash", "-5")
    odd = bytes(range(256)) * 700
    expect(ctl("put", "a/ü ?", "-", stdin=odd), 0, "any bytes from stdin", "done\n")
    answer = ctl("get", "a/ü ?")
    check(answer.code == 0 and answer.raw == odd, "any bytes come back", len(answer.raw))
    check(until(lambda: ctl("get", "--stale", "a/ü ?").raw == odd, 5), "and from a stale read")
    refused(ctl)
    expect(ctl("put", "", "x"), 64, "an empty key", "", "1 to 1024 bytes")
    expect(ctl("put", "k" * 1025, "x"), 64, "a long key", "", "1 to 1024 bytes")


def refused(ctl):
    """What servers refuse is said to be refused, at once and with the limit; nothing has changed."""
    for size in (1 << 20, 3 << 20, 40 << 20):
        for command in (["put", "k", "-"], ["append", "k", "-"], ["cas", "--absent", "none", "-"]):
            begun = time.monotonic()
            answer = ctl("--timeout", "25s", *command, stdin=bytes(size))
            expect(answer, 77, f"{command[0]} of {size} bytes", "", "limits.body_bytes")
            check("a body is at most 1048576 bytes" in answer.err and "nothing was changed" in answer.err,
                  "the limit is said", answer)
            check(time.monotonic() - begun < 10, "at once", time.monotonic() - begun)
    answer = ctl("put", "k", "-", "--json", stdin=bytes(3 << 20))
    check(answer.code == 77 and answer.json().get("outcome") == "refused" and
          answer.json()["status"] == 413, "and as JSON", answer)
    expect(ctl("get", "k"), 0, "the value stays", "-5")
    expect(ctl("get", "none"), 1, "the absent key, too", "")
    expect(ctl("bench", "--clients", "2", "--for", "100ms", "--value-bytes", str(1 << 20)), 77,
           "bench with such values", "", "a body is at most 1048576 bytes")


def words(ctl, folder):
    expect(ctl("--help"), 0, "help", None)
    check("77  the server refuses" in ctl("--help").out, "help says the exit codes")
    expect(ctl(), 64, "no command", "", "--help")
    expect(ctl("fly"), 64, "no such command", "")
    expect(ctl("put", "k"), 64, "a missing value", "", "VALUE")
    expect(ctl("cas", "k", "x"), 64, "cas without a value", "", "cas KEY EXPECTED VALUE")
    expect(ctl("--timeout", "5", "get", "k"), 64, "a time without its unit", "", "5s")
    expect(ctl("status", env={"LOCKSTEP_SERVERS": None}), 64, "no servers", "", "LOCKSTEP_SERVERS")
    expect(ctl("--servers", "here", "status"), 64, "no address", "", '"here" is no address')
    gone = [f"127.0.0.1:{port}" for port in free_ports(2)]
    for command in (["status"], ["get", "k"], ["get", "--stale", "k"], ["watch"], ["bench"],
                    ["campaign", "1", "--token", TOKEN]):
        answer = ctl("--servers", ",".join(gone), *command)
        expect(answer, 69, f"nobody there: {command[0]}", "", "Connection refused")
        check(all(place in answer.err for place in gone), "every address is named", answer)
    expect(ctl("wal", "verify", folder / "nowhere"), 66, "no such folder", "", "nowhere")


def admin(ctl, cluster):
    first = leader_of(ctl)
    target = next(node for node in cluster.api if node != first)
    campaign = lambda *more, **env: ctl("campaign", *more, env=env)
    expect(campaign(target), 64, "no token", "", "LOCKSTEP_ADMIN_TOKEN")
    expect(campaign(target, "--token", "wrong"), 77, "a wrong token", "", "admin.token")
    expect(campaign(9, "--token", TOKEN), 64, "no such member", "", "the members are 1, 2, 3")
    expect(campaign(cluster.api[first], LOCKSTEP_ADMIN_TOKEN=TOKEN), 0, "campaign by address",
           f"started at {cluster.api[first]}\n")
    settled(ctl)
    expect(ctl("transfer", target, "--token", TOKEN), 0, "a transfer")
    check(until(lambda: leader_of(ctl) == target), "the successor leads")
    settled(ctl)
    expect(ctl("transfer", "9", "--token", TOKEN), 64, "a transfer to nobody", "", "9 is none")
    expect(ctl("transfer", "x", "--token", TOKEN), 64, "no id", "", '"x" is no id')

    faults = lambda *more: ctl("faults", *more, "--token", TOKEN)
    links = lambda: {m["id"]: m.get("faults") for s in ctl("status", "--json").json()["members"]
                     if s["id"] == target for m in s["status"]["members"] if not m["self"]}
    peers = [node for node in cluster.api if node != target]
    expect(faults(target, "--peer", peers[0], "--out", "--delay", "10ms", "--drop", "1/10",
                  "--duplicate", "1/5"), 0, "faults of one link")
    check(links() == {peers[0]: {"out": {"delay_ms": 10.0, "drop": "1/10", "duplicate": "1/5"}},
                      peers[1]: {}}, "they are there", links())
    expect(faults(target, "--cut"), 0, "a cut of all links")
    check(all(link == {"in": {"cut": True}, "out": {"cut": True}} for link in links().values()),
          "it is there", links())
    expect(faults(target, "--peer", peers[0], "--clear"), 0, "clear one link")
    check(links()[peers[0]] in ({}, {"in": {}, "out": {}}), "it is whole", links())
    expect(faults(target, "--clear"), 0, "clear all")
    check(not any(links().values()), "all are whole", links())
    expect(faults(target, "--pause", "10ms"), 0, "pause")
    expect(faults(target, "--disk-delay", "1ms"), 0, "a slower disk")
    expect(faults(target), 64, "no fault", "", "--cut")
    expect(faults(target, "--drop", "2/1"), 64, "no share", "", "1/10")
    expect(faults(target, "--pause", "1s", "--cut"), 64, "pause and more", "", "alone")
    expect(faults(target, "--peer", target, "--cut"), 64, "its own link", "", "another member")


def measure(ctl):
    answer = ctl("bench", "--clients", "8", "--for", "500ms", "--get-percent", "50", "--json")
    got = answer.json()
    check(answer.code == 0 and got.get("operations", 0) > 0 and got["errors"] == {} and
          0 < got["p50_ms"] <= got["p90_ms"] <= got["p99_ms"], "bench", answer)
    expect(ctl("get", "bench/0", stdout="/dev/full"), 74, "a full stdout", err="written")
    bench = ctl.start("bench", "--clients", "2", "--for", "60s", "--value-bytes", "7",
                      "--json")
    check(until(lambda: len(ctl("get", "bench/0").out) == 7, 10), "a longer bench starts")
    bench.send_signal(signal.SIGINT)
    out, _ = bench.communicate(timeout=10)
    check(bench.returncode == 0 and json.loads(out)["seconds"] < 50, "Ctrl-C ends it early", out)
    answer = ctl("bench", "--clients", "1", "--for", "100ms")
    check(answer.code == 0 and "errors: none" in answer.out, "bench in words", answer)


def watched_kill(ctl, cluster):
    """The leader dies under a loop of appends; none that was acknowledged is lost or doubled."""
    watching = ctl.start("watch", "--json", "--for", "60s")
    old = settled(ctl)
    check(until(lambda: ctl("append", "loop", "0.").code == 0, 10), "the loop starts")
    for number in range(1, 30):
        if number == 10:
            cluster.kill(old)
        answer = ctl("append", "loop", f"{number}.")
        check(answer.code == 0, f"append {number}", answer)
    wanted = "".join(f"{number}." for number in range(30))
    expect(ctl("get", "loop"), 0, "all of them once, in order", wanted)
    answer = ctl("status")
    check(answer.code == 0 and f"{cluster.api[old]}  unreachable: cannot connect" in answer.out,
          "status shows who is away", answer)
    cluster.start(old)
    check(until(lambda: len([m for m in ctl("status", "--json").json()["members"]
                             if "status" in m]) == 3), "it comes back")
    settled(ctl)
    lines = []
    seen = lambda node, kind: any(e["node"] == node and e["kind"] == kind for e in lines)
    told = False
    for line in watching.stdout:
        lines.append(json.loads(line))
        told = seen(old, "away") and seen(old, "back") and \
            any(seen(node, "became_leader") for node in cluster.api)
        if told:
            break
    check(told, "watch tells who went, led and came back", lines)
    watching.send_signal(signal.SIGINT)
    check(watching.wait(10) == 0, "Ctrl-C ends it with 0", watching.returncode)
    watching.communicate()
    answer = ctl("watch", "--recent", "--json", "--for", "500ms")
    for node in cluster.api:
        numbers = [e["number"] for e in map(json.loads, answer.out.splitlines())
                   if e["node"] == node]
        check(numbers and numbers == list(range(1, len(numbers) + 1)), "every event once", numbers)
    answer = ctl("watch", "--recent", "--for", "300ms")
    check(answer.code == 0 and "became_leader{" in answer.out, "watch --recent --for", answer)


def no_majority(ctl, cluster):
    for node in list(cluster.api)[:2]:
        cluster.kill(node)
    expect(ctl("--timeout", "700ms", "get", "k"), 3, "a read without a majority", "", "failed")
    answer = ctl("--timeout", "700ms", "put", "k", "v")
    check(answer.code in (2, 3), "a write without a majority", answer)
    check(until(lambda: "no member that answers leads" in ctl("status").out, 5),
          "status without a majority", ctl("status"))


def logs(ctl, cluster, folder):
    """On a copy of a node's folder: whole, and with one byte turned over in its middle."""
    copy = folder / "copy"
    shutil.copytree(cluster.data(3), copy)
    answer = ctl("wal", "verify", copy, env={"LOCKSTEP_SERVERS": None})
    check(answer.code == 0 and 'ok: node 3 of cluster "lockstep"' in answer.out, "whole", answer)
    check(ctl("--json", "wal", "verify", copy).json().get("verdict") == "ok", "and as JSON")
    answer = ctl("wal", "dump", copy)
    check(answer.code == 0 and "[" in answer.out and ':put{key="k" value="hello"} of session' in
          answer.out, "its records", answer)
    offsets = [line.split()[2] for line in answer.out.splitlines()]
    segment = copy / answer.out.split()[0]
    content = bytearray(segment.read_bytes())
    content[int(offsets[len(offsets) // 2]) + 9] ^= 1
    segment.write_bytes(content)
    expect(ctl("wal", "verify", copy), 1, "a flipped byte", "", segment.name)
    check(ctl("--json", "wal", "verify", copy).json().get("verdict") == "damaged", "as JSON, too")
    answer = ctl("wal", "dump", copy)
    check(answer.code == 1 and 0 < len(answer.out.splitlines()) < len(offsets),
          "the records before it", answer)


def status_of(node, cluster="lockstep", role="leader", term=4, places=()):
    return json.dumps({
        "id": node, "cluster": cluster, "role": role, "term": term, "leader": node,
        "log": {"last": 9, "commit": 9, "applied": 8}, "uptime_seconds": 200.5,
        "disk": {"sync_p99_ms": 0.5},
        "members": [{"id": i + 1, "api": place, "connected": True}
                    for i, place in enumerate(places)]}).encode()


def fakes(program):
    texts = [b"", b""]
    with FakeServers([lambda _: texts[0], lambda _: texts[1]]) as servers:
        places = servers.places()
        ctl = Ctl(program, places)
        texts[:] = [status_of(1, places=places), status_of(2, term=5, places=places)]
        answer = ctl("status")
        check("2 members say that they lead: node 1 in term 4, node 2 in term 5" in answer.out and
              "members disagree" in answer.out, "two leaders are said", answer)
        # These have a status, and nothing else: POST is answered 501 by all of them.
        begun = time.monotonic()
        expect(ctl("--timeout", "25s", "put", "k", "v"), 77, "servers that cannot write", "", "(501)")
        check(time.monotonic() - begun < 10, "at once", time.monotonic() - begun)
        expect(ctl("campaign", "1", "--token", "t"), 77, "nor hold elections", "", "(501)")
        texts[1] = status_of(2, cluster="another", places=places)
        expect(ctl("status"), 64, "two clusters", "", "name the servers of one cluster")
        texts[:] = [status_of(1), status_of(2)]
        expect(ctl("status"), 69, "a status without members", "", "not as a lockstepd")
        texts[:] = [b"<html>", b'{"id":"one"}']
        expect(ctl("status"), 69, "no lockstepd", "", "not as a lockstepd")
        expect(ctl("get", "k"), 69, "no lockstepd to read from", "", "not as a lockstepd")


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: ctl_test.py BUILD_FOLDER")
    build = pathlib.Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        with Cluster(build / "lockstepd", folder) as cluster:
            ctl = Ctl(build / "lockstepctl", cluster.api.values())
            if not settled(ctl):
                sys.exit(f"the cluster has no leader: {ctl('status')}\n{cluster.log(1)}")
            keys_and_values(ctl)
            words(ctl, folder)
            admin(ctl, cluster)
            measure(ctl)
            settled(ctl)
            watched_kill(ctl, cluster)
            logs(ctl, cluster, folder)
            no_majority(ctl, cluster)
        fakes(build / "lockstepctl")
    return verdict()


if __name__ == "__main__":
    sys.exit(main())
