#include "node/guest/guest.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>

#include "core/base/overloaded.hpp"

namespace lockstep::node {
namespace {

using Lines = std::vector<std::string>;

struct Note {
  std::string text;
  static constexpr std::string_view name = "note";
  static constexpr void fields(auto& self, auto&& visit) { visit("text", self.text); }
  friend bool operator==(const Note&, const Note&) = default;
};
enum class Bell : std::uint8_t { only };
constexpr std::string_view name_of(Bell) { return "only"; }
constexpr std::size_t enumerator_count(Bell) { return 1; }

bool is_worthless_later(const Note& message) { return message.text == "beat"; }

// Says what it heard. Told "keep": persists, and answers once that is durable; "reply": answers;
// "beat" and "tell": sends itself to node 2.
struct Clerk {
  struct Alphabet {
    using Message = Note;
    using Request = Note;
    using Reply = Note;
    using Record = Note;
    using Timer = Bell;
    using Notice = Nothing;
  };
  Lines heard;
  RequestId owed;

  void step(Instant, const Event<Alphabet>& event, Effects<Alphabet>& out) {
    std::visit(
        Overloaded{[&](const Started<Note>& e) {
                     for (const Note& note : e.records) heard.push_back("had " + note.text);
                   },
                   [&](const Received<Note>& e) {
                     heard.push_back(std::to_string(e.from.value()) + e.message.text);
                   },
                   [&](const TimerFired<Bell>&) {}, [&](const Requested<Note>& e) { obey(e, out); },
                   [&](const Persisted& e) {
                     heard.push_back("persisted " + std::to_string(e.upto.value()));
                     out.push_back(Answer<Note>{owed, {"kept"}});
                   },
                   [&](const Sampled& e) {
                     heard.push_back("cpu " + std::to_string(e.vitals.cpu_permille));
                   }},
        event);
  }
  void obey(const Requested<Note>& asked, Effects<Alphabet>& out) {
    const std::string& order = asked.request.text;
    owed = asked.id;
    if (order == "keep") out.push_back(Persist<Note>{{{"one"}, {"two"}}});
    if (order == "reply") out.push_back(Answer<Note>{asked.id, {"at once"}});
    if (order == "late") out.push_back(Answer<Note>{asked.id.previous(), {"too late"}});
    if (order == "beat" || order == "tell") out.push_back(Send<Note>{NodeId(2), {order}});
  }
  friend bool operator==(const Clerk&, const Clerk&) = default;
};

struct Silence : net::Log {
  void write(net::Level, std::string_view, std::vector<net::Field>) override {}
};

struct Desk {
  std::string path = [] {
    std::string name = (std::filesystem::temp_directory_path() / "lockstep_guest_XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    return name;
  }();
  Silence log;
  net::asio::io_context io;
  Lines carried;
  Desk() = default;
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;
  ~Desk() { std::filesystem::remove_all(path); }

  [[nodiscard]] net::StorageOptions options(std::uint64_t reserve = 512) const {
    return {path, "test", NodeId(1), 64 * 1024, reserve};
  }
};

class Office final : public GuestHost<Clerk> {
 public:
  Office(Desk& desk, net::LogStore& store)
      : GuestHost(
            desk.io, Clerk{}, store, seconds(1000),
            [&desk](NodeId to, net::Channel channel, std::string_view message) {
              desk.carried.push_back(std::to_string(to.value()) +
                                     (channel == net::Channel::datagram ? " may lose " : " ") +
                                     wire::decode<Note>(message).value().text);
            }) {
    begin(decode_records<Note>(store.take_recovered()));
  }
  using GuestHost::sampled;
  Lines durable;

 private:
  void written(const Note& record) override { durable.push_back(record.text); }
};

std::string encoded(const std::string& text) {
  std::string bytes;
  wire::encode(Note{text}, bytes);
  return bytes;
}

// What was replied, or "none".
GuestHost<Clerk>::OnReply into(Lines& replies) {
  return
      [&replies](std::optional<Note>&& reply) { replies.push_back(reply ? reply->text : "none"); };
}

TEST_CASE("messages reach the machine, and what is none is said to be none") {
  Desk desk;
  net::LogStore store(net::real_files(), desk.options(), desk.log);
  Office office(desk, store);
  CHECK(office.deliver(NodeId(3), encoded("hello")));
  CHECK_FALSE(office.deliver(NodeId(3), encoded("hello") + "x"));
  CHECK_FALSE(office.deliver(NodeId(3), ""));
  office.sampled({7, 0, 0, Duration()});
  CHECK(office.machine().heard == Lines{"3hello", "cpu 7"});
  CHECK(office.now() - net::now() > seconds(999));
}

TEST_CASE("what is worth nothing later may be lost on its way, and nothing else") {
  Desk desk;
  net::LogStore store(net::real_files(), desk.options(), desk.log);
  Office office(desk, store);
  Lines replies;
  office.ask({"beat"}, seconds(1), into(replies));
  office.ask({"tell"}, seconds(1), into(replies));
  CHECK(desk.carried == Lines{"2 may lose beat", "2 tell"});
}

TEST_CASE("a request is answered once, with a reply or with nothing when its time is over") {
  Desk desk;
  net::LogStore store(net::real_files(), desk.options(), desk.log);
  Office office(desk, store);
  Lines replies;
  office.ask({"reply"}, seconds(3600), into(replies));
  CHECK(replies == Lines{"at once"});
  office.ask({"nothing"}, milliseconds(1), into(replies));
  desk.io.run_one_for(std::chrono::seconds(5));  // the timer of the first one, cancelled
  while (replies.size() < 2) desk.io.run_one_for(std::chrono::seconds(5));
  CHECK(replies == Lines{"at once", "none"});
  office.ask({"late"}, seconds(3600), into(replies));
  CHECK(replies == Lines{"at once", "none"});
}

TEST_CASE(
    "records go down at the end of a burst, then the machine hears of it, and after a start "
    "has them back") {
  Desk desk;
  Lines replies;
  {
    net::LogStore store(net::real_files(), desk.options(), desk.log);
    Office office(desk, store);
    net::Shift* self = nullptr;
    net::Shift shift(desk.io, milliseconds(20), [&] {
      const bool more = office.end_of_burst(*self, Duration());
      if (!replies.empty()) self->stop();
      return more;
    });
    self = &shift;
    net::asio::post(desk.io, [&] {
      office.ask({"keep"}, seconds(5), into(replies));
      CHECK(office.durable.empty());
    });
    shift.run();
    CHECK(office.durable == Lines{"one", "two"});
    CHECK(office.machine().heard == Lines{"persisted 2"});
    CHECK(replies == Lines{"kept"});
  }
  net::LogStore store(net::real_files(), desk.options(), desk.log);
  const Office office(desk, store);
  CHECK(office.machine().heard == Lines{"had one", "had two"});
}

TEST_CASE("without room nothing arrives") {
  Desk desk;
  net::LogStore store(net::real_files(), desk.options(64 * 1024), desk.log);
  Office office(desk, store);
  REQUIRE_FALSE(office.has_room());
  CHECK(office.deliver(NodeId(3), encoded("hello")));
  CHECK(office.machine().heard.empty());
}

TEST_CASE("a log of something else is refused with the record") {
  CHECK_THROWS_WITH_AS((void)decode_records<Note>({encoded("a"), "\xff"}),
                       doctest::Contains("record 2 of the log is none of this version"),
                       net::LogDamaged);
}

}  // namespace
}  // namespace lockstep::node
