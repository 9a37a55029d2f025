#include "sim/trace/trouble.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace lockstep::sim {

namespace {

class Reader {
 public:
  // A node counts as down from the start until it takes a step.
  explicit Reader(std::uint32_t nodes) {
    for (std::uint32_t n = 1; n <= nodes; ++n)
      begin(Trouble::Kind::down, NodeId{n}, Instant(), Trouble::no_line);
  }

  void step(const TracedStep& step) { end(Trouble::Kind::down, step.node, step.at); }

  void fault(const TracedFault& fault, std::size_t line) {
    using Kind = Trouble::Kind;
    if (fault.cut_links != cut_) {
      end(Kind::cut, nobody, fault.at);
      cut_ = fault.cut_links;
      if (!cut_.empty()) begin(Kind::cut, nobody, fault.at, line);
    }
    for (const NodeId node : fault.nodes) {
      if (fault.kind == "crash" || fault.kind == "refused") {
        end(Kind::paused, node, fault.at);
        begin(Kind::down, node, fault.at, line);
      }
      if (fault.kind == "restart") end(Kind::down, node, fault.at);
      if (fault.kind == "pause") begin(Kind::paused, node, fault.at, line);
      if (fault.kind == "resume") end(Kind::paused, node, fault.at);
    }
    static constexpr std::string_view slow[] = {"slow_link", "slow_disk", "delay",
                                                "throttle",  "clog",      "stall_disk"};
    if (std::find(std::begin(slow), std::end(slow), fault.kind) != std::end(slow))
      begin(Kind::slow, nobody, fault.at, line);
    if (fault.kind == "heal") end(Kind::slow, nobody, fault.at);
  }

  std::vector<Trouble> take() {
    std::erase_if(found_, [](const Trouble& trouble) { return trouble.until == trouble.from; });
    return std::move(found_);
  }

 private:
  using Key = std::pair<Trouble::Kind, NodeId>;

  void begin(Trouble::Kind kind, NodeId node, Instant at, std::size_t line) {
    if (!open_.try_emplace(Key(kind, node), found_.size()).second) return;
    found_.push_back({kind, node, at, std::nullopt, line});
  }
  void end(Trouble::Kind kind, NodeId node, Instant at) {
    const auto it = open_.find(Key(kind, node));
    if (it == open_.end()) return;
    found_[it->second].until = at;
    open_.erase(it);
  }

  std::vector<Trouble> found_;
  std::map<Key, std::size_t> open_;
  std::vector<std::pair<NodeId, NodeId>> cut_;
};

}  // namespace

std::vector<Trouble> read_troubles(const std::vector<TraceLine>& lines, std::uint32_t nodes) {
  Reader reader(nodes);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (const auto* step = std::get_if<TracedStep>(&lines[i])) reader.step(*step);
    if (const auto* fault = std::get_if<TracedFault>(&lines[i])) reader.fault(*fault, i);
  }
  return reader.take();
}

}  // namespace lockstep::sim
