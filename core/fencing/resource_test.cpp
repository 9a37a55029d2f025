#include "core/fencing/resource.hpp"

#include <doctest/doctest.h>

#include <map>

#include "core/base/check.hpp"
#include "core/base/random.hpp"

using namespace lockstep;
using namespace lockstep::fencing;

namespace {

Action action(std::uint64_t epoch, std::uint64_t number, std::string key, std::string value) {
  return {Token{Epoch(epoch), number}, std::move(key), std::move(value)};
}
Verdict refused(Refusal why, std::uint64_t epoch, std::uint64_t number) {
  return Refused{why, Token{Epoch(epoch), number}};
}
FlatMap<std::string, Kept> kept(std::initializer_list<Action> actions) {
  FlatMap<std::string, Kept> map;
  for (const Action& each : actions) map[each.key] = {each.value, each.token};
  return map;
}

}  // namespace

TEST_CASE("an equal or later token is accepted, and its value shows once it is durable") {
  Resource resource;
  const Action first = action(1, 1, "bed", "a");
  const Action second = action(1, 1, "bed", "b");
  const Action third = action(2, 0, "door", "c");
  CHECK(resource.accept(RecordSeq(1), first) == Verdict(Accepted{first}));
  CHECK(resource.accept(RecordSeq(2), second) == Verdict(Accepted{second}));
  CHECK(resource.accept(RecordSeq(5), third) == Verdict(Accepted{third}));
  CHECK(resource.seen() == third.token);
  CHECK(resource.durable().none());
  CHECK(resource.kept().empty());
  resource.persisted(RecordSeq(1));
  CHECK(resource.kept() == kept({first}));
  CHECK(resource.durable() == first.token);
  resource.persisted(RecordSeq(4));
  CHECK(resource.kept() == kept({second}));
  resource.persisted(RecordSeq(9));
  CHECK(resource.kept() == kept({second, third}));
  CHECK(resource.durable() == third.token);
}

TEST_CASE("an older token is refused, and so is none, even before the newer one is durable") {
  Resource resource;
  CHECK(resource.accept(RecordSeq(1), action(0, 0, "k", "v")) == refused(Refusal::no_token, 0, 0));
  CHECK(std::holds_alternative<Accepted>(resource.accept(RecordSeq(1), action(2, 5, "k", "new"))));
  const Resource before = resource;
  CHECK(resource.accept(RecordSeq(2), action(2, 4, "k", "v")) == refused(Refusal::old_token, 2, 5));
  CHECK(resource.accept(RecordSeq(2), action(1, 9, "k", "v")) == refused(Refusal::old_token, 2, 5));
  CHECK(resource.accept(RecordSeq(2), action(0, 0, "k", "v")) == refused(Refusal::no_token, 2, 5));
  CHECK(resource == before);
}

TEST_CASE("what is too long or one key too many is refused, and its token forgotten") {
  Resource resource(Limits{.keys = 2, .bytes = 4});
  CHECK(resource.accept(RecordSeq(1), action(9, 9, "ab", "cde")) ==
        refused(Refusal::too_long, 0, 0));
  (void)resource.accept(RecordSeq(1), action(1, 1, "a", "xyz"));
  (void)resource.accept(RecordSeq(2), action(1, 1, "a", "x"));
  (void)resource.accept(RecordSeq(3), action(1, 1, "b", "x"));
  CHECK(resource.accept(RecordSeq(4), action(2, 1, "c", "x")) == refused(Refusal::full, 1, 1));
  resource.persisted(RecordSeq(2));
  CHECK(resource.accept(RecordSeq(4), action(2, 1, "c", "x")) == refused(Refusal::full, 1, 1));
  resource.persisted(RecordSeq(3));
  CHECK(resource.accept(RecordSeq(4), action(2, 1, "c", "x")) == refused(Refusal::full, 1, 1));
  CHECK(std::holds_alternative<Accepted>(resource.accept(RecordSeq(4), action(2, 1, "b", "y"))));
}

TEST_CASE("room is counted in keys, durable or on their way, each once") {
  const auto takes = [](Resource& resource, std::uint64_t at, const std::string& key) {
    return std::holds_alternative<Accepted>(
        resource.accept(RecordSeq(at), action(1, 1, key, "123")));
  };
  Resource resource(Limits{.keys = 2, .bytes = 4});
  CHECK(takes(resource, 1, "a"));
  resource.persisted(RecordSeq(1));
  CHECK(takes(resource, 2, "a"));
  CHECK(takes(resource, 3, "b"));
  CHECK(takes(resource, 4, "b"));
  CHECK_FALSE(takes(resource, 5, "c"));
}

TEST_CASE("equal histories leave equal resources") {
  const Action first = action(1, 1, "bed", "a");
  Resource acted;
  (void)acted.accept(RecordSeq(1), first);
  acted.persisted(RecordSeq(1));
  Resource restored;
  CHECK(restored.restore(std::vector<Action>{first}));
  CHECK(acted == restored);
}

TEST_CASE("records bring a resource back, and tokens that go back are not its records") {
  const std::vector<Action> records{action(1, 1, "a", "x"), action(1, 1, "b", "y"),
                                    action(3, 0, "a", "z")};
  Resource resource;
  CHECK(resource.restore(records));
  CHECK(resource.seen() == Token{Epoch(3), 0});
  CHECK(resource.durable() == Token{Epoch(3), 0});
  CHECK(resource.kept() == kept({records[1], records[2]}));
  CHECK(resource.accept(RecordSeq(1), action(2, 7, "a", "v")) == refused(Refusal::old_token, 3, 0));

  Resource other;
  CHECK_FALSE(other.restore(std::vector<Action>{records[2], records[0]}));
  CHECK_FALSE(other.restore(std::vector<Action>{action(0, 0, "a", "x")}));
  CHECK(other == Resource());
  CHECK(other.restore({}));
}

TEST_CASE("what only a bug can do is checked") {
  CHECK_THROWS_AS(Resource(Limits{.keys = 0}), CheckFailed);
  Resource resource;
  (void)resource.accept(RecordSeq(2), action(1, 1, "a", "x"));
  CHECK_THROWS_AS((void)resource.accept(RecordSeq(2), action(1, 1, "a", "x")), CheckFailed);
  CHECK_THROWS_AS((void)resource.restore({}), CheckFailed);
}

TEST_CASE("through crashes no action of an older token becomes durable after a newer one") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    std::vector<Action> disk;     // durable, oldest first
    std::vector<Action> pending;  // accepted in this incarnation, record i + 1 at i
    std::size_t down = 0;         // of pending
    Resource resource;
    for (int i = 0; i < 200; ++i) {
      const std::uint64_t what = random.below(10);
      if (what < 6) {
        const Action wanted =
            action(1 + random.below(4), random.below(3),
                   std::string(1, static_cast<char>('a' + random.below(3))), std::to_string(i));
        const Token seen = !pending.empty() ? pending.back().token
                           : disk.empty()   ? Token{}
                                            : disk.back().token;
        const Verdict verdict = resource.accept(RecordSeq(pending.size() + 1), wanted);
        REQUIRE((verdict == Verdict(Accepted{wanted})) == (seen <= wanted.token));
        if (std::holds_alternative<Accepted>(verdict)) pending.push_back(wanted);
      } else if (what < 9) {
        const std::size_t more = random.below(pending.size() - down + 1);
        for (std::size_t k = 0; k < more; ++k) disk.push_back(pending[down++]);
        resource.persisted(RecordSeq(down));
      } else {
        resource = Resource();
        REQUIRE(resource.restore(disk));
        pending.clear();
        down = 0;
      }
      std::map<std::string, std::string> naive;
      for (std::size_t k = 0; k < disk.size(); ++k) {
        REQUIRE((k == 0 || disk[k - 1].token <= disk[k].token));
        naive[disk[k].key] = disk[k].value;
      }
      REQUIRE(resource.kept().size() == naive.size());
      for (const auto& [key, value] : naive) REQUIRE(resource.kept().find(key)->value == value);
    }
  }
}
