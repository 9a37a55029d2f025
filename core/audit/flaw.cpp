#include "core/audit/flaw.hpp"

namespace lockstep::audit {

std::string explain(const Flaw& flaw) {
  const std::string number = std::to_string(flaw.at.value());
  const std::string event = "event " + number;
  switch (flaw.wrong) {
    case Wrong::changed: return event + " was changed, or what comes after it is of another trail";
    case Wrong::dropped: return event + " is missing, and later ones are there";
    case Wrong::reordered: return event + " is not in its place";
    case Wrong::foreign:
      return event + " is of another trail, or it was changed together with its neighbour";
    case Wrong::other_snapshot:
      return "the snapshot after " + event + " does not say what the events come to";
    case Wrong::other_head:
      return "no event up to the last, " + number +
             ", has that hash: the end was cut off, the last event was changed, or it is another "
             "trail";
  }
  return "?";
}

}  // namespace lockstep::audit
