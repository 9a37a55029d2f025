#include "sim/protocols/flood_keys.hpp"

#include <string>

namespace lockstep::sim {
namespace {

template <class Number>
void number(Reader& config, const char* key, Number& value, std::uint64_t least,
            std::uint64_t most) {
  value = static_cast<Number>(config.integer(key, value, least, most));
}

void read_directory(Reader& config, flood::DirectoryConfig& directory) {
  // A network that is given is there; who logs in makes its own.
  directory.start_linked = config.boolean("start_linked", true);
  number(config, "max_neighbours", directory.max_neighbours, 1, 10'000);
  number(config, "max_known", directory.max_known, 1, 1'000'000);
  directory.health_check = config.duration("health_check", directory.health_check);
  number(config, "misses", directory.misses, 1, 1'000);
  const DurationRange backoff =
      config.range("login_backoff", {directory.backoff_low, directory.backoff_high});
  directory.backoff_low = backoff.low;
  directory.backoff_high = backoff.high;
}

void read_search(Reader& config, flood::SearchConfig& search) {
  number(config, "ttl", search.ttl, 1, 64);
  number(config, "max_ttl", search.max_ttl, 1, 64);
  number(config, "max_steps", search.max_steps, 1, 255);
  number(config, "walkers", search.walkers, 1, 1'000);
  number(config, "max_open", search.max_open, 1, 10'000);
  number(config, "max_waiting", search.max_waiting, 0, 10'000);
  search.answers_within = config.positive_duration("answers_within", search.answers_within);
  search.ring_wait = config.positive_duration("ring_wait", search.ring_wait);
  search.settles_after = config.duration("settles_after", search.settles_after);
  number(config, "max_hits", search.max_hits, 1, 10'000);
  search.direct_hits = config.boolean("direct_hits", search.direct_hits);
  search.seen_for = config.positive_duration("seen_for", search.seen_for);
  number(config, "seen_capacity", search.seen_capacity, 1, 10'000'000);
  number(config, "query_rate", search.query_rate, 1, 1'000'000);
  number(config, "query_burst", search.query_burst, 1, 1'000'000);
}

void read_transfer(Reader& config, flood::TransferConfig& transfer) {
  number(config, "max_files", transfer.max_files, 1, 1'000'000);
  number(config, "max_fetches", transfer.max_fetches, 1, 1'000);
  number(config, "max_sources", transfer.max_sources, 1, 64);
  number(config, "window", transfer.window, 1, 64);
  transfer.chunk_timeout = config.positive_duration("chunk_timeout", transfer.chunk_timeout);
  number(config, "patience", transfer.patience, 1, 1'000);
  transfer.retry = config.positive_duration("retry", transfer.retry);
  number(config, "max_searches", transfer.max_searches, 1, 1'000'000);
}

}  // namespace

void read_flood_keys(Reader& config, flood::Config& machine) {
  read_directory(config, machine.directory);
  read_search(config, machine.search);
  read_transfer(config, machine.transfer);
  if (const std::string why(refusal(machine)); !why.empty()) config.fail(why);
}

}  // namespace lockstep::sim
