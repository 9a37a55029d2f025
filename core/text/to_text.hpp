// The one vocabulary of every trace: a value in one line, never with a line break in it.
//
//   append_entries{term=3 prev_index=7 … entries=[entry{term=3 kind=noop command=""}]}
//   received n2 vote_granted{term=3}      send n3 vote_request{term=3 last_index=7 last_term=2}
//   set_timer election #5 at 150 ms       requested #9 read      persisted 4
//
// A node is n3, a client c1, nobody "-"; other strong ids are their number, an absent optional is
// "none". Strings are quoted; bytes that are not printable ASCII stand as \xNN; what is long is cut
// and says how much there was. The text is for people and for golden files: nothing reads it back.
#pragma once

#include <string>

#include "core/base/strong.hpp"
#include "core/text/digits.hpp"
#include "core/text/line.hpp"
#include "core/text/sentences.hpp"

namespace lockstep {

// Appends to what is there, so that a caller can reuse its buffer.
template <class T>
void append_text(const T& value, std::string& out) {
  text::Line(out).put(value);
}

template <class T>
[[nodiscard]] std::string to_text(const T& value) {
  std::string out;
  append_text(value, out);
  return out;
}

// "n3", "c1", "-".
[[nodiscard]] std::string display_name(NodeId id);

}  // namespace lockstep
