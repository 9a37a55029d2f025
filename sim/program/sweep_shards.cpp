#include "sim/program/sweep_shards.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "core/base/digest.hpp"
#include "sim/program/results.hpp"
#include "sim/program/whole_files.hpp"
#include "sim/world/outcome.hpp"

namespace lockstep::sim {
namespace fs = std::filesystem;
namespace {

constexpr const char* shards_name = "shards";
constexpr const char* plan_name = "plan.json";
constexpr const char* remedy = "--afresh forgets what is there and runs everything again";

// Hosts that share the folder may have processes of the same number.
std::string writer_mark() {
  char host[256] = "";
  gethostname(host, sizeof host - 1);
  return fmt::format(".{}-{}", host, getpid());
}

std::optional<std::string> text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || (file.peek() != EOF && !(text << file.rdbuf()))) return std::nullopt;
  return text.str();
}

// The lines of a text without their ends; a text that is whole ends with one.
std::vector<std::string_view> rows_in(std::string_view table) {
  std::vector<std::string_view> rows;
  while (!table.empty()) {
    const auto end = table.find('\n');
    rows.push_back(table.substr(0, end));
    if (end == std::string_view::npos) break;
    table.remove_prefix(end + 1);
  }
  return rows;
}

}  // namespace

bool row_passed(std::string_view row) { return row.find(",pass,") != std::string_view::npos; }

SweepShards::SweepShards(const fs::path& folder, SweepPlan plan)
    : folder_(folder / shards_name), plan_(std::move(plan)) {}

std::optional<SweepPlan> SweepShards::kept_plan(const fs::path& folder) {
  const fs::path path = folder / shards_name / plan_name;
  if (!fs::exists(path)) return std::nullopt;
  try {
    return plan_from(read_whole(path, remedy));
  } catch (const OutputError&) {
    throw;
  } catch (const std::runtime_error& error) {
    throw OutputError(fmt::format("{}: {}; {}", path.string(), error.what(), remedy));
  }
}

void SweepShards::keep_plan() const {
  require_writable(folder_);
  write_whole(folder_ / plan_name, plan_text(plan_));
}

void SweepShards::forget_all() const {
  std::vector<fs::path> old;
  for (const auto& entry : fs::directory_iterator(folder_)) old.push_back(entry.path());
  for (const fs::path& path : old) {
    if (path != lock_file()) fs::remove_all(path);
  }
}

fs::path SweepShards::path_of(std::uint64_t shard, const char* ending) const {
  return folder_ / fmt::format("{:06}{}", shard, ending);
}

// A file without these very words before its table was torn, or is another sweep's. That costs
// less than to sync every file, and also shows what a shared folder did to it.
std::string SweepShards::head_of(std::uint64_t shard, const std::string& table) const {
  Digest digest;
  digest.bytes(table);
  return fmt::format("sweep {} shard {}/{} table {}\n", plan_.digest, shard, plan_.shards,
                     digest_text(digest.value()));
}

void SweepShards::keep(std::uint64_t shard, const std::string& table) const {
  write_whole(path_of(shard, ".csv"), head_of(shard, table) + table, writer_mark());
  forget_failure(shard);
}

void SweepShards::keep_failure(std::uint64_t shard, const std::string& why) const {
  write_whole(path_of(shard, ".failed"), why + "\n", writer_mark());
}

void SweepShards::forget_failure(std::uint64_t shard) const {
  std::error_code ignored;  // it was not there
  fs::remove(path_of(shard, ".failed"), ignored);
}

std::optional<std::string> SweepShards::table(std::uint64_t shard) const {
  auto text = text_of(path_of(shard, ".csv"));
  if (!text) return std::nullopt;
  std::string table = text->substr(std::min(text->size(), text->find('\n') + 1));
  if (text->size() - table.size() != head_of(shard, table).size() ||
      !text->starts_with(head_of(shard, table)))
    return std::nullopt;
  return table;
}

ShardSurvey SweepShards::survey() const {
  ShardSurvey found;
  for (std::uint64_t shard = 1; shard <= plan_.shards; ++shard) {
    if (const auto rows = table(shard)) {
      found.done.push_back(shard);
      const auto lines = rows_in(*rows);
      for (std::size_t i = 1; i < lines.size(); ++i) found.not_passed += !row_passed(lines[i]);
      found.runs += lines.empty() ? 0 : lines.size() - 1;
      continue;
    }
    found.missing.push_back(shard);
    if (auto why = text_of(path_of(shard, ".failed"))) found.failed.emplace(shard, *why);
  }
  return found;
}

std::uint64_t SweepShards::count_files() const {
  std::uint64_t count = 0;
  std::error_code error;
  for (fs::directory_iterator it(folder_, error), end; !error && it != end; it.increment(error))
    count += it->path().extension() == ".csv";
  return count;
}

std::string SweepShards::merged() const {
  std::vector<std::string> tables;
  std::vector<std::vector<std::string_view>> rows;
  for (std::uint64_t shard = 1; shard <= plan_.shards; ++shard) {
    auto one = table(shard);
    if (!one)
      throw OutputError(fmt::format("{}: was there and is not any more; run the sweep again",
                                    path_of(shard, ".csv").string()));
    tables.push_back(std::move(*one));
  }
  for (const std::string& one : tables) rows.push_back(rows_in(one));
  std::string merged = std::string(rows.front().front()) + "\n";
  for (std::uint64_t run = 0; run < plan_.runs; ++run) {
    const auto& of_shard = rows[run % plan_.shards];
    const std::size_t line = 1 + run / plan_.shards;
    if (line >= of_shard.size() || !of_shard[line].starts_with(std::to_string(run) + ","))
      throw OutputError(fmt::format("{}: does not have run {} where it should be; {}",
                                    path_of(run % plan_.shards + 1, ".csv").string(), run, remedy));
    merged.append(of_shard[line]).append("\n");
  }
  return merged;
}

void SweepShards::remove() const {
  // First by its name, so that half of it is never taken for a sweep that was interrupted.
  const fs::path old = folder_.string() + ".old";
  std::error_code ignored;  // what stays costs its place on the disk alone
  fs::remove_all(old, ignored);
  fs::rename(folder_, old, ignored);
  fs::remove_all(old, ignored);
}

}  // namespace lockstep::sim
