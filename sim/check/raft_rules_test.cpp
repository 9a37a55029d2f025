#include "sim/check/raft_rules.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace lockstep;
using namespace lockstep::sim;
using raft::LogIndex;
using raft::Term;

namespace {

// Three servers moved by hand: each call is one step of one of them.
class Story {
 public:
  explicit Story(std::uint32_t servers = 3, bool told = false)
      : rules(servers, told), servers_(servers) {
    for (std::uint32_t n = 1; n <= servers; ++n) restart(n);
  }
  // Comes up with what `durable` says; by default with all it persisted.
  Story& restart(std::uint32_t n) { return restart(n, servers_[n - 1].records); }
  Story& restart(std::uint32_t n, std::vector<raft::Record> durable) {
    rules.started(tick(), NodeId(n), durable);
    Server& server = servers_[n - 1];
    server = {};
    for (const auto& record : durable) server.take(record);
    return step(n);
  }
  Story& vote(std::uint32_t n, std::uint64_t term, std::uint32_t for_whom) {
    Server& server = servers_[n - 1];
    server.view.term = Term(term);
    server.view.vote = NodeId(for_whom);
    server.view.role = n == for_whom ? raft::RoleName::candidate : raft::RoleName::follower;
    return persist(n, 0, {});
  }
  Story& lead(std::uint32_t n, std::uint64_t term) {
    vote(n, term, n);
    return role(n, raft::RoleName::leader);
  }
  Story& role(std::uint32_t n, raft::RoleName role) {
    servers_[n - 1].view.role = role;
    return step(n);
  }
  // Replaces the log from `first` on by entries of these terms; the command names writer and place.
  Story& write(std::uint32_t n, std::uint64_t first, std::vector<std::uint64_t> terms,
               const std::string& command = "x") {
    std::vector<raft::Entry> entries;
    for (const auto term : terms)
      entries.push_back({Term(term), raft::EntryKind::command, command});
    return persist(n, first, std::move(entries));
  }
  Story& follow(std::uint32_t n, std::uint64_t term) {
    Server& server = servers_[n - 1];
    if (server.view.term != Term(term)) server.view.vote = nobody;
    server.view.term = Term(term);
    server.view.role = raft::RoleName::follower;
    return persist(n, 0, {});
  }
  Story& commit(std::uint32_t n, std::uint64_t index) {
    servers_[n - 1].view.commit = LogIndex(index);
    return step(n);
  }
  Story& told_durable(std::uint32_t n) {
    rules.told_durable(NodeId(n), RecordSeq(servers_[n - 1].in_this_incarnation));
    return *this;
  }
  RaftView& view(std::uint32_t n) { return servers_[n - 1].view; }
  Story& step(std::uint32_t n, std::vector<raft::Record> persisted = {}) {
    rules.stepped(tick(), NodeId(n), view(n), persisted);
    for (auto& violation : rules.take()) {
      broken.insert(violation.rule);
      last = std::move(violation);
    }
    return *this;
  }
  const std::vector<raft::Entry>& log(std::uint32_t n) { return servers_[n - 1].log; }

  RaftRules rules;
  std::set<std::string> broken;
  Violation last;

 private:
  struct Server {
    RaftView view;
    std::vector<raft::Entry> log;
    std::vector<raft::Record> records;
    std::uint64_t in_this_incarnation = 0;
    void take(const raft::Record& record) {
      records.push_back(record);
      view.term = record.term;
      view.vote = record.vote;
      if (record.first != LogIndex()) {
        log.resize(record.first.value() - 1);
        log.insert(log.end(), record.entries.begin(), record.entries.end());
      }
      view.last_index = LogIndex(log.size());
      view.last_term = log.empty() ? Term() : log.back().term;
    }
  };
  Story& persist(std::uint32_t n, std::uint64_t first, std::vector<raft::Entry> entries) {
    Server& server = servers_[n - 1];
    const raft::Record record{server.view.term, server.view.vote, LogIndex(first), entries};
    server.take(record);
    ++server.in_this_incarnation;
    return step(n, {record});
  }
  Instant tick() { return now_ = now_ + milliseconds(1); }
  Instant now_;
  std::vector<Server> servers_;
};

using Broken = std::set<std::string>;

// n1 leads term 1 and has committed two entries that n2 holds as well.
Story two_committed() {
  Story story;
  story.vote(2, 1, 1).lead(1, 1).write(1, 1, {1, 1}).write(2, 1, {1, 1}).commit(1, 2).commit(2, 2);
  return story;
}

}  // namespace

TEST_CASE("a correct election, replication, take-over and restart break nothing") {
  Story story = two_committed();
  CHECK(story.broken.empty());
  story.write(1, 3, {1}, "never committed");
  story.vote(3, 2, 2).lead(2, 2).write(2, 3, {2}).write(3, 1, {1, 1}).write(3, 3, {2});
  story.commit(2, 3).commit(3, 3);
  story.follow(1, 2).write(1, 3, {2}).commit(1, 3);
  CHECK_MESSAGE(story.broken.empty(), story.last.text);
  story.restart(2).restart(1).commit(1, 1).commit(1, 3).vote(1, 3, 1);
  CHECK_MESSAGE(story.broken.empty(), story.last.text);
  for (std::uint32_t n = 1; n <= 3; ++n)
    story.rules.finished(Instant(), NodeId(n), LogIndex(story.log(n).size()),
                         [&](LogIndex i) { return story.log(n)[i.value() - 1]; });
  CHECK_FALSE(story.rules.found());
}

TEST_CASE("figure 8: an entry of an old term may be overwritten while it is not committed") {
  Story story(5);
  story.lead(1, 2).write(1, 1, {1, 2}, "a").follow(2, 2).write(2, 1, {1, 2}, "a");
  story.follow(5, 2).write(5, 1, {1}, "a").lead(5, 3).write(5, 2, {3});
  story.restart(1).lead(1, 4).follow(3, 4).write(3, 1, {1, 2}, "a").write(1, 3, {4});
  story.lead(5, 5).follow(2, 5).write(2, 2, {3});
  CHECK_MESSAGE(story.broken.empty(), story.last.text);
  SUBCASE("but not if the leader of term 4 counted it as committed") {
    Story wrong(5);
    wrong.lead(1, 2).write(1, 1, {1, 2}, "a").lead(5, 3).write(5, 1, {1}, "a").write(5, 2, {3});
    wrong.follow(1, 4).lead(1, 4).commit(1, 2).lead(5, 5);
    CHECK(wrong.broken == Broken{"leader completeness"});
  }
}

TEST_CASE("election safety: two leaders in one term") {
  Story story;
  story.lead(1, 1).lead(2, 2).lead(3, 1);
  CHECK(story.broken == Broken{"election safety"});
  CHECK(story.last.text == "n3 and n1 both lead term 1");
  CHECK(story.last.node == NodeId(3));
}

TEST_CASE("election safety: a leader that leads a later term from one step to the next") {
  Story story;
  story.lead(1, 1).lead(2, 2);
  story.view(1).term = Term(2);
  story.view(1).vote = NodeId(1);
  story.step(1);
  CHECK(story.broken == Broken{"election safety"});
}

TEST_CASE("election safety: the second leader owes the first one's entries to its own term only") {
  Story story;
  story.lead(1, 1).write(1, 1, {1}).commit(1, 1).lead(2, 1);
  CHECK(story.broken == Broken{"election safety"});
}

TEST_CASE("leader append-only: a leader replaces an entry of its own") {
  Story story;
  story.lead(1, 1).write(1, 1, {1, 1});
  SUBCASE("another in its place") { story.write(1, 2, {1}); }
  SUBCASE("nothing in its place") { story.write(1, 2, {}); }
  CHECK(story.broken == Broken{"leader append-only"});
}

TEST_CASE("a leader that steps down for a later term may have its log replaced") {
  Story story;
  story.lead(1, 1).write(1, 1, {1, 1}).follow(1, 2).write(1, 2, {2});
  CHECK(story.broken.empty());
  story.lead(1, 3);
  story.view(1).term = Term(4);
  story.view(1).vote = nobody;
  story.view(1).role = raft::RoleName::follower;
  story.write(1, 2, {4});
  CHECK_MESSAGE(story.broken.empty(), "in one step");
}

TEST_CASE("log matching: same index and term, another entry at it or before it") {
  SUBCASE("at it") {
    Story story;
    story.follow(1, 1).write(1, 1, {1}, "a").follow(2, 1).write(2, 1, {1}, "b");
    CHECK(story.broken == Broken{"log matching"});
    CHECK(story.last.text ==
          "n2 holds an entry of term 1 at index 1, as another log did, but they differ up to "
          "there");
  }
  SUBCASE("before it") {
    Story story;
    story.follow(1, 3).write(1, 1, {1, 3}).follow(2, 3).write(2, 1, {2}).write(2, 2, {3});
    CHECK(story.broken == Broken{"log matching"});
  }
  SUBCASE("an index that sees many terms") {
    Story story;
    story.follow(1, 9).write(1, 1, {5}).write(1, 1, {6}).write(1, 1, {7}).write(1, 1, {6});
    CHECK(story.broken.empty());
    story.write(1, 1, {6}, "other");
    CHECK(story.broken == Broken{"log matching"});
  }
  SUBCASE("a log that changes without a record") {
    Story story;
    story.follow(1, 1).write(1, 1, {1});
    story.view(1).last_index = LogIndex(2);
    story.step(1);
    CHECK(story.broken == Broken{"log matching"});
  }
  SUBCASE("a log that is not what was persisted, in the end") {
    Story story;
    story.follow(1, 1).write(1, 1, {1, 1});
    const raft::Entry other{Term(1), raft::EntryKind::command, "other"};
    story.rules.finished(Instant(), NodeId(1), LogIndex(2),
                         [&](LogIndex i) { return i == LogIndex(1) ? story.log(1)[0] : other; });
    const auto found = story.rules.take();
    REQUIRE(found.size() == 1);
    CHECK(found[0].rule == "log matching");
    CHECK(found[0].text == "the log of n1 differs at index 2 from what it persisted");
  }
}

TEST_CASE("leader completeness: a leader of a later term lacks what was committed") {
  Story story = two_committed();
  SUBCASE("elected after it was committed") {
    story.write(3, 1, {1}).lead(3, 2);
    CHECK(story.last.text ==
          "n3 leads term 2 and lacks entries up to 2, which were committed in term 1 or before; "
          "its log ends at 1");
  }
  SUBCASE("elected before") {
    story.follow(3, 1).write(3, 1, {1, 1}).lead(3, 2).write(1, 3, {1}, "late").commit(1, 3);
  }
  CHECK(story.broken == Broken{"leader completeness"});
  CHECK(story.last.node == NodeId(3));
}

TEST_CASE("a leader of an older term, elected late, need not hold what a later one committed") {
  Story story = two_committed();
  story.follow(2, 5).lead(2, 5).write(2, 3, {5}).commit(2, 3);
  story.follow(3, 1).write(3, 1, {1, 1}).lead(3, 4);
  CHECK_MESSAGE(story.broken.empty(), story.last.text);
}

TEST_CASE("state machine safety") {
  SUBCASE("two servers commit different entries at one index") {
    Story story = two_committed();
    story.follow(3, 2).write(3, 1, {1}).write(3, 2, {2}).commit(3, 2);
    CHECK(story.broken == Broken{"state machine safety"});
    CHECK(story.last.text ==
          "n3 commits another entry at index 2 than was committed there before, of term 2");
  }
  SUBCASE("a server drops what it committed") {
    Story story = two_committed();
    story.follow(2, 2).write(2, 2, {2});
    CHECK(story.broken == Broken{"state machine safety"});
  }
}

TEST_CASE("term goes back") {
  Story story;
  story.follow(1, 3).follow(1, 2);
  CHECK(story.broken == Broken{"term goes back"});
}

TEST_CASE("what was never durable may go back in a crash") {
  Story story;
  story.follow(2, 1).write(2, 1, {1, 1}).restart(2, {});
  story.restart(1, {}).follow(1, 3).restart(1, {}).follow(1, 1);
  CHECK(story.broken.empty());
}

TEST_CASE("commit goes back within an incarnation, not across a restart") {
  Story story = two_committed();
  story.restart(2).commit(2, 1);
  CHECK(story.broken.empty());
  story.commit(1, 1);
  CHECK(story.broken == Broken{"commit goes back"});
}

TEST_CASE("vote changed") {
  Story story;
  story.vote(1, 1, 2);
  SUBCASE("for another") { story.vote(1, 1, 3); }
  SUBCASE("taken back") { story.vote(1, 1, 0); }
  SUBCASE("after a restart") {
    story.restart(1);
    CHECK(story.broken.empty());
    story.vote(1, 1, 3);
  }
  SUBCASE("after the disk forgot a vote it had called durable") {
    story.told_durable(1).restart(1, {});
    CHECK(story.broken.empty());
    story.vote(1, 1, 3);
  }
  CHECK(story.broken == Broken{"vote changed"});
}

TEST_CASE("a vote that was never durable binds nobody, and a later term is a fresh start") {
  Story story;
  story.vote(1, 1, 2).restart(1, {}).vote(1, 1, 3).vote(1, 2, 2);
  CHECK(story.broken.empty());
  story.vote(2, 1, 2).restart(2, {}).follow(2, 1).told_durable(2).vote(2, 1, 3);
  CHECK_MESSAGE(story.broken.empty(), "records are counted anew in each incarnation");
  story.restart(2).vote(2, 2, 2).told_durable(2).restart(2, {}).vote(2, 2, 3);
  CHECK(story.broken == Broken{"vote changed"});
}

TEST_CASE("commit beyond log") {
  Story story;
  story.follow(1, 1).write(1, 1, {1}).commit(1, 2);
  CHECK(story.broken == Broken{"commit beyond log"});
}

TEST_CASE("a log cut below what was committed breaks both rules") {
  Story story = two_committed();
  story.follow(2, 2).write(2, 2, {});
  CHECK(story.broken == Broken{"commit beyond log", "state machine safety"});
}

namespace {

// n2 has voted for n1, and both have been told that it is durable.
Story one_leader() {
  Story story(3, true);
  story.vote(1, 1, 1).vote(2, 1, 1).told_durable(1).told_durable(2).lead(1, 1);
  return story;
}

}  // namespace

TEST_CASE("leader without votes: what is not durable yet does not count, nor what is for another") {
  CHECK(one_leader().broken.empty());
  Story story(3, true);
  story.vote(1, 1, 1).vote(2, 1, 1).told_durable(1);
  SUBCASE("not durable") { story.lead(1, 1); }
  SUBCASE("of another term") { story.vote(2, 2, 1).told_durable(2).lead(1, 2); }
  SUBCASE("for another") { story.vote(3, 1, 2).told_durable(3).lead(1, 1); }
  CHECK(story.broken == Broken{"leader without votes"});
  CHECK(story.last.text.find("durable votes for it are 1 of 3") != std::string::npos);
}

TEST_CASE("votes found at a start, and those of a disk that forgot, count") {
  Story story(3, true);
  story.vote(2, 1, 1).restart(2).vote(1, 1, 1).told_durable(1).lead(1, 1);
  CHECK(story.broken.empty());
  story.vote(3, 2, 1).told_durable(3).restart(3, {}).vote(1, 2, 1).told_durable(1).lead(1, 2);
  CHECK_MESSAGE(story.broken.empty(), story.last.text);
}

TEST_CASE("commit without copies: a majority holds it, durably, with all that is before it") {
  Story story = one_leader();
  story.write(1, 1, {1, 1}).write(2, 1, {1, 1});
  SUBCASE("durable on two of three") {
    story.told_durable(1).told_durable(2).commit(1, 2).commit(2, 2);
    CHECK_MESSAGE(story.broken.empty(), story.last.text);
    story.follow(3, 1).write(3, 1, {1, 1}).commit(3, 2);
    CHECK_MESSAGE(story.broken.empty(), "a follower learns it before its own disk has it");
    return;
  }
  SUBCASE("not on the follower") { story.told_durable(1).commit(1, 2); }
  SUBCASE("not on the leader") { story.told_durable(2).commit(1, 2); }
  SUBCASE("something else on the follower") {
    story.told_durable(1).write(2, 2, {1}, "y").told_durable(2).commit(1, 2);
    CHECK(story.broken.erase("log matching") == 1);
  }
  SUBCASE("overwritten before it was counted") {
    story.told_durable(1).told_durable(2).write(2, 1, {0}).told_durable(2).commit(1, 2);
  }
  SUBCASE("a follower that runs ahead of every leader") {
    story.told_durable(1).told_durable(2).commit(1, 1).commit(2, 2);
  }
  CHECK(story.broken == Broken{"commit without copies"});
}

TEST_CASE(
    "what a disk forgot after it was promised still counts, but not what is written over it") {
  Story story = one_leader();
  story.write(1, 1, {1}).told_durable(1).write(2, 1, {1}).told_durable(2).restart(2, {});
  SUBCASE("forgotten") {
    story.commit(1, 1);
    CHECK_MESSAGE(story.broken.empty(), story.last.text);
  }
  SUBCASE("written over") {
    story.write(2, 1, {1}, "y").told_durable(2).commit(1, 1);
    CHECK(story.broken.contains("commit without copies"));
  }
}

TEST_CASE("said before durable: a vote, and entries") {
  Story story(3, true);
  const auto say = [&](const raft::Message& message) {
    story.rules.sent(Instant(), NodeId(2), NodeId(1), message);
    story.step(2);
  };
  SUBCASE("a vote") {
    story.vote(2, 1, 1);
    SUBCASE("durable") {
      story.told_durable(2);
      say(raft::VoteGranted{Term(1)});
      CHECK(story.broken.empty());
      story.rules.sent(Instant(), NodeId(2), NodeId(3), raft::VoteGranted{Term(1)});
      CHECK_MESSAGE(story.rules.found(), "to another candidate");
      return;
    }
    SUBCASE("not durable") { say(raft::VoteGranted{Term(1)}); }
    CHECK(story.broken == Broken{"said before durable"});
  }
  SUBCASE("entries") {
    story.follow(2, 1).write(2, 1, {1}).told_durable(2);
    say(raft::AppendAccepted{Term(1), LogIndex(1), {}});
    CHECK(story.broken.empty());
    SUBCASE("not durable") { story.write(2, 2, {1}); }
    SUBCASE("not there") {}
    say(raft::AppendAccepted{Term(1), LogIndex(2), {}});
    CHECK(story.broken == Broken{"said before durable"});
  }
}

TEST_CASE("commit of older term: figure 8, at the first mistake") {
  Story story = one_leader();
  story.write(1, 1, {1}).told_durable(1).write(2, 1, {1}).told_durable(2);
  story.vote(1, 2, 1).vote(2, 2, 1).told_durable(1).told_durable(2).lead(1, 2);
  SUBCASE("counted alone") {
    story.commit(1, 1);
    CHECK(story.broken == Broken{"commit of older term"});
    CHECK(story.last.text == "n1 leads term 2 and commits up to index 1, which is of term 1");
  }
  SUBCASE("below an entry of the term") {
    story.write(1, 2, {2}).told_durable(1).write(2, 2, {2}).told_durable(2).commit(1, 2);
    CHECK_MESSAGE(story.broken.empty(), story.last.text);
  }
}

TEST_CASE("vote for older log") {
  Story story;
  story.follow(2, 2).write(2, 1, {1, 2});
  SUBCASE("a shorter log") { story.follow(1, 2).write(1, 1, {1}); }
  SUBCASE("a longer log of an older term") { story.follow(1, 2).write(1, 1, {1, 1, 1}); }
  SUBCASE("the same log") {
    story.follow(1, 2).write(1, 1, {1, 2}).vote(1, 3, 1).vote(2, 3, 1);
    CHECK(story.broken.empty());
    return;
  }
  SUBCASE("a candidate that has gone on to another term is not known any more") {
    story.vote(1, 3, 1).vote(1, 4, 1).vote(2, 3, 1);
    CHECK(story.broken.empty());
    return;
  }
  story.vote(1, 3, 1).vote(2, 3, 1);
  CHECK(story.broken == Broken{"vote for older log"});
  CHECK(story.last.node == NodeId(2));
}

TEST_CASE("a print tells entries apart in every part") {
  const raft::Entry entry{Term(1), raft::EntryKind::command, ""};
  CHECK(print_with(1, entry) != print_with(2, entry));
  CHECK(print_with(1, entry) != print_with(1, {Term(2), raft::EntryKind::command, ""}));
  CHECK(print_with(1, entry) != print_with(1, {Term(1), raft::EntryKind::noop, ""}));
  CHECK(print_with(1, entry) != print_with(1, {Term(1), raft::EntryKind::command, "x"}));
}

TEST_CASE("a rule is reported once a server") {
  Story story;
  story.lead(1, 1).write(1, 1, {1, 1});
  story.write(1, 2, {1});
  story.broken.clear();
  story.write(1, 2, {1});
  CHECK(story.broken.empty());
}
