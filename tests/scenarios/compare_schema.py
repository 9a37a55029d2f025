#!/usr/bin/env python3
"""Compares `lockstep validate` with scenarios/scenario.schema.json.

compare_schema.py PROGRAM

good/            both accept
broken/          both refuse; the first line, "// expect: TEXT", is in the program's message
broken_meaning/  the schema accepts and the program refuses: rules over several keys, values too
                 large and the like
and the stories in scenarios/ are accepted by both. Every key and word of the schema stands in
docs/scenarios.md. Exit 0 when all agree, 77 (skipped) without python3-jsonschema.
"""

import json
import pathlib
import re
import subprocess
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)

HERE = pathlib.Path(__file__).resolve().parent
SCENARIOS = HERE.parent.parent / "scenarios"
PAGE = HERE.parent.parent / "docs" / "scenarios.md"
ERROR_LINE = re.compile(r"^.+:\d+:\d+: .+: .+$")


def without_comments(text):
    """Blanks // and /* */ outside of strings."""
    token = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
    return token.sub(lambda found: found[0] if found[0].startswith('"') else " ", text)


def refuse_duplicates(pairs):
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError("a key is there twice")
    return dict(pairs)


def schema_accepts(validator, path):
    try:
        text = without_comments(path.read_text(encoding="utf-8"))
        value = json.loads(text, object_pairs_hook=refuse_duplicates)
    except ValueError as error:
        return False, str(error)
    errors = sorted(validator.iter_errors(value), key=lambda error: error.path)
    return not errors, errors[0].message if errors else ""


def program_accepts(program, path):
    command = [program, "validate", str(path)]
    run = subprocess.run(
        command, cwd=SCENARIOS.parent, capture_output=True, text=True, timeout=60
    )
    if run.returncode not in (0, 65):
        output = run.stdout + run.stderr
        raise SystemExit(f"{path}: exit {run.returncode}, expected 0 or 65\n{output}")
    return run.returncode == 0, run.stderr + run.stdout


def expected_text(path):
    first = path.read_text(encoding="utf-8").split("\n", 1)[0]
    found = re.fullmatch(r"// expect: (.+)", first)
    if not found:
        raise SystemExit(f"{path}: the first line must be '// expect: TEXT'")
    return found[1]


def check(program, validator, path, by_program, by_schema):
    problems = []
    accepted, message = program_accepts(program, path)
    if accepted != by_program:
        problems.append(f"validate {'accepts' if accepted else 'refuses'} it: {message.strip()}")
    if not by_program and not accepted:
        lines = [line for line in message.splitlines() if ERROR_LINE.match(line)]
        if len(lines) != 1:
            problems.append(f"expected one line file:line:col: path: message, got: {message!r}")
        if expected_text(path) not in message:
            problems.append(f"the message lacks {expected_text(path)!r}: {message.strip()}")
    accepted, reason = schema_accepts(validator, path)
    if accepted != by_schema:
        problems.append(f"the schema {'accepts' if accepted else 'refuses'} it: {reason}")
    return [f"{path}: {problem}" for problem in problems]


def words_of(schema):
    """Every key and enumerated word a scenario may hold."""
    if isinstance(schema, list):
        return set().union(*map(words_of, schema)) if schema else set()
    if not isinstance(schema, dict):
        return set()
    words = set(schema.get("properties", {}))
    words |= {word for word in schema.get("enum", []) if isinstance(word, str)}
    return words.union(*(words_of(value) for value in schema.values()))


def undocumented(schema):
    code = re.findall(r"`[^`]*`", PAGE.read_text(encoding="utf-8").replace("\n", " "))
    known = set(span.strip("`") for span in code) | set(re.findall(r"\w+", " ".join(code)))
    return [f"{PAGE}: {word!r} is not explained" for word in sorted(words_of(schema) - known)]


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    program = str(pathlib.Path(sys.argv[1]).resolve())
    schema = json.loads((SCENARIOS / "scenario.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    stories = [path for path in SCENARIOS.glob("*/*.json") if path.parent.name != "platforms"]
    groups = [
        (stories, True, True, 20),
        (HERE.glob("good/*.json"), True, True, 5),
        (HERE.glob("broken/*.json"), False, False, 40),
        (HERE.glob("broken_meaning/*.json"), False, True, 10),
    ]
    problems, total = undocumented(schema), 0
    for paths, by_program, by_schema, at_least in groups:
        paths = sorted(paths)
        if len(paths) < at_least:
            problems.append(f"only {len(paths)} files where at least {at_least} are expected")
        total += len(paths)
        for path in paths:
            problems += check(program, validator, path, by_program, by_schema)
    print("\n".join(problems) if problems else f"{total} files: the program and the schema agree")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
