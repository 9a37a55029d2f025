"""What is left beside a figure: its data, its command, its metadata; and the same bytes every time."""

import re
import shlex
import zlib

from plotting import ROOT, RUN, SWEEP, call, call_apart

FORMATS = ("svg", "pdf", "png")


def png_texts(data):
    """The tEXt and iTXt chunks of a PNG."""
    found, at = {}, 8
    while at < len(data):
        size, kind = int.from_bytes(data[at:at + 4], "big"), data[at + 4:at + 8]
        body = data[at + 8:at + 8 + size]
        if kind in (b"tEXt", b"iTXt"):
            key, _, text = body.partition(b"\0")
            found[key.decode()] = text.strip(b"\0").decode("utf-8", "replace")
        at += size + 12
    return found


def made(scratch, *words, by=call):
    answer = by(*words, "--out", scratch, "--format", ",".join(FORMATS))
    return answer, {path.name: path.read_bytes() for path in sorted(scratch.iterdir())}


def check_same_bytes(checks, scratch, program):
    for what, words in (("a sweep", (SWEEP,)), ("a run", (RUN,)), ("roles", (RUN, "--kind", "roles")),
                        ("a violin", (SWEEP, "--kind", "box"))):
        _, first = made(scratch / "same", *words)
        _, second = made(scratch / "same", *words, by=call_apart)
        checks.equal(len({name.rsplit(".")[-1] for name in first}), 5, f"{what}: five files", list(first))
        for name, content in first.items():
            checks.that(second[name] == content, f"{what}: the same bytes of {name}")


def check_metadata(checks, scratch, program):
    answer, files = made(scratch / "out", SWEEP, "--name", "figure")
    checks.equal(set(files), {f"figure.{e}" for e in (*FORMATS, "csv", "cmd")}, "the files", answer)
    caption = "59 runs, seeds 1 to 20; 1 runs have no value; 1 runs did not pass"
    command = files["figure.cmd"].decode().strip()
    svg, png = files["figure.svg"].decode(), png_texts(files["figure.png"])
    for where, text in (("SVG", svg), ("PNG", png.get("Description", ""))):
        checks.that(caption in text, f"{where}: runs and seeds", text[:300])
    checks.that(command.replace("./lockstep", "") in svg, "SVG: the command")
    checks.equal(png.get("Comment"), command, "PNG: the command")
    pdf = files["figure.pdf"]
    checks.that(caption.encode() in pdf and command.encode() in pdf, "PDF: caption and command")
    checks.that(b"/FontFile2" in b"".join([pdf, *inflated(pdf)]), "PDF: fonts are embedded")
    checks.that(b"/Type3" not in pdf and b"Type 3" not in pdf, "PDF: as TrueType, not as drawings")
    for name, content in files.items():
        checks.that(not re.search(rb"<dc:date>|/CreationDate|20\d\d-\d\d-\d\dT", content), f"{name}: no date")


def inflated(pdf):
    for match in re.finditer(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            yield zlib.decompress(match[1])
        except zlib.error:
            pass


def check_command(checks, scratch, program):
    """The command beside a figure makes it again."""
    _, files = made(scratch / "out", SWEEP, "--kind", "box", "--value", "highest_term", "--name", "a b")
    words = shlex.split(files["a b.cmd"].decode())
    checks.equal(words[:2], ["./lockstep", "plot"], "it is a command of the entry")
    checks.that(words[2].startswith("tests/plots/"), "paths inside the checkout are from its root", words)
    for path in (scratch / "out").iterdir():
        path.unlink()
    answer = call_apart(*words[2:], cwd=ROOT)
    checks.equal(answer.code, 0, "it can be called", answer)
    checks.equal({path.name: path.read_bytes() for path in (scratch / "out").iterdir()}, files,
                 "it makes the same files")


def check_whole(checks, scratch, program):
    answer = call(SWEEP, "--out", scratch / "x", "--time")
    checks.that("read in" in answer.out and "drawn in" in answer.out, "--time says what it took", answer)
    checks.equal([path.name for path in (scratch / "x").glob("*partial*")], [], "no half files are left")


CHECKS = (check_same_bytes, check_metadata, check_command, check_whole)
