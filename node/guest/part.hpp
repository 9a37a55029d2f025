// GuestPart: a machine beside the store with all that a node needs of it: its log, what travels to
// it, what clients and operators ask of it, and what it tells of itself.
//
// Used by one thread at a time: that of `io`; prepare() by the housekeeper beside it.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/base/strong.hpp"
#include "core/base/time.hpp"
#include "net/driver/shift.hpp"
#include "net/http/server.hpp"
#include "net/transport/transport.hpp"
#include "node/guest/kinds.hpp"
#include "node/metrics/exposition.hpp"

namespace lockstep::node {

// Everybody who follows GET /v1/events/stream.
class Streams {
 public:
  virtual ~Streams() = default;
  [[nodiscard]] virtual bool watched() const = 0;  // there is somebody
  virtual void send(const std::string& text) = 0;
};

class GuestPart {
 public:
  using Carry = std::function<void(NodeId to, net::Channel channel, std::string_view message)>;
  using Respond = std::function<void(net::HttpResponse)>;

  virtual ~GuestPart() = default;
  [[nodiscard]] virtual Guest guest() const = 0;

  virtual void start() = 0;
  // False: that is no message of this machine.
  virtual bool deliver(NodeId from, std::string_view message) = 0;
  // Writes what must be durable, away from work; true when more came up. `delay` is a fault: the
  // write takes so much longer.
  virtual bool end_of_burst(net::Shift& shift, Duration delay) = 0;
  // The node ends: an office is handed over.
  virtual void lay_down() {}
  // Makes the next segment of its log ready.
  virtual void prepare() = 0;

  // One of kind_of(guest()).calls. Operators were let in before obey() is called.
  virtual void handle(const net::HttpRequest& request, const Respond& answer) = 0;
  virtual void obey(const net::HttpRequest&, const Respond&) {}
  virtual void add_metrics(Exposition& out) const = 0;
  // What the streams hear twice a second: {"NAME":{…}}.
  [[nodiscard]] virtual std::string stream_text() = 0;
  // Who hears of what happens here. Outlives this.
  virtual void tell(Streams& streams) = 0;
};

}  // namespace lockstep::node
