// The calls of one search laid out in time: operations that returned first, in the order of their
// returns, then the open ones in the order of their invocations.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <tuple>
#include <vector>

#include "core/base/check.hpp"
#include "sim/check/linearizable.hpp"

namespace lockstep::sim {

template <class Action>
struct Timeline {
  std::uint32_t returned = 0;   // how many returned
  std::vector<Action> actions;  // all below by operation
  std::vector<std::uint64_t> ids;
  std::vector<std::uint32_t> call_place;    // places in the one order of invocations and returns
  std::vector<std::uint32_t> return_place;  // of those that returned
  std::vector<std::uint32_t>
      twin;  // open: the one before it, of the 256 last, that does the same; else itself
  std::vector<std::uint32_t> by_call;  // every operation, by its invocation

  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(actions.size()); }

  explicit Timeline(std::span<const Call<Action>> calls) {
    check(calls.size() < std::numeric_limits<std::uint32_t>::max() / 4,
          "a search holds less than 2^30 operations");
    const std::vector<std::uint32_t> sorted = in_order(calls);
    std::vector<std::uint32_t> place_of(calls.size());
    for (std::uint32_t i = 0; i < sorted.size(); ++i) {
      const Call<Action>& call = calls[sorted[i]];
      actions.push_back(call.action);
      ids.push_back(call.id);
      place_of[sorted[i]] = i;
      if (!call.open) ++returned;
    }
    by_call.resize(calls.size());
    for (std::uint32_t i = 0; i < calls.size(); ++i) by_call[i] = i;
    const auto invoked = [&](std::uint32_t i) {
      return std::tuple(calls[i].invoked, calls[i].invoked_order);
    };
    const auto earlier = [&](std::uint32_t a, std::uint32_t b) { return invoked(a) < invoked(b); };
    if (!std::is_sorted(by_call.begin(), by_call.end(), earlier))
      std::stable_sort(by_call.begin(), by_call.end(), earlier);
    merge(calls, sorted, place_of);
    for (std::uint32_t& call : by_call) call = place_of[call];
    find_twins();
  }

 private:
  // Places of calls: those that returned by return, then the open ones by invocation.
  static std::vector<std::uint32_t> in_order(std::span<const Call<Action>> calls) {
    std::vector<std::uint32_t> sorted(calls.size());
    for (std::uint32_t i = 0; i < calls.size(); ++i) sorted[i] = i;
    const auto key = [&](std::uint32_t i) {
      const Call<Action>& call = calls[i];
      return call.open ? std::tuple(1, call.invoked, call.invoked_order, i)
                       : std::tuple(0, call.returned, call.returned_order, i);
    };
    std::sort(sorted.begin(), sorted.end(),
              [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
    return sorted;
  }

  void merge(std::span<const Call<Action>> calls, const std::vector<std::uint32_t>& sorted,
             const std::vector<std::uint32_t>& place_of) {
    call_place.resize(calls.size());
    return_place.resize(returned);
    std::uint32_t place = 0, next_return = 0;
    const auto returns_before = [&](const Call<Action>& call) {
      if (next_return == returned) return false;
      const Call<Action>& first = calls[sorted[next_return]];
      return std::tuple(first.returned, first.returned_order) <
             std::tuple(call.invoked, call.invoked_order);
    };
    for (const std::uint32_t i : by_call) {
      while (returns_before(calls[i])) return_place[next_return++] = place++;
      call_place[place_of[i]] = place++;
    }
    while (next_return < returned) return_place[next_return++] = place++;
    for (std::uint32_t i = 0; i < returned; ++i)
      check(call_place[i] < return_place[i], "an operation returns after it was invoked");
  }

  void find_twins() {
    twin.resize(size());
    for (std::uint32_t i = 0; i < size(); ++i) {
      twin[i] = i;
      const std::uint32_t oldest = i >= returned + 256 ? i - 256 : returned;
      for (std::uint32_t j = i; j > oldest; --j)
        if (actions[j - 1] == actions[i]) {
          twin[i] = j - 1;
          break;
        }
    }
  }
};

}  // namespace lockstep::sim
