#!/usr/bin/env python3
"""Clusters on IPv6 addresses and on names, with TLS and datagrams between members: addresses.py BUILD_FOLDER."""

import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "ctl"))
from cluster import TOKEN, Cluster, Ctl, environment, until  # noqa: E402
from node_test import ask, check, leader_of, report, settle, status  # noqa: E402

CERTIFICATES = pathlib.Path(__file__).resolve().parents[2] / "node/deploy/make-certificates.sh"


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as one:
            one.bind(("::1", 0))
        return True
    except OSError:
        return False


def tls_words(folder):
    """Flags of a node with TLS; without openssl, which makes the certificates, there are none."""
    if not shutil.which("openssl"):
        print("no openssl here: without TLS")
        return lambda node: []
    made = folder / "tls"
    subprocess.run([CERTIFICATES, made, "1", "2", "3"], check=True, capture_output=True, timeout=60)
    return lambda node: ["--tls.certificate", made / f"node-{node}.pem", "--tls.key",
                         made / f"node-{node}.key", "--tls.authority", made / "authority.pem"]


def check_cluster(build, folder, name, host, words):
    folder.mkdir()
    with Cluster(build / "lockstepd", folder, host=host, words=words) as cluster:
        leader = settle(cluster)
        follower = next(n for n in cluster.api if n != leader)
        place, other = cluster.api[leader], cluster.api[follower]
        check(ask(place, "PUT", "/v1/kv/a", b"1").status == 200, f"{name}: a put")
        elsewhere = ask(other, "GET", "/v1/kv/a?x=%20")
        check(elsewhere.status == 307 and
              elsewhere.headers["Location"] == f"http://{place}/v1/kv/a?x=%20",
              f"{name}: a follower says where the leader is", elsewhere.headers.get("Location"))
        proxied = ask(other, "GET", f"http://{other}/v1/kv/a")
        check(proxied.headers["Location"] == f"http://{place}/v1/kv/a",
              f"{name}: as well to one who asks with the whole address", proxied.headers.get("Location"))
        check(ask(other, "GET", "/v1/kv/a?forward=1").body == b"1", f"{name}: a follower asks it")
        members = {m["id"]: m for m in status(cluster, leader)["members"]}
        check({n: m["api"] for n, m in members.items()} == cluster.api and
              {n: m["peer"] for n, m in members.items()} == cluster.peer,
              f"{name}: status says the addresses as they were given", members)
        check_ctl(build, name, cluster, leader, follower)
        cluster.kill(leader)
        check(until(lambda: leader_of(cluster)), f"{name}: another leader", cluster.log(follower)[-500:])
        logs = "".join(cluster.log(node) for node in cluster.api)
        check(f'"address":"{cluster.peer[leader]}"' in logs, f"{name}: the log names who is away", logs[-600:])


def check_ctl(build, name, cluster, leader, follower):
    ctl = Ctl(build / "lockstepctl", [cluster.api[follower]])
    answer = ctl("status")
    check(answer.code == 0 and all(place in answer.out for place in cluster.api.values()) and
          "unreachable" not in answer.out, f"{name}: lockstepctl status", answer)
    check(ctl("put", "b", "2").code == 0 and ctl("get", "b").out == "2", f"{name}: put and get")
    answer = ctl("campaign", cluster.api[leader], "--token", TOKEN)
    check(answer.code == 0 and cluster.api[leader] in answer.out, f"{name}: an admin call by address", answer)


def check_listening(build, folder):
    """Where a node binds is not where others reach it."""
    hosts = {1: "0.0.0.0", 2: "localhost", 3: "127.0.0.1"}

    def words(node):
        return ["--listen.peer", f"{hosts[node]}:{cluster.peer[node].rsplit(':', 1)[1]}",
                "--listen.api", f"{hosts[node]}:{cluster.api[node].rsplit(':', 1)[1]}"]
    cluster = Cluster(build / "lockstepd", folder, host="localhost", words=words)
    with cluster:
        check(ask(cluster.api[settle(cluster)], "PUT", "/v1/kv/a", b"1").status == 200, "listen.*")

    taken = socket.create_server(("::1", 0), family=socket.AF_INET6) if has_ipv6() else None
    if taken:
        place = f"[::1]:{taken.getsockname()[1]}"
        said = subprocess.run([build / "lockstepd", "--id", "1", "--members", f"1={place}/{cluster.api[1]}",
                               "--data", folder / "taken"], env=environment(), capture_output=True, text=True,
                              timeout=20)
        check(said.returncode == 75 and f"at {place}: " in said.stderr, "an IPv6 address that is taken", said)
        taken.close()
    nowhere = subprocess.run([build / "lockstepd", "--id", "1", "--members",
                              f"1=no-such-host.invalid:{cluster.peer[1].rsplit(':', 1)[1]}/{cluster.api[1]}",
                              "--data", folder / "nowhere"], env=environment(), capture_output=True, text=True,
                             timeout=20)
    check(nowhere.returncode == 75 and "no-such-host.invalid" in nowhere.stderr, "a name of no machine", nowhere)


def main():
    build = pathlib.Path(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="lockstep-addresses-") as name:
        folder = pathlib.Path(name)
        tls = tls_words(folder)
        beats = ["--datagrams", "--datagram_key", "a key of a test"]
        if has_ipv6():
            check_cluster(build, folder / "six", "IPv6", "[::1]", lambda node: [*map(str, tls(node)), *beats])
        else:
            print("no IPv6 here: only names")
        check_cluster(build, folder / "names", "names", "localhost", lambda node: [*map(str, tls(node)), *beats])
        check_listening(build, folder)
    return report()


if __name__ == "__main__":
    sys.exit(main())
