"""What a page over several results is printed as: PDF, and a paper in two columns that LaTeX compiles."""

import json
import os
import shutil
import subprocess

from support import ROOT

STORY = ROOT / "scenarios/bully/highest_dies.json"
# The system's tools come first, as ./lockstep has it: Debian's WeasyPrint belongs to Debian's Python.
SYSTEM = "/usr/sbin:/usr/bin:/sbin:/bin"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"><title/><rect width="9" height="9"/>{}</svg>'
# Whatever LaTeX would take for a command, the end of an argument or of a table's line, or a glyph it has not.
HOSTILE = "}\\end{document}\\input{/etc/passwd} $x^2_% # & ~ [1em] * --- ''`` ,, 中 \U0001F600 é ß – ≤ \\\\"


def results(context, folder):
    """A sweep and runs, one of which broke a claim; with hostile names, titles and figures."""
    program, odd = context.program, folder / "odd & 100 % $_# {x}"
    program.run("sweep", ROOT / "scenarios/raft/paper_wan_elections.json", "--set", "sweep.repeat=20", "--quiet",
                "--out", folder)
    program.run("run", STORY, "--fabric", "loop", "--quiet", "--out", odd, "--set", f"title={json.dumps(HOSTILE)}",
                "--set", f"why={json.dumps(HOSTILE)}", "--set", f"source={json.dumps(HOSTILE)}",
                "--set", 'expect.sometimes=["message_duplicated"]')
    run, = (path for path in odd.glob("*/*") if not path.is_symlink())
    (run / "plain.svg").write_text(SVG.format(""))
    described = f"<metadata xmlns:dc='dc'><dc:title>{HOSTILE.replace('&', '&amp;')}</dc:title></metadata>"
    (run / "ab %_$&.svg").write_text(SVG.format(described))
    return [folder / "raft-paper_wan_elections", run]


def check_pdf(context):
    checks, program = context.checks, context.program
    env = {"PATH": SYSTEM}
    known = subprocess.run(["python3", "-c", "import weasyprint"], env=env, capture_output=True)
    if known.returncode:
        print("prints.check_pdf: skipped in part: no WeasyPrint; ./lockstep report -o report.pdf installs it")
    with context.scratch() as folder:
        sources = results(context, folder)
        if not known.returncode:
            secret = folder / "secret.svg"
            secret.write_text(SVG.format('<image href="file:///etc/hostname" width="9" height="9"/>'))
            made = [program.run("report", *sources, secret, "-o", folder / name, env=env, limit=120)
                    for name in ("a.pdf", "b.pdf")]
            checks.that(all(answer.code == 0 and not answer.err for answer in made), "a PDF", made[0])
            checks.that(made[0].out == f"report: {folder / 'a.pdf'}\n", "and its path", made[0])
            data = (folder / "a.pdf").read_bytes()
            checks.that(data.startswith(b"%PDF-") and data.rstrip().endswith(b"%%EOF"), "the file is one")
            checks.that((folder / "b.pdf").read_bytes() == data, "twice the same bytes")
            answer = program.run("report", *sources, "-o", folder / "no/a.pdf", env=env)
            checks.equal(answer.code, 73, "no folder for it", answer)
        tools = folder / "tools"
        tools.mkdir()
        (tools / "env").symlink_to(shutil.which("env", path=SYSTEM))
        answer = program.run("report", *sources, "-o", folder / "c.pdf", env={"PATH": str(tools)})
        checks.that(answer.code == 70 and "WeasyPrint is missing" in answer.err and "./lockstep" in answer.err,
                    "no WeasyPrint is said", answer)
        answer = program.run("report", *sources, "--template", "ieee", "-o", folder / "c", env={"PATH": str(tools)})
        checks.that(answer.code == 70 and "rsvg-convert is missing" in answer.err, "no rsvg-convert as well", answer)
        checks.that(not list(folder.glob("*.partial")) and not (folder / "c.pdf").exists(), "nothing half is left")


def check_paper(context):
    checks, program = context.checks, context.program
    with context.scratch() as folder:
        answer = program.run("report", STORY, "--template", "ieee", "-o", folder / "x.pdf")
        checks.that(answer.code == 64 and "writes a folder" in answer.err, "a file for a template's folder", answer)
        answer = program.run("report", STORY, "--template", "acm", "-o", folder / "x")
        checks.that(answer.code == 64 and "ieee" in answer.err, "another template", answer)
        if not shutil.which("rsvg-convert", path=SYSTEM):
            print("prints.check_paper: skipped in part: no rsvg-convert; ./lockstep report --template ieee installs it")
            return
        sources, env = results(context, folder), {"PATH": SYSTEM}
        answer = program.run("report", *sources, "--template", "ieee", "-o", folder / "paper", env=env)
        checks.that(answer.code == 0 and not answer.err, "a paper", answer)
        text = (folder / "paper/report.tex").read_text(encoding="utf-8")
        checks.equal(text.count("\\includegraphics"), 2, "the figures are in it")
        for part in ("stable\\_leader\\_ms", "\\section{What broke}", "message\\_duplicated", "\\bibitem{source2}"):
            checks.that(part in text, f"the paper has {part}")
        again = program.run("report", *sources, "--template", "ieee", "-o", folder / "again", env=env)
        same = all((folder / "again" / path.relative_to(folder / "paper")).read_bytes() == path.read_bytes()
                   for path in (folder / "paper").rglob("*") if path.is_file())
        checks.that(same, "twice the same bytes", again)
        (folder / "broken.svg").write_text("<svg")
        answer = program.run("report", folder / "broken.svg", "--template", "ieee", "-o", folder / "y", env=env)
        checks.that(answer.code == 65 and "broken.svg" in answer.err, "a figure that is none", answer)
        check_compiled(checks, folder / "paper", text)


def check_compiled(checks, paper, text):
    if not shutil.which("pdflatex", path=SYSTEM):
        print("prints.check_paper: not compiled: no pdflatex (Debian's texlive-publishers)")
        return
    (paper / "article.tex").write_text(text.replace("{IEEEtran.cls}", "{nowhere.cls}"), encoding="utf-8")
    for name in ("report", "article"):
        for _ in range(2):
            done = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape",
                                   f"{name}.tex"], cwd=paper, env={"HOME": str(paper), **os.environ},  # fonts it makes
                                  stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
            said = done.stdout.decode("utf-8", "replace")
            checks.that(done.returncode == 0, f"{name}.tex compiles", said[-600:])
        log = (paper / f"{name}.log").read_text(encoding="utf-8", errors="replace")
        checks.that("undefined references" not in log and "Missing character" not in log, f"{name}: nothing is missing",
                    log[-600:])
        checks.that((paper / f"{name}.pdf").stat().st_size > 20_000, f"{name}.pdf is there")
        checks.that("(/etc/passwd" not in log, f"{name}: no file of the system was read")


CHECKS = (check_pdf, check_paper)
