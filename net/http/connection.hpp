// Connection: one client of the server, its requests handled one after another.
//
// What a client pipelines is parsed when the answer before it is on its way, so answers cannot
// change places, and no more is held than one request, one answer and one buffer.
#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/http/request_parser.hpp"
#include "net/http/service.hpp"

namespace lockstep::net {

class Connection final : public Session {
 public:
  Connection(std::shared_ptr<Service> service, Socket socket, Client client);

  void start();
  // Instead of start().
  void turn_away(HttpResponse response);
  // Of the request with that number; nothing if it is not the one that waits.
  void answer(std::uint64_t request, const HttpResponse& response);

  void sweep(Clock::time_point now) override;
  void drain() override;
  void close() override;

 private:
  enum class State : std::uint8_t {
    parsing,    // what is in the buffer
    reading,    // the buffer holds no whole request
    handling,   // a request waits for its answer
    pouring,    // an answer leaves piece by piece
    finishing,  // no further requests; what is to be sent is on its way
    lingering,  // all is sent; the client is given time to read it before the socket closes
    closed,
  };

  [[nodiscard]] std::shared_ptr<Connection> self();
  void advance();
  void parse();
  void deliver();
  bool hand_over();
  void refuse(const Refusal& refusal);
  void pour();
  void finish(const HttpResponse& response);
  void linger();

  void await_bytes();
  void read();
  void on_read(ErrorCode error, std::size_t count);
  void flush();
  void on_written(ErrorCode error);

  std::shared_ptr<Service> service_;
  Socket socket_;
  Client client_;
  boost::beast::flat_buffer buffer_;
  std::unique_ptr<RequestParser> parser_;  // from the first byte of a request to its last
  std::string out_;                        // not yet given to the socket
  std::string written_;                    // the socket is taking it
  std::shared_ptr<HttpBody> rest_;         // while pouring
  Clock::time_point deadline_;             // of the state: parsing and reading, or lingering
  Clock::time_point write_deadline_;       // while writing_
  std::size_t read_size_;
  std::size_t linger_left_;
  std::uint64_t request_ = 0;  // number of the latest
  State state_ = State::parsing;
  bool advancing_ = false;  // advance() is on the stack
  bool reading_ = false;    // a read is under way
  bool writing_ = false;    // a write is under way
  bool continued_ = false;  // the headers of this request were seen
  bool keep_alive_ = true;  // these three: of the latest request
  bool head_ = false;
  bool old_ = false;
};

}  // namespace lockstep::net
