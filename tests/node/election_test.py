#!/usr/bin/env python3
"""The election of lockstepd from outside: election_test.py BUILD_FOLDER.

Four members: who leads, what a guarded action answers where, a leader that is killed, one that is expected to fail, everybody killed and
restarted, what the audit trail says of all that, and what is refused at the start.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "ctl"))
from cluster import TOKEN, Cluster, Ctl, environment, until  # noqa: E402
from node_test import ask, check, report  # noqa: E402

OPERATOR = {"Authorization": f"Bearer {TOKEN}"}
CALM = {"cpu": 0.1, "memory": 0.3, "load": 0.1}


def make_keys(ctl, folder):
    """What the election of node N needs: keys/ and secrets-N/node-N.secret."""
    (folder / "keys").mkdir()
    for node in range(1, 5):
        own = folder / f"secrets-{node}"
        own.mkdir()
        answer = ctl("keygen", "--node", node, "--out", own)
        check(answer.code == 0, f"keygen of node {node}", answer)
        shutil.copy(own / f"node-{node}.pub", folder / "keys")


def words_of(folder):
    return lambda node: [
        "--election.quorum", "byzantine", "--election.profile", "lan", "--election.timeout", "2 s",
        "--election.keys", str(folder / "keys"), "--election.secret", str(folder / f"secrets-{node}/node-{node}.secret"),
        "--datagrams", "--datagram_key", "k"]


def status(cluster, node):
    return ask(cluster.api[node], "GET", "/v1/election/status", timeout=2).json()


def events(cluster, node):
    return ask(cluster.api[node], "GET", "/v1/election/events").json()["events"]


def calm(cluster, node):
    return ask(cluster.api[node], "POST", "/v1/admin/vitals", json.dumps(CALM), OPERATOR).status == 200


def agreed(cluster):
    """The coordinator that every member which runs follows, or nothing."""
    told = [status(cluster, node) for node in cluster.processes]
    leaders = {one.get("leader") for one in told} if len({one.get("epoch") for one in told}) == 1 else {None}
    leader = leaders.pop() if len(leaders) == 1 else None
    return leader if leader in cluster.processes and status(cluster, leader).get("may_act") else None


def settle(cluster, what):
    leader = until(lambda: agreed(cluster))
    check(leader, f"{what}: one coordinator", {n: status(cluster, n) for n in cluster.processes})
    return leader


def guard(cluster, node, key, value):
    return ask(cluster.api[node], "POST", f"/v1/guarded/{key}", value)


def check_status(cluster):
    leader = settle(cluster, "start")
    told = status(cluster, leader)
    factors = told["score"]["factors"]
    check(told["role"] == "coordinator" and told["may_act"] and 0 < told["lease_ms"] <= 3000, "a lease", told)
    check(told["token"]["epoch"] == told["epoch"], "a token of its epoch", told)
    check(sum(factors.values()) == told["score"]["total"] and len(factors) == 10, "the factors add up", factors)
    check(told["vitals"]["cpu"] == 100 and told["vitals"]["set"] == ["cpu", "memory", "load"], "vitals are as set", told)
    check(told["threshold"] == 26 and told["total"] == 40 and len(told["members"]) == 4, "the quorum", told)
    other = next(n for n in cluster.processes if n != leader)
    check(until(lambda: status(cluster, other)["leader_heard_ms"] is not None), "a follower hears its leader")
    answer = ask(cluster.api[other], "POST", "/v1/election/start")
    check(answer.status == 409 and b"a leader is heard" in answer.body, "no election while a leader is heard", answer)
    answer = ask(cluster.api[leader], "POST", "/v1/election/start")
    check(answer.status == 409 and b"leads" in answer.body, "a leader starts none", answer)
    check(ask(cluster.api[leader], "GET", "/v1/election/x").status == 404, "an unknown call")
    check(ask(cluster.api[leader], "DELETE", "/v1/election/status").status == 405, "a wrong method")


def check_guarded(cluster):
    leader = settle(cluster, "guarded")
    other = next(n for n in cluster.processes if n != leader)
    place = f"http://{cluster.api[leader]}/v1/guarded/bed%207"
    answer = ask(cluster.api[other], "POST", "/v1/guarded/bed%207", "free")
    check(answer.status == 307 and answer.headers["Location"] == place, "a follower sends on", answer)
    first = ask(cluster.api[leader], "POST", "/v1/guarded/bed%207", "free")
    second = ask(cluster.api[leader], "POST", "/v1/guarded/bed%207", "taken")
    check(first.status == 200 and second.status == 200, "a leader acts", (first, second))
    tokens = [(a.json()["token"]["epoch"], a.json()["token"]["number"]) for a in (first, second)]
    check(tokens[0] < tokens[1], "tokens grow", tokens)

    def there(node):
        kept = ask(cluster.api[node], "GET", "/v1/guarded/bed%207")
        return kept.body == b"taken" and kept.headers["X-Fencing-Token"] == "{}.{}".format(*tokens[1])
    check(until(lambda: sum(there(n) for n in cluster.processes) >= 3), "a quorum of resources keeps it")
    check(ask(cluster.api[leader], "GET", "/v1/guarded/none").status == 404, "a key that nobody wrote")
    check(guard(cluster, leader, "k", "x" * 70_000).status == 400, "a value that is too long")
    return tokens[1]


def check_refused_vitals(cluster):
    place = cluster.api[1]
    for body, part in ((b"{", "JSON"), (b'{"cpu": 2}', "cpu"), (b'{"speed": 1}', "speed"), (b'{"beds_free": 2, "beds_total": 1}', "beds")):
        answer = ask(place, "POST", "/v1/admin/vitals", body, OPERATOR)
        check(answer.status == 400 and part in answer.body.decode(), f"vitals {body} are refused", answer)
    check(ask(place, "POST", "/v1/admin/vitals", b"{}").status == 401, "vitals need the token")
    check(ask(place, "POST", "/v1/admin/hand_over").status == 401, "a hand-over needs the token")


def check_killed(cluster):
    leader = settle(cluster, "before a kill")
    epoch = status(cluster, leader)["epoch"]
    cluster.kill(leader)
    after = until(lambda: agreed(cluster))
    check(after and after != leader and status(cluster, after)["epoch"] > epoch, "another one leads a later epoch",
          {n: status(cluster, n) for n in cluster.processes})
    kinds = {event["kind"] for event in events(cluster, after)}
    check({"election_won", "quorum_reached", "token_issued", "leader_changed"} <= kinds, "its trail says so", kinds)
    cluster.start(leader)
    check(until(lambda: calm(cluster, leader)), "the killed one is back")
    settle(cluster, "after a kill")


def check_foreseen(cluster):
    leader = settle(cluster, "before a failure")
    ask(cluster.api[leader], "POST", "/v1/admin/vitals", json.dumps({"cpu": 0.99}), OPERATOR)
    after = until(lambda: (agreed(cluster) or leader) != leader)
    check(after, "who is expected to fail hands over", {n: status(cluster, n) for n in cluster.processes})
    asked = [event for node in cluster.processes for event in events(cluster, node) if event["kind"] == "preemptive_election"]
    check(any(event["fields"]["leader"] == leader and event["fields"]["failure_permille"] > 700 for event in asked),
          "its followers said why", asked)
    calm(cluster, leader)


def check_hand_over(cluster):
    leader = settle(cluster, "before a hand-over")
    other = next(n for n in cluster.processes if n != leader)
    answer = ask(cluster.api[other], "POST", "/v1/admin/hand_over", headers=OPERATOR)
    check(answer.status == 307 and answer.headers["Location"].startswith(f"http://{cluster.api[leader]}/"),
          "a follower has nothing to hand over", answer)
    answer = ask(cluster.api[leader], "POST", "/v1/admin/hand_over", headers=OPERATOR)
    check(answer.status == 202, "a leader hands over", answer)
    check(until(lambda: (agreed(cluster) or leader) != leader), "and another one leads")


def check_metrics(cluster):
    place = cluster.api[1]
    own = ask(place, "GET", "/v1/election/metrics").body.decode()
    check("lockstep_election_epoch " in own and 'kind="leader_changed"' in own, "metrics of the election", own)
    every = ask(place, "GET", "/metrics").body.decode()
    check("lockstep_election_epoch " in every and "lockstep_raft_term " in every, "among all metrics")
    promtool = shutil.which("promtool")
    print("promtool judges the metrics" if promtool else "no promtool here (Debian's prometheus): the metrics are not judged by it")
    if promtool:
        said = subprocess.run([promtool, "check", "metrics"], input=every, text=True, capture_output=True, timeout=30)
        check(said.returncode == 0, "promtool finds nothing", said.stdout + said.stderr)


def check_all_restarted(cluster, ctl, newest):
    leader = settle(cluster, "before everybody is killed")
    epoch = status(cluster, leader)["epoch"]
    heads = {n: ask(cluster.api[n], "GET", "/v1/election/status").json()["audit"] for n in cluster.processes}
    for node in list(cluster.processes):
        cluster.kill(node)
    for node in cluster.api:
        cluster.start(node)
    check(until(lambda: all(calm(cluster, n) for n in cluster.api)), "everybody is back")
    after = settle(cluster, "everybody restarted")
    told = status(cluster, after)
    check(told["epoch"] > epoch, "epochs go on", told)
    answer = guard(cluster, after, "bed%207", "free")
    token = answer.json().get("token", {})
    check(answer.status == 200 and (token["epoch"], token["number"]) > newest, "tokens go on", answer)
    for node in cluster.api:
        check(until(lambda: status(cluster, node)["audit"]["waiting"] == 0), f"the trail of {node} is written")
        said = ctl("audit", "verify", cluster.data(node) / "audit.db", "--head", heads[node]["head"])
        check(said.code == 0, f"the audit trail of {node} holds, from before the kill", said)


def check_terminated(cluster):
    leader = settle(cluster, "before a leader ends")
    process = cluster.processes.pop(leader)
    process.terminate()
    check(process.wait(10) == 0, "a leader ends with 0")
    after = until(lambda: agreed(cluster))
    check(after and after != leader, "another one leads", {n: status(cluster, n) for n in cluster.processes})


def check_start_errors(program, cluster, folder):
    def start(node, *more):
        words = [program, "--id", str(node), "--members", cluster.members, "--data", str(cluster.data(node)), *words_of(folder)(node), *more]
        return subprocess.run(words, env=environment(), capture_output=True, text=True, timeout=20)
    down = next(n for n in cluster.api if n not in cluster.processes)
    other = down % 4 + 1
    said = start(down, "--election.secret", str(folder / f"secrets-{other}/node-{other}.secret"))
    check(said.returncode == 78 and f"is the secret of node {other}, and this is node {down}" in said.stderr,
          "another node's secret", said)
    few = folder / "few"
    few.mkdir()
    shutil.copy(folder / f"keys/node-{down}.pub", few)
    said = start(down, "--election.keys", str(few), "--check-config")
    check(said.returncode == 78 and said.stderr.count("there is no key of member") == 3, "keys that are missing", said)
    shutil.copy(folder / f"secrets-{other}/node-{other}.secret", few / "more.pub")
    said = start(down, "--election.keys", str(few))
    check(said.returncode == 78 and "more.pub" in said.stderr, "a secret among the keys", said)

    first = min((cluster.data(down) / "election").glob("segment-*"))
    whole = first.read_bytes()
    first.write_bytes(whole[:200] + bytes([whole[200] ^ 1]) + whole[201:])
    said = start(down)
    check(said.returncode == 76 and first.name in said.stderr, "a damaged log of the election", said)
    first.write_bytes(whole)

    audit = cluster.data(down) / "audit.db"
    audit.write_bytes(b"no database")
    cluster.start(down)
    told = until(lambda: status(cluster, down).get("audit"))
    check(told and "audit.db" in told["problem"], "a damaged audit database is said, and the election runs", told)
    settle(cluster, "with a damaged audit database")
    check(audit.read_bytes() == b"no database", "and it is left as it is")


def check_without(program, folder):
    (folder / "without").mkdir()
    with Cluster(program, folder / "without", size=1) as one:
        check(until(lambda: ask(one.api[1], "GET", "/v1/status").status == 200), "a node without an election runs")
        answer = ask(one.api[1], "GET", "/v1/election/status")
        check(answer.status == 404 and b"election.quorum" in answer.body, "and says so", answer)
        answer = ask(one.api[1], "POST", "/v1/admin/hand_over", headers=OPERATOR)
        check(answer.status == 404 and b"election.quorum" in answer.body, "to operators as well", answer)


def main():
    build = pathlib.Path(sys.argv[1])
    program = str(build / "lockstepd")
    with tempfile.TemporaryDirectory(prefix="lockstep-election-") as name:
        folder = pathlib.Path(name)
        ctl = Ctl(build / "lockstepctl", [])
        make_keys(ctl, folder)
        with Cluster(program, folder, size=4, words=words_of(folder)) as cluster:
            check(until(lambda: all(calm(cluster, n) for n in cluster.api)), "every member takes vitals")
            check_status(cluster)
            newest = check_guarded(cluster)
            check_refused_vitals(cluster)
            check_killed(cluster)
            check_foreseen(cluster)
            check_hand_over(cluster)
            check_metrics(cluster)
            check_all_restarted(cluster, ctl, newest)
            check_terminated(cluster)
            check_start_errors(program, cluster, folder)
        check_without(program, folder)
    return report()


if __name__ == "__main__":
    sys.exit(main())
