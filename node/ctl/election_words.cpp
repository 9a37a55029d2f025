// `lockstepctl election …`.
#include "node/ctl/words.hpp"

namespace lockstep::ctl {

void add_election(CLI::App& app, const Common& common, ElectionWords& words, Actions& actions) {
  CLI::App& election = *app.add_subcommand("election", "Who acts on guarded resources");
  election.require_subcommand(1);
  election.fallthrough();
  const auto add = [&](const char* name, const char* what, std::function<int()> act) -> CLI::App& {
    CLI::App& command = *election.add_subcommand(name, what);
    command.fallthrough();
    actions.emplace_back(&command, std::move(act));
    return command;
  };
  const auto add_server = [&](CLI::App& command) {
    command.add_option("SERVER", words.admin.target, "its id, or HOST:PORT")
        ->required()
        ->type_name("");
  };
  add("status", "What every member says of it", [&common] { return election_status(common); });
  add("events", "What the members saw and did, in the order of their clocks",
      [&common] { return election_events(common); });
  add_server(add("start", "Make a server stand, unless it hears a leader",
                 [&] { return election_start(common, words.admin.target); }));
  add_token(add("hand-over", "Let the leader resign in favour of the fittest other member",
                [&] { return election_hand_over(common, words.admin); }),
            words.admin);
  CLI::App& guard = add("guard", "Write to the guarded resources, as the leader",
                        [&] { return election_guard(common, words.key, value_of(words.value)); });
  guard.add_option("KEY", words.key)->required()->type_name("");
  guard.add_option("VALUE", words.value, "- reads it from stdin")->required()->type_name("");
  CLI::App& vitals = add("vitals", "Say what a server is to count instead of what it measures",
                         [&] { return election_vitals(common, words.admin, words.vitals); });
  add_server(vitals);
  add_token(vitals, words.admin);
  vitals.add_option("VITALS", words.vitals, "cpu=0.9 …; cpu=null measures it again")
      ->required()
      ->type_name("");
}

}  // namespace lockstep::ctl
