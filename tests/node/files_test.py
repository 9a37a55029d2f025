#!/usr/bin/env python3
"""The shared files of lockstepd from outside: files_test.py BUILD_FOLDER.

Three members: log in, index, search, transfer, auto-index, found locally; then names that lead out of the folder, a damaged source, a
source that dies and a fetcher that dies in mid-transfer, and a file of the same content under another name.
"""

import hashlib
import os
import pathlib
import random
import shutil
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "ctl"))
from cluster import TOKEN, Cluster, Ctl, until  # noqa: E402
from node_test import ask, check, report  # noqa: E402

MIB = 1024 * 1024
CHUNK = 65536


def words(node):
    return ["--files.mode", "on", "--files.answers_within", "300 ms"]


def shared(cluster, node):
    return cluster.data(node) / "files" / "shared"


def put(cluster, node, name, content):
    (shared(cluster, node) / name).write_bytes(content)


def get(cluster, node, target):
    return ask(cluster.api[node], "GET", target).json()


def index(cluster, node):
    return ask(cluster.api[node], "POST", "/v1/files/index", timeout=60)


def names(cluster, node):
    return [one["name"] for one in get(cluster, node, "/v1/files").get("files", [])]


def fetch(cluster, node, name):
    return ask(cluster.api[node], "POST", f"/v1/files/{name}/fetch")


def fetches(cluster, node):
    return get(cluster, node, "/v1/fetches")


def under_way(cluster, node, name):
    return next((one for one in fetches(cluster, node).get("under_way", []) if one["name"] == name), {})


def owners(cluster, node, query):
    return [one["node"] for one in get(cluster, node, f"/v1/search?{query}").get("sources", [])]


def neighbours(cluster, node):
    return sorted(one["node"] for one in get(cluster, node, "/v1/directory").get("neighbours", []))


def settle(cluster):
    def linked():
        return all(len(neighbours(cluster, node)) == len(cluster.processes) - 1 for node in cluster.processes)
    check(until(linked), "all are neighbours", {n: neighbours(cluster, n) for n in cluster.processes})


def arrives(cluster, node, name, content, what, seconds=60):
    check(until(lambda: name in names(cluster, node), seconds), f"{what}: it arrives and is offered", (fetches(cluster, node), cluster.log(node)[-600:]))
    path = shared(cluster, node) / name
    same = path.exists() and path.read_bytes() == content
    check(same, f"{what}: it is equal to its source")
    check(not list(shared(cluster, node).glob(".part-*")), f"{what}: nothing else is left", os.listdir(shared(cluster, node)))


def slow(cluster, node, delay=40):
    """What others send reaches it late, so that a transfer takes a while."""
    for peer in cluster.processes:
        if peer != node:
            fault = f'{{"peer": {peer}, "direction": "in", "delay_ms": {delay}}}'
            answer = ask(cluster.api[node], "POST", "/v1/admin/faults", fault, {"Authorization": "Bearer " + TOKEN})
            check(answer.status == 200, "links are made slow", answer)


def metric(cluster, node, name):
    for line in ask(cluster.api[node], "GET", "/metrics").body.decode().splitlines():
        if line.startswith(name + " "):
            return float(line.split()[1])
    return None


def check_six_steps(cluster):
    settle(cluster)
    answer = ask(cluster.api[1], "POST", "/v1/directory/login")
    check(answer.status == 200 and len(answer.json()["neighbours"]) == 2, "1: logs in", answer)
    check(ask(cluster.api[1], "POST", "/v1/directory/login?peer=2").status == 200, "at one peer")
    content = random.randbytes(200_001)
    put(cluster, 1, "Field notes of 1978.pdf", content)
    put(cluster, 1, "empty.txt", b"")
    answer = index(cluster, 1)
    check(answer.json().get("added") == ["Field notes of 1978.pdf", "empty.txt"], "2: indexes", answer)
    check(index(cluster, 1).json()["hashed_bytes"] == 0, "and does not read again what is as it was")
    check(owners(cluster, 3, "name=Field%20notes%20of%201978.pdf&ttl=2") == [1], "3: finds by name")
    check(owners(cluster, 3, "words=NOTES+field") == [1], "by words", get(cluster, 3, "/v1/search?words=NOTES+field"))
    check(owners(cluster, 3, "name=nothing") == [], "what nobody has is not found")
    answer = fetch(cluster, 3, "Field%20notes%20of%201978.pdf")
    check(answer.status == 202, "4: fetches", answer)
    arrives(cluster, 3, "Field notes of 1978.pdf", content, "4")
    check(sorted(owners(cluster, 2, "words=1978")) == [1, 3], "5: who fetched it offers it")
    answer = ask(cluster.api[3], "GET", "/v1/search?words=1978")
    check([one["here"] for one in answer.json()["sources"]] == [True], "6: finds it at home", answer)
    answer = ask(cluster.api[3], "GET", "/v1/files/Field%20notes%20of%201978.pdf")
    check(answer.status == 200 and answer.body == content, "and reads it")
    check(fetch(cluster, 3, "Field%20notes%20of%201978.pdf").json()["outcome"] == "done", "what is here is not fetched again")
    fetch(cluster, 2, "empty.txt")
    arrives(cluster, 2, "empty.txt", b"", "an empty file")
    answer = ask(cluster.api[2], "GET", "/v1/files/empty.txt")
    check(answer.status == 200 and answer.body == b"", "and reads it, too", answer)


def check_large(cluster):
    content = random.randbytes(20 * MIB + 17)
    put(cluster, 2, "large.bin", content)
    index(cluster, 2)
    begun = time.monotonic()
    fetch(cluster, 1, "large.bin")
    arrives(cluster, 1, "large.bin", content, "20 MiB")
    print(f"20 MiB in {time.monotonic() - begun:.2f} s", flush=True)
    answer = ask(cluster.api[1], "GET", "/v1/files/large.bin", timeout=60)
    check(answer.status == 200 and answer.body == content, "20 MiB over HTTP")
    check(ask(cluster.api[1], "HEAD", "/v1/files/large.bin").headers["Content-Length"] == str(len(content)), "HEAD knows its size")
    sent, received = metric(cluster, 2, "lockstep_files_sent_bytes_total"), metric(cluster, 1, "lockstep_files_received_bytes_total")
    check(sent >= len(content) and received >= len(content), "both count", (sent, received))
    end = fetches(cluster, 1)["ended"][0]
    check(end["name"] == "large.bin" and end["outcome"] == "done" and end["size"] == len(content), "the fetch is told", end)


def check_names(cluster):
    secret = cluster.folder / "secret"
    secret.write_bytes(b"secret")
    folder = shared(cluster, 1)
    os.symlink(secret, folder / "link")
    os.mkdir(folder / "folder")
    (folder / ".hidden").write_bytes(b"x")
    skipped = {one["name"] for one in index(cluster, 1).json()["skipped"]}
    check(skipped == {"link", "folder"}, "links and folders are not shared", skipped)
    for name in ("..%2Fsecret", "%2E%2E", ".hidden", "a%5Cb", "a%0Ab", "x" * 129, "%2Fetc%2Fpasswd", ".part-x", ""):
        for method, target in (("GET", f"/v1/files/{name}"), ("POST", f"/v1/files/{name}/fetch")):
            answer = ask(cluster.api[1], method, target)
            check(answer.status == 400 and b"refused" in answer.body, f"{method} {target} is refused", answer)
    check(ask(cluster.api[1], "GET", "/v1/files/link").status == 404, "a link is not read")
    for query in ("", "name=a&words=b", "name=a&ttl=0", "name=a&ttl=99", "name=a&ttl=x", "name=" + "x" * 129):
        check(ask(cluster.api[1], "GET", "/v1/search?" + query).status == 400, f"?{query[:20]} is refused")
    for method, target, code in (("GET", "/v1/directory/login", 405), ("POST", "/v1/search", 405), ("DELETE", "/v1/files/a", 405),
                                 ("POST", "/v1/directory/login?peer=9", 400), ("GET", "/v1/files/nothing", 404), ("GET", "/v1/directory/x", 404)):
        check(ask(cluster.api[1], method, target).status == code, f"{method} {target}: {code}")
    put(cluster, 1, "unindexed", b"mine")
    check(fetch(cluster, 1, "unindexed").status == 409, "a file that lies there is not replaced")
    (folder / "link").unlink()
    (folder / "folder").rmdir()
    (folder / "unindexed").unlink()


def check_removed(cluster):
    put(cluster, 1, "short-lived", b"1")
    index(cluster, 1)
    put(cluster, 1, "short-lived", b"another")
    check(index(cluster, 1).json()["added"] == ["short-lived"], "a changed file is indexed anew")
    (shared(cluster, 1) / "short-lived").unlink()
    check(index(cluster, 1).json()["removed"] == ["short-lived"], "a file that is gone is offered no more")
    check(owners(cluster, 2, "name=short-lived") == [], "and not found")


def check_damaged(cluster):
    content = random.randbytes(40 * CHUNK)
    for node in (1, 2):
        put(cluster, node, "damaged.bin", content)
        index(cluster, node)
    with open(shared(cluster, 1) / "damaged.bin", "r+b") as file:
        for number in range(40):
            file.seek(number * CHUNK + 5)
            file.write(bytes([content[number * CHUNK + 5] ^ 1]))
    fetch(cluster, 3, "damaged.bin")
    arrives(cluster, 3, "damaged.bin", content, "a damaged source")
    check(metric(cluster, 3, "lockstep_files_false_chunks_total") >= 1, "false chunks are counted")
    check(metric(cluster, 3, "lockstep_files_dropped_sources_total") >= 1, "and their source is dropped")


def check_source_dies(cluster):
    content = random.randbytes(24 * MIB)
    for node in (1, 2):
        put(cluster, node, "source-dies.bin", content)
        index(cluster, node)
    slow(cluster, 3)
    fetch(cluster, 3, "source-dies.bin")
    half = until(lambda: under_way(cluster, 3, "source-dies.bin").get("chunks_here", 0) > 30 and under_way(cluster, 3, "source-dies.bin"))
    check(half and half["chunks_here"] < half["chunks"], "a source dies in mid-transfer", half)
    cluster.kill(1)
    arrives(cluster, 3, "source-dies.bin", content, "a source dies")
    cluster.start(1)
    settle(cluster)


def check_fetcher_dies(cluster):
    content = random.randbytes(24 * MIB)
    put(cluster, 2, "fetcher-dies.bin", content)
    index(cluster, 2)
    fetch(cluster, 3, "fetcher-dies.bin")
    half = until(lambda: under_way(cluster, 3, "fetcher-dies.bin").get("chunks_here", 0) > 60 and under_way(cluster, 3, "fetcher-dies.bin"))
    check(half and half["chunks_here"] < half["chunks"], "the fetcher dies in mid-transfer", half)
    cluster.kill(3)
    part = shared(cluster, 3) / ".part-fetcher-dies.bin"
    with open(part, "r+b") as file:  # and its disk forgets a chunk
        file.seek(content.index(content[:64]))
        kept = [n for n in range(len(content) // CHUNK) if file.seek(n * CHUNK) is not None and file.read(CHUNK) == content[n * CHUNK:(n + 1) * CHUNK]]
        file.seek(kept[0] * CHUNK)
        file.write(b"\0" * CHUNK)
    cluster.start(3)
    arrives(cluster, 3, "fetcher-dies.bin", content, "the fetcher dies")
    received = metric(cluster, 3, "lockstep_files_received_bytes_total")
    check(received <= len(content) - 59 * CHUNK, "what it had is not fetched again", received)
    check("chunks are not on the disk" in cluster.log(3), "what the disk lost is noticed")


def check_restart(cluster):
    before = names(cluster, 3)
    cluster.kill(3)
    put(cluster, 3, "while-away", b"x")
    cluster.start(3)
    check(until(lambda: names(cluster, 3) == sorted(before + ["while-away"])), "what was offered is offered again", (before, names(cluster, 3)))
    check(hashlib.sha256(ask(cluster.api[3], "GET", "/v1/files/large.bin").body).digest() != b"", "and read")


def check_other_name(cluster):
    settle(cluster)
    content = random.randbytes(3 * CHUNK + 1)
    put(cluster, 1, "one name", content)
    put(cluster, 2, "another name", content)
    index(cluster, 1)
    index(cluster, 2)
    fetch(cluster, 3, "one%20name")
    arrives(cluster, 3, "one name", content, "one name")
    fetch(cluster, 3, "another%20name")
    arrives(cluster, 3, "another name", content, "the same under another name")


def check_ctl(cluster):
    ctl = Ctl(pathlib.Path(cluster.program).parent / "lockstepctl", [cluster.api[3]])
    content = random.randbytes(2 * MIB)
    put(cluster, 1, "by hand.bin", content)
    put(cluster, 1, "x" * 129, b"")
    answer = ctl("files", "index", "--at", 1)
    check(answer.code == 0 and "1 of them new" in answer.out and "longer than 128 bytes" in answer.err, "ctl: index", answer)
    (shared(cluster, 1) / ("x" * 129)).unlink()
    answer = ctl("files", "search", "by hand.bin")
    check(answer.code == 0 and "1     by hand.bin  2097152" in answer.out, "ctl: search", answer)
    check(ctl("files", "search", "nothing at all").code == 1, "ctl: search for nothing")
    check(ctl("--json", "files", "search", "--words", "HAND", "--ttl", 1).json()["sources"][0]["node"] == 1, "ctl: search by words")
    answer = ctl("files", "fetch", "by hand.bin")
    check(answer.code == 0 and "2.0 MiB in" in answer.out and not answer.err, "ctl: fetch", answer)
    check((shared(cluster, 3) / "by hand.bin").read_bytes() == content, "ctl: what was fetched")
    answer = ctl("files", "fetch", "by hand.bin")
    check(answer.code == 0 and "already" in answer.out, "ctl: fetch again", answer)
    answer = ctl("files", "fetch", "../secret")
    check(answer.code == 77 and "a name is not a path" in answer.err or "begin with a dot" in answer.err, "ctl: a path", answer)
    check("by hand.bin" in ctl("files", "list").out, "ctl: list")
    check(ctl("files", "list", "--at", 9).code == 64, "ctl: no such member")
    answer = ctl("wal", "dump", cluster.data(3) / "files")
    check("kept chunk 31 of file" in answer.out and "offered \"by hand.bin\"" in answer.out, "ctl: wal dump", answer.out[-300:])


def main():
    program = pathlib.Path(sys.argv[1]) / "lockstepd"
    folder = pathlib.Path(tempfile.mkdtemp(prefix="lockstep-files-"))
    try:
        with Cluster(program, folder, words=words) as cluster:
            for part in (check_six_steps, check_large, check_names, check_removed, check_damaged, check_source_dies, check_fetcher_dies,
                         check_restart, check_other_name, check_ctl):
                begun = time.monotonic()
                part(cluster)
                print(f"{part.__name__}: {time.monotonic() - begun:.1f} s", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return report()


if __name__ == "__main__":
    sys.exit(main())
