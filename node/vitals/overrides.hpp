// What an operator says of a node with POST /v1/admin/vitals (docs/election.md): what counts in
// place of what is measured, and the hospital figures, which nothing measures.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/machine.hpp"
#include "core/base/time.hpp"
#include "core/bully/measures.hpp"

namespace lockstep::node {

// Nothing: as before. Nothing in it: measured again, or, of a hospital, not known.
template <class T>
using Change = std::optional<std::optional<T>>;

struct VitalsChange {
  Change<std::uint32_t> cpu, memory, load;  // per mille
  Change<Duration> disk_latency;
  Change<std::uint32_t> visits, beds_free, beds_total, doctors_free, doctors_total, critical;
  friend bool operator==(const VitalsChange&, const VitalsChange&) = default;
};

// Or a sentence that says which key is wrong and what belongs there.
[[nodiscard]] std::variant<VitalsChange, std::string> parse_vitals(std::string_view body);

class VitalsOverrides {
 public:
  // All of the change, and the hospital to tell the machine; or a sentence, and nothing of it.
  [[nodiscard]] std::variant<bully::Hospital, std::string> merge(const VitalsChange& change);
  [[nodiscard]] Vitals apply(Vitals measured) const;
  // What is not measured now: "cpu", "memory", "load", "disk_latency".
  [[nodiscard]] std::vector<std::string_view> names() const;
  // Of what is not known, 0.
  [[nodiscard]] bully::Hospital hospital() const;

 private:
  struct Values {
    std::optional<std::uint32_t> cpu, memory, load;
    std::optional<Duration> disk_latency;
    std::optional<std::uint32_t> visits, beds_free, beds_total, doctors_free, doctors_total,
        critical;
  };
  Values values_;
};

}  // namespace lockstep::node
