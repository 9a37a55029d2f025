#include "sim/scenario/document.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace lockstep::sim;

namespace {

std::string error_of(std::string_view text) {
  try {
    (void)Document::from_text("f.json", text);
  } catch (const ScenarioError& error) {
    return error.what();
  }
  return "no error";
}

// A folder of its own that goes away again.
struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "lockstep-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path / name, std::ios::binary) << text;
    return (path / name).string();
  }
};

std::string load_error(const std::string& path) {
  try {
    (void)Document::load(path);
  } catch (const ScenarioError& error) {
    return std::string(error.what()).substr(path.size());
  }
  return "no error";
}

}  // namespace

TEST_CASE("every key and value has a line and a column") {
  const Document document = Document::from_text("f.json",
                                                "{ // a comment\n"
                                                "  \"é\": 1, \"list\": [10,\n"
                                                "  /* two\n lines */ {\"x\": true}]\n"
                                                "}");
  const Marks& root = document.marks();
  REQUIRE(root.children.size() == 2);
  CHECK(root.value == Position{1, 1});
  CHECK(root.children[0].key == Position{2, 3});
  CHECK(root.children[0].value == Position{2, 8});
  CHECK(root.children[1].key == Position{2, 11});
  CHECK(root.children[1].children[0].value == Position{2, 20});
  CHECK(root.children[1].children[1].value == Position{4, 11});
  CHECK(root.children[1].children[1].children[0].key == Position{4, 12});
  CHECK(document.json()["list"][1]["x"] == true);
}

TEST_CASE("what is not JSON is refused with its place") {
  CHECK(error_of("") ==
        "f.json:1:1: top level: the file is empty; a scenario is one JSON object { … }");
  CHECK(error_of("\n // nothing\n") ==
        "f.json:3:1: top level: the file is empty; a scenario is one JSON object { … }");
  CHECK(error_of("[]") ==
        "f.json:1:1: top level: a scenario is one JSON object; start it with '{'");
  CHECK(error_of("{} x") ==
        "f.json:1:4: top level: there is more after the end of the scenario; remove it");
  CHECK(error_of("{\"a\": {\"b\" 1}}") ==
        "f.json:1:12: a: expected ':' after the key 'b', found '1'");
  CHECK(error_of("{\"a\": [1 2]}") == "f.json:1:10: a: expected ',' or ']', found '2'");
  CHECK(error_of("{\"a\": 1,}") ==
        "f.json:1:9: top level: a comma before '}' is one too many; remove it");
  CHECK(error_of("{\"a\": [1,\n]}") ==
        "f.json:2:1: a: a comma before ']' is one too many; remove it");
  CHECK(error_of("{\"a\": yes}") ==
        "f.json:1:7: a: 'yes' is not a JSON value; put text in double quotes");
  CHECK(error_of("{\"a\": 20 ms}") == "f.json:1:10: top level: expected ',' or '}', found 'm'");
  CHECK(error_of("{\"a\": 20ms}") ==
        "f.json:1:7: a: a number with a unit is a text; put it in double quotes");
  CHECK(error_of("{\"a\": 01}") ==
        "f.json:1:7: a: a number does not start with 0; remove the zero");
  CHECK(error_of("{\"a\": 1e999}") == "f.json:1:7: a: the number is too large or too small");
  CHECK(error_of("{\"a\": \"x\n\"}") == "f.json:1:7: a: the text is not closed; end it with \"");
  CHECK(error_of("{\"a\": \"\\q\"}") ==
        "f.json:1:8: a: '\\' must be followed by one of \" \\ / b f n r t u");
  CHECK(error_of("{\"a\": \"\\ud800\"}") ==
        "f.json:1:8: a: half a surrogate pair; write the character itself");
  CHECK(error_of("{ /* ") == "f.json:1:3: top level: the comment is not closed; end it with */");
  CHECK(error_of("{\"a\":") == "f.json:1:6: a: expected a value, found the end of the file");
  CHECK(error_of("\xEF\xBB\xBF{\"a\": 1}") == "no error");
  CHECK(error_of("{\"a\": \"\\ud83d\\ude00\"}") == "no error");
}

TEST_CASE("a comment ends where its line ends, whatever stands in it") {
  for (const char c : {'\0', '\r', '"', '\x7F'}) {
    const Document document = Document::from_text(
        "f.json", std::string("{\"a\": 1, // x") + c + " \"b\": 2,\n /* " + c + " */ \"c\": 3}");
    CHECK(document.json().dump() == R"({"a":1,"c":3})");
  }
}

TEST_CASE("duplicate keys are refused, however they are written") {
  CHECK(error_of("{\"a\": 1,\n \"a\": 2}") ==
        "f.json:2:2: top level: the key 'a' is there twice; keep one");
  CHECK(error_of("{\"a\": 1, \"\\u0061\": 2}") ==
        "f.json:1:10: top level: the key 'a' is there twice; keep one");
}

TEST_CASE("limits hold: nesting, keys, values") {
  const auto nested = [](std::size_t levels) {
    return "{\"a\":" + std::string(levels - 1, '[') + std::string(levels - 1, ']') + "}";
  };
  CHECK(error_of(nested(64)) == "no error");
  CHECK(error_of(nested(65)).find("nested deeper than 64 levels") != std::string::npos);
  CHECK(error_of(nested(1'000'000)).find("nested deeper than 64 levels") != std::string::npos);
  std::string many = "{";
  for (int i = 0; i < 5000; ++i) many += "\"k" + std::to_string(i) + "\":1,";
  CHECK(error_of(many + "\"z\":1}").find("more than 4096 keys") != std::string::npos);
  std::string values = "{\"a\":[0";
  for (int i = 0; i < 1'000'001; ++i) values += ",0";
  CHECK(error_of(values + "]}").find("more than 1000000 values") != std::string::npos);
}

TEST_CASE("bytes that are not UTF-8 are refused where they stand") {
  CHECK(error_of("{\"a\":\n \"\xC3(\"}") ==
        "f.json:2:3: top level: not UTF-8; save the file as UTF-8");
  for (const char* bad : {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE0\x80\x80", "\xFF"})
    CHECK(first_bad_utf8(bad) == 0);
  CHECK(first_bad_utf8("aé€😀") == std::string_view::npos);
}

TEST_CASE("files that are no scenario are refused in one line") {
  const Folder folder;
  CHECK(load_error(folder.path.string()) ==
        ":1:1: file: this is a folder; name a scenario file in it");
  CHECK(load_error((folder.path / "none.json").string()) ==
        ":1:1: file: there is no such file; check the path");
  CHECK(load_error(folder.write("empty.json", "")).find("the file is empty") != std::string::npos);
  CHECK(load_error(folder.write("zeros.json", std::string(1000, '\0'))) ==
        ":1:1: top level: a scenario is one JSON object; start it with '{'");
  const std::string sparse = folder.write("large.json", "");
  std::filesystem::resize_file(sparse, 100'000'000);
  CHECK(load_error(sparse) ==
        ":1:1: file: too large: more than 16 MiB; a scenario is a short text");
  if (geteuid() != 0) {
    const std::string secret = folder.write("secret.json", "{}");
    std::filesystem::permissions(secret, std::filesystem::perms::none);
    CHECK(load_error(secret).find("cannot be opened (Permission denied)") != std::string::npos);
  }
  CHECK(load_error("/dev/zero").find("too large") != std::string::npos);
}

TEST_CASE("an error is one line whatever the names hold") {
  const ScenarioError error("a\nb.json", Position{3, 4}, "x\ty", "m\x1b[31m");
  CHECK(std::string(error.what()) == "a\\x0ab.json:3:4: x\\x09y: m\\x1b[31m");
  CHECK(in_quotes(std::string(100, 'x')) == "'" + std::string(60, 'x') + "…'");
  CHECK(join_path("a", "b.c") == "a[\"b.c\"]");
  CHECK(join_path("", "b") == "b");
  CHECK(join_path("a", 3) == "a[3]");
}

TEST_CASE("an override may be long, but not deep") {
  Document document = Document::from_text("f.json", "{}");
  std::string wide = "[\"]\\\"[\"";
  for (int i = 0; i < 1000; ++i) wide += ", [1, \"[[\"]";
  document.set("a", wide + "]");
  CHECK(document.json()["a"].size() == 1001);
  const std::string deep(max_depth + 1, '['), close(max_depth + 1, ']');
  for (const std::string& value : {deep + close, deep, "[\"]]]\", " + deep + close + "]"}) {
    CHECK_THROWS_WITH_AS(document.set("b", value),
                         "f.json:1:1: b: nested deeper than 64 levels; flatten it (set by --set)",
                         ScenarioError);
  }
}

TEST_CASE("overrides set values, make objects on the way and keep positions near") {
  Document document =
      Document::from_text("f.json", "{\"a\": {\"b\": 1},\n \"l\": [{\"x\": 1}, 2]}");
  document.set("a.b", "20 ms");
  document.set("a.c.d", "true");
  document.set("l[0].x", "[1, {\"y\": 2}]");
  document.set("l.1", "\"3\"");
  CHECK(document.json().dump() ==
        R"({"a":{"b":"20 ms","c":{"d":true}},"l":[{"x":[1,{"y":2}]},"3"]})");
  CHECK(document.marks().children[0].children[0].value == Position{1, 13});
  CHECK(document.marks().children[0].children[0].overridden);
  CHECK_FALSE(document.marks().children[0].overridden);
  CHECK(document.marks().children[1].children[0].children[0].children[1].children.size() == 1);

  const auto set_error = [&](const char* path) {
    try {
      document.set(path, "1");
    } catch (const ScenarioError& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  CHECK(set_error("l[2]") ==
        "f.json:2:7: l[2]: '2' is not an index of a list of 2; count from 0 (set by --set)");
  CHECK(set_error("a.b.c") ==
        "f.json:1:13: a.b.c: there is nothing below '\"20 ms\"'; shorten the path (set by --set)");
  for (const char* path : {"", ".", "a.", ".a", "a..b", "l[", "l[]", "l[0]x"})
    CHECK(set_error(path).find("not a path") != std::string::npos);
}
