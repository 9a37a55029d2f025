#include "sim/check/cell.hpp"

#include <algorithm>
#include <limits>

namespace lockstep::sim {

namespace {

constexpr std::uint64_t prime = (std::uint64_t{1} << 61) - 1;
constexpr std::uint64_t bases[2] = {0x1F3D5B79A2C4E681u % prime, 0x0C96A3F1875D2B4Fu % prime};

__extension__ using Wide = unsigned __int128;

std::uint64_t multiply(std::uint64_t a, std::uint64_t b) {
  const Wide product = static_cast<Wide>(a) * b;
  const std::uint64_t sum =
      static_cast<std::uint64_t>(product & prime) + static_cast<std::uint64_t>(product >> 61);
  return sum >= prime ? sum - prime : sum;
}

std::uint64_t add(std::uint64_t a, std::uint64_t b) {
  const std::uint64_t sum = a + b;
  return sum >= prime ? sum - prime : sum;
}

}  // namespace

std::uint32_t Cell::number(std::optional<std::string_view> text) {
  if (!text) return absent;
  Text fresh;
  fresh.text = *text;
  fresh.size = text->size();
  for (std::size_t which = 0; which < 2; ++which) {
    for (const char c : *text) {
      const std::uint64_t digit = static_cast<unsigned char>(c) + std::uint64_t{1};
      fresh.hash[which] = add(multiply(fresh.hash[which], bases[which]), digit);
      fresh.power[which] = multiply(fresh.power[which], bases[which]);
    }
  }
  return intern(fresh);
}

std::uint32_t Cell::intern(const Text& text) {
  const Fingerprint key{text.hash[0], scatter(text.hash[1] ^ scatter(text.size))};
  const auto [number, fresh] = known_.insert(key, numbers());
  if (fresh) texts_.push_back(text);
  return number;
}

std::uint32_t Cell::join(std::uint32_t front, std::uint32_t back) {
  if (front == absent) return back;
  const Fingerprint key = fingerprint_of((std::uint64_t{front} << 32) | back, 3);
  const auto [number, fresh] = joined_.insert(key, absent);
  if (!fresh) return number;
  const Text& a = texts_[front - 1];
  const Text& b = texts_[back - 1];
  Text whole;
  whole.front = front;
  whole.back = back;
  whole.size = a.size + b.size;
  for (std::size_t which = 0; which < 2; ++which) {
    whole.hash[which] = add(multiply(a.hash[which], b.power[which]), b.hash[which]);
    whole.power[which] = multiply(a.power[which], b.power[which]);
  }
  return number = intern(whole);
}

std::optional<std::uint32_t> Cell::apply(std::uint32_t state, const Action& action) {
  switch (action.kind) {
    case Action::Kind::read:
      if (state != action.expected) return std::nullopt;
      return state;
    case Action::Kind::write: return action.value;
    case Action::Kind::append: return join(state, action.value);
    case Action::Kind::swap:
      if (state != action.expected) return std::nullopt;
      return action.value;
    case Action::Kind::no_swap:
      if (state == action.expected) return std::nullopt;
      return state;
  }
  return std::nullopt;
}

std::string Cell::describe(std::uint32_t state) const {
  if (state == absent) return "absent";
  std::vector<std::uint32_t> parts{state};
  std::string text;
  while (!parts.empty() && text.size() < 60) {
    const Text& part = texts_[parts.back() - 1];
    parts.pop_back();
    if (part.front != absent) {
      parts.push_back(part.back);
      parts.push_back(part.front);
    } else {
      text += part.text;
    }
  }
  if (parts.empty() && text.size() <= 60) return "\"" + text + "\"";
  return "\"" + text.substr(0, 60) + "…\" (" + std::to_string(texts_[state - 1].size) + " bytes)";
}

std::optional<std::uint32_t> first_out_of_nowhere(const Cell& cell,
                                                  const Timeline<Cell::Action>& timeline) {
  using Kind = Cell::Action::Kind;
  constexpr std::uint32_t never = std::numeric_limits<std::uint32_t>::max();
  std::vector<std::uint32_t> begun(cell.numbers(), never);
  for (const std::uint32_t i : timeline.by_call) {
    const Cell::Action& action = timeline.actions[i];
    if (action.kind == Kind::append) return std::nullopt;
    if (action.kind == Kind::write || action.kind == Kind::swap)
      begun[action.value] = std::min(begun[action.value], timeline.call_place[i]);
  }
  begun[cell.initial()] = 0;
  for (std::uint32_t i = 0; i < timeline.returned; ++i) {
    const Cell::Action& action = timeline.actions[i];
    if (action.kind != Kind::read && action.kind != Kind::swap) continue;
    if (begun[action.expected] > timeline.return_place[i]) return i;
  }
  return std::nullopt;
}

CellGuide::CellGuide(const Cell& cell, const Timeline<Cell::Action>& timeline) : time_(timeline) {
  for (const auto& action : time_.actions)
    if (action.kind == Cell::Action::Kind::append) active_ = false;
  if (!active_) return;
  values_.resize(cell.numbers());
  for (std::uint32_t i = 0; i < time_.size(); ++i) count(time_.actions[i], i >= time_.returned, +1);
}

void CellGuide::count(const Cell::Action& action, bool open, std::int32_t by) {
  if (!active_) return;
  using Kind = Cell::Action::Kind;
  if (action.kind == Kind::read || action.kind == Kind::swap) {
    values_[action.expected].may_find += by;
    if (!open) values_[action.expected].must_find += by;
  }
  if (action.kind == Kind::write || action.kind == Kind::swap) {
    Value& value = values_[action.value];
    if (value.writers == 0) refusals_ += value.refusals;
    value.writers += by;
    if (value.writers == 0) refusals_ -= value.refusals;
  }
  if (action.kind == Kind::no_swap) {
    Value& value = values_[action.expected];
    value.refusals += by;
    if (value.writers > 0) refusals_ += by;
  }
}

std::vector<std::uint32_t> CellGuide::order() const {
  if (!active_) return {};
  using Kind = Cell::Action::Kind;
  const auto finds = [](const Cell::Action& action) {
    return action.kind == Kind::read || action.kind == Kind::swap;
  };
  // Those that find a value, by return: from first[v] to first[v + 1].
  std::vector<std::uint32_t> first(values_.size() + 1), finders;
  for (std::uint32_t i = 0; i < time_.returned; ++i)
    if (finds(time_.actions[i])) ++first[time_.actions[i].expected + 1];
  for (std::size_t v = 1; v < first.size(); ++v) first[v] += first[v - 1];
  finders.resize(first.back());
  std::vector<std::uint32_t> end(first.begin(), first.end() - 1);
  for (std::uint32_t i = 0; i < time_.returned; ++i)
    if (finds(time_.actions[i])) finders[end[time_.actions[i].expected]++] = i;

  std::vector<std::uint32_t> deadline(time_.return_place);
  for (std::uint32_t i = time_.returned; i-- > 0;) {
    const Cell::Action& action = time_.actions[i];
    if (action.kind != Kind::write && action.kind != Kind::swap) continue;
    const auto from = finders.begin() + first[action.value];
    const auto to = finders.begin() + first[action.value + 1];
    const auto finder = std::partition_point(from, to, [&](std::uint32_t other) {
      return time_.return_place[other] < time_.call_place[i];
    });
    if (finder != to && *finder != i) deadline[i] = std::min(deadline[i], deadline[*finder]);
  }
  std::vector<std::uint32_t> order(time_.returned);
  for (std::uint32_t i = 0; i < time_.returned; ++i) order[i] = i;
  const auto earlier = [&](std::uint32_t a, std::uint32_t b) { return deadline[a] < deadline[b]; };
  if (!std::is_sorted(order.begin(), order.end(), earlier))
    std::stable_sort(order.begin(), order.end(), earlier);
  return order;
}

}  // namespace lockstep::sim
