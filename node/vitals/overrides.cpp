#include "node/vitals/overrides.hpp"

#include <fmt/format.h>

namespace lockstep::node {
namespace {

template <class T>
void change(std::optional<T>& value, const Change<T>& to) {
  if (to) value = *to;
}

}  // namespace

std::variant<bully::Hospital, std::string> VitalsOverrides::merge(const VitalsChange& to) {
  Values merged = values_;
  change(merged.cpu, to.cpu);
  change(merged.memory, to.memory);
  change(merged.load, to.load);
  change(merged.disk_latency, to.disk_latency);
  change(merged.visits, to.visits);
  change(merged.beds_free, to.beds_free);
  change(merged.beds_total, to.beds_total);
  change(merged.doctors_free, to.doctors_free);
  change(merged.doctors_total, to.doctors_total);
  change(merged.critical, to.critical);
  const auto more = [](const char* what, const auto& free, const auto& total) {
    return fmt::format("{0}_free: {1} of {2} {0} cannot be free", what, *free, *total);
  };
  if (merged.beds_free && merged.beds_total && *merged.beds_free > *merged.beds_total)
    return more("beds", merged.beds_free, merged.beds_total);
  if (merged.doctors_free && merged.doctors_total && *merged.doctors_free > *merged.doctors_total)
    return more("doctors", merged.doctors_free, merged.doctors_total);
  values_ = merged;
  return hospital();
}

Vitals VitalsOverrides::apply(Vitals measured) const {
  return {.cpu_permille = values_.cpu.value_or(measured.cpu_permille),
          .memory_permille = values_.memory.value_or(measured.memory_permille),
          .load_permille = values_.load.value_or(measured.load_permille),
          .disk_latency = values_.disk_latency.value_or(measured.disk_latency)};
}

std::vector<std::string_view> VitalsOverrides::names() const {
  std::vector<std::string_view> names;
  if (values_.cpu) names.emplace_back("cpu");
  if (values_.memory) names.emplace_back("memory");
  if (values_.load) names.emplace_back("load");
  if (values_.disk_latency) names.emplace_back("disk_latency");
  return names;
}

bully::Hospital VitalsOverrides::hospital() const {
  return {.visits = values_.visits.value_or(0),
          .beds_free = values_.beds_free.value_or(0),
          .beds_total = values_.beds_total.value_or(0),
          .doctors_free = values_.doctors_free.value_or(0),
          .doctors_total = values_.doctors_total.value_or(0),
          .critical = values_.critical.value_or(0)};
}

}  // namespace lockstep::node
