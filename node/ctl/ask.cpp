#include "node/ctl/ask.hpp"

#include <chrono>
#include <memory>

#include "net/address.hpp"
#include "net/http/client.hpp"

namespace lockstep::ctl {

std::string Place::text() const { return net::address_text(host, port); }

std::vector<Answer> ask(const std::vector<Question>& questions, Duration timeout,
                        Duration patience) {
  net::asio::io_context io;
  net::asio::steady_timer late(io);
  std::vector<Answer> answers(questions.size(), {0, "", "it answers later than the others", ""});
  std::vector<std::unique_ptr<net::HttpClient>> clients;
  std::size_t open = questions.size();
  bool heard = false;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const Question& question = questions[i];
    clients.push_back(
        std::make_unique<net::HttpClient>(io, question.place.host, question.place.port));
    net::HttpCall call{question.method, question.target, question.headers, question.body};
    clients.back()->call(std::move(call), timeout, [&, i](net::HttpResult result) {
      const std::string* location = result.header("location");
      answers[i] = {result.status, std::move(result.body), std::move(result.error),
                    location == nullptr ? "" : *location};
      if (--open == 0) return io.stop();
      if (heard || result.status == 0) return;
      heard = true;
      late.expires_after(std::chrono::nanoseconds(patience.ns()));
      late.async_wait([&io](net::ErrorCode cancelled) {
        if (!cancelled) io.stop();
      });
    });
  }
  if (open > 0) io.run();
  return answers;
}

Answer ask(const Question& question, Duration timeout) {
  return ask(std::vector<Question>{question}, timeout, timeout).front();
}

}  // namespace lockstep::ctl
