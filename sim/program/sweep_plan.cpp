#include "sim/program/sweep_plan.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

#include "core/base/digest.hpp"
#include "sim/program/sweep_rows.hpp"
#include "sim/world/outcome.hpp"

namespace lockstep::sim {
namespace {

using PlanJson = nlohmann::ordered_json;

constexpr int plan_format = 1;

void fold_named_files(Digest& digest, const std::vector<Scenario>& at_point) {
  std::set<std::string> platforms;
  for (const Scenario& scenario : at_point) {
    const auto& regions = scenario.network.regions;
    digest.word(regions.has_value());
    if (regions) {
      fold(digest, regions->names);
      fold(digest, regions->one_way);
      fold(digest, regions->placement);
    }
    if (!scenario.network.platform.empty()) platforms.insert(scenario.network.platform);
  }
  for (const std::string& platform : platforms) {
    std::ifstream file(platform, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    digest.bytes(text.str());
  }
}

std::string text_at(const PlanJson& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? ""
         : found->is_string()  ? found->get<std::string>()
                               : found->dump();
}

template <class T>
T member(const PlanJson& plan, const char* key) {
  const auto found = plan.find(key);
  if (found == plan.end()) throw std::runtime_error(fmt::format("'{}' is not there", key));
  try {
    return found->get<T>();
  } catch (const PlanJson::exception&) {
    throw std::runtime_error(fmt::format("'{}' is not what it should be", key));
  }
}

}  // namespace

SweepPlan plan_of(const Scenario& scenario, const std::vector<Scenario>& at_point,
                  PlanJson manifest, const std::string& build, std::string directory,
                  std::uint64_t shards) {
  SweepPlan plan;
  plan.runs = sweep_size(scenario);
  plan.shards = std::clamp<std::uint64_t>(shards == 0 ? most_shards_by_itself : shards, 1,
                                          std::max<std::uint64_t>(plan.runs, 1));
  plan.directory = std::move(directory);
  Digest digest;
  for (const char* key : {"lockstep", "commit", "fabric", "effective_scenario"})
    digest.bytes(text_at(manifest, key));
  digest.bytes(build);
  digest.word(scenario.seed);
  digest.word(plan.runs);
  fold_named_files(digest, at_point);
  plan.digest = digest_text(digest.value());
  plan.manifest = std::move(manifest);
  return plan;
}

std::vector<std::uint64_t> runs_of_shard(std::uint64_t runs, std::uint64_t shard,
                                         std::uint64_t shards) {
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t number = shard - 1; number < runs; number += shards) numbers.push_back(number);
  return numbers;
}

std::pair<std::uint64_t, std::uint64_t> shard_from(const std::string& text) {
  std::uint64_t shard = 0, shards = 0;
  const char* const end = text.data() + text.size();
  const auto place = std::from_chars(text.data(), end, shard);
  const auto of = place.ptr == end ? place : std::from_chars(place.ptr + 1, end, shards);
  if (place.ec != std::errc() || of.ec != std::errc() || *place.ptr != '/' || of.ptr != end ||
      shard < 1 || shard > shards)
    throw std::runtime_error("expected i/N with 1 <= i <= N, as in 2/4");
  return {shard, shards};
}

std::string plan_text(const SweepPlan& plan) {
  return PlanJson{{"format", plan_format},       {"sweep", plan.digest},
                  {"runs", plan.runs},           {"shards", plan.shards},
                  {"directory", plan.directory}, {"manifest", plan.manifest}}
             .dump(2) +
         "\n";
}

SweepPlan plan_from(const std::string& text) {
  const auto json = PlanJson::parse(text, nullptr, false);
  if (!json.is_object()) throw std::runtime_error("is no JSON object");
  if (const auto format = member<int>(json, "format"); format != plan_format)
    throw std::runtime_error(
        fmt::format("has format {}, this program writes {}", format, plan_format));
  SweepPlan plan{member<std::uint64_t>(json, "runs"), member<std::uint64_t>(json, "shards"),
                 member<std::string>(json, "directory"), member<std::string>(json, "sweep"),
                 member<PlanJson>(json, "manifest")};
  if (plan.shards < 1 || plan.shards > std::max<std::uint64_t>(plan.runs, 1))
    throw std::runtime_error(fmt::format("has {} shards of {} runs", plan.shards, plan.runs));
  if (!plan.manifest.is_object()) throw std::runtime_error("'manifest' is not what it should be");
  return plan;
}

std::string unlike_sweeps(const PlanJson& kept, const PlanJson& wanted) {
  std::string unlike;
  const auto say = [&](const std::string& what) { unlike += (unlike.empty() ? "" : ", ") + what; };
  const auto differs = [&](const char* key) { return text_at(kept, key) != text_at(wanted, key); };
  if (differs("effective_scenario")) say("another scenario");
  if (differs("seed") || differs("runs")) say("other seeds");
  if (differs("fabric"))
    say(fmt::format("fabric {}, not {}", text_at(kept, "fabric"), text_at(wanted, "fabric")));
  if (differs("lockstep") || differs("commit"))
    say(fmt::format("version {} ({}), not {} ({})", text_at(kept, "lockstep"),
                    text_at(kept, "commit"), text_at(wanted, "lockstep"),
                    text_at(wanted, "commit")));
  return unlike;
}

std::string ranges_text(const std::vector<std::uint64_t>& numbers) {
  std::string text;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t last = i;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
    if (!text.empty()) text += ",";
    text += std::to_string(numbers[i]);
    if (last > i) text += "-" + std::to_string(numbers[last]);
    i = last + 1;
  }
  return text;
}

}  // namespace lockstep::sim
