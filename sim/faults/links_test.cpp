#include "sim/faults/links.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "core/base/random.hpp"

namespace lockstep::sim {
namespace {

using Way = Isolate::Way;

constexpr Endpoints five_and_two{5, 2};  // nodes 0..4, clients 5 and 6

// Every directed link of `links` that is cut, as "01 02 20".
std::string cut_of(const Links& links, std::uint32_t size = 3) {
  std::string text;
  for (std::uint32_t from = 0; from < size; ++from) {
    for (std::uint32_t to = 0; to < size; ++to) {
      if (from == to || !links.is_cut(from, to)) continue;
      if (!text.empty()) text += ' ';
      text += std::to_string(from) + std::to_string(to);
    }
  }
  return text;
}

TEST_CASE("links that nobody touched are open") {
  const Links links(five_and_two);
  CHECK(links.untouched());
  CHECK(cut_of(links, 7).empty());
  CHECK(links.extra(0, 1) == Duration(0));
  CHECK(links.cut_links().empty());
}

TEST_CASE("a partition cuts between its groups, both ways; who is in no group sees everyone") {
  Links links(five_and_two);
  links.partition({{0}, {1}});
  CHECK(cut_of(links, 7) == "01 10");
  links.clear();
  links.partition({{0, 3}, {1, 4}, {2}});
  CHECK_FALSE(links.is_cut(0, 3));
  CHECK_FALSE(links.is_cut(4, 1));
  CHECK(links.is_cut(3, 1));
  CHECK(links.is_cut(1, 3));
  CHECK(links.is_cut(2, 0));
  CHECK_FALSE(links.is_cut(5, 2));  // a client in no group
}

TEST_CASE("a cut is one way") {
  Links links(five_and_two);
  links.cut({0}, {1, 2});
  CHECK(cut_of(links) == "01 02");
  links.cut({1}, {0});
  CHECK(cut_of(links) == "01 02 10");
}

TEST_CASE("isolation cuts whom it hits from all others, and from one another") {
  Links links(five_and_two);
  const auto isolated = [&](const EndpointSet& who, Way way) {
    links.clear();
    links.isolate(who, way);
    return cut_of(links);
  };
  CHECK(isolated({1}, Way::both) == "01 10 12 21");
  CHECK(isolated({1}, Way::in) == "01 21");
  CHECK(isolated({1}, Way::out) == "10 12");
  CHECK(isolated({0, 1}, Way::both) == "01 02 10 12 20 21");
  CHECK(links.is_cut(6, 0));  // clients as well
}

TEST_CASE("slow links add up, both ways, and cut nothing") {
  Links links(five_and_two);
  links.slow({0}, {1, 2}, milliseconds(5));
  links.slow({1}, {0}, milliseconds(2));
  CHECK(cut_of(links, 7).empty());
  CHECK_FALSE(links.untouched());
  CHECK(links.extra(0, 1) == milliseconds(7));
  CHECK(links.extra(1, 0) == milliseconds(7));
  CHECK(links.extra(2, 0) == milliseconds(5));
  CHECK(links.extra(1, 2) == Duration(0));
  CHECK(links.cut_links().empty());
}

TEST_CASE("rules that overlap end on their own") {
  Links links(five_and_two);
  const auto partition = links.partition({{0}, {1, 2}});
  const auto isolation = links.isolate({0}, Way::both);
  const auto slow = links.slow({0}, {1}, milliseconds(1));
  CHECK(links.is_cut(0, 1));
  links.undo(partition);
  CHECK(links.is_cut(0, 1));
  links.undo(partition);  // once more does no harm
  links.undo(12345);      // nor does a rule that never was
  links.undo(0);
  CHECK(links.is_cut(0, 1));
  links.undo(isolation);
  CHECK_FALSE(links.is_cut(0, 1));
  CHECK(links.extra(0, 1) == milliseconds(1));
  links.undo(slow);
  CHECK(links.untouched());
}

TEST_CASE("clearing undoes everything, and what a rule was called is never used again") {
  Links links(five_and_two);
  const auto before = links.isolate({0}, Way::both);
  links.clear();
  CHECK(links.untouched());
  const auto after = links.isolate({1}, Way::both);
  CHECK(after != before);
  links.undo(before);  // the end of a fault that was healed meanwhile
  CHECK(links.is_cut(1, 0));
}

TEST_CASE(
    "the cut links of a trace are named by their ends, and left out where there are too many") {
  Links links(five_and_two);
  links.cut({0}, {5});
  CHECK(links.cut_links() ==
        std::vector<std::pair<NodeId, NodeId>>{{NodeId(1), NodeId(client_base + 1)}});
  Links many(Endpoints{65, 0});
  many.isolate({0}, Way::both);
  CHECK(many.is_cut(0, 64));
  CHECK(many.cut_links().empty());
}

TEST_CASE("groups: without rules one; nobody gives none") {
  Links links(five_and_two);
  CHECK(links.groups_of({}).empty());
  CHECK(links.groups_of({4, 1}) == std::vector<EndpointSet>{{4, 1}});
  links.slow({0}, {1}, milliseconds(1));
  CHECK(links.groups_of({}).empty());
  CHECK(links.groups_of({0, 1, 3}) == std::vector<EndpointSet>{{0, 1, 3}});
}

TEST_CASE("groups reach one another both ways, perhaps through others of the group only") {
  Links links(five_and_two);
  links.partition({{0}, {2}});
  CHECK(links.groups_of({0, 1, 2}) == std::vector<EndpointSet>{{0, 1, 2}});  // through 1
  CHECK(links.groups_of({0, 2}) == std::vector<EndpointSet>{{0}, {2}});      // 1 is not alive
  links.isolate({1}, Way::out);
  CHECK(links.groups_of({0, 1, 2}) == std::vector<EndpointSet>{{0}, {1}, {2}});
}

// Naive twins: a matrix of what each rule cuts, and reachability by repeated relabelling.
struct TwinRule {
  Links::RuleId id = 0;
  std::set<std::pair<std::uint32_t, std::uint32_t>> cut;
  std::set<std::pair<std::uint32_t, std::uint32_t>> slow;
  Duration by;
};

class Twin {
 public:
  explicit Twin(std::uint64_t seed) : random_(seed) {}

  void change() {
    const auto kind = random_.below(7);
    if (kind == 5 && !rules_.empty()) {
      const auto gone = rules_.begin() + static_cast<std::ptrdiff_t>(random_.below(rules_.size()));
      links_.undo(gone->id);
      rules_.erase(gone);
    } else if (kind == 6 && random_.chance({1, 8})) {
      links_.clear();
      rules_.clear();
    } else {
      add(kind);
    }
  }
  void compare() const {
    for (std::uint32_t from = 0; from < size; ++from) {
      for (std::uint32_t to = 0; to < size; ++to) {
        if (from == to) continue;
        bool cut = false;
        Duration extra;
        for (const TwinRule& rule : rules_) {
          cut = cut || rule.cut.contains({from, to});
          if (rule.slow.contains({from, to})) extra = extra + rule.by;
        }
        REQUIRE(links_.is_cut(from, to) == cut);
        REQUIRE(links_.extra(from, to) == extra);
      }
    }
    REQUIRE(links_.untouched() == rules_.empty());
  }
  void compare_groups() {
    EndpointSet live;
    for (std::uint32_t e = 0; e < size; ++e) {
      if (random_.chance({3, 4})) live.push_back(e);
    }
    std::vector<std::uint32_t> label(size);
    for (std::uint32_t e = 0; e < size; ++e) label[e] = e;
    for (std::size_t round = 0; round < live.size(); ++round) {
      for (const auto a : live) {
        for (const auto b : live) {
          if (links_.is_cut(a, b) || links_.is_cut(b, a)) continue;
          label[a] = label[b] = std::min(label[a], label[b]);
        }
      }
    }
    std::vector<EndpointSet> expected;
    for (std::uint32_t first = 0; first < size; ++first) {
      EndpointSet group;
      for (const auto e : live) {
        if (label[e] == first) group.push_back(e);
      }
      if (!group.empty()) expected.push_back(group);
    }
    REQUIRE(links_.groups_of(live) == expected);
  }

 private:
  static constexpr std::uint32_t size = 7;

  EndpointSet some() {
    EndpointSet set;
    for (std::uint32_t e = 0; e < size; ++e) {
      if (random_.chance({1, 4})) set.push_back(e);
    }
    return set;
  }
  void add(std::uint64_t kind) {
    TwinRule rule;
    const EndpointSet a = some(), b = some();
    const auto in = [](const EndpointSet& set, std::uint32_t e) {
      return std::find(set.begin(), set.end(), e) != set.end();
    };
    for (std::uint32_t from = 0; from < size; ++from) {
      for (std::uint32_t to = 0; to < size; ++to) {
        // Where an endpoint is in both groups of a partition, it counts for the later one.
        const int from_group = in(b, from) ? 2 : in(a, from) ? 1 : 0;
        const int to_group = in(b, to) ? 2 : in(a, to) ? 1 : 0;
        const bool cut = kind == 0   ? from_group * to_group == 2
                         : kind == 1 ? in(a, from) && in(b, to)
                         : kind == 2 ? in(a, from) || in(a, to)
                         : kind == 3 ? in(a, from)
                                     : kind == 4 && in(a, to);
        if (cut) rule.cut.insert({from, to});
        if (kind > 4 && ((in(a, from) && in(b, to)) || (in(b, from) && in(a, to))))
          rule.slow.insert({from, to});
      }
    }
    rule.by = milliseconds(random_.between(1, 9));
    rule.id = kind == 0   ? links_.partition({a, b})
              : kind == 1 ? links_.cut(a, b)
              : kind == 2 ? links_.isolate(a, Way::both)
              : kind == 3 ? links_.isolate(a, Way::out)
              : kind == 4 ? links_.isolate(a, Way::in)
                          : links_.slow(a, b, rule.by);
    rules_.push_back(std::move(rule));
  }

  Random random_;
  Links links_{Endpoints{5, 2}};
  std::vector<TwinRule> rules_;
};

TEST_CASE("groups are clear cut when they are clusters of their own") {
  const std::vector<EndpointSet> whole{{0, 1, 2, 3}}, halves{{0, 1}, {2, 3}};
  Links links(Endpoints{4, 1});
  CHECK(links.clear_cut(whole));
  const auto partition = links.partition({{0, 1}, {2, 3}});
  CHECK(links.clear_cut(halves));
  CHECK_FALSE(links.clear_cut(whole));
  const auto slow = links.slow({0}, {3}, milliseconds(1));
  CHECK(links.clear_cut(halves));  // nothing passes there
  links.undo(partition);
  CHECK_FALSE(links.clear_cut(whole));
  links.undo(slow);
  CHECK(links.clear_cut(whole));
  links.cut({0, 1}, {2, 3});
  CHECK_FALSE(links.clear_cut(halves));  // one way is open
  CHECK_FALSE(links.clear_cut(whole));
  links.clear();
  links.partition({{0}, {3}});  // 1 and 2 see both
  CHECK_FALSE(links.clear_cut(whole));
  links.clear();
  links.isolate({4}, Isolate::Way::both);  // a client
  CHECK(links.clear_cut(whole));
}

TEST_CASE("links and groups agree with a matrix of cuts under random rules that come and go") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Twin twin(seed);
    for (int round = 0; round < 60; ++round) {
      twin.change();
      twin.compare();
      twin.compare_groups();
    }
  }
}

}  // namespace
}  // namespace lockstep::sim
