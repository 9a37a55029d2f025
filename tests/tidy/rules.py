"""The rules. Each is a function from one Source (or, where it says so, from all of them) to
(line number, what to do instead); its name is the function's, with spaces."""

import re

FILE_RULES = []
TREE_RULES = []


def rule(function):
    FILE_RULES.append(function)
    return function


def tree_rule(function):
    TREE_RULES.append(function)
    return function


def name_of(function):
    return function.__name__.replace("_", " ")


def _search(lines, pattern, message):
    for number, line in enumerate(lines, 1):
        match = pattern.search(line)
        if match:
            yield number, message.format(match.group().strip())


def _in_code(pattern, message, applies):
    compiled = re.compile(pattern)

    def check(source):
        if source.is_cpp and applies(source):
            yield from _search(source.code, compiled, message)

    return check


def _named(name, check):
    def function(source):
        yield from check(source)

    function.__name__ = name
    return rule(function)


def _core(source):
    return source.room == "core"


# What a pure machine may not touch.

BANNED_HEADERS = {
    "chrono": "take `now` from the step; Duration and Instant are in core/base/time.hpp",
    "ctime": "take `now` from the step; Duration and Instant are in core/base/time.hpp",
    "random": "draw from lockstep::Random (core/base/random.hpp), seeded by the constructor",
    "thread": "a machine runs in its driver's thread; concurrency belongs to net/",
    "mutex": "a machine is stepped by one driver at a time; locks belong to net/",
    "atomic": "a machine is stepped by one driver at a time; atomics belong to net/",
    "future": "completion is an event; see Persisted in core/base/machine.hpp",
    "condition_variable": "ask for an alarm with SetTimer and wait for TimerFired",
    "iostream": "return a value or emit a Notify; printing belongs to sim/ and node/",
    "fstream": "emit a Persist effect; files belong to sim/ and net/storage/",
    "cstdio": "return text (core/text); printing and files belong to sim/ and node/",
    "filesystem": "files belong to sim/ and net/storage/",
    "cmath": "use integers and core/base/random.hpp's fixed-point tables: libm differs between "
             "platforms",
}
OUTSIDE_STANDARD = {"core/predict/": ("xtensor/", "xtl/")}


@rule
def impure_header(source):
    if not _core(source):
        return
    for number, path, own in source.includes:
        if own:
            continue
        if path in BANNED_HEADERS:
            if path == "cmath" and source.path.startswith("core/predict/"):
                continue
            yield number, f"<{path}> has no place in core/: {BANNED_HEADERS[path]}"
        elif "/" in path or path.endswith(".h"):
            if source.is_test and path.startswith("doctest/"):
                continue
            allowed = [p for folder, p in OUTSIDE_STANDARD.items() if source.path.startswith(folder)]
            if not any(path.startswith(prefix) for prefix in allowed):
                yield number, (f"core/ links the C++ standard library only: write what <{path}> does "
                               "here, or move the code to sim/ or net/")


_named("clock", _in_code(
    r"\b(?:steady_clock|system_clock|high_resolution_clock|clock_gettime|gettimeofday)\b"
    r"|\bstd::time\s*\(|\bclock\s*\(\s*\)|\btime\s*\(\s*(?:NULL|nullptr|0)\s*\)",
    "`{}` reads a clock: take `now` from the step", _core))

_named("hashed_container", _in_code(
    r"\bunordered_(?:multi)?(?:map|set)\b",
    "`{}` is iterated in an order of its own: use FlatMap, std::map or a sorted vector", _core))

_named("pointer_key", _in_code(
    r"\b(?:Flat|multi|unordered_)?(?:[mM]ap|set)\s*<[^,<>]*\*|\buintptr_t\b|\bstd::less\s*<[^<>]*\*",
    "`{}` orders by address, which differs between runs: use a strong id as the key", _core))

_named("virtual_function", _in_code(
    r"\bvirtual\b",
    "`{}` makes a machine that cannot be copied and compared: use a variant and std::visit", _core))

_named("floating_point", _in_code(
    r"\b(?:float|double)\b",
    "`{}` rounds differently between builds: use integers, a Ratio (core/base/ratio.hpp) or fixed "
    "point",
    lambda s: _core(s) and not s.is_test and not s.path.startswith("core/predict/")))

_named("mutable_static", _in_code(
    r"^\s*(?:static|thread_local|inline\s+static|static\s+inline|static\s+thread_local)\s+"
    r"(?!constexpr\b|const\b|inline\s+constexpr\b|constinit\s+const\b)[\w:<>,*&\s]+?\w\s*(?:=|;|\{{)"
    .replace("{{", "{"),
    "`{}` is shared by all runs of a process: put it into the machine or the caller's value", _core))

_named("foreign_chance", _in_code(
    r"\bs?rand\s*\(|\brandom_device\b|\bstd::(?:ranges::)?(?:shuffle|sample)\b|\b\w+_distribution\b"
    r"|\bmt19937(?:_64)?\b|\bdefault_random_engine\b",
    "`{}`: draw from lockstep::Random (core/base/random.hpp), which gives the same numbers everywhere",
    lambda s: _core(s) or (s.room == "sim" and not s.is_test)))

# Rooms, and who may include whom.

ROOMS = ("core", "sim", "net", "node", "property_tests", "tests")
MAY_INCLUDE = {
    "core": ("core",),
    "sim": ("core", "sim"),
    "net": ("core", "net"),
    "node": ("core", "net", "node"),
    "property_tests": ("core", "sim", "property_tests"),
    "tests": ("core", "sim", "net", "node", "tests"),
}
# Folders of other rooms that need no more than a room may see: storage links core alone.
MAY_ALSO_INCLUDE = {"property_tests": ("net/storage/",)}
SIMGRID_HEADER = "sim/fabric/simgrid.hpp"


def _may_include_simgrid(path):
    return path.startswith(("sim/fabric/simgrid.", "sim/fabric/simgrid_", "sim/program/"))


@rule
def room(source):
    for number, path, own in source.includes:
        if own and source.room in MAY_INCLUDE:
            target = path.split("/")[0]
            if path.startswith(MAY_ALSO_INCLUDE.get(source.room, ())):
                continue
            if target in ROOMS and target not in MAY_INCLUDE[source.room]:
                allowed = ", ".join(MAY_INCLUDE[source.room])
                yield number, (f"{source.room}/ may not include {target}/, only {allowed}: move what "
                               "is shared down into core/")
            elif target not in ROOMS:
                yield number, (f"\"{path}\" is not a path from the root: write it as "
                               f"\"{source.path.rsplit('/', 1)[0]}/{path}\"")
        if not own and path.startswith("boost/") and source.room in ("core", "sim", "property_tests"):
            yield number, f"<{path}> belongs to net/ and node/: {source.room}/ builds without Boost"
        if path == SIMGRID_HEADER and not _may_include_simgrid(source.path):
            yield number, "only sim/program/ knows SimGrid: take a Fabric& (sim/fabric/fabric.hpp)"
        if not own and path.startswith("simgrid/") and not source.path.startswith(
                "sim/fabric/simgrid"):
            yield number, "only sim/fabric/simgrid.cpp includes SimGrid: take a Fabric&"
        if not own and path.startswith("xtensor/") and source.room == "sim" and (
                source.is_header or not source.path.startswith("sim/stats/")):
            yield number, f"<{path}> costs seconds to compile: only bodies in sim/stats/ see it"


# Headers.


@rule
def leading_comment(source):
    if source.is_header and not (source.lines and source.lines[0].startswith("//")):
        yield 1, "begin with a comment: what this is, what it promises, what it refuses to do"


@rule
def pragma_once(source):
    if source.is_header and "#pragma once" not in (line.strip() for line in source.code):
        yield 1, "add `#pragma once` below the leading comment"


@rule
def using_namespace_in_header(source):
    if source.is_header:
        yield from _search(source.code, re.compile(r"\busing\s+namespace\b[\w\s:]*"),
                           "`{}` reaches everybody who includes this: name what is used")


@rule
def header_length(source):
    if source.is_header and len(source.lines) > 150:
        yield 151, f"{len(source.lines)} lines, 150 at most: a part of this has a name, move it out"


@rule
def body_length(source):
    if source.path.endswith((".cpp", ".py")) and len(source.lines) > 500:
        yield 501, f"{len(source.lines)} lines, 500 at most: a part of this has a name, move it out"


@tree_rule
def dead_header(sources):
    included = {path for source in sources for _, path, own in source.includes if own}
    for source in sources:
        if source.is_header and source.path not in included:
            yield source, 1, "nobody includes this: delete it, or include it where it is needed"


# Manners, in the whole tree.

_UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX)\b")
_BANNER = re.compile(r"([-=*#/])\1{9,}")
_MACHINE = re.compile(r"(?<![\w.~])/(?:work|tmp/hb|root|home/\w+)(?:/|\b)(?!\w)")
_EMOJI = re.compile("[\U0001F300-\U0001FAFF]")


@rule
def unfinished(source):
    yield from _search(source.lines, _UNFINISHED, "`{}`: do it, or open an issue and remove the mark")


@rule
def banner(source):
    yield from _search(source.comments, _BANNER,
                       "`{}` is decoration: an empty line and a sentence separate better")


@rule
def tab(source):
    yield from _search(source.lines, re.compile("\t"), "a tab: indent with spaces")


@rule
def trailing_space(source):
    yield from _search(source.lines, re.compile(r"[ \r]+$"), "spaces at the end: remove them")


@rule
def emoji(source):
    if not source.is_test:  # a test of UTF-8 may need one
        yield from _search(source.lines, _EMOJI, "`{}`: say it in words")


@rule
def long_line(source):
    if not source.is_cpp:
        return
    for number, line in enumerate(source.lines, 1):
        if len(line) > 100 and not line.startswith("#include"):
            yield number, f"{len(line)} columns, 100 at most: run clang-format, split the string"


@rule
def machine_path(source):
    yield from _search(source.lines, _MACHINE,
                       "`{}` exists on one machine only: write a path from the root of the tree")
