#include "node/election/part.hpp"

#include <utility>

#include "node/guest/store_options.hpp"

namespace lockstep::node {
namespace {

constexpr std::uint64_t largest_segment = 4 * 1024 * 1024;

}  // namespace

ElectionPart::ElectionPart(net::asio::io_context& io, const Config& config, quorum::Keyring keyring,
                           net::Log& log, Carry carry)
    : store_(net::real_files(), guest_store_options(config, Guest::election, largest_segment), log),
      election_(io, config, std::move(keyring), store_, log, std::move(carry)),
      api_(config, election_) {}

void ElectionPart::obey(const net::HttpRequest& request, const Respond& answer) {
  if (request.path == "/v1/admin/vitals") return answer(api_.set_vitals(request.body));
  api_.hand_over(answer);
}

std::string ElectionPart::stream_text() { return R"({"election":)" + api_.status_json() + "}"; }

void ElectionPart::tell(Streams& streams) {
  election_.watch([&streams](const audit::Event& event) {
    if (streams.watched()) streams.send(R"({"election_event":)" + event_json(event) + "}");
  });
}

}  // namespace lockstep::node
