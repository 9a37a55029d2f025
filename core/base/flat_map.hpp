// FlatMap: a sorted vector of pairs. Small, ordered, comparable, iterated in key order: what a
// machine may hold.
//
// Look-up is a binary search, insertion and erasure move the tail; references are valid until the
// next insertion or erasure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace lockstep {

template <class Key, class Value>
class FlatMap {
 public:
  using value_type = std::pair<Key, Value>;
  using iterator = typename std::vector<value_type>::iterator;
  using const_iterator = typename std::vector<value_type>::const_iterator;

  FlatMap() = default;

  [[nodiscard]] bool empty() const { return items_.empty(); }
  [[nodiscard]] std::size_t size() const { return items_.size(); }
  [[nodiscard]] iterator begin() { return items_.begin(); }
  [[nodiscard]] iterator end() { return items_.end(); }
  [[nodiscard]] const_iterator begin() const { return items_.begin(); }
  [[nodiscard]] const_iterator end() const { return items_.end(); }
  void clear() { items_.clear(); }

  [[nodiscard]] iterator lower_bound(const Key& key) {
    return std::lower_bound(items_.begin(), items_.end(), key, before);
  }
  [[nodiscard]] const_iterator lower_bound(const Key& key) const {
    return std::lower_bound(items_.begin(), items_.end(), key, before);
  }
  [[nodiscard]] Value* find(const Key& key) {
    const auto it = lower_bound(key);
    return it != items_.end() && it->first == key ? &it->second : nullptr;
  }
  [[nodiscard]] const Value* find(const Key& key) const {
    const auto it = lower_bound(key);
    return it != items_.end() && it->first == key ? &it->second : nullptr;
  }
  [[nodiscard]] bool contains(const Key& key) const { return find(key) != nullptr; }

  Value& operator[](const Key& key) {
    auto it = lower_bound(key);
    if (it == items_.end() || !(it->first == key)) it = items_.insert(it, value_type(key, Value{}));
    return it->second;
  }
  // True when the key was not there and the value went in.
  bool insert(const Key& key, Value value) {
    const auto it = lower_bound(key);
    if (it != items_.end() && it->first == key) return false;
    items_.insert(it, value_type(key, std::move(value)));
    return true;
  }
  bool erase(const Key& key) {
    const auto it = lower_bound(key);
    if (it == items_.end() || !(it->first == key)) return false;
    items_.erase(it);
    return true;
  }
  iterator erase(const_iterator first, const_iterator last) { return items_.erase(first, last); }

  friend bool operator==(const FlatMap&, const FlatMap&) = default;

 private:
  static bool before(const value_type& item, const Key& key) { return item.first < key; }
  std::vector<value_type> items_;
};

}  // namespace lockstep
