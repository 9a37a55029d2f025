// `lockstepctl files …`.
#include "node/ctl/words.hpp"

namespace lockstep::ctl {

void add_files(CLI::App& app, const Common& common, FilesWords& words, Actions& actions) {
  CLI::App& files = *app.add_subcommand("files", "Shared files of one member");
  files.require_subcommand(1);
  files.fallthrough();
  const auto add = [&](const char* name, const char* what,
                       int (*act)(const Common&, const FilesWords&)) -> CLI::App& {
    CLI::App& command = *files.add_subcommand(name, what);
    command.fallthrough();
    command.add_option("--at", words.at, "the member; otherwise the first server that answers")
        ->check(CLI::Range(1, 1000))
        ->type_name("ID");
    actions.emplace_back(&command, [&common, &words, act] { return act(common, words); });
    return command;
  };
  add("list", "What it offers", files_list);
  add("index", "Make it read its shared folder again", files_index);
  CLI::App& search = add("search", "Who has a file", files_search);
  search.add_option("TEXT", words.text, "its name, or words of it")->required()->type_name("");
  search.add_flag("--words", words.by_words, "files with all these words in their names");
  search.add_flag("--everywhere", words.everywhere, "ask others even if it is there already");
  search.add_option("--ttl", words.ttl, "hops it goes")->check(CLI::Range(1, 255))->type_name("N");
  add("fetch", "Make it take a file from whoever has it, and wait until it is there", files_fetch)
      .add_option("NAME", words.text)
      ->required()
      ->type_name("");
}

}  // namespace lockstep::ctl
