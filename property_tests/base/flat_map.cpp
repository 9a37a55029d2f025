// FlatMap against std::map, from any series of calls.
#include "core/base/flat_map.hpp"

#include <map>
#include <vector>

#include "property_tests/support/property.hpp"

using namespace lockstep;
using namespace lockstep::properties;

namespace {

using Pairs = std::vector<std::pair<int, int>>;

// What both say to one call.
void call_both(Choices& choices, FlatMap<int, int>& flat, std::map<int, int>& twin) {
  const int key = static_cast<int>(choices.below(12));
  const int value = static_cast<int>(choices.below(100));
  switch (choices.below(6)) {
    case 0: DEMAND_EQUAL(flat.insert(key, value), twin.insert({key, value}).second); break;
    case 1: flat[key] = twin[key] = value; break;
    case 2: DEMAND_EQUAL(flat.erase(key), twin.erase(key) > 0); break;
    case 3: {
      const int to = key + static_cast<int>(choices.below(6));
      flat.erase(flat.lower_bound(key), flat.lower_bound(to));
      twin.erase(twin.lower_bound(key), twin.lower_bound(to));
      break;
    }
    case 4: {
      const auto at = flat.lower_bound(key);
      const auto twin_at = twin.lower_bound(key);
      DEMAND_EQUAL(at == flat.end(), twin_at == twin.end());
      if (at != flat.end()) DEMAND_EQUAL(at->first, twin_at->first);
      break;
    }
    default:
      if (choices.chance(1, 10)) flat.clear(), twin.clear();
  }
  const int* const found = flat.find(key);
  DEMAND_EQUAL(found != nullptr, twin.contains(key));
  if (found != nullptr) DEMAND_EQUAL(*found, twin.at(key));
}

}  // namespace

TEST_CASE("a flat map says what std::map says, whatever is called") {
  holds([](Choices& choices) {
    FlatMap<int, int> flat;
    std::map<int, int> twin;
    while (!choices.exhausted()) {
      call_both(choices, flat, twin);
      DEMAND(Pairs(flat.begin(), flat.end()) == Pairs(twin.begin(), twin.end()));
      DEMAND_EQUAL(flat.size(), twin.size());
    }
    FlatMap<int, int> again;
    for (auto it = twin.rbegin(); it != twin.rend(); ++it) again.insert(it->first, it->second);
    DEMAND(again == flat);
  });
}
