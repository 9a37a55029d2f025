#include <unordered_map>

#include "sim/report/data_parts.hpp"
#include "sim/report/groups.hpp"
#include "sim/trace/trouble.hpp"

namespace lockstep::sim {

namespace {

void write_faults(Members& page, StringTable& strings, const Rows& rows,
                  const std::vector<TraceLine>& lines) {
  std::vector<Column> faults, hit, groups;
  std::unordered_map<std::size_t, std::int64_t> places;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto* fault = std::get_if<TracedFault>(&lines[i]);
    if (fault == nullptr) continue;
    places[i] = static_cast<std::int64_t>(faults.size());
    faults.push_back({fault->at.ns(), strings.at(fault->kind), strings.at(fault->text),
                      static_cast<std::int64_t>(fault->cut_links.size())});
    Column& nodes = hit.emplace_back();
    for (const NodeId node : fault->nodes) nodes.push_back(rows.row(node));
    RowLinks cut;
    for (const auto& [from, to] : fault->cut_links)
      cut.emplace_back(static_cast<std::uint32_t>(rows.row(from)),
                       static_cast<std::uint32_t>(rows.row(to)));
    groups.push_back(groups_under_cut(rows.nodes, rows.count(), cut));
  }
  page.columns("faults", faults);
  page.columns("faultNodes", hit);
  page.columns("faultGroups", groups);
  // [kind, row or -1, from, to or -1, fault or -1]
  std::vector<Column> troubles;
  for (const Trouble& trouble : read_troubles(lines, rows.nodes))
    troubles.push_back({strings.at(name_of(trouble.kind)), rows.row(trouble.node),
                        trouble.from.ns(), ns_or_absent(trouble.until),
                        trouble.line == Trouble::no_line ? absent : places.at(trouble.line)});
  page.columns("troubles", troubles);
}

void write_violations(Members& page, StringTable& strings, const Rows& rows,
                      const std::vector<TraceLine>& lines) {
  std::vector<Column> violations;
  for (const TraceLine& line : lines) {
    if (const auto* violation = std::get_if<TracedViolation>(&line))
      violations.push_back({violation->at.ns(), static_cast<std::int64_t>(violation->step),
                            rows.row(violation->node), strings.at(violation->rule),
                            strings.at(violation->text)});
  }
  page.columns("violations", violations);
}

}  // namespace

void write_broken(Members& page, StringTable& strings, const Rows& rows,
                  const std::vector<TraceLine>& lines) {
  write_faults(page, strings, rows, lines);
  write_violations(page, strings, rows, lines);
}

// Reigns: [row, role, term, from, to or -1, crashed, step]; campaigns: [row, term, from, to or
// -1, result, stood, step, votes…].
void write_leadership(Members& page, StringTable& strings, const Rows& rows,
                      const Leadership& leadership) {
  std::vector<Column> reigns, campaigns;
  for (const Reign& reign : leadership.reigns)
    reigns.push_back({rows.row(reign.node), strings.at(reign.role),
                      static_cast<std::int64_t>(reign.term), reign.began.ns(),
                      ns_or_absent(reign.ended), reign.crashed ? 1 : 0,
                      static_cast<std::int64_t>(reign.step)});
  for (const Campaign& campaign : leadership.campaigns) {
    Column& item = campaigns.emplace_back(Column{
        rows.row(campaign.node), static_cast<std::int64_t>(campaign.term), campaign.began.ns(),
        ns_or_absent(campaign.ended), static_cast<std::int64_t>(campaign.result),
        campaign.stood ? 1 : 0, static_cast<std::int64_t>(campaign.step)});
    for (const NodeId voter : campaign.voters) item.push_back(rows.row(voter));
  }
  page.columns("reigns", reigns);
  page.columns("campaigns", campaigns);
}

}  // namespace lockstep::sim
