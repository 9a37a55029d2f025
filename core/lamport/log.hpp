// Log: what one node holds: for every node what that one stamped, without a gap, and the messages
// it shows, in the order of their stamps, each message once.
//
// Where two nodes have stamped one message, the smaller stamp stays: whoever knew of either stamp
// has a clock above the smaller one, so the order still extends happened-before. Which stamp stays
// depends on nothing else, so that equal sets of entries make equal orders.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "core/lamport/stamp.hpp"

namespace lockstep::lamport {

class Log {
 public:
  explicit Log(std::uint32_t members) : streams_(members) {}

  // Of one node; accepted, and the part of that which is durable.
  [[nodiscard]] Number last(NodeId node) const { return Number(of(node).entries.size()); }
  [[nodiscard]] std::vector<Number> lasts() const;  // [node - 1]
  [[nodiscard]] Number durable(NodeId node) const { return of(node).durable; }
  // REQUIRES: number in 1..last(node).
  [[nodiscard]] const Entry& at(NodeId node, Number number) const {
    return of(node).entries[number.value() - 1];
  }
  [[nodiscard]] std::size_t size() const;                   // entries accepted
  [[nodiscard]] Stamp highest() const { return highest_; }  // accepted

  // Where a message stands: the smallest stamp that is shown, else one that was accepted.
  struct Place {
    Stamp stamp;
    Number number;
    bool shown = false;
    friend bool operator==(const Place&, const Place&) = default;
  };
  [[nodiscard]] const Place* find(const Origin& origin) const;

  // REQUIRES: the next one of its node: numbered last + 1, with a later stamp than that.
  void accept(Entry entry);
  // REQUIRES: durable(node) < number <= last(node).
  void settle(NodeId node, Number number) { of(node).durable = number; }

  // What showing an entry did: the stamp that is shown, and the one that is not, if there are two.
  struct Outcome {
    Stamp kept;
    std::optional<Stamp> dropped;
  };
  // REQUIRES: durable, and shown once.
  Outcome show(NodeId node, Number number);
  // By stamp; the number among those of the stamp's node.
  [[nodiscard]] const std::map<Stamp, Number>& order() const { return order_; }

  friend bool operator==(const Log&, const Log&) = default;

 private:
  struct Stream {
    std::vector<Entry> entries;  // numbered from 1
    Number durable;              // <= entries.size()
    friend bool operator==(const Stream&, const Stream&) = default;
  };
  Stream& of(NodeId node) { return streams_[node.value() - 1]; }
  [[nodiscard]] const Stream& of(NodeId node) const { return streams_[node.value() - 1]; }

  std::vector<Stream> streams_;  // [node - 1]
  std::map<Origin, Place> places_;
  std::map<Stamp, Number> order_;
  Stamp highest_;
};

}  // namespace lockstep::lamport
