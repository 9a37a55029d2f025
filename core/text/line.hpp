// Line: the writer behind core/text/to_text.hpp, one overload a shape.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/describe.hpp"
#include "core/base/flat_map.hpp"
#include "core/base/ratio.hpp"
#include "core/base/strong.hpp"
#include "core/base/time.hpp"

namespace lockstep::text {

// What is said in words of its own (core/text/sentences.hpp), not as its name and fields.
template <class Line, class T>
concept Sentence = requires(Line& line, const T& value) {
  say(line, value);
};

class Line {
 public:
  // Longer strings show their first shown_bytes, longer lists their first shown_items.
  static constexpr std::size_t longest_string = 48;
  static constexpr std::size_t shown_bytes = 24;
  static constexpr std::size_t longest_list = 16;
  static constexpr std::size_t shown_items = 8;

  explicit Line(std::string& out) : out_(out) {}

  void put(bool value) { out_ += value ? "true" : "false"; }
  template <std::integral T>
  void put(T value) {
    if constexpr (std::is_signed_v<T>) {
      signed_number(value);
    } else {
      number(value);
    }
  }
  template <DescribedEnum T>
  void put(T value) {
    out_ += name_of(value);
  }
  template <class Tag, class Rep>
  void put(Strong<Tag, Rep> value) {
    number(value.value());
  }
  void put(NodeId id);
  void put(Instant value);
  void put(Duration value);
  void put(Ratio value);
  void put(std::string_view value);
  void put(const std::string& value) { put(std::string_view(value)); }
  void put(const Bytes& value) { put(value.view()); }
  template <class A, class B>
  void put(const std::pair<A, B>& value) {
    put(value.first);
    out_ += ':';
    put(value.second);
  }
  template <class T>
  void put(const std::optional<T>& value) {
    if (value) {
      put(*value);
    } else {
      out_ += "none";
    }
  }
  template <class T, std::size_t N>
  requires(!Sentence<Line, std::array<T, N>>) void put(const std::array<T, N>& values) {
    list(values);
  }
  template <class T>
  void put(const std::vector<T>& values) {
    list(values);
  }
  template <class K, class V>
  void put(const FlatMap<K, V>& map) {
    list(map);
  }
  template <class T>
  requires Sentence<Line, T>
  void put(const T& value) { say(*this, value); }
  template <Described T>
  requires(!Sentence<Line, T>) void put(const T& value) {
    out_ += T::name;
    bool first = true;
    T::fields(value, [&](std::string_view name, const auto& field) {
      out_ += first ? '{' : ' ';
      first = false;
      out_ += name;
      out_ += '=';
      this->put(field);
    });
    if (!first) out_ += '}';
  }
  template <Variant T>
  void put(const T& value) {
    std::visit([this](const auto& alternative) { this->put(alternative); }, value);
  }

  // A verb, and then what it is about.
  template <class... Parts>
  void sentence(std::string_view verb, const Parts&... parts) {
    out_ += verb;
    ((out_ += ' ', put(parts)), ...);
  }
  struct Hash {
    std::uint64_t number;
  };
  void put(Hash value) { out_ += '#', number(value.number); }
  struct Word {
    std::string_view word;
  };
  void put(Word value) { out_ += value.word; }

 private:
  void list(const auto& items) {
    out_ += '[';
    const std::size_t shown = items.size() > longest_list ? shown_items : items.size();
    std::size_t done = 0;
    for (const auto& item : items) {
      if (done == shown) break;
      if (done++ > 0) out_ += ' ';
      put(item);
    }
    if (shown < items.size()) {
      out_ += " ... ";
      number(items.size());
      out_ += " items";
    }
    out_ += ']';
  }
  void number(std::uint64_t value);
  void signed_number(std::int64_t value);

  std::string& out_;
};

}  // namespace lockstep::text
