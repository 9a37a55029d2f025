#include "sim/report/select.hpp"

#include <algorithm>
#include <numeric>
#include <optional>

namespace lockstep::sim {

namespace {

constexpr std::size_t block_size = 256;  // lines

std::size_t text_bytes(const TracedStep& step) {
  std::size_t bytes = step.text.size() + step.state.size() + 40;
  for (const std::string& effect : step.effects) bytes += effect.size() + 8;
  for (const TracedSend& send : step.sent) bytes += send.name.size() + 30;
  return bytes;
}

struct Block {
  int rank = 3;  // 0 is carried first
  std::size_t steps = 0;
  std::size_t bytes = 0;
};

class Blocks {
 public:
  explicit Blocks(const std::vector<TraceLine>& lines)
      : lines_(lines), blocks_((lines.size() + block_size - 1) / block_size) {
    for (std::size_t i = 0; i < lines.size(); ++i) weigh(i);
    if (!blocks_.empty()) raise(0, 1);
  }

  // The first line at or after an instant.
  void mark(Instant at, int rank, std::size_t before, std::size_t after) {
    const auto line = std::partition_point(lines_.begin(), lines_.end(), [&](const TraceLine& l) {
      return std::visit([](const auto& item) { return item.at; }, l) < at;
    });
    const auto block = static_cast<std::size_t>(line - lines_.begin()) / block_size;
    const std::size_t first = block - std::min(block, before);
    for (std::size_t b = first; b <= block + after && b < blocks_.size(); ++b) raise(b, rank);
  }

  [[nodiscard]] std::vector<bool> choose(const SelectionLimits& limits) const {
    std::vector<std::size_t> order(blocks_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return blocks_[a].rank < blocks_[b].rank;
    });
    std::vector<bool> chosen(blocks_.size());
    std::size_t steps = 0;
    std::size_t bytes = 0;
    for (const std::size_t b : order) {
      steps += blocks_[b].steps;
      bytes += blocks_[b].bytes;
      if (steps > limits.max_steps || bytes > limits.max_text) break;
      chosen[b] = true;
    }
    return chosen;
  }

 private:
  void weigh(std::size_t line) {
    Block& block = blocks_[line / block_size];
    if (const auto* step = std::get_if<TracedStep>(&lines_[line])) {
      ++block.steps;
      block.bytes += text_bytes(*step);
    }
  }
  void raise(std::size_t block, int rank) {
    blocks_[block].rank = std::min(blocks_[block].rank, rank);
  }

  const std::vector<TraceLine>& lines_;
  std::vector<Block> blocks_;
};

}  // namespace

std::vector<bool> select_steps(const std::vector<TraceLine>& lines, const Leadership& leadership,
                               const SelectionLimits& limits) {
  Blocks blocks(lines);
  for (const TraceLine& line : lines) {
    if (const auto* violation = std::get_if<TracedViolation>(&line))
      blocks.mark(violation->at, 0, 4, 1);
    if (const auto* fault = std::get_if<TracedFault>(&line)) blocks.mark(fault->at, 1, 1, 3);
  }
  for (const Reign& reign : leadership.reigns) blocks.mark(reign.began, 1, 2, 2);
  for (const Campaign& campaign : leadership.campaigns) blocks.mark(campaign.began, 2, 1, 1);
  const std::vector<bool> chosen = blocks.choose(limits);
  std::vector<bool> selected(lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i)
    selected[i] = chosen[i / block_size] && std::holds_alternative<TracedStep>(lines[i]);
  return selected;
}

std::vector<Span> complete_spans(const std::vector<TraceLine>& lines,
                                 const std::vector<bool>& selected) {
  std::vector<Span> spans;
  std::optional<std::uint64_t> previous;  // number of the latest step, when the page carries it
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto* step = std::get_if<TracedStep>(&lines[i]);
    if (step == nullptr) continue;
    if (!selected[i]) {
      previous.reset();
      continue;
    }
    if (previous && step->number == *previous + 1)
      spans.back().to = step->at;
    else
      spans.push_back({step->at, step->at});
    previous = step->number;
  }
  return spans;
}

}  // namespace lockstep::sim
