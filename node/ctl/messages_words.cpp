// `lockstepctl messages …`.
#include "core/base/time.hpp"
#include "node/ctl/words.hpp"

namespace lockstep::ctl {

void add_messages(CLI::App& app, const Common& common, MessagesWords& words, Actions& actions) {
  CLI::App& messages = *app.add_subcommand("messages", "The log of messages, in one order");
  messages.require_subcommand(1);
  messages.fallthrough();
  const auto add = [&](const char* name, const char* what, std::function<int()> act) -> CLI::App& {
    CLI::App& command = *messages.add_subcommand(name, what);
    command.fallthrough();
    actions.emplace_back(&command, std::move(act));
    return command;
  };
  CLI::App& post = add("post", "Add a message, once",
                       [&] { return messages_post(common, value_of(words.text)); });
  post.add_option("TEXT", words.text, "- reads it from stdin")->required()->type_name("");
  CLI::App& read =
      add("read", "Print what a server shows", [&] { return messages_read(common, words.after); });
  read.add_option("--after", words.after, "only what comes behind that stamp")
      ->type_name("TIME.NODE");
  CLI::App& watch = add("watch", "Print messages as they come",
                        [&] { return messages_watch(common, words.bound); });
  add_time(watch, "--for", "until then; otherwise until Ctrl-C",
           [&](Duration d) { words.bound = d; });
  add("status", "What every member says of its log", [&] { return messages_status(common); });
  CLI::App& bench = add("bench", "Clients that each post when the post before is answered",
                        [&] { return messages_bench(common, words.bench); });
  bench.add_option("--clients", words.bench.clients)
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  add_time(bench, "--for", "how long, 5s unless said", [&](Duration d) { words.bench.length = d; });
  bench.add_option("--text-bytes", words.bench.text_bytes)
      ->check(CLI::Range(0, 65536))
      ->capture_default_str();
}

}  // namespace lockstep::ctl
