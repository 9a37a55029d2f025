// `lockstepctl status`: what every member says, beside one another, and where they disagree.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "node/ctl/cluster.hpp"
#include "node/ctl/commands.hpp"
#include "node/ctl/everybody.hpp"
#include "node/ctl/exit_codes.hpp"

namespace lockstep::ctl {
namespace {

struct Row {
  Known server;
  std::optional<Status> status;
  std::string why;  // there is none
};

std::vector<Row> all_rows(const Common& common) {
  std::vector<Row> rows;
  for (const Heard& heard : ask_everybody(common, "/v1/status")) {
    Row row{heard.server, std::nullopt, why_nothing(heard.answer)};
    if (heard.answer.status == 200) row.status = parse_status(heard.answer.body);
    if (row.status && row.server.id != 0 && row.status->id != row.server.id) {
      row.why = fmt::format("says that it is node {}", row.status->id);
      row.status.reset();
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<std::string> disagreements(const std::vector<Row>& rows) {
  std::vector<std::string> lines;
  std::set<std::uint64_t> terms;
  std::set<std::uint32_t> followed;
  std::string leaders, opinions;
  std::size_t leading = 0;
  for (const Row& row : rows) {
    if (!row.status) continue;
    const Status& status = *row.status;
    terms.insert(status.term);
    followed.insert(status.leader.value_or(0));
    const auto list = [](std::string& to, const std::string& item) {
      to += (to.empty() ? "" : ", ") + item;
    };
    list(opinions,
         fmt::format("node {} says {}", status.id,
                     status.leader ? fmt::format("{} in term {}", *status.leader, status.term)
                                   : fmt::format("none in term {}", status.term)));
    if (status.role != "leader") continue;
    ++leading;
    list(leaders, fmt::format("node {} in term {}", status.id, status.term));
  }
  if (leading > 1) {
    lines.push_back(
        fmt::format("{} members say that they lead: {}; only the one of the highest "
                    "term can commit",
                    leading, leaders));
  }
  if (leading == 0) lines.emplace_back("no member that answers leads");
  if (terms.size() > 1 || followed.size() > 1)
    lines.push_back("members disagree about the leader or the term: " + opinions);
  return lines;
}

std::string uptime(double uptime_seconds) {
  const auto whole = static_cast<std::uint64_t>(std::max(uptime_seconds, 0.0));
  if (whole < 120) return fmt::format("{} s", whole);
  if (whole < 7200) return fmt::format("{} min", whole / 60);
  if (whole < 172800) return fmt::format("{} h", whole / 3600);
  return fmt::format("{} d", whole / 86400);
}

using Cells = std::vector<std::string>;

Cells cells_of(const Status& status, const Place& place, std::uint64_t highest_commit) {
  return {fmt::format("{}", status.id),
          place.text(),
          status.role,
          fmt::format("{}", status.term),
          status.leader ? fmt::format("{}", *status.leader) : "none",
          fmt::format("{}", status.last),
          fmt::format("{}", status.commit),
          fmt::format("{}", status.applied),
          fmt::format("{}", highest_commit - std::min(highest_commit, status.applied)),
          fmt::format("{}/{}", status.connected, status.members.size() - 1),
          uptime(status.uptime_seconds),
          fmt::format("{:.2f} ms", status.sync_p99_ms)};
}

void print_table(const std::vector<Row>& rows, const std::vector<std::string>& lines) {
  std::uint64_t highest = 0;
  for (const Row& row : rows) highest = std::max(highest, row.status ? row.status->commit : 0);
  std::vector<Cells> table{{"ID", "SERVER", "ROLE", "TERM", "LEADER", "LAST", "COMMIT", "APPLIED",
                            "LAG", "PEERS", "UPTIME", "DISK P99"}};
  for (const Row& row : rows) {
    table.push_back(row.status ? cells_of(*row.status, row.server.place, highest)
                               : Cells{name_of(row.server), row.server.place.text(),
                                       "unreachable: " + row.why});
  }
  print_columns(table);
  for (const std::string& line : lines) fmt::print("{}\n", line);
}

void print_json(const std::vector<Row>& rows, const std::vector<std::string>& lines) {
  std::vector<Said> members;
  for (const Row& row : rows)
    members.push_back({row.server, row.status ? row.status->json : "", row.why});
  print_as_json(members, lines);
}

}  // namespace

int status(const Common& common) {
  const std::vector<Row> rows = all_rows(common);
  const std::vector<std::string> lines = disagreements(rows);
  common.json ? print_json(rows, lines) : print_table(rows, lines);
  return exit_ok;
}

}  // namespace lockstep::ctl
