"""One file of the tree as the rules see it: its lines, its code without comments and literals, its
comments without code, and its includes."""

import re

CPP = (".cpp", ".hpp", ".ipp")
SCRIPT = (".py", ".sh", ".cmake")
TEXT = CPP + SCRIPT + (".md", ".json", ".txt", ".js", ".css", ".html", ".xml", ".yml", ".in")
TEST = ("_test.cpp", "_test.hpp", "_for_tests.cpp", "_for_tests.hpp")
SCRIPT_NAMES = ("CMakeLists.txt", "lockstep", "run")

_TOKEN = re.compile(
    r"//[^\n]*"
    r"|/\*.*?\*/"
    r'|R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])*'",  # not the 1'000 of a number
    re.DOTALL,
)
_INCLUDE = re.compile(r'\s*#\s*include\s*(?:"(?P<own>[^"]+)"|<(?P<system>[^>]+)>)')


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


class Source:
    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.lines = text.split("\n")
        if self.lines and self.lines[-1] == "":
            self.lines.pop()
        self.room = path.split("/")[0] if "/" in path else ""
        self.name = path.rsplit("/", 1)[-1]
        self.is_cpp = path.endswith(CPP)
        self.is_header = path.endswith(".hpp")
        self.is_script = path.endswith(SCRIPT) or self.name in SCRIPT_NAMES
        self.is_test = path.endswith(TEST) or self.room in ("tests", "property_tests")
        self.code, self.comments = self._split()
        self.includes = self._includes()  # (line number, path, is in quotes)

    def _split(self):
        if self.is_cpp:
            code, comments, at = [], [], 0
            for token in _TOKEN.finditer(self.text):
                plain = self.text[at:token.start()]
                literal = token.group()
                code += [plain, _blank(literal)]
                is_comment = literal.startswith(("//", "/*"))
                comments += [_blank(plain), literal if is_comment else _blank(literal)]
                at = token.end()
            code.append(self.text[at:])
            return "".join(code).split("\n"), "".join(comments).split("\n")
        if self.is_script:
            comments = [line[line.find("#"):] if "#" in line else "" for line in self.lines]
            return self.lines, comments
        return self.lines, []

    def _includes(self):
        found = []
        if not self.is_cpp:
            return found
        for number, (line, code) in enumerate(zip(self.lines, self.code), 1):
            match = _INCLUDE.match(line)
            if match and code.lstrip().startswith("#"):
                own = match.group("own")
                found.append((number, own or match.group("system"), own is not None))
        return found
