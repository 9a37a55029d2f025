// ZooKeeper's client protocol, as far as a load needs it: frames of a length and a jute record,
// both big-endian, as ZooKeeper's own zookeeper.jute describes them.
//
// Requests are encoded whole, with their length. What a server sent is looked at in place: views
// point into the bytes given, and bytes that are no answer give nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lockstep::processes::zookeeper {

// Opens a new session that ends when nothing is heard of it for `timeout_ms`.
[[nodiscard]] std::string connect_request(std::int32_t timeout_ms);
// `xid` is the client's number of a request, from 1; the answer carries it.
// A lasting znode that everybody may do anything with.
[[nodiscard]] std::string create_request(std::int32_t xid, std::string_view path,
                                         std::string_view data);
// Whatever version it has.
[[nodiscard]] std::string set_data_request(std::int32_t xid, std::string_view path,
                                           std::string_view data);
[[nodiscard]] std::string get_data_request(std::int32_t xid, std::string_view path);  // no watch
[[nodiscard]] std::string sync_request(std::int32_t xid, std::string_view path);
[[nodiscard]] std::string close_request(std::int32_t xid);  // ends the session
constexpr std::int32_t ping_xid = -2;                       // of every ping and its answer
[[nodiscard]] std::string ping_request();

// The front of a stream.
struct Front {
  enum class State : std::uint8_t { partial, whole, refused };  // refused: no frame is that long
  State state = State::partial;
  std::string_view body;  // of a whole frame
  static constexpr std::size_t length_bytes = 4;
  static constexpr std::size_t most_bytes = 1 << 20;  // ZooKeeper's own limit, jute.maxbuffer
};
[[nodiscard]] Front front_of(std::string_view bytes);

// The first answer: what the session's time-out is, in ms; 0 where the server refuses it.
[[nodiscard]] std::optional<std::int32_t> session_timeout_of(std::string_view body);

struct Answer {
  std::int32_t xid = 0;
  std::int32_t error = 0;  // 0, or one of KeeperException.Code: -101 no node, -110 node exists, …
  std::string_view rest;
};
[[nodiscard]] std::optional<Answer> answer_of(std::string_view body);
// The value that answers a get_data_request; its Stat, which follows, must be there.
[[nodiscard]] std::optional<std::string_view> data_of(const Answer& answer);

}  // namespace lockstep::processes::zookeeper
