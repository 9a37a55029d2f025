// RequestParser: the bytes of one request to an HttpRequest, or to the status that refuses them.
//
// Beast's parser with the limits that it leaves out: the whole of the headers is counted, however
// they are cut into reads, and a transfer coding other than chunked is not taken for no body.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "net/http/server.hpp"

namespace lockstep::net {

struct Refusal {
  unsigned status = 0;  // 0: not refused
  std::string reason;   // a sentence for the client
};

class RequestParser final : private boost::beast::http::basic_parser<true> {
 public:
  explicit RequestParser(const HttpOptions& options);

  // Takes what belongs to this request and is complete enough to be taken; returns how much.
  std::size_t put(std::string_view bytes);

  [[nodiscard]] bool headers_complete() const { return headers_complete_; }
  [[nodiscard]] bool complete() const { return is_done() && refusal_.status == 0; }
  [[nodiscard]] const Refusal& refusal() const { return refusal_; }
  // REQUIRES: headers_complete(), as for all below.
  [[nodiscard]] bool wants_continue() const { return expects_continue_ && version_ >= 11; }
  [[nodiscard]] bool wants_stream() const;
  [[nodiscard]] bool keep_alive() const { return basic_parser::keep_alive(); }
  [[nodiscard]] bool old() const { return version_ < 11; }  // HTTP/1.0
  HttpRequest& request() { return request_; }

 private:
  using Error = boost::system::error_code;
  using Text = boost::beast::string_view;
  using Length = boost::optional<std::uint64_t>;

  void on_request_impl(boost::beast::http::verb, Text method, Text target, int version,
                       Error& error) override;
  void on_response_impl(int, Text, int, Error&) override {}
  void on_field_impl(boost::beast::http::field field, Text name, Text value, Error& error) override;
  void on_header_impl(Error& error) override;
  void on_body_init_impl(const Length& length, Error& error) override;
  std::size_t on_body_impl(Text body, Error& error) override;
  void on_chunk_header_impl(std::uint64_t, Text, Error&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text body, Error& error) override;
  void on_finish_impl(Error&) override {}

  void refuse(unsigned status, std::string reason);
  void refuse(unsigned status, std::string reason, Error& error);
  void refuse_for(Error error, std::string_view rest);
  void refuse_headers(std::string_view rest);

  std::size_t header_limit_;
  std::size_t body_limit_;
  HttpRequest request_;
  Refusal refusal_;
  std::size_t header_bytes_ = 0;  // taken so far
  int version_ = 0;               // 0: the request line is not complete
  int hosts_ = 0;
  bool headers_complete_ = false;
  bool expects_continue_ = false;
};

}  // namespace lockstep::net
