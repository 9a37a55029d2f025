#include "core/audit/event.hpp"

#include <array>
#include <string>
#include <utility>

#include "core/base/check.hpp"
#include "core/base/sha256.hpp"
#include "core/wire/codec.hpp"

namespace lockstep::audit {
namespace {

template <std::size_t... Is>
constexpr auto names_in_order(std::index_sequence<Is...>) {
  return std::array<std::string_view, sizeof...(Is)>{std::variant_alternative_t<Is, What>::name...};
}
constexpr auto names = names_in_order(std::make_index_sequence<std::variant_size_v<What>>());

}  // namespace

std::string_view name_of(Kind kind) {
  const auto place = static_cast<std::size_t>(kind);
  check(place < names.size(), "a kind of event is one of What");
  return names[place];
}

Hash hash_of(const Event& event) {
  std::string bytes;
  wire::encode(event, bytes);
  return sha256(bytes);
}

}  // namespace lockstep::audit
