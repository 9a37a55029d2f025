#include "net/http/request_parser.hpp"

#include <algorithm>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include "net/http/target.hpp"

namespace lockstep::net {
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace {

constexpr std::size_t reserve_at_once = 64 * 1024;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Whether the first line of `text` ends as a request line of some HTTP/x.y does.
bool names_a_version(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  const auto space = text.rfind(' ');
  if (space == std::string_view::npos) return false;
  text = text.substr(space + 1);
  return text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' &&
         is_digit(text[7]);
}

}  // namespace

RequestParser::RequestParser(const HttpOptions& options)
    : header_limit_(options.header_bytes), body_limit_(options.body_bytes) {
  header_limit(static_cast<std::uint32_t>(header_limit_));
  body_limit(body_limit_);
}

bool RequestParser::wants_stream() const {
  return upgrade() && request_.method == "GET" && request_.header("upgrade") != nullptr &&
         beast::iequals(*request_.header("upgrade"), "websocket");
}

std::size_t RequestParser::put(std::string_view bytes) {
  std::size_t used = 0;
  if (!got_some()) {  // Empty lines before a request are skipped (RFC 9112, 2.2).
    while (used < bytes.size() && (bytes[used] == '\r' || bytes[used] == '\n')) ++used;
    header_bytes_ += used;
    if (header_bytes_ > header_limit_) refuse_headers(bytes);
  }
  // Beast takes one step a call: the headers, a chunk's header, a piece of the body.
  while (refusal_.status == 0 && !is_done() && used < bytes.size()) {
    const auto rest = bytes.substr(used);
    const bool in_headers = !headers_complete_;
    Error error;
    const std::size_t taken = basic_parser::put(asio::buffer(rest.data(), rest.size()), error);
    used += taken;
    if (in_headers) {
      header_bytes_ += taken;
      const std::size_t waiting = error == http::error::need_more ? rest.size() - taken : 0;
      if (header_bytes_ + waiting > header_limit_) {
        refuse_headers(rest);
        break;
      }
    }
    if (error == http::error::need_more) break;
    if (error) refuse_for(error, rest);
  }
  return used;
}

void RequestParser::on_request_impl(http::verb, Text method, Text target, int version,
                                    Error& error) {
  version_ = version;
  request_.method.assign(method.data(), method.size());
  if (std::any_of(method.begin(), method.end(), [](char c) { return c >= 'a' && c <= 'z'; })) {
    return refuse(400, "a method is written in upper case", error);
  }
  request_.target.assign(target.data(), target.size());
  auto parsed = decode_target(request_.target);
  if (!parsed) {
    return refuse(400,
                  "the target is neither a path nor an http:// address, or has a percent sign "
                  "without two hexadecimal digits",
                  error);
  }
  request_.target.assign(target.data(), target.size());
  request_.path = std::move(parsed->path);
  request_.query = std::move(parsed->query);
}

void RequestParser::on_field_impl(http::field field, Text name, Text value, Error& error) {
  if (headers_complete_) return;  // a trailer
  auto& [key, text] = request_.headers.emplace_back();
  key.resize(name.size());
  std::transform(name.begin(), name.end(), key.begin(), beast::detail::ascii_tolower);
  text.assign(value.data(), value.size());
  if (field == http::field::host) {
    ++hosts_;
  } else if (field == http::field::transfer_encoding && !beast::iequals(value, "chunked")) {
    refuse(501, "the only transfer coding taken is chunked", error);
  } else if (field == http::field::expect) {
    if (!beast::iequals(value, "100-continue")) {
      return refuse(417, "the only expectation met is 100-continue", error);
    }
    expects_continue_ = true;
  }
}

void RequestParser::on_header_impl(Error& error) {
  headers_complete_ = true;
  if (version_ >= 11 && hosts_ != 1) {
    refuse(400, "an HTTP/1.1 request has one Host header", error);
  } else if (old() && chunked()) {
    refuse(400, "an HTTP/1.0 request has no transfer coding", error);
  }
}

void RequestParser::on_body_init_impl(const Length& length, Error&) {
  // No more than this before the bytes are there: a length costs a client nothing to claim.
  if (length)
    request_.body.reserve(
        static_cast<std::size_t>(std::min<std::uint64_t>(*length, reserve_at_once)));
}

std::size_t RequestParser::on_body_impl(Text body, Error&) {
  request_.body.append(body.data(), body.size());
  return body.size();
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, Text body, Error&) {
  request_.body.append(body.data(), body.size());
  return body.size();
}

void RequestParser::refuse(unsigned status, std::string reason) {
  if (refusal_.status == 0) refusal_ = {status, std::move(reason)};
}

void RequestParser::refuse(unsigned status, std::string reason, Error& error) {
  refuse(status, std::move(reason));
  error = http::error::bad_value;
}

void RequestParser::refuse_for(Error error, std::string_view rest) {
  if (error == http::error::header_limit) return refuse_headers(rest);
  if (error == http::error::body_limit) {
    return refuse(413, "a body is at most " + std::to_string(body_limit_) + " bytes");
  }
  if (error == http::error::bad_version && names_a_version(rest)) {
    return refuse(505, "this server speaks HTTP/1.1 and HTTP/1.0");
  }
  refuse(400, "this is no HTTP request: " + error.message());
}

void RequestParser::refuse_headers(std::string_view rest) {
  const std::string limit = std::to_string(header_limit_) + " bytes";
  if (version_ == 0 && rest.substr(0, header_limit_).find('\n') == std::string_view::npos) {
    return refuse(414, "the request line is at most " + limit);
  }
  refuse(431, "the headers are at most " + limit);
}

}  // namespace lockstep::net
