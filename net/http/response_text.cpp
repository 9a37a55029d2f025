#include "net/http/response_text.hpp"

#include <array>
#include <boost/beast/http/status.hpp>
#include <charconv>

namespace lockstep::net {
namespace {

void append_number(std::string& out, std::size_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void append_line(std::string& out, std::string_view name, std::string_view value) {
  const std::size_t begin = out.size();
  out.append(name).append(": ").append(value);
  for (std::size_t i = begin; i < out.size(); ++i) {
    if (static_cast<unsigned char>(out[i]) < ' ' && out[i] != '\t') out[i] = ' ';
  }
  out.append("\r\n");
}

}  // namespace

void append_response(std::string& out, const HttpResponse& response, const ResponseForm& form) {
  out.append("HTTP/1.1 ");
  append_number(out, response.status);
  const auto reason =
      boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(response.status));
  out.append(" ").append(reason.data(), reason.size()).append("\r\n");
  const bool without_body = response.status == 204 || response.status == 304;
  if (!without_body) {
    if (!response.type.empty()) append_line(out, "Content-Type", response.type);
    out.append("Content-Length: ");
    append_number(out, response.rest ? response.rest->size() : response.body.size());
    out.append("\r\n");
  }
  for (const auto& [name, value] : response.headers) append_line(out, name, value);
  if (!form.keep_alive) {
    out.append("Connection: close\r\n");
  } else if (form.old) {
    out.append("Connection: keep-alive\r\n");
  }
  out.append("\r\n");
  if (!without_body && !form.head && !response.rest) out.append(response.body);
}

HttpResponse refusal_response(unsigned status, std::string_view reason) {
  HttpResponse response;
  response.status = status;
  response.body = R"({"outcome":"refused","reason":")";
  for (const char c : reason) {
    if (c == '"' || c == '\\') response.body.push_back('\\');
    response.body.push_back(static_cast<unsigned char>(c) < ' ' ? ' ' : c);
  }
  response.body += "\"}\n";
  return response;
}

}  // namespace lockstep::net
