#include "core/kv/replica.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/text/to_text.hpp"
#include "core/wire/codec.hpp"

using namespace lockstep;
using namespace lockstep::kv;

namespace {

using Answers = std::vector<Answer<Reply>>;

const std::vector<NodeId> all_three{NodeId(1), NodeId(2), NodeId(3)};

// Server n1 of all_three, and Raft alone beside it: whatever the replica does, the two send,
// persist and notify the same.
struct Server {
  static_assert(Machine<Replica>);
  Replica replica;
  Instant now;
  RecordSeq written;  // asked to persist so far

  explicit Server(Config config = {}, const std::vector<NodeId>& members = all_three)
      : replica(NodeId(1), members, config, 7) {
    step(Started<raft::Record>{});
  }
  Answers step(const Event<Replica::Alphabet>& event) {
    const Replica before = replica;
    Replica::Out out;
    replica.step(now, event, out);
    Replica again = before;
    Replica::Out out_again;
    again.step(now, event, out_again);
    CHECK(again == replica);
    CHECK(out_again == out);
    CHECK(replica.applied() == replica.raft().commit());

    Answers answers;
    for (const auto& effect : out) {
      if (const auto* answer = std::get_if<Answer<Reply>>(&effect)) answers.push_back(*answer);
      if (const auto* persist = std::get_if<Persist<raft::Record>>(&effect)) {
        written = RecordSeq(written.value() + persist->records.size());
      }
    }
    return answers;
  }
  Answers ask(std::uint64_t id, Request request) {
    return step(Requested<Request>{RequestId(id), std::move(request)});
  }
  Answers receive(std::uint32_t from, raft::Message message) {
    return step(Received<raft::Message>{NodeId(from), std::move(message)});
  }
  Answers disk() { return step(Persisted{written}); }
  // n2 has everything that this server has.
  Answers accept() {
    return receive(2, raft::AppendAccepted{replica.raft().term(), replica.raft().log().last_index(),
                                           last_round()});
  }
  Answers commit() {
    Answers answers = disk();
    for (auto& answer : accept()) answers.push_back(std::move(answer));
    return answers;
  }
  void lead() {
    CHECK(ask(1, Campaign{}) == Answers{{RequestId(1), CampaignStarted{}}});
    disk();
    const raft::Term next = replica.raft().term();
    if (replica.raft().role() == raft::RoleName::pre_candidate) {
      receive(2, raft::PreVoteGranted{next.next()});
      disk();
    }
    receive(2, raft::VoteGranted{replica.raft().term()});
    REQUIRE(replica.raft().role() == raft::RoleName::leader);
    commit();
    REQUIRE(replica.raft().commit() == raft::LogIndex(1));
  }
  SessionId open() {
    ask(2, OpenSession{});
    const Answers answers = commit();
    REQUIRE(answers.size() == 1);
    return std::get<SessionOpened>(answers.front().reply).session;
  }
  // A later leader, n3, takes over.
  Answers depose() {
    return receive(3, raft::AppendEntries{.term = replica.raft().term().next(),
                                          .prev_index = {},
                                          .prev_term = {},
                                          .commit = {},
                                          .round = {},
                                          .entries = {}});
  }

 private:
  raft::ReadRound last_round() const { return raft::ReadRound(rounds); }

 public:
  std::uint64_t rounds = 0;  // of ReadIndex, as far as n2 has heard
};

ClientRequest write(SessionId session, std::uint64_t serial, Operation operation) {
  return {session, Serial(serial), Serial(1), std::move(operation)};
}
ClientRequest get(std::uint64_t serial, std::string key) {
  return {SessionId(0), Serial(serial), Serial(1), Get{std::move(key)}};
}
Answer<Reply> to(std::uint64_t id, Reply reply) { return {RequestId(id), std::move(reply)}; }

}  // namespace

TEST_CASE("who does not lead says who does") {
  Server server;
  const NotLeader unknown{Serial(4), nobody};
  CHECK(server.ask(9, write(SessionId(1), 4, Put{"k", "v"})) == Answers{to(9, unknown)});
  CHECK(server.ask(9, get(4, "k")) == Answers{to(9, unknown)});
  CHECK(server.ask(9, OpenSession{}) == Answers{to(9, NotLeader{Serial(0), nobody})});
  server.depose();
  CHECK(server.ask(9, get(4, "k")) == Answers{to(9, NotLeader{Serial(4), NodeId(3)})});
}

TEST_CASE("a write is answered when it is applied, not before") {
  Server server;
  server.lead();
  const SessionId session = server.open();
  CHECK(session == SessionId(2));
  CHECK(server.ask(5, write(session, 1, Append{"k", "a"})).empty());
  CHECK(server.replica.store().read("k") == Result(Missing{}));
  CHECK(server.disk().empty());
  CHECK(server.accept() == Answers{to(5, Completed{Serial(1), Done{}})});
  CHECK(server.replica.store().read("k") == Result(Found{"a"}));
  CHECK(server.replica.applied() == raft::LogIndex(3));
}

TEST_CASE("several writes are answered in the order of the log") {
  Server server;
  server.lead();
  const SessionId session = server.open();
  server.ask(5, write(session, 2, Append{"k", "b"}));
  server.ask(6, write(session, 1, Append{"k", "a"}));
  CHECK(server.commit() ==
        Answers{to(5, Completed{Serial(2), Done{}}), to(6, Completed{Serial(1), Done{}})});
  CHECK(server.replica.store().read("k") == Result(Found{"ba"}));
}

TEST_CASE("a repeated write is answered from memory, without a second entry") {
  Server server;
  server.lead();
  const SessionId session = server.open();
  server.ask(5, write(session, 1, Append{"k", "a"}));
  server.commit();
  const auto last = server.replica.raft().log().last_index();
  CHECK(server.ask(6, write(session, 1, Append{"k", "a"})) ==
        Answers{to(6, Completed{Serial(1), Done{}})});
  CHECK(server.replica.raft().log().last_index() == last);
}

TEST_CASE("a write repeated before it is committed stands in the log twice and counts once") {
  Server server;
  server.lead();
  const SessionId session = server.open();
  server.ask(5, write(session, 1, Append{"k", "a"}));
  server.ask(6, write(session, 1, Append{"k", "a"}));
  CHECK(server.commit() ==
        Answers{to(5, Completed{Serial(1), Done{}}), to(6, Completed{Serial(1), Done{}})});
  CHECK(server.replica.store().read("k") == Result(Found{"a"}));
}

TEST_CASE("without sessions a repeated write is applied again") {
  Config config;
  config.sessions = false;
  Server server(config);
  server.lead();
  server.ask(5, write(SessionId(0), 1, Append{"k", "a"}));
  server.commit();
  CHECK(server.ask(6, write(SessionId(0), 1, Append{"k", "a"})).empty());
  CHECK(server.commit() == Answers{to(6, Completed{Serial(1), Done{}})});
  CHECK(server.replica.store().read("k") == Result(Found{"aa"}));
}

TEST_CASE("an unknown session is judged by the log, not by what this server has applied") {
  Server server;
  server.lead();
  CHECK(server.ask(5, write(SessionId(40), 1, Put{"k", "v"})).empty());
  CHECK(server.commit() == Answers{to(5, SessionExpired{Serial(1), SessionId(40)})});
}

TEST_CASE("a get waits until a majority confirms the leader") {
  Server server;
  server.lead();
  const SessionId session = server.open();
  server.ask(5, write(session, 1, Put{"k", "v"}));
  server.commit();
  CHECK(server.ask(6, get(2, "k")).empty());
  CHECK(server.ask(6, get(2, "k")).empty());  // the same request id twice: the network doubled it
  CHECK(server.ask(7, get(3, "none")).empty());
  Answers answers;
  for (int i = 0; i < 5 && answers.size() < 3; ++i, ++server.rounds) {
    for (auto& answer : server.accept()) answers.push_back(std::move(answer));
  }
  CHECK(answers == Answers{to(6, Completed{Serial(2), Found{"v"}}),
                           to(6, Completed{Serial(2), Found{"v"}}),
                           to(7, Completed{Serial(3), Missing{}})});
  CHECK(server.replica.raft().log().last_index() == raft::LogIndex(3));
}

TEST_CASE("a local read is answered at once, by whoever believes to lead") {
  Config config;
  config.reads = Reads::local;
  Server server(config);
  CHECK(server.ask(5, get(1, "k")) == Answers{to(5, NotLeader{Serial(1), nobody})});
  server.lead();
  CHECK(server.ask(6, get(1, "k")) == Answers{to(6, Completed{Serial(1), Missing{}})});
}

TEST_CASE("lost leadership ends the wait of every write and get") {
  Server server;
  server.lead();
  const SessionId session = server.open();
  server.ask(5, write(session, 1, Put{"k", "v"}));
  server.ask(6, get(2, "k"));
  server.ask(7, OpenSession{});
  const Answers answers = server.depose();
  REQUIRE(answers.size() == 3);
  std::vector<std::string> texts;
  for (const auto& answer : answers) texts.push_back(to_text(answer));
  std::sort(texts.begin(), texts.end());
  CHECK(texts[0] == "answer #5 leadership_lost{serial=1}");
  CHECK(texts[1].substr(0, 30) == "answer #6 not_leader{serial=2 ");
  CHECK(texts[2] == "answer #7 leadership_lost{serial=0}");
  CHECK(server.replica.store().read("k") == Result(Missing{}));
}

TEST_CASE("a follower applies what the leader committed and answers nobody") {
  Server server;
  std::vector<raft::Entry> entries{{raft::Term(3), raft::EntryKind::noop, ""}};
  const auto append = [&](const Command& command) {
    raft::Entry& entry = entries.emplace_back();
    entry.term = raft::Term(3);
    std::string bytes;
    wire::encode(command, bytes);
    entry.command = bytes;
  };
  append(OpenSession{});
  append(write(SessionId(2), 1, Put{"k", "v"}));
  entries.push_back({raft::Term(3), raft::EntryKind::command, "not one of ours"});
  append(write(SessionId(2), 2, Append{"k", "w"}));
  append(write(SessionId(2), 3, Append{"k", "x"}));
  CHECK(server
            .receive(2, raft::AppendEntries{.term = raft::Term(3),
                                            .prev_index = {},
                                            .prev_term = {},
                                            .commit = raft::LogIndex(5),
                                            .round = {},
                                            .entries = entries})
            .empty());
  CHECK(server.replica.applied() == raft::LogIndex(5));
  CHECK(server.replica.store().read("k") == Result(Found{"vw"}));
}

TEST_CASE("a restarted server has the store again once it learns what is committed") {
  Server server;
  server.lead();
  const SessionId session = server.open();
  server.ask(5, write(session, 1, Put{"k", "v"}));
  server.commit();
  const raft::Log& log = server.replica.raft().log();
  raft::Record record{server.replica.raft().term(), NodeId(1), raft::LogIndex(1), {}};
  for (raft::LogIndex i(1); i <= log.last_index(); ++i) record.entries.push_back(log.entry(i));

  Replica restarted(NodeId(1), all_three, Config{}, 8);
  Replica::Out out;
  restarted.step(server.now, Started<raft::Record>{{record}}, out);
  CHECK(restarted.applied() == raft::LogIndex(0));
  restarted.step(
      server.now,
      Received<raft::Message>{NodeId(2), raft::AppendEntries{.term = record.term.next(),
                                                             .prev_index = log.last_index(),
                                                             .prev_term = log.last_term(),
                                                             .commit = log.last_index(),
                                                             .round = {},
                                                             .entries = {}}},
      out);
  CHECK(restarted.store() == server.replica.store());
}

TEST_CASE("too much that is uncommitted is refused as busy") {
  Config config;
  config.raft.max_uncommitted_bytes = 1000;
  Server server(config);
  server.lead();
  Answers answers;
  for (std::uint64_t id = 10; answers.empty() && id < 30; ++id) {
    answers = server.ask(id, write(SessionId(2), id, Put{"k", std::string(200, 'x')}));
  }
  REQUIRE(answers.size() == 1);
  CHECK(std::holds_alternative<Busy>(answers.front().reply));
}

TEST_CASE("what Raft sends, persists and notifies passes through in its order") {
  raft::Raft alone(NodeId(1), all_three, raft::Config{}, 7);
  Replica replica(NodeId(1), all_three, Config{}, 7);
  raft::Raft::Out alone_out;
  Replica::Out out;
  const auto same = [&] {
    REQUIRE(alone_out.size() == out.size());
    for (std::size_t i = 0; i < out.size(); ++i) CHECK(to_text(out[i]) == to_text(alone_out[i]));
    CHECK(alone == replica.raft());
    alone_out.clear();
    out.clear();
  };
  const auto both = [&](const auto& event) {
    alone.step(Instant(), event, alone_out);
    replica.step(Instant(), event, out);
    same();
  };
  both(Started<raft::Record>{});
  alone.request(Instant(), RequestId(1), raft::Campaign{}, alone_out);
  replica.step(Instant(), Requested<Request>{RequestId(1), Campaign{}}, out);
  same();
  both(Persisted{RecordSeq(1)});
  both(Received<raft::Message>{NodeId(2), raft::PreVoteGranted{alone.term().next()}});
  both(Persisted{RecordSeq(1)});
  both(Received<raft::Message>{NodeId(2), raft::VoteGranted{alone.term()}});
  CHECK(alone.role() == raft::RoleName::leader);
  both(Sampled{});
}
