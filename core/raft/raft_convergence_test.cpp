// Two ends of one link: a leader brings any follower's log to its own, however the messages fare.
// And: whatever any peer says in whatever order, a server neither throws nor breaks its own rules.
#include "core/raft/server_for_tests.hpp"

using namespace lockstep;
using namespace lockstep::raft;

namespace {

using Terms = std::vector<std::uint64_t>;

// A leader (1) and a follower (2) of three; the third stays silent and lends its vote.
struct Pair {
  Pair(const Terms& leads, const Terms& follows, std::uint64_t term, std::uint64_t seed)
      : leader(config(), disk_of(term, n1, leads), {n1, n2, n3}, n1),
        follower(config(), disk_of(term, nobody, follows), {n1, n2, n3}, n2),
        random(seed) {
    leader.request(1, Campaign{});
    leader.all_persisted();
    collect(leader.receive(n3, VoteGranted{leader.raft.term()}), to_follower);
    leader.all_persisted();
  }
  static Config config() {
    Config config = plain();
    config.check_quorum = false;
    config.max_entries_per_message = 3;
    return config;
  }
  static void collect(const Out& effects, std::vector<Message>& queue) {
    for (const auto& effect : effects) {
      const auto* send = std::get_if<Send<Message>>(&effect);
      if (send && send->to != n3) queue.push_back(send->message);
    }
  }
  // Delivers one message of the queue, chosen, lost or kept for a second time by chance.
  void deliver(std::vector<Message>& queue, Server& to, std::vector<Message>& answers) {
    if (queue.empty()) return;
    const std::size_t at = rough ? random.below(queue.size()) : 0;
    const Message message = queue[at];
    const bool stays = rough && random.below(8) == 0;
    if (!stays) queue.erase(queue.begin() + static_cast<std::ptrdiff_t>(at));
    if (rough && random.below(5) == 0) return;
    ++deliveries;
    collect(to.receive(&to == &leader ? n2 : n1, message), answers);
    collect(to.all_persisted(), answers);
  }
  bool converged() const { return follower.raft.log() == leader.raft.log(); }
  void run(int rounds) {
    for (int i = 0; i < rounds && !(converged() && !rough); ++i) {
      if (to_follower.empty() || (rough && random.below(20) == 0))
        collect(leader.ring(leader.heartbeat), to_follower);
      deliver(to_follower, follower, to_leader);
      deliver(to_leader, leader, to_follower);
    }
  }

  Server leader, follower;
  Random random;
  bool rough = false;
  int deliveries = 0;
  std::vector<Message> to_follower, to_leader;
};

// Raft, figure 7: the leader for term 8, and what its followers may look like.
const Terms figure7_leader{1, 1, 1, 4, 4, 5, 5, 6, 6, 6};
const std::vector<Terms> figure7_followers{
    {1, 1, 1, 4, 4, 5, 5, 6, 6},          {1, 1, 1, 4},          {1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6},
    {1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7}, {1, 1, 1, 4, 4, 4, 4}, {1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3}};

Terms cut_somewhere(Terms log, Random& random) {
  log.resize(random.below(log.size() + 1));
  return log;
}

// Logs as servers can have them: each term extends one log that was there before it.
std::vector<Terms> any_logs(Random& random) {
  std::vector<Terms> logs{{}};
  for (std::uint64_t term = 1; term <= 7; ++term) {
    Terms log = cut_somewhere(random.pick(logs), random);
    log.insert(log.end(), random.below(5), term);
    logs.push_back(log);
  }
  return logs;
}

}  // namespace

TEST_CASE("figure 7: every follower's log is repaired, in few messages") {
  for (const Terms& terms : figure7_followers) {
    CAPTURE(terms.size());
    Pair pair(figure7_leader, terms, 7, 1);
    pair.run(40);
    CHECK(pair.converged());
    CHECK(pair.deliveries <= 10);
    CHECK(pair.leader.raft.log().last_index() == LogIndex(11));
  }
}

TEST_CASE("any log is repaired over a link that loses, repeats and reorders") {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const std::vector<Terms> logs = any_logs(random);
    Pair pair(cut_somewhere(random.pick(logs), random), cut_somewhere(random.pick(logs), random), 7,
              seed);
    pair.rough = true;
    pair.run(60);
    pair.rough = false;
    pair.run(400);
    CHECK(pair.converged());
  }
}

namespace {

Message any_message(Random& random) {
  const auto number = [&random] { return random.below(12) == 0 ? random.next() : random.below(8); };
  const auto term = [&] { return Term(number()); };
  const auto index = [&] { return LogIndex(number()); };
  const auto round = [&] { return ReadRound(random.below(4)); };
  switch (random.below(10)) {
    case 0: return PreVoteRequest{term(), index(), term()};
    case 1: return PreVoteGranted{term()};
    case 2: return PreVoteRefused{term()};
    case 3: return VoteRequest{term(), index(), term(), random.below(3) == 0};
    case 4: return VoteGranted{term()};
    case 5: return VoteRefused{term()};
    case 6: {
      AppendEntries message{term(), index(), term(), index(), round(), {}};
      std::uint64_t rising = random.below(4);
      for (std::uint64_t i = random.below(4); i > 0; --i)
        message.entries.push_back(command(rising += random.below(2)));
      return message;
    }
    case 7: return AppendAccepted{term(), index(), round()};
    case 8: return TimeoutNow{term()};
    default: return AppendRejected{term(), index(), index(), term(), round()};
  }
}

}  // namespace

TEST_CASE("nothing a peer, a disk's report or a late alarm says makes a server throw") {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    Config config = random.below(2) == 0 ? plain() : with_pre_vote();
    config.sticky = random.below(2) == 0;
    Server server(config, disk_of(3, n2, {1, 1, 2, 3}));
    if (random.below(2) == 0) server.lead();
    Raft before = server.raft;
    for (std::uint64_t i = 0; i < 300; ++i) {
      server.now = server.now + milliseconds(random.between(0, 20));
      const NodeId from(static_cast<std::uint32_t>(random.below(7)));
      Out effects;
      switch (random.below(8)) {
        case 0: effects = server.persisted(random.below(server.written.value() + 2)); break;
        case 1: effects = server.ring(server.election); break;
        case 2: effects = server.ring(server.heartbeat); break;
        case 3: effects = server.request(i, Propose{"x"}); break;
        case 4: effects = server.request(i, Read{}); break;
        default: effects = server.receive(from, any_message(random));
      }
      const Raft& after = server.raft;
      REQUIRE(after.term() >= before.term());
      REQUIRE(after.commit() >= before.commit());
      REQUIRE(after.commit() <= after.log().last_index());
      REQUIRE(after.durable_index() <= after.log().last_index());
      const bool vote_kept =
          after.term() > before.term() || before.vote() == nobody || after.vote() == before.vote();
      REQUIRE(vote_kept);
      REQUIRE(effects.size() < 40);
      for (const Progress& progress : after.progress()) REQUIRE(progress.match < progress.next);
      before = server.raft;
    }
  }
}

TEST_CASE("stepped twice from a copy, a server does the same twice") {
  Random random(3);
  Server server;
  server.lead();
  for (int i = 0; i < 300; ++i) {
    const Event<Alphabet> event = Received<Message>{n2, any_message(random)};
    Raft copy = server.raft;
    Out first;
    Out second;
    server.raft.step(server.now, event, first);
    copy.step(server.now, event, second);
    REQUIRE(first == second);
    REQUIRE(copy == server.raft);
  }
}
