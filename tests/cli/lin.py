"""lockstep lin: verdicts and exit codes on histories of its own runs and of others' forms."""

import re

GOOD = """INFO  jepsen.util - 0\t:invoke\t:write\t4
INFO  jepsen.util - 0\t:ok\t:write\t4
INFO  jepsen.util - 1\t:invoke\t:read\tnil
INFO  jepsen.util - 1\t:ok\t:read\t4
"""
BAD = GOOD + """INFO  jepsen.util - 2\t:invoke\t:read\tnil
INFO  jepsen.util - 2\t:ok\t:read\t5
"""
TXN = """{:process 1 :type :invoke :f :txn :value [[:w :x 1] [:w :y 1]]}
{:process 2 :type :invoke :f :txn :value [[:r :x nil] [:r :y nil]]}
{:process 2 :type :ok :f :txn :value [[:r :x 1] [:r :y 0]]}
{:process 1 :type :ok :f :txn :value [[:w :x 1] [:w :y 1]]}
"""
LOCK = """{:process 1 :type :invoke :f :acquire :value nil}
{:process 1 :type :ok :f :acquire :value nil}
{:process 2 :type :invoke :f :release :value nil}
{:process 2 :type :ok :f :release :value nil}
"""


def check_verdicts(context):
    checks = context.checks
    with context.scratch() as folder:
        files = {"good.log": GOOD, "bad.log": BAD, "txn.edn": TXN, "lock.edn": LOCK}
        for name, text in files.items():
            (folder / name).write_text(text)
        for arguments, code in ((["good.log"], 0), (["bad.log"], 1), (["bad.log", "good.log"], 1),
                                (["good.log", "--model", "register"], 0),
                                (["bad.log", "--steps", "1"], 1),
                                (["good.log", "--steps", "1"], 2),
                                (["good.log", "--format", "knossos-edn"], 65),
                                (["txn.edn", "--model", "multi-register"], 1),
                                (["lock.edn", "--model", "mutex"], 0), (["lock.edn"], 65),
                                (["missing.log", "bad.log"], 66), (["lock.edn", "missing.log"], 65),
                                (["good.log", "--model", "queue"], 64),
                                (["good.log", "--steps", "-1"], 64),
                                (["good.log", "bad.log", "--html", "page.html"], 64),
                                (["good.log", "--html", "nowhere/page.html"], 73)):
            answer = context.program.run("lin", *arguments, cwd=folder)
            checks.equal(answer.code, code, f"lin {' '.join(arguments)}", answer)
        told = context.program.run("lin", "bad.log", cwd=folder).out
        checks.equal(told, "bad.log: violated: key register: #3 c2 get register found \"5\" fits "
                           "nowhere; the value before it is \"4\"\n"
                           "  longest linearizable prefix: 2 of 3 operations that returned\n"
                           "        1  #1 c0 put register \"4\"\n"
                           "        2  #2 c1 get register found \"4\"\n"
                           "  nowhere  #3 c2 get register found \"5\"\n", "what a person is told")
        refused = context.program.run("lin", "lock.edn", cwd=folder)
        checks.equal(refused.err, "lock.edn: line 1: the operation is :acquire, not :read, :write "
                                  "or :cas\n", "a refusal is one line with its place")


def check_json_and_page(context):
    checks = context.checks
    with context.scratch() as folder:
        (folder / "bad.log").write_text(BAD)
        answer = context.program.run("lin", "bad.log", "--json", "--html", "page.html", cwd=folder)
        checks.equal(answer.code, 1, "--json leaves with the verdict's code", answer)
        checks.equal(answer.json(), {
            "file": "bad.log", "format": "porcupine-etcd", "model": "cas-register",
            "verdict": "violated", "operations": 3, "keys": 1, "steps": answer.json().get("steps"),
            "key": "register", "prefix": {"returned": 2, "longest": True, "order": [1, 2]},
            "stuck": {"id": 3, "client": "c2", "text": "get register found \"5\"", "invoked": 6,
                      "returned": 7},
            "state": "\"4\"", "text": "key register: #3 c2 get register found \"5\" fits nowhere; "
                                      "the value before it is \"4\""}, "--json")
        page = (folder / "page.html").read_text(encoding="utf-8")
        checks.that('class="verdict violated"' in page and 'id="stuck"' in page, "--html draws it")
        checks.that(not re.search(r"(?:src|href)\s*=\s*[\"']?(?:https?:)?//", page),
                    "the page needs nothing from elsewhere")


def check_own_runs(context):
    """The history of a run, judged again, has the verdict that the run had."""
    checks = context.checks
    for story, settings, code in (
            ("scenarios/raft/stale_leader_answers.json", ["--set", 'expect={"linearizable":true}'], 1),
            ("scenarios/raft/leader_partitioned.json", [], 0)):
        with context.scratch() as folder:
            run = context.program.run("run", story, *settings, "--fabric", "loop", "--json", "--out",
                                      folder)
            checks.equal(run.code, code, f"{story} ends so", run)
            answer = context.program.run("lin", run.json().get("path", ""), "--json")
            checks.equal(answer.code, code, f"lin agrees about {story}", answer)
            checks.equal(answer.json().get("format"), "lockstep", "a folder is one of lockstep's")


CHECKS = (check_verdicts, check_json_and_page, check_own_runs)
