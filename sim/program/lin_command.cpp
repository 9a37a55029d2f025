// lin: judges histories, of lockstep's own runs or published by others, for linearizability.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/text/to_text.hpp"
#include "sim/check/histories_of_others.hpp"
#include "sim/check/judge.hpp"
#include "sim/check/operations.hpp"
#include "sim/program/commands.hpp"
#include "sim/program/exit_codes.hpp"
#include "sim/program/results.hpp"
#include "sim/report/order_page.hpp"
#include "sim/trace/history_reader.hpp"

namespace lockstep::sim {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

struct Flags {
  std::vector<std::string> files;
  std::string model, format, html;
  std::uint64_t steps = SearchLimit().steps;
  bool json = false;
};

struct Format {
  std::string_view name, ending;
  ModelName model;
};
constexpr Format formats[] = {{"lockstep", ".ndjson", ModelName::kv},
                              {"porcupine-etcd", ".log", ModelName::cas_register},
                              {"porcupine-kv", ".txt", ModelName::kv},
                              {"knossos-edn", ".edn", ModelName::cas_register}};

struct NoInput : std::runtime_error {
  using std::runtime_error::runtime_error;
};

const Format& format_of(const Flags& flags, const fs::path& file) {
  for (const Format& format : formats)
    if (flags.format.empty() ? file.extension() == format.ending : flags.format == format.name)
      return format;
  throw HistoryRefused("its ending tells no format; name one with --format");
}

std::string content_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (!in || fs::is_directory(file) || !(text << in.rdbuf()).good())
    throw NoInput("cannot be read; name a history, or a folder that lockstep run wrote");
  return text.str();
}

struct Judged {
  std::string file;
  const Format* format = nullptr;
  ModelName model = ModelName::kv;
  std::vector<HistoryOperation> history;
  Judgement judgement;
};

Judged judged(const Flags& flags, const std::string& name) {
  Judged out;
  const fs::path file = fs::is_directory(name) ? fs::path(name) / "history.ndjson" : fs::path(name);
  out.file = file.string();
  const std::string text = content_of(file);
  out.format = &format_of(flags, file);
  out.model = flags.model.empty() ? out.format->model : *model_of(flags.model);
  if (out.format->name == "lockstep") out.history = read_history_ndjson(text);
  if (out.format->name == "porcupine-etcd") out.history = read_etcd_log(text);
  if (out.format->name == "porcupine-kv") out.history = read_porcupine_kv(text);
  if (out.format->name == "knossos-edn") out.history = read_knossos_edn(text, out.model);
  SearchLimit limit;
  limit.steps = flags.steps;
  out.judgement = judge(out.model, out.history, limit);
  return out;
}

ordered_json operation_json(const HistoryOperation& operation) {
  return {{"id", operation.id},
          {"client", operation.client == nobody ? "" : display_name(operation.client)},
          {"text", in_words(operation)},
          {"invoked", operation.invoked.ns()},
          {"returned", operation.returned.ns()}};
}

// `invoked` and `returned` are nanoseconds, or places of events where the format has no times.
ordered_json as_json(const Judged& it) {
  const Judgement& judgement = it.judgement;
  ordered_json order = ordered_json::array();
  for (const std::uint32_t place : judgement.order) order.push_back(it.history[place].id);
  ordered_json out{{"file", it.file},
                   {"format", it.format->name},
                   {"model", name_of(it.model)},
                   {"verdict", name_of(judgement.verdict)},
                   {"operations", judgement.operations},
                   {"keys", judgement.keys},
                   {"steps", judgement.steps},
                   {"key", judgement.key},
                   {"prefix",
                    {{"returned", judgement.prefix},
                     {"longest", judgement.longest},
                     {"order", std::move(order)}}},
                   {"stuck", nullptr},
                   {"state", judgement.state},
                   {"text", judgement.text}};
  if (judgement.stuck) out["stuck"] = operation_json(it.history[*judgement.stuck]);
  return out;
}

void print(const Judged& it) {
  constexpr std::size_t shown = 5;
  const Judgement& judgement = it.judgement;
  fmt::print("{}: {}: {}\n", it.file, name_of(judgement.verdict), judgement.text);
  if (judgement.verdict != Verdict::violated || !judgement.stuck) return;
  const auto& order = judgement.order;
  fmt::print("  longest linearizable prefix: {} of {} operations that returned\n", judgement.prefix,
             std::count_if(it.history.begin(), it.history.end(), [](const HistoryOperation& o) {
               return o.outcome == HistoryOperation::Outcome::ok;
             }));
  for (std::size_t i = order.size() - std::min(order.size(), shown); i < order.size(); ++i)
    fmt::print("  {:>7}  {}\n", i + 1, named(it.history[order[i]]));
  fmt::print("  nowhere  {}\n", named(it.history[*judgement.stuck]));
}

void write_page(const std::string& path, const Judged& it) {
  std::ofstream out(path, std::ios::binary);
  out << render_order({it.file, it.model, it.format->name == "lockstep"}, it.history, it.judgement);
  if (!out.flush()) throw OutputError(path + ": cannot be written; name another place with --html");
}

int exit_code_of(Verdict verdict) {
  return verdict == Verdict::linearizable ? exit_pass
         : verdict == Verdict::violated   ? exit_violated
                                          : exit_undecided;
}

// Files that cannot be judged outrank verdicts, and a violation outranks what is undecided.
int worse(int a, int b) {
  const auto rank = [](int code) {
    return code == exit_pass        ? 0
           : code == exit_undecided ? 1
           : code == exit_violated  ? 2
           : code == exit_no_input  ? 3
                                    : 4;
  };
  return rank(a) >= rank(b) ? a : b;
}

int judge_file(const Flags& flags, const std::string& file) {
  try {
    const Judged it = judged(flags, file);
    if (!flags.html.empty()) write_page(flags.html, it);
    if (flags.json)
      fmt::print("{}\n", as_json(it).dump(-1, ' ', false, ordered_json::error_handler_t::replace));
    else
      print(it);
    return exit_code_of(it.judgement.verdict);
  } catch (const HistoryRefused& refused) {
    fmt::print(stderr, "{}: {}\n", file, refused.what());
    return exit_bad_scenario;
  } catch (const NoInput& error) {
    fmt::print(stderr, "{}: {}\n", file, error.what());
    return exit_no_input;
  }
}

int judge_files(const Flags& flags) {
  if (!flags.html.empty() && flags.files.size() != 1) {
    fmt::print(stderr, "lockstep: --html draws one history; name one FILE\n");
    return exit_usage;
  }
  int code = exit_pass;
  try {
    for (const std::string& file : flags.files) code = worse(code, judge_file(flags, file));
  } catch (const OutputError& error) {
    fmt::print(stderr, "{}\n", error.what());
    return exit_cannot_create;
  }
  return code;
}

}  // namespace

Action add_lin(CLI::App& app) {
  auto* command = app.add_subcommand(
      "lin", "Judge histories: exit 0 linearizable, 1 violated, 2 undecided within the limit.");
  auto flags = std::make_shared<Flags>();
  command->add_option("FILE", flags->files, "histories, or folders of runs")->required();
  command
      ->add_option("--model", flags->model,
                   "register, cas-register, kv, multi-register or mutex; otherwise the format's")
      ->check(CLI::IsMember({"register", "cas-register", "kv", "multi-register", "mutex"}));
  command
      ->add_option("--format", flags->format,
                   "lockstep (.ndjson), porcupine-etcd (.log), porcupine-kv (.txt) or knossos-edn "
                   "(.edn); otherwise by the ending")
      ->check(CLI::IsMember({"lockstep", "porcupine-etcd", "porcupine-kv", "knossos-edn"}));
  command->add_option("--steps", flags->steps, "operations tried before it is undecided")
      ->check(refuse_unless_whole)
      ->capture_default_str();
  command->add_flag("--json", flags->json, "one JSON object a file");
  command->add_option("--html", flags->html,
                      "draw the history, and the order found, into this file");
  return [flags] { return judge_files(*flags); };
}

}  // namespace lockstep::sim
