#include "core/flood/index.hpp"

#include <algorithm>

#include "core/base/check.hpp"
#include "core/flood/names.hpp"

namespace lockstep::flood {

std::vector<Listing>::const_iterator Index::place_of(std::string_view name) const {
  return std::lower_bound(
      files_.begin(), files_.end(), name,
      [](const Listing& file, std::string_view other) { return file.title < other; });
}

const Listing* Index::find(std::string_view name) const {
  const auto place = place_of(name);
  return place != files_.end() && place->title == name ? &*place : nullptr;
}

void Index::put(Listing listing) {
  check(refusal_of_name(listing.title).empty(), "a file in the index has a name");
  remove(listing.title);
  for (std::string& word : words_of(listing.title)) {
    Word entry(std::move(word), listing.title);
    words_.insert(std::lower_bound(words_.begin(), words_.end(), entry), std::move(entry));
  }
  files_.insert(place_of(listing.title), std::move(listing));
}

void Index::remove(std::string_view name) {
  const auto place = place_of(name);
  if (place == files_.end() || place->title != name) return;
  for (std::string& word : words_of(name)) {
    const Word entry(std::move(word), name);
    words_.erase(std::lower_bound(words_.begin(), words_.end(), entry));
  }
  files_.erase(place);
}

std::vector<std::string_view> Index::names_with(const std::string& word) const {
  std::vector<std::string_view> names;
  auto at = std::lower_bound(words_.begin(), words_.end(), Word(word, ""));
  for (; at != words_.end() && at->first == word; ++at) names.emplace_back(at->second);
  return names;
}

std::vector<Listing> Index::find(By by, std::string_view text, std::size_t most) const {
  std::vector<Listing> found;
  if (files_.empty() || most == 0) return found;
  if (by == By::name) {
    if (const Listing* file = find(text)) found.push_back(*file);
    return found;
  }
  const auto words = words_of(text);
  if (words.empty()) return found;
  std::vector<std::string_view> names = names_with(words.front());
  for (std::size_t i = 1; i < words.size() && !names.empty(); ++i) {
    const auto others = names_with(words[i]);
    std::vector<std::string_view> both;
    std::set_intersection(names.begin(), names.end(), others.begin(), others.end(),
                          std::back_inserter(both));
    names = std::move(both);
  }
  for (std::size_t i = 0; i < names.size() && i < most; ++i) found.push_back(*find(names[i]));
  return found;
}

}  // namespace lockstep::flood
