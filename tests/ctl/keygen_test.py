#!/usr/bin/env python3
"""lockstepctl keygen as an operator uses it: keygen_test.py BUILD_FOLDER.

What the keys must be is computed by ed25519_twin.py.
"""

import os
import pathlib
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile

import ed25519_twin as twin
from checks import check, expect, verdict
from cluster import Ctl


def names(folder):
    return sorted(one.name for one in folder.iterdir())


def fresh(folder, name):
    one = folder / name
    one.mkdir()
    return one


def pairs(ctl, folder):
    out = fresh(folder, "pairs")
    seen = set()
    for node in (1, 2, 1000):
        answer = ctl("keygen", "--node", node, "--out", out)
        public, secret = out / f"node-{node}.pub", out / f"node-{node}.secret"
        expect(answer, 0, f"a pair of node {node}", public.read_text(),
               f"{public} is for every node, {secret} for node {node} alone")
        match = re.fullmatch(f"lockstep-ed25519-secret {node} ([0-9a-f]{{64}})\n", secret.read_text())
        check(match, "a secret is one line", node)
        key = twin.public_of(bytes.fromhex(match[1])).hex()
        check(public.read_text() == f"lockstep-ed25519 {node} {key}\n", "its public key", node)
        check(match[1] not in answer.out + answer.err, "the secret is not printed", answer)
        modes = [one.stat().st_mode & 0o7777 for one in (secret, public)]
        check(modes == [0o600, 0o644], "modes", [oct(mode) for mode in modes])
        for file in (secret, public):
            expect(ctl("keygen", "--show", file), 0, "shown", public.read_text())
            check(ctl("--json", "keygen", "--show", file).json() == {"node": node, "key": key},
                  "shown as JSON", file)
        seen.add(match[1])
    check(len(seen) == 3 and len(names(out)) == 6, "three pairs", names(out))
    answer = ctl("keygen", "--json", "--node", 4, "--out", out)
    check(answer.json() == {"node": 4, "key": (out / "node-4.pub").read_text().split()[2],
                            "secret_file": f"{out}/node-4.secret", "public_file": f"{out}/node-4.pub"},
          "as JSON", answer)


def with_openssl(ctl, folder):
    """OpenSSL's own program takes the keys as docs/node.md says, and signs the same."""
    if shutil.which("openssl") is None:
        print("skipped: there is no openssl", flush=True)
        return
    out = fresh(folder, "openssl")
    ctl("keygen", "--node", 7, "--out", out)
    der = out / "key.der"
    der.write_bytes(bytes.fromhex("302a300506032b6570032100" +
                                  (out / "node-7.pub").read_text().split()[2]))
    shown = subprocess.run(["openssl", "pkey", "-pubin", "-inform", "DER", "-in", der, "-noout",
                            "-text"], capture_output=True, text=True)
    digits = re.sub(r"[^0-9a-f]", "", shown.stdout.partition("pub:")[2])
    check(shown.returncode == 0 and digits == (out / "node-7.pub").read_text().split()[2],
          "openssl reads the public key", shown)


def never_over(ctl, folder):
    for name in ("node-1.secret", "node-1.pub"):
        out = fresh(folder, f"there-{name}")
        (out / name).write_text("precious")
        expect(ctl("keygen", "--node", 1, "--out", out), 1, f"{name} is there", "",
               f"{out / name}: there already; a key is never overwritten")
        check(names(out) == [name] and (out / name).read_text() == "precious", "it stays", names(out))


def small_disk():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40, 40))


def not_written(ctl, folder):
    out = fresh(folder, "small")
    expect(ctl("keygen", "--node", 1, "--out", out / "none"), 74, "no such folder", "",
           f"{out}/none/node-1.secret: cannot be written (No such file or directory)")
    answer = subprocess.run([ctl.program, "keygen", "--node", "1", "--out", out], timeout=30,
                            capture_output=True, text=True, preexec_fn=small_disk)
    check(answer.returncode == 74 and "File too large" in answer.stderr and names(out) == [],
          "a disk that takes a part", answer)
    expect(ctl("keygen", "--node", 1, "--out", out, stdout="/dev/full"), 74, "nowhere to write", None,
           "stdout")
    check(names(out) == ["node-1.pub", "node-1.secret"], "the pair stays", names(out))


def refused(ctl, folder):
    out = fresh(folder, "refused")
    usage = "keygen --node N --out FOLDER, or keygen --show FILE"
    for words in ([], ["--node", 1], ["--out", out], ["--show", out, "--node", 1],
                  ["--show", out, "--out", out], ["--show", out, "--node", 1, "--out", out]):
        expect(ctl("keygen", *words), 64, f"usage {words}", "", usage)
    for node in ("0", "1001", "-1", "x", "1.5"):
        expect(ctl("keygen", f"--node={node}", "--out", out), 64, f"node {node}", "", "--node")
    check(names(out) == [], "nothing is written", names(out))
    expect(ctl("keygen", "--show", out / "none"), 66, "no such file", "", "there is no such file")
    expect(ctl("keygen", "--show", out), 66, "a folder", "", "this is a folder")
    text = out / "text"
    text.write_text("# a comment\nhello\n")
    expect(ctl("keygen", "--show", text), 66, "a text", "", f"{text}:2: a public key is a line")
    ctl("keygen", "--node", 1, "--out", out)
    secret = out / "node-1.secret"
    for mode in (0o640, 0o604, 0o620, 0o601):
        secret.chmod(mode)
        answer = ctl("keygen", "--show", secret)
        expect(answer, 66, f"mode {mode:o}", "", f"(mode 0{mode:o}); chmod 600 {secret}")
        check(secret.read_text().split()[2] not in answer.err, "it is not shown", answer)


def any_digits(ctl, folder):
    """Of all 32 bytes, those are public keys that are so for the twin."""
    out, draw = fresh(folder, "digits"), random.Random(3)
    small = [twin.encoded(twin.times(twin.ORDER, twin.decoded(twin.public_of(draw.randbytes(32))))),
             bytes(31) + b"\x80", b"\x01" + bytes(31), (twin.P - 1).to_bytes(32, "little")]
    for y in range(2, 40):
        point = twin.decoded(y.to_bytes(32, "little"))
        if point:
            small.append(twin.encoded(twin.times(twin.ORDER, point)))
    keys = small + [draw.randbytes(32) for _ in range(40)] + \
        [(twin.P + offset).to_bytes(32, "little") for offset in range(-20, 19)]
    verdicts = []
    for key in keys:
        file = out / "node-1.pub"
        file.write_text(f"lockstep-ed25519 1 {key.hex()}\n")
        answer = ctl("keygen", "--show", file)
        verdicts.append(answer.code == 0)
        check(answer.code == (0 if twin.good(key) else 66), f"the key {key.hex()}", answer)
    check(20 < sum(verdicts) < len(verdicts) - 40, "both kinds are among them", sum(verdicts))


def main():
    ctl = Ctl(pathlib.Path(sys.argv[1]) / "lockstepctl", [])
    os.umask(0o022)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for part in (pairs, with_openssl, never_over, not_written, refused, any_digits):
            part(ctl, folder)
    return verdict()


if __name__ == "__main__":
    sys.exit(main())
