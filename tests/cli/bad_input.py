"""Scenario files that are none: exit 65, one line on stderr that says where, soon and with little
memory."""

import os
import random
import re
import subprocess
import threading
import time

from support import ROOT, TIMED_OUT, end

LINE = re.compile(r"^(?P<file>.*):(?P<line>\d+):(?P<column>\d+): (?P<path>[^:]+): (?P<what>.+)$")
SOON_SECONDS = 2.0
LITTLE_KIB = 160 * 1024


def story(body):
    return '{ "format": 1, "title": "t", "protocol": "raft",\n' + body + " }\n"


# What is wrong: the text, the place (or None where the place says nothing), words of the message.
BAD_TEXTS = {
    "a missing comma": (story('"nodes": 3 "seed": 1'), (2, 12), ""),
    "a trailing comma": (story('"nodes": 3,'), (2, 13), ""),
    "no end": ('{ "format": 1,', (1, 15), ""),
    "text after the end": (story('"nodes": 3') + "more", (3, 1), ""),
    "an unknown key": (story('"noodles": 3'), (2, 1), "did you mean 'nodes'"),
    "an unknown key inside": (story('"config": { "hartbeat": "50 ms" }'), (2, 13),
                              "did you mean 'heartbeat'"),
    "a wrong unit": (story('"duration": "30 bananas"'), (2, 13), ""),
    "no unit": (story('"duration": 30'), (2, 13), ""),
    "an impossible node": (story('"nodes": 3, "faults": [{ "at": "1 s", "crash": "n4" }]'), (2, 48),
                           "n4"),
    "no nodes": (story('"nodes": 0'), (2, 10), ""),
    "half a node": (story('"nodes": 2.5'), (2, 10), ""),
    "more nodes than fit": (story('"nodes": 1e300'), (2, 10), ""),
    "a fault with two actions": (story('"faults": [{ "at": "1 s", "crash": "n1", "pause": "n1" }]'),
                                 None, ""),
    "one node in two groups": (story('"faults": [{ "at": "1 s", "partition": [["n1"], ["n1"]] }]'),
                               None, "n1"),
    "a healing that ends": (story('"faults": [{ "at": "1 s", "heal": "all", "for": "1 s" }]'), None,
                            ""),
    "a fault after the end": (story('"duration": "5 s", "faults": [{ "at": "9 s", "heal": "all" }]'),
                              None, ""),
    "a key twice": (story('"nodes": 3, "nodes": 5'), (2, 13), ""),
    "the wrong protocol": ('{ "format": 1, "title": "t", "protocol": "raftt" }', (1, 42),
                           "did you mean 'raft'"),
    "regions that are not there": (story('"network": { "regions": "nowhere.json" }'), (2, 25), ""),
    "an empty file": ("", (1, 1), "empty"),
    "spaces only": (" \n\n  ", None, ""),
    "a comment only": ("// nothing else\n", None, ""),
    "a number": ("42", (1, 1), ""),
    "null": ("null", (1, 1), ""),
    "a list": ("[]", (1, 1), ""),
    "deep lists": ("[" * 200_000, None, ""),
    "deep objects": ('{"a":' * 200_000, None, ""),
    "depth inside": (story('"faults": ' + "[" * 5000 + "]" * 5000), None, ""),
    "a number with 100 000 digits": (story('"seed": ' + "9" * 100_000), None, ""),
    "a key with 300 letters": (story('"' + "k" * 300 + '": 1'), (2, 1), ""),
    "two million values": (story('"faults": [' + "1," * 2_000_000 + "1]"), None, ""),
    "a text that does not end": (story('"why": "and so on'), None, ""),
    "half of a surrogate pair": (story(r'"why": "\ud800"'), None, ""),
    "a line feed in a text": (story('"why": "a\nb"'), None, ""),
}
BAD_BYTES = {
    "rubbish": random.Random(1).randbytes(100_000),
    "every byte": bytes(range(256)),
    "not UTF-8": b'{ "format": 1, "title": "\xff\xfe" }',
    "UTF-16": story('"nodes": 3').encode("utf-16"),
    "zeros": bytes(1000),
    "a zero inside": b'{ "format": 1,\0 "title": "t" }',
    "a program": open("/bin/true", "rb").read(),
}


def run_measured(context, arguments, folder):
    """The exit code, stdout, stderr, seconds and the most memory in KiB."""
    with open(folder / "stdout", "w+b") as out, open(folder / "stderr", "w+b") as err:
        start = time.monotonic()
        process = subprocess.Popen([context.program.path, *map(str, arguments)], cwd=folder,
                                   stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                   start_new_session=True)
        timer = threading.Timer(5 * SOON_SECONDS, end, (process,))
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        timer.cancel()
        seconds = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0), err.seek(0)
        texts = [file.read().decode("utf-8", "replace") for file in (out, err)]
    code = TIMED_OUT if process.returncode == -9 else process.returncode
    return code, *texts, seconds, usage.ru_maxrss


def check_refused(context, what, path, folder, place=None, words="", command=("run",), more=()):
    checks = context.checks
    code, out, err, seconds, memory = run_measured(context, [*command, path, *more], folder)
    what = f"{' '.join(command)} on {what}"
    if not checks.equal(code, 65, f"{what}: exit 65", (out + err)[:300]):
        return
    lines = err.splitlines()
    checks.that(len(lines) == 1 and not out, f"{what}: one line on stderr and nothing else",
                (out + err)[:300])
    match = LINE.match(lines[0] if lines else "")
    if checks.that(match, f"{what}: file:line:column: path: what is wrong", err[:300]):
        checks.that(len(err) < 1000, f"{what}: the line can be read", f"{len(err)} characters")
        checks.that(words in match["what"], f"{what}: it says {words!r}", err[:300])
        if place:
            checks.equal((int(match["line"]), int(match["column"])), place, f"{what}: the place",
                         err[:300])
    checks.that(seconds < SOON_SECONDS, f"{what}: answered soon", f"{seconds:.1f} s")
    checks.that(memory < LITTLE_KIB, f"{what}: with little memory", f"{memory} KiB")


def check_texts(context):
    with context.scratch() as folder:
        for what, (text, place, words) in BAD_TEXTS.items():
            (folder / "story.json").write_text(text, encoding="utf-8")
            check_refused(context, what, "story.json", folder, place, words)
        for what, content in BAD_BYTES.items():
            (folder / "story.json").write_bytes(content)
            check_refused(context, what, "story.json", folder)
        (folder / "story.json").write_text(story('"noodles": 3'))
        for command in (["validate"], ["show"], ["sweep"]):
            check_refused(context, "an unknown key", "story.json", folder, (2, 1), "did you mean",
                          command)


def check_files(context):
    with context.scratch() as folder:
        with open(folder / "zeros.json", "wb") as file:
            file.truncate(100 * 1024 * 1024)
        (folder / "folder.json").mkdir()
        (folder / "itself.json").symlink_to("itself.json")
        (folder / "plain").write_text("x")
        (folder / "two\nlines: here.json").write_text("x")
        for what, path in (("100 MB of zeros", "zeros.json"), ("a folder", "folder.json"),
                           ("no file", "nowhere.json"), ("an empty name", ""),
                           ("a link to itself", "itself.json"), ("a path through a file", "plain/x"),
                           ("a name too long", "x" * 300), ("endless zeros", "/dev/zero"),
                           ("nothing", "/dev/null"), ("endless rubbish", "/dev/urandom"),
                           ("a name of two lines", "two\nlines: here.json")):
            for command in (["run"], ["validate"]):
                check_refused(context, what, path, folder, (1, 1), command=command)


def check_pipe(context):
    """A scenario may come through a pipe, as from `lockstep run <(make_scenario)`."""
    with context.scratch() as folder:
        os.mkfifo(folder / "pipe.json")

        def feed(text):
            with open(folder / "pipe.json", "w") as pipe:
                pipe.write(text)

        for what, text in (("a pipe with nothing in it", ""), ("a bad text in a pipe", "bad")):
            feeder = threading.Thread(target=feed, args=(text,), daemon=True)
            feeder.start()
            check_refused(context, what, "pipe.json", folder, (1, 1))
            feeder.join(5)


def check_settings(context):
    checks = context.checks
    file = "scenarios/raft/leader_partitioned.json"
    for setting, words in (("config.hartbeat=20 ms", "did you mean 'heartbeat'"),
                           ("config.heartbeat=20", ""), ("nodes=", ""), ("nodes=many", ""),
                           ("nodes", "path=value"), ("=3", "path=value"), ("faults[9].at=1 s", ""),
                           ("faults[0]at=1 s", ""), ("title.x=1", ""), ("..=1", ""),
                           ("workload.mix.put=-1", ""), ("duration=1e9 h", "")):
        answer = context.program.run("run", file, "--no-write", "--set", setting)
        lines = answer.err.splitlines()
        checks.that(answer.code == 65 and len(lines) == 1 and LINE.match(lines[0])
                    and words in lines[0], f"--set {setting}: exit 65, one line, {words!r}", answer)
    point = context.program.run("sweep", file, "--set",
                                'sweep={"config.heartbeat": ["20 ms", "20 miles"]}')
    checks.that(point.code == 65 and "20 miles" in point.err and len(point.err.splitlines()) == 1,
                "a bad point of a sweep is named before anything runs", point)
    folder = context.program.run("list", "nowhere")
    checks.that(folder.code == 65 and LINE.match(folder.err.strip()), "list of no folder", folder)


def check_nothing_crashes(context):
    """Stories with one byte changed, left out or doubled: an answer, never a crash."""
    chance = random.Random(7)
    text = (ROOT / "tests/scenarios/good/every_key.json").read_bytes()
    with context.scratch() as folder:
        names = []
        for number in range(200):
            at = chance.randrange(len(text))
            change = chance.choice((b"", text[at:at + 1] * 2, bytes([chance.randrange(256)])))
            names.append(f"{number}.json")
            (folder / names[-1]).write_bytes(text[:at] + change + text[at + 1:])
        answer = context.program.run("validate", *names, cwd=folder)
        context.checks.that(answer.code in (0, 65), "stories with one byte changed", answer)
        context.checks.equal(len(answer.out.splitlines()) + len(answer.err.splitlines()), 200,
                             "one line for each of them")


CHECKS = (check_texts, check_files, check_pipe, check_settings, check_nothing_crashes)
