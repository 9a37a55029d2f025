#include "sim/scenario/parse_parts.hpp"
#include "sim/scenario/regions.hpp"

namespace lockstep::sim {
namespace {

std::vector<std::size_t> read_placement(const std::optional<Value>& value,
                                        const std::vector<std::string>& regions) {
  std::vector<std::size_t> placement;
  if (!value) {
    for (std::size_t i = 0; i < regions.size(); ++i) placement.push_back(i);
    return placement;
  }
  for (const Value& item : value->items()) placement.push_back(item.choice(regions));
  if (placement.empty()) value->fail("is empty; name a region or leave the key out");
  return placement;
}

void read_place(Reader& reader, Network& network) {
  const auto regions = reader.take("regions");
  const auto placement = reader.take("placement");
  const auto platform = reader.take("platform");
  if (regions && platform)
    platform->fail("a platform and regions exclude each other; keep one of them");
  if (placement && !regions)
    placement->fail("a placement without regions; name a regions file or leave it out");
  if (regions) {
    network.regions = load_regions(find_file(*regions));
    network.regions->placement = read_placement(placement, network.regions->names);
    network.latency = Latency{Latency::Shape::constant, Duration(0), Duration(0), 0};
  }
  if (platform) network.platform = find_file(*platform);
}

}  // namespace

Network read_network(Reader reader, const ParseContext&) {
  Network network;
  read_place(reader, network);
  network.latency = reader.latency("latency", network.latency);
  if (const auto bandwidth = reader.take("bandwidth")) network.bandwidth = bandwidth->bandwidth();
  network.loss = reader.ratio("loss", network.loss);
  network.duplicate = reader.ratio("duplicate", network.duplicate);
  network.duplicate_by = reader.duration("duplicate_by", network.duplicate_by);
  network.reorder = reader.ratio("reorder", network.reorder);
  network.reorder_by = reader.positive_duration("reorder_by", network.reorder_by);
  network.fifo = reader.choice("ordering", {"any", "fifo"}, 0) == 1;
  if (network.fifo && !network.reorder.never())
    reader.fail("ordering", "fifo never overtakes, but reorder asks for it; keep one of them");
  if (network.fifo && network.duplicate_by > Duration(0))
    reader.fail("ordering", "fifo never overtakes, and a late copy does; keep one of them");
  network.wire = reader.boolean("wire", network.wire);
  network.checksum = reader.boolean("checksum", network.checksum);
  network.bulk_from = reader.size("bulk_from", network.bulk_from);
  reader.finish();
  return network;
}

Disk read_disk(Reader reader) {
  Disk disk;
  disk.latency = reader.latency("latency", disk.latency);
  disk.lies = reader.boolean("lies", disk.lies);
  reader.finish();
  return disk;
}

}  // namespace lockstep::sim
