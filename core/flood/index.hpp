// Index: the files a node offers, by name and by the words in the name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/flat_map.hpp"
#include "core/flood/types.hpp"

namespace lockstep::flood {

// A file as others hear of it.
struct Listing {
  std::string title;  // its name
  FileId file;
  std::uint64_t size = 0;  // bytes
  static constexpr std::string_view name = "listing";
  static constexpr void fields(auto& self, auto&& visit) {
    visit("title", self.title);
    visit("file", self.file);
    visit("size", self.size);
  }
  friend bool operator==(const Listing&, const Listing&) = default;
};

class Index {
 public:
  // Under its name; what had the name before goes. REQUIRES: refusal_of_name() is empty.
  void put(Listing listing);
  void remove(std::string_view name);

  // At most `most`, by name. By::name: the file of exactly that name. By::words: files whose names
  // have all the words of the text.
  [[nodiscard]] std::vector<Listing> find(By by, std::string_view text, std::size_t most) const;
  [[nodiscard]] const Listing* find(std::string_view name) const;
  [[nodiscard]] std::size_t size() const { return files_.size(); }
  [[nodiscard]] const std::vector<Listing>& files() const { return files_; }  // sorted by name

  friend bool operator==(const Index&, const Index&) = default;

 private:
  using Word = std::pair<std::string, std::string>;  // a word, and a name it stands in

  [[nodiscard]] std::vector<Listing>::const_iterator place_of(std::string_view name) const;
  [[nodiscard]] std::vector<std::string_view> names_with(const std::string& word) const;

  std::vector<Listing> files_;  // sorted by name
  std::vector<Word> words_;     // sorted
};

}  // namespace lockstep::flood
