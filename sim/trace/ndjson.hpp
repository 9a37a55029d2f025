// trace.ndjson and history.ndjson: one JSON object a line, times in integer nanoseconds since the
// start, nodes as "n1", clients as "c1".
//
// trace.ndjson, a line for each TraceLine, in order. A key whose value would be empty, zero or
// nobody is left out.
//   {"type":"step","step":17,"t":5000000,"node":"n1","event":"received","name":"vote_request",
//    "from":"n2","message":9,"text":"…","effects":["…"],
//    "sent":[{"id":12,"to":"n2","name":"vote_granted","arrives":6000000},
//            {"id":13,"to":"n3","name":"vote_request","lost":"cut"}],
//    "role":"follower","term":1,"commit":0,"state":"…"}     term and commit stand beside a role
//   {"type":"drop","t":5000000,"node":"n1","message":9}     arrived at a node that was down
//   {"type":"fault","t":5000000,"kind":"partition","text":"…","nodes":["n1"],
//    "cut":[["n1","n2"],["n2","n1"]]}                       every directed link cut from then on
//   {"type":"violation","t":5000000,"step":17,"node":"n1","rule":"election safety","text":"…"}
//
// history.ndjson, one line for each invocation and each outcome, ordered by time; at one instant
// outcomes come first, unless that would put an outcome before its own invocation.
//   {"t":1000,"client":"c1","id":0,"event":"invoke","verb":"cas","key":"k","value":"2",
//    "expected":"1"}                                        expected: null when absent is expected
//   {"t":2000,"client":"c1","id":0,"event":"ok","found":null,"swapped":true}   found: with "get",
//                                                           swapped: with "cas"
//   {"t":2000,"client":"c1","id":0,"event":"fail","reason":"…"}
//   {"t":null,"client":"c1","id":1,"event":"unknown","reason":"…"}   no time: these come at the end
// Lines with a time have "order":N where the recorder knows their place among all lines.
// Other verbs: "acquire" and "release" with a key, and "txn" with "parts", whose line of the
// outcome has what was found: "parts":[["r","x",null],["w","y","2"]].
#pragma once

#include <fmt/format.h>

#include <iosfwd>
#include <vector>

#include "sim/check/history.hpp"
#include "sim/trace/step.hpp"

namespace lockstep::sim {

// Appends the line, with its newline.
void append_ndjson(fmt::memory_buffer& out, const TraceLine& line);

// Errors are the stream's to keep: look at its state afterwards.
void write_trace(std::ostream& out, const std::vector<TraceLine>& lines);
void write_history(std::ostream& out, const std::vector<HistoryOperation>& history);

}  // namespace lockstep::sim
