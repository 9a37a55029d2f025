// An order to one server, and what its answer means.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "node/ctl/ask.hpp"
#include "node/ctl/commands.hpp"

namespace lockstep::ctl {

struct Order {
  Place place;  // afterwards: who answered
  std::string target;
  std::string body = {};
  std::string token = {};                 // empty: none
  std::string type = "application/json";  // of the body
};

// POST. Who does not lead passes it on (307), a few times at most. Throws Stop if somebody passes
// it on to nowhere.
[[nodiscard]] Answer give(const Common& common, Order& order);
// Throws Stop unless it was taken.
void expect_taken(const Order& order, const Answer& answer);
// Both, and "WORD at SERVER".
int carry_out(const Common& common, Order order, std::string_view word);
int print_outcome(const Common& common, std::string_view word, const Place& place);

// Throws Stop where there is none.
[[nodiscard]] const std::string& token_of(const AdminWords& words);
[[nodiscard]] std::optional<std::uint32_t> number_in(const std::string& text);
// A number is a member's id and asked for; anything else is an address.
[[nodiscard]] Place place_of(const Common& common, const std::string& target);
// Whoever answers. Throws Stop if nobody does.
[[nodiscard]] Place anybody(const Common& common);

}  // namespace lockstep::ctl
