// lockstepd: runs one member of a cluster (docs/node.md).
#include <fmt/core.h>
#include <malloc.h>
#include <signal.h>
#include <unistd.h>

#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "node/config/async_log.hpp"
#include "node/config/config.hpp"
#include "node/config/open_files.hpp"
#include "node/config/processor_quota.hpp"
#include "node/election/keyring.hpp"
#include "node/server/node.hpp"
#include "node/server/version.hpp"

namespace {

using namespace lockstep;

constexpr int exit_usage = 64;
constexpr int exit_internal = 70;
constexpr int exit_disk = 74;
constexpr int exit_taken = 75;
constexpr int exit_damaged = 76;
constexpr int exit_configuration = 78;

// Segments of the log, peers, strangers at the peers' port, and what is being opened.
constexpr std::size_t files_besides_clients = 200;

constexpr const char* help = R"(lockstepd: one member of a Lockstep cluster.

  lockstepd --config FILE [--KEY VALUE]…   run it; docs/node.md lists the keys, also LOCKSTEP_KEY
  lockstepd … --check-config               say what is wrong with the configuration; exit 0 or 78
  lockstepd … --print-config               every value and where it came from
  lockstepd --version

Exit codes: 0 after SIGTERM, 64 usage, 70 internal, 74 the disk failed, 75 data folder or address
taken, 76 the log is damaged, 78 configuration.
)";

struct Words {
  std::string file;
  std::vector<std::pair<std::string, std::string>> flags;
  bool check = false, print = false;
};

// False: the words are no command, and it was said why.
bool parse(int argc, char** argv, Words& words) {
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    if (word == "--check-config" || word == "--print-config") {
      (word == "--check-config" ? words.check : words.print) = true;
      continue;
    }
    if (!word.starts_with("--")) {
      fmt::print(stderr, "lockstepd: '{}' is no flag; see lockstepd --help\n", word);
      return false;
    }
    std::string key = word.substr(2), value;
    if (const auto equals = key.find('='); equals != std::string::npos) {
      value = key.substr(equals + 1);
      key.resize(equals);
    } else if (i + 1 < argc && std::strncmp(argv[i + 1], "--", 2) != 0) {
      value = argv[++i];
    } else {
      value = "true";
    }
    if (key == "config") {
      words.file = value;
    } else {
      words.flags.emplace_back(std::move(key), std::move(value));
    }
  }
  return true;
}

std::map<std::string, std::string> lockstep_environment() {
  std::map<std::string, std::string> found;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (text.starts_with("LOCKSTEP_"))
      found[text.substr(0, text.find('='))] = text.substr(text.find('=') + 1);
  }
  return found;
}

std::optional<quorum::Keyring> keyring_for(const node::Config& config) {
  if (!config.election.mode) return std::nullopt;
  return node::keyring_of(config);
}

int serve(const node::Loaded& loaded, std::optional<quorum::Keyring> keyring) {
  node::Config config = loaded.config;
  const bool terminal = isatty(STDERR_FILENO) != 0;
  const bool json = config.log_format == "json" || (config.log_format == "auto" && !terminal);
  node::AsyncLog::Options options;
  options.json = json;
  options.least = config.log_level;
  options.node = config.id;
  node::AsyncLog log(STDERR_FILENO, options);
  const auto failed = [&](int code, const char* what) {
    log.error(what, {{"exit_code", code}});
    return code;
  };
  const auto wanted = config.connections + files_besides_clients;
  if (const auto allowed = node::allow_open_files(wanted); allowed < wanted) {
    log.warning("fewer open files are allowed than limits.connections needs; raise the hard limit",
                {{"allowed", allowed}, {"wanted", wanted}});
  }
  if (loaded.origins.at("keep_awake") == "default" && node::has_processor_quota()) {
    config.keep_awake = Duration();
    log.info("keeps no processor awake, since there is a quota; keep_awake changes that");
  }
  try {
    std::optional<node::Node> node;
    try {
      node.emplace(config, std::move(keyring), log);
    } catch (const net::StorageFailed&) {
      throw;
    } catch (const std::runtime_error& error) {
      return failed(exit_taken, error.what());  // an address, or certificates
    }
    node->run();
    return 0;
  } catch (const net::LogLocked& error) {
    return failed(exit_taken, error.what());
  } catch (const net::LogForeign& error) {
    return failed(exit_configuration, error.what());
  } catch (const net::LogDamaged& error) {
    return failed(exit_damaged, error.what());
  } catch (const net::StorageFailed& error) {
    return failed(exit_disk, error.what());
  } catch (const std::exception& error) {
    return failed(exit_internal, error.what());
  }
}

}  // namespace

int main(int argc, char** argv) {
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes is a full disk, not the end
  // Buffers grow and shrink with every burst; giving their pages back each time costs more.
  mallopt(M_TRIM_THRESHOLD, 4 << 20);
  if (argc == 2 && std::strcmp(argv[1], "--help") == 0) {
    fmt::print("{}", help);
    return 0;
  }
  if (argc == 2 && std::strcmp(argv[1], "--version") == 0) {
    fmt::print("lockstepd {} ({})\n", node::version_text(), node::commit_text());
    return 0;
  }
  Words words;
  if (!parse(argc, argv, words)) return exit_usage;
  try {
    const node::Loaded loaded = node::load_config(words.file, lockstep_environment(), words.flags);
    auto keyring = keyring_for(loaded.config);
    if (words.print) fmt::print("{}", node::print_config(loaded));
    if (words.check && !words.print) fmt::print("the configuration is good\n");
    if (words.print || words.check) return 0;
    return serve(loaded, std::move(keyring));
  } catch (const node::ConfigError& error) {
    fmt::print(stderr, "{}\n", error.what());
    return exit_configuration;
  }
}
