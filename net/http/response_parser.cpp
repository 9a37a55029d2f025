#include "net/http/response_parser.hpp"

#include <algorithm>
#include <boost/beast/http/error.hpp>

namespace lockstep::net {
namespace http = boost::beast::http;
namespace {

constexpr std::uint32_t largest_header = 64 * 1024;
constexpr std::uint64_t largest_body = 64 * 1024 * 1024;

}  // namespace

ResponseParser::ResponseParser(bool head) {
  header_limit(largest_header);
  body_limit(largest_body);
  skip(head);
}

std::size_t ResponseParser::put(std::string_view bytes, ErrorCode& error) {
  std::size_t used = 0;
  error = {};
  while (!error && !is_done() && used < bytes.size()) {
    used += basic_parser::put(asio::buffer(bytes.data() + used, bytes.size() - used), error);
  }
  if (error == http::error::need_more) error = {};
  return used;
}

void ResponseParser::put_end(ErrorCode& error) {
  if (!begun()) {
    error = http::error::end_of_stream;
    return;
  }
  basic_parser::put_eof(error);
}

void ResponseParser::on_response_impl(int status, Text, int, ErrorCode&) {
  result_.status = static_cast<unsigned>(status);
}

void ResponseParser::on_field_impl(http::field, Text name, Text value, ErrorCode&) {
  if (headers_complete_) return;  // a trailer
  auto& [key, text] = result_.headers.emplace_back();
  key.resize(name.size());
  std::transform(name.begin(), name.end(), key.begin(), boost::beast::detail::ascii_tolower);
  text.assign(value.data(), value.size());
}

std::size_t ResponseParser::on_body_impl(Text body, ErrorCode&) {
  result_.body.append(body.data(), body.size());
  return body.size();
}

std::size_t ResponseParser::on_chunk_body_impl(std::uint64_t, Text body, ErrorCode&) {
  result_.body.append(body.data(), body.size());
  return body.size();
}

}  // namespace lockstep::net
