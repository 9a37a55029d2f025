// ResponseParser: the bytes of one response to an HttpResult.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <string_view>

#include "net/http/client.hpp"

namespace lockstep::net {

class ResponseParser final : private boost::beast::http::basic_parser<false> {
 public:
  // `head`: the request was HEAD, so that no body follows whatever the headers say.
  explicit ResponseParser(bool head);

  // Takes what it can; returns how much.
  std::size_t put(std::string_view bytes, ErrorCode& error);
  // The server closed its side: the end of a body without a length, otherwise an error.
  void put_end(ErrorCode& error);

  [[nodiscard]] bool complete() const { return is_done(); }
  [[nodiscard]] bool begun() const { return got_some(); }
  // REQUIRES: complete().
  [[nodiscard]] bool keep_alive() const { return basic_parser::keep_alive(); }
  [[nodiscard]] bool interim() const { return result_.status < 200 && result_.status != 101; }
  HttpResult& result() { return result_; }

 private:
  using Text = boost::beast::string_view;
  using Length = boost::optional<std::uint64_t>;

  void on_request_impl(boost::beast::http::verb, Text, Text, int, ErrorCode&) override {}
  void on_response_impl(int status, Text reason, int version, ErrorCode& error) override;
  void on_field_impl(boost::beast::http::field, Text name, Text value, ErrorCode&) override;
  void on_header_impl(ErrorCode&) override { headers_complete_ = true; }
  void on_body_init_impl(const Length&, ErrorCode&) override {}
  std::size_t on_body_impl(Text body, ErrorCode&) override;
  void on_chunk_header_impl(std::uint64_t, Text, ErrorCode&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text body, ErrorCode&) override;
  void on_finish_impl(ErrorCode&) override {}

  HttpResult result_;
  bool headers_complete_ = false;
};

}  // namespace lockstep::net
