#include "core/flood/config.hpp"

namespace lockstep::flood {
namespace {

std::string_view refusal(const DirectoryConfig& config) {
  if (config.max_neighbours == 0) return "max_neighbours must be above 0; a peer needs one";
  if (config.health_check < Duration(0)) return "health_check must not be negative; 0 turns it off";
  if (config.misses == 0) return "misses must be above 0; 3 is usual";
  if (config.backoff_low <= Duration(0)) return "backoff must begin above 0; try \"500 ms\"";
  if (config.backoff_high < config.backoff_low) return "backoff must end where it began or later";
  return {};
}

std::string_view refusal(const SearchConfig& config) {
  if (config.max_ttl == 0 || config.max_ttl > 64) return "max_ttl must be 1 to 64";
  if (config.ttl == 0 || config.ttl > config.max_ttl) return "ttl must be 1 to max_ttl";
  if (config.max_steps == 0 || config.max_steps > 255) return "max_steps must be 1 to 255";
  if (config.walkers == 0) return "walkers must be above 0; 4 is usual";
  if (config.max_open == 0) return "max_open must be above 0; 5 is usual";
  if (config.answers_within <= Duration(0)) return "answers_within must be above 0";
  if (config.ring_wait <= Duration(0)) return "ring_wait must be above 0";
  if (config.settles_after < Duration(0)) return "settles_after must be 0 or more";
  if (config.max_hits == 0 || config.max_hits > 10'000) return "max_hits must be 1 to 10000";
  if (config.seen_for <= Duration(0)) return "seen_for must be above 0";
  if (config.seen_capacity == 0) return "seen_capacity must be above 0";
  if (config.query_rate == 0 || config.query_rate > 1'000'000)
    return "query_rate must be 1 to 1000000 a second";
  if (config.query_burst == 0 || config.query_burst > 1'000'000)
    return "query_burst must be 1 to 1000000";
  return {};
}

std::string_view refusal(const TransferConfig& config) {
  if (config.max_files == 0) return "max_files must be above 0";
  if (config.max_fetches == 0) return "max_fetches must be above 0; 4 is usual";
  if (config.max_sources == 0 || config.max_sources > 64) return "max_sources must be 1 to 64";
  if (config.window == 0 || config.window > 64) return "window must be 1 to 64";
  if (config.max_writing == 0) return "max_writing must be above 0; 64 is usual";
  if (config.chunk_timeout <= Duration(0)) return "chunk_timeout must be above 0";
  if (config.patience == 0) return "patience must be above 0; 3 is usual";
  if (config.retry <= Duration(0)) return "retry must be above 0";
  if (config.max_searches == 0) return "max_searches must be above 0";
  return {};
}

}  // namespace

std::string_view refusal(const Config& config) {
  std::string_view why = refusal(config.directory);
  if (why.empty()) why = refusal(config.search);
  if (why.empty()) why = refusal(config.transfer);
  return why;
}

}  // namespace lockstep::flood
