// Events and effects as sentences: the verb, then what it is about. A hash is its digits.
#pragma once

#include "core/base/hash.hpp"
#include "core/base/machine.hpp"
#include "core/text/line.hpp"

namespace lockstep::text {

inline void say(Line& line, const Hash& hash) { line.put(Line::Word{hash.hex()}); }

template <class Record>
void say(Line& line, const Started<Record>& event) {
  line.sentence("started", event.records);
}
template <class Message>
void say(Line& line, const Received<Message>& event) {
  line.sentence("received", event.from, event.message);
}
template <class Timer>
void say(Line& line, const TimerFired<Timer>& event) {
  line.sentence("timer_fired", event.timer, Line::Hash{event.epoch.value()});
}
template <class Request>
void say(Line& line, const Requested<Request>& event) {
  line.sentence("requested", Line::Hash{event.id.value()}, event.request);
}
inline void say(Line& line, const Persisted& event) { line.sentence("persisted", event.upto); }
inline void say(Line& line, const Sampled& event) { line.sentence("sampled", event.vitals); }

template <class Message>
void say(Line& line, const Send<Message>& effect) {
  line.sentence("send", effect.to, effect.message);
}
template <class Timer>
void say(Line& line, const SetTimer<Timer>& effect) {
  line.sentence("set_timer", effect.timer, Line::Hash{effect.epoch.value()}, Line::Word{"at"},
                effect.at);
}
template <class Timer>
void say(Line& line, const CancelTimer<Timer>& effect) {
  line.sentence("cancel_timer", effect.timer);
}
template <class Record>
void say(Line& line, const Persist<Record>& effect) {
  line.sentence("persist", effect.records);
}
template <class Reply>
void say(Line& line, const Answer<Reply>& effect) {
  line.sentence("answer", Line::Hash{effect.id.value()}, effect.reply);
}
template <class Notice>
void say(Line& line, const Notify<Notice>& effect) {
  line.sentence("notify", effect.notice);
}

}  // namespace lockstep::text
