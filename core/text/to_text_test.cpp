#include "core/text/to_text.hpp"

#include <doctest/doctest.h>

#include <array>
#include <limits>

#include "core/raft/messages.hpp"

using namespace lockstep;

namespace {

enum class Alarm : std::uint8_t { election, heartbeat };
constexpr std::string_view name_of(Alarm alarm) {
  return alarm == Alarm::election ? "election" : "heartbeat";
}
[[maybe_unused]] constexpr std::size_t enumerator_count(Alarm) { return 2; }

struct Alphabet {
  using Message = raft::Message;
  using Request = Nothing;
  using Reply = Vitals;
  using Record = raft::Record;
  using Timer = Alarm;
  using Notice = Nothing;
};
using AnyEvent = Event<Alphabet>;
using AnyEffect = Effect<Alphabet>;

const raft::VoteGranted granted{raft::Term(3)};

}  // namespace

TEST_CASE("small values") {
  CHECK(to_text(true) == "true");
  CHECK(to_text(std::uint8_t{200}) == "200");
  CHECK(to_text(std::int64_t{-5}) == "-5");
  CHECK(to_text(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
  CHECK(to_text(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(to_text(raft::Term(7)) == "7");
  CHECK(to_text(raft::RoleName::pre_candidate) == "pre_candidate");
  CHECK(to_text(milliseconds(150)) == "150 ms");
  CHECK(to_text(Instant(1'500'000'000)) == "1.5 s");
  CHECK(to_text(Ratio{1, 1000}) == "1/1000");
  CHECK(to_text(Nothing{}) == "nothing");
}

TEST_CASE("nodes and clients have names") {
  CHECK(display_name(NodeId(3)) == "n3");
  CHECK(display_name(nobody) == "-");
  CHECK(display_name(NodeId(client_base + 1)) == "c1");
  CHECK(to_text(NodeId(12)) == "n12");
}

TEST_CASE("strings are quoted, escaped and cut, and never break a line") {
  CHECK(to_text(std::string("")) == "\"\"");
  CHECK(to_text(std::string("plain")) == "\"plain\"");
  CHECK(to_text(std::string("a\"b\\c")) == R"("a\"b\\c")");
  CHECK(to_text(std::string("\n\0\r\xFF", 4)) == R"("\x0a\x00\x0d\xff")");
  CHECK(to_text(std::string(48, 'x')) == '"' + std::string(48, 'x') + '"');
  CHECK(to_text(std::string(49, 'x')) == '"' + std::string(24, 'x') + "...\"(49 bytes)");
}

TEST_CASE("an array of bytes is its hexadecimal digits, cut when it is long") {
  CHECK(to_text(std::array<std::uint8_t, 3>{0x00, 0xAB, 0x7F}) == "00ab7f");
  CHECK(to_text(std::array<std::uint8_t, 32>{}) == std::string(64, '0'));
  CHECK(to_text(std::array<std::uint8_t, 33>{1}) == "0100000000000000...(33 bytes)");
}

TEST_CASE("shapes") {
  CHECK(to_text(std::optional<raft::Term>()) == "none");
  CHECK(to_text(std::optional(raft::Term(2))) == "2");
  CHECK(to_text(std::vector<NodeId>{NodeId(1), NodeId(2)}) == "[n1 n2]");
  CHECK(to_text(std::vector<NodeId>{}) == "[]");
  CHECK(to_text(std::array<std::uint32_t, 2>{4, 5}) == "[4 5]");
  CHECK(to_text(std::vector<std::uint32_t>(17, 1)) == "[1 1 1 1 1 1 1 1 ... 17 items]");
  FlatMap<NodeId, std::string> map;
  map[NodeId(2)] = "b";
  map[NodeId(1)] = "a";
  CHECK(to_text(map) == R"([n1:"a" n2:"b"])");
}

TEST_CASE("a described struct names its fields, a variant is its alternative") {
  const raft::AppendEntries append{.term = raft::Term(3),
                                   .prev_index = raft::LogIndex(7),
                                   .prev_term = raft::Term(2),
                                   .commit = raft::LogIndex(6),
                                   .round = raft::ReadRound(1),
                                   .entries = {{raft::Term(3), raft::EntryKind::noop, ""}}};
  CHECK(to_text(raft::Message(append)) ==
        "append_entries{term=3 prev_index=7 prev_term=2 commit=6 round=1 "
        "entries=[entry{term=3 kind=noop command=\"\"}]}");
}

TEST_CASE("events are sentences") {
  CHECK(to_text(AnyEvent(Started<raft::Record>{})) == "started []");
  CHECK(to_text(
            AnyEvent(Started<raft::Record>{{{raft::Term(2), NodeId(1), raft::LogIndex(), {}}}})) ==
        "started [record{term=2 vote=n1 first=0 entries=[]}]");
  CHECK(to_text(AnyEvent(Received<raft::Message>{NodeId(2), granted})) ==
        "received n2 vote_granted{term=3}");
  CHECK(to_text(AnyEvent(TimerFired<Alarm>{Alarm::election, TimerEpoch(5)})) ==
        "timer_fired election #5");
  CHECK(to_text(AnyEvent(Requested<Nothing>{RequestId(9), {}})) == "requested #9 nothing");
  CHECK(to_text(AnyEvent(Persisted{RecordSeq(4)})) == "persisted 4");
  CHECK(to_text(AnyEvent(Sampled{{1, 2, 3, microseconds(250)}})) ==
        "sampled vitals{cpu=1 memory=2 load=3 disk_latency=250 us}");
}

TEST_CASE("effects are sentences") {
  CHECK(to_text(AnyEffect(Send<raft::Message>{NodeId(3), granted})) ==
        "send n3 vote_granted{term=3}");
  CHECK(to_text(AnyEffect(
            SetTimer<Alarm>{Alarm::election, TimerEpoch(5), Instant() + milliseconds(150)})) ==
        "set_timer election #5 at 150 ms");
  CHECK(to_text(AnyEffect(CancelTimer<Alarm>{Alarm::heartbeat})) == "cancel_timer heartbeat");
  CHECK(
      to_text(AnyEffect(Persist<raft::Record>{{{raft::Term(2), nobody, raft::LogIndex(1), {}}}})) ==
      "persist [record{term=2 vote=- first=1 entries=[]}]");
  CHECK(to_text(AnyEffect(Answer<Vitals>{RequestId(9), {}})) ==
        "answer #9 vitals{cpu=0 memory=0 load=0 disk_latency=0 s}");
  CHECK(to_text(AnyEffect(Notify<Nothing>{})) == "notify nothing");
}

TEST_CASE("text is appended to what is there") {
  std::string out = "at ";
  append_text(milliseconds(2), out);
  CHECK(out == "at 2 ms");
}
