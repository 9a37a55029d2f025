// Whatever crosses a wire or goes to a disk comes back, and damage to it is refused or is another
// value, never harm.
#include <string>

#include "core/audit/event.hpp"
#include "core/bully/messages.hpp"
#include "core/kv/client.hpp"
#include "core/kv/protocol.hpp"
#include "core/raft/messages.hpp"
#include "core/text/to_text.hpp"
#include "core/wire/codec.hpp"
#include "core/wire/frame.hpp"
#include "property_tests/support/draw.hpp"
#include "property_tests/support/property.hpp"

using namespace lockstep;
using namespace lockstep::properties;

namespace {

template <class T>
std::string encoded(const T& value) {
  std::string out;
  wire::encode(value, out);
  return out;
}

template <class T>
void comes_back(Choices& choices) {
  const T value = Draw(choices).value<T>();
  note(to_text(value));
  std::string bytes = encoded(value);
  DEMAND(wire::decode<T>(bytes) == value);
  std::string framed;
  wire::append_frame(bytes, framed);
  const auto frame = wire::read_frame(framed);
  DEMAND(std::holds_alternative<wire::Frame>(frame));
  DEMAND(std::get<wire::Frame>(frame).payload == bytes);

  // Cut, lengthened, changed: nothing, or a value whose one encoding these bytes are.
  const std::string cut = bytes.substr(0, choices.below(bytes.size() + 1));
  if (cut.size() < bytes.size()) DEMAND(!wire::decode<T>(cut).has_value());
  DEMAND(!wire::decode<T>(bytes + '\0').has_value());
  for (std::uint64_t left = 1 + choices.below(3); left > 0 && !bytes.empty(); --left)
    bytes[choices.below(bytes.size())] = static_cast<char>(choices.below(256));
  if (const auto other = wire::decode<T>(bytes)) DEMAND(encoded(*other) == bytes);

  // A frame notices any one byte that changed.
  const std::size_t at = choices.below(framed.size());
  framed[at] = static_cast<char>(framed[at] ^ static_cast<char>(1 + choices.below(255)));
  DEMAND(!std::holds_alternative<wire::Frame>(wire::read_frame(framed)));
}

}  // namespace

TEST_CASE("Raft's messages come back") { holds(comes_back<raft::Message>); }
TEST_CASE("Raft's records come back") { holds(comes_back<raft::Record>); }
TEST_CASE("Bully's messages come back") { holds(comes_back<bully::Message>); }
TEST_CASE("what clients and servers say comes back") {
  holds(comes_back<kv::Client::Alphabet::Message>);
}
TEST_CASE("events of the audit trail come back") { holds(comes_back<audit::Event>); }
TEST_CASE("commands in the log come back") { holds(comes_back<kv::Command>); }
