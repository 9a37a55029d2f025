#include "core/base/describe.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

#include "core/base/machine.hpp"
#include "core/raft/types.hpp"

using namespace lockstep;

static_assert(Described<Nothing> && Described<raft::Entry> && !Described<int>);
static_assert(DescribedEnum<raft::RoleName> && !DescribedEnum<raft::Entry>);
static_assert(Variant<std::variant<Nothing>> && !Variant<Nothing>);

TEST_CASE("fields are visited in order, and can be changed") {
  raft::Entry entry{raft::Term(3), raft::EntryKind::noop, "x"};
  std::string names;
  raft::Entry::fields(entry, [&](std::string_view name, auto& field) {
    names += name;
    names += ' ';
    field = {};
  });
  CHECK(names == "term kind command ");
  CHECK(entry == raft::Entry{raft::Term(0), raft::EntryKind::noop, ""});
}

TEST_CASE("the name of an alternative is the innermost one") {
  using Inner = std::variant<Nothing, Vitals>;
  using Outer = std::variant<raft::Entry, Inner>;
  CHECK(alternative_name(Inner(Vitals{})) == "vitals");
  CHECK(alternative_name(Outer(raft::Entry{})) == "entry");
  CHECK(alternative_name(Outer(Inner(Nothing{}))) == "nothing");
}

TEST_CASE("each enumerator has a name of its own") {
  for (std::size_t i = 0; i < enumerator_count(raft::RoleName{}); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      CHECK(name_of(static_cast<raft::RoleName>(i)) != name_of(static_cast<raft::RoleName>(j)));
    }
  }
}
