#include "core/lamport/records.hpp"

#include <map>

namespace lockstep::lamport {

std::string flaw_in(const std::vector<Record>& records) {
  LamportTime bound;
  std::map<NodeId, const Entry*> last;
  for (const Record& record : records) {
    if (const auto* next = std::get_if<ClockBound>(&record)) {
      if (next->bound <= bound) return "its clock goes back";
      bound = next->bound;
      continue;
    }
    const Entry& entry = std::get<Entry>(record);
    if (entry.stamp.node == nobody) return "a message was stamped by nobody";
    if (entry.stamp.time > bound) return "a message is stamped later than its clock";
    const Entry*& before = last[entry.stamp.node];
    const Number expected = before == nullptr ? Number(1) : before->number.next();
    if (entry.number != expected) return "a message is missing before one of the same node";
    if (before != nullptr && entry.stamp <= before->stamp) return "the stamps of a node go back";
    before = &entry;
  }
  return "";
}

}  // namespace lockstep::lamport
