// One description of a struct, many uses: its name and fields once, and the digest, the wire and
// the text forms follow.
//
//   struct Vote {
//     Term term;
//     NodeId from;
//     static constexpr std::string_view name = "vote";
//     static constexpr void fields(auto& self, auto&& visit) { visit("term", self.term);
//     visit("from", self.from); } friend bool operator==(const Vote&, const Vote&) = default;
//   };
//
// Every field is listed, in the order it goes on the wire. An alternative of a message or record
// variant is known on the wire by its place in the variant: add at the end only. Enums are
// described by a free function `constexpr std::string_view name_of(E)` found by argument-dependent
// look-up, with `enumerator_count(E)` beside it.
#pragma once

#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <variant>

namespace lockstep {

namespace detail {
struct AnyVisitor {
  void operator()(std::string_view, const auto&) const {}
};
template <class T>
struct IsVariant : std::false_type {};
template <class... Ts>
struct IsVariant<std::variant<Ts...>> : std::true_type {};
}  // namespace detail

template <class T>
concept Described = requires(const T& value) {
  { T::name } -> std::convertible_to<std::string_view>;
  T::fields(value, detail::AnyVisitor{});
};

template <class T>
concept DescribedEnum = std::is_enum_v<T> && requires(T value) {
  { name_of(value) } -> std::convertible_to<std::string_view>;
  { enumerator_count(value) } -> std::convertible_to<std::size_t>;
};

template <class T>
concept Variant = detail::IsVariant<T>::value;

// The name of the alternative a variant holds; of a variant in a variant, the innermost one.
template <Variant V>
[[nodiscard]] constexpr std::string_view alternative_name(const V& value) {
  return std::visit(
      []<class T>(const T& alternative) -> std::string_view {
        if constexpr (Variant<T>) {
          return alternative_name(alternative);
        } else {
          return T::name;
        }
      },
      value);
}

}  // namespace lockstep
