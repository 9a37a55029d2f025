#include "node/audit/inspection.hpp"

#include <utility>

#include "core/wire/codec.hpp"

namespace lockstep::node {
namespace {

std::string event_text(audit::Sequence sequence) {
  return "event " + std::to_string(sequence.value());
}

audit::Sequence sequence_in(const Statement& row, int column) {
  return audit::Sequence(static_cast<std::uint64_t>(row.number(column)));
}

std::string_view view_of(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size()};
}

}  // namespace

AuditVerdict Inspection::verdict() {
  try {
    Transaction reading(database_, "BEGIN");
    look_at_pages();
    look_at_events();
    if (verdict_.wrong.empty())
      if (const auto flaw = verifier_.flaw())
        found(std::string(name_of(flaw->wrong)), flaw->at, explain(*flaw));
    look_at_state();
  } catch (const SqliteError& error) {
    found("damaged", verifier_.trail().last().next(), error.what());
  }
  verdict_.last = verifier_.trail().last();
  verdict_.head = verifier_.trail().head();
  verdict_.noted = verifier_.noted();
  return verdict_;
}

// The first that was found is the verdict.
void Inspection::found(std::string wrong, audit::Sequence at, std::string sentence) {
  if (!verdict_.wrong.empty()) return;
  verdict_.wrong = std::move(wrong);
  verdict_.at = at;
  verdict_.sentence = std::move(sentence);
}

void Inspection::look_at_pages() {
  const std::string words = database_.text("PRAGMA integrity_check(1)");
  if (words != "ok") throw SqliteError(SQLITE_CORRUPT, words);
}

void Inspection::look_at_events() {
  snapshots_ = database_.prepare("SELECT sequence, body FROM snapshots ORDER BY sequence");
  more_snapshots_ = snapshots_->next();
  Statement rows = database_.prepare(
      "SELECT sequence, at_ns, kind, epoch, node, text, body, hash FROM events ORDER BY sequence");
  while (verdict_.wrong.empty() && rows.next()) look_at_event(rows);
  if (!verifier_.flaw() && more_snapshots_) {
    const audit::Sequence at = sequence_in(*snapshots_, 0);
    found("other_snapshot", at, "there is a snapshot, and no " + event_text(at));
  }
}

void Inspection::look_at_event(Statement& row) {
  const audit::Sequence place = sequence_in(row, 0);
  const audit::Sequence before = verifier_.trail().last();
  const auto event = wire::decode<audit::Event>(row.bytes(6));
  if (!event) {
    if (before.next() == place)
      found("changed", place, event_text(place) + " was changed: it cannot be read");
    return;
  }
  const Hash hash = hash_of(*event);
  const bool own_hash = row.bytes(7) == view_of(hash);
  // Only an event in its place is at odds with its own row; otherwise the chain says more.
  if (before.next() == place && event->sequence == place && !own_hash)
    return found("changed", place, event_text(place) + " was changed: its hash is another");
  verifier_.add(*event);
  if (verifier_.trail().last() == before) return;
  const EventColumns columns{row.number(0), row.number(1), std::string(row.bytes(2)),
                             row.number(3), row.number(4), std::string(row.bytes(5))};
  if (columns != columns_of(*event))
    return found("changed", event->sequence,
                 event_text(event->sequence) + " was changed: a column is not what its body says");
  look_at_snapshots(place);
}

void Inspection::look_at_snapshots(audit::Sequence upto) {
  bool due = verifier_.trail().due().has_value();
  while (more_snapshots_ && sequence_in(*snapshots_, 0) <= upto) {
    const audit::Sequence place = sequence_in(*snapshots_, 0);
    const auto snapshot = wire::decode<audit::Snapshot>(snapshots_->bytes(1));
    if (!snapshot || snapshot->sequence != place)
      return found("other_snapshot", place,
                   "the snapshot after " + event_text(place) + " cannot be read, or is of another");
    verifier_.add(*snapshot);
    due = due && place != upto;
    more_snapshots_ = snapshots_->next();
  }
  if (due) found("other_snapshot", upto, "there is no snapshot after " + event_text(upto));
}

void Inspection::look_at_state() {
  StateRows expected = state_rows(verifier_.trail().snapshot());
  expected["cluster"] = owner_.cluster;
  expected["node"] = std::int64_t{owner_.node.value()};
  // Before the first append there is nothing but the owner.
  if (verifier_.trail().last() == audit::Sequence())
    std::erase_if(expected,
                  [](const auto& row) { return row.first != "cluster" && row.first != "node"; });
  StateRows there;
  Statement rows = database_.prepare("SELECT key, typeof(value) = 'integer', value FROM state");
  while (rows.next()) {
    auto& value = there[std::string(rows.bytes(0))];
    if (rows.number(1) != 0) {
      value = rows.number(2);
    } else {
      value = std::string(rows.bytes(2));
    }
  }
  if (there != expected)
    found("other_state", audit::Sequence(),
          "the table `state` does not say what the events come to");
}

}  // namespace lockstep::node
