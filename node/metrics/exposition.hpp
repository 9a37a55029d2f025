// Exposition: metrics as Prometheus reads them (text format 0.0.4), each with its help and type.
#pragma once

#include <string>
#include <string_view>

#include "node/metrics/histogram.hpp"

namespace lockstep::node {

class Exposition {
 public:
  // Begins a metric; values of it follow. `type` is counter, gauge or histogram.
  void metric(std::string_view name, std::string_view type, std::string_view help);
  // A value of the metric begun last. `labels` is empty or `peer="2"`.
  void value(double number, std::string_view labels = {});
  void value(const Histogram& histogram, std::string_view labels = {});

  [[nodiscard]] const std::string& text() const { return out_; }

 private:
  void line(std::string_view suffix, std::string_view labels, double number);

  std::string out_;
  std::string name_;
};

// A text between the quotes of a label.
[[nodiscard]] std::string label_text(std::string_view text);

}  // namespace lockstep::node
