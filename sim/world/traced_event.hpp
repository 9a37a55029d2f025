// The part of a TracedStep that an event says.
#pragma once

#include <string_view>

#include "core/base/machine.hpp"
#include "core/base/overloaded.hpp"
#include "core/text/to_text.hpp"
#include "sim/trace/step.hpp"

namespace lockstep::sim {

// The name of a message or request.
template <class T>
[[nodiscard]] std::string_view traced_name(const T& value) {
  if constexpr (Variant<T>) {
    return alternative_name(value);
  } else {
    return T::name;
  }
}

template <class E>
void trace_event(TracedStep& traced, const E& event) {
  traced.event = alternative_name(event);
  traced.text = to_text(event);
  std::visit(
      Overloaded{[&]<class M>(const Received<M>& e) {
                   traced.from = e.from;
                   traced.name = traced_name(e.message);
                 },
                 [&]<class R>(const Requested<R>& e) { traced.name = traced_name(e.request); },
                 [&]<class T>(const TimerFired<T>& e) { traced.name = name_of(e.timer); },
                 [](const auto&) {}},
      event);
}

}  // namespace lockstep::sim
