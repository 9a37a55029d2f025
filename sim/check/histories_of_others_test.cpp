#include "sim/check/histories_of_others.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "sim/check/linearizable.hpp"

using namespace lockstep;
using namespace lockstep::sim;

namespace {

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<HistoryOperation> read(const std::filesystem::path& path) {
  const std::string text = content_of(path);
  if (path.extension() == ".log") return read_etcd_log(text);
  return path.extension() == ".txt" ? read_porcupine_kv(text) : read_knossos_edn(text);
}

}  // namespace

TEST_CASE("the verdicts on published histories are the published ones") {
  // The tests run in the root of the checkout; the data lies beside it.
  const std::filesystem::path folder = "../shared/data/linearizability";
  if (!std::filesystem::exists(folder / "verdicts.csv")) {
    std::cout << "skipped: no published histories in " << folder.string() << '\n';
    return;
  }
  std::istringstream verdicts(content_of(folder / "verdicts.csv"));
  std::string line;
  std::getline(verdicts, line);
  int checked = 0;
  std::uint64_t steps = 0;
  while (std::getline(verdicts, line)) {
    const std::string name = line.substr(0, line.find(','));
    const std::string expected = line.substr(line.rfind(',') + 1);
    const auto result = check_linearizable(read(folder / name));
    CHECK_MESSAGE(name_of(result.verdict) == (expected == "true" ? "linearizable" : "violated"),
                  name << ": " << result.text);
    steps += result.steps;
    ++checked;
  }
  CHECK(checked == 72);
  CHECK_MESSAGE(steps < 200'000, "easy for a good search: " << steps << " steps");
}

TEST_CASE("an etcd log: failures other than a refused cas leave the outcome unknown") {
  const auto history = read_etcd_log(
      "INFO  jepsen.util - 0\t:invoke\t:write\t4\n"
      "some other line\n"
      "INFO  jepsen.util - 1\t:invoke\t:cas\t[4 2]\n"
      "INFO  jepsen.util - 1\t:fail\t:cas\t[4 2]\n"
      "INFO  jepsen.util - 0\t:info\t:write\t:timed-out\n"
      "INFO  jepsen.util - 2\t:invoke\t:read\tnil\n"
      "INFO  jepsen.util - 2\t:ok\t:read\t4\n"
      "INFO  jepsen.util - 3\t:invoke\t:read\tnil\n"
      "INFO  jepsen.util - 3\t:fail\t:read\t:timed-out\n");
  REQUIRE(history.size() == 4);
  CHECK(history[0].verb == "put");
  CHECK(history[0].value == "4");
  CHECK(history[0].outcome == HistoryOperation::Outcome::unknown);
  CHECK(history[1].verb == "cas");
  CHECK(history[1].expected == "4");
  CHECK(history[1].outcome == HistoryOperation::Outcome::ok);
  CHECK_FALSE(history[1].swapped);
  CHECK(history[2].found == "4");
  CHECK(history[3].outcome == HistoryOperation::Outcome::unknown);
  CHECK(history[1].invoked < history[1].returned);
}

TEST_CASE("an EDN history: what fails is dropped, what a nil read returns says nothing") {
  const auto history = read_knossos_edn(
      "[{:process 1, :type :invoke, :f :cas, :value [0 3]} ; a remark\n"
      " {:process :nemesis, :type :info, :f :start, :value \"cut [:n1]\"}\n"
      " {:process 2 :type :invoke :f :read :value nil} {:process 2 :type :ok :f :read :value nil}\n"
      " {:process 1, :type :fail, :f :cas, :value [0 3]}]");
  REQUIRE(history.size() == 3);
  CHECK(history[0].value == "0");
  CHECK(history[1].outcome == HistoryOperation::Outcome::failed);
  CHECK(history[2].outcome == HistoryOperation::Outcome::unknown);
}

TEST_CASE("a text of another form is refused with its line") {
  const auto says = [](auto reader, std::string_view text) {
    try {
      (void)reader(text);
    } catch (const HistoryRefused& refused) {
      return std::string(refused.what());
    }
    return std::string("accepted");
  };
  const auto knossos = [](std::string_view text) { return read_knossos_edn(text); };
  CHECK(says(knossos, "[{:process 1\n :type") == "line 2: the text ends before '}'");
  CHECK(says(knossos, "{:process}") == "line 1: a map has a key without a value");
  CHECK(says(knossos, "\n{:process 1}") == "line 2: an event has no :type");
  CHECK(says(knossos, std::string(100'000, '[')) == "line 1: nested more than 64 deep");
  CHECK(says(knossos, "]") == "line 1: unexpected ']'");
  CHECK(says(knossos, "{:process 1 :type :ok :f :read :value 1}") ==
        "line 1: process 1 has no operation open");
  CHECK(says(read_porcupine_kv, "{:process 1 :type :invoke :f :scan :key \"a\" :value nil}") ==
        "line 1: the operation is :scan, not :get, :put or :append");
  CHECK(says(read_etcd_log, "\nINFO  jepsen.util - 0 :invoke :write") ==
        "line 2: an event is process, type, operation and value");
  CHECK(says(read_etcd_log, "INFO  jepsen.util - 0 :invoke :cas 4") ==
        "line 1: a cas has two values, as [0 1]");
}
