// metric_names: what a metric and its labels may be called.
// SPDX-License-Identifier: Apache-2.0
#include "metric_names.h"

#include <algorithm>

namespace mw::kernel {

namespace {

constexpr std::size_t label_value_max = 256;

bool is_lower(char c) {
  return (c >= 'a' && c <= 'z') || c == '_';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_identifier(std::string_view text) {
  return !text.empty() && !is_digit(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_lower(c) || is_digit(c); });
}

failure bad(const metric_description& description, std::string_view what) {
  return {errc::invalid, "metric " + std::string(description.name) + ": " + std::string(what)};
}

// What a name ends in is how people know its unit; a wrong end breaks rate() and
// histogram_quantile().
status check_ending(const metric_description& description) {
  const std::string_view name = description.name;
  const bool total = name.ends_with("_total");
  if (description.kind == metric_kind::counter && !total)
    return bad(description, "the name of a counter ends in _total");
  if (description.kind != metric_kind::counter && total)
    return bad(description, "only the name of a counter ends in _total");
  for (const std::string_view reserved : {"_bucket", "_count", "_sum", "_created"})
    if (name.ends_with(reserved))
      return bad(description, "the ending " + std::string(reserved) + " is reserved by Prometheus");
  if (description.kind != metric_kind::histogram) return {};
  if (description.unit == histogram_unit::seconds && !name.ends_with("_seconds"))
    return bad(description, "the name of a histogram of durations ends in _seconds");
  if (description.unit == histogram_unit::bytes && !name.ends_with("_bytes"))
    return bad(description, "the name of a histogram of sizes ends in _bytes");
  return {};
}

// Label values come from peers and files: whatever they contain, the exposition stays readable.
std::string clean_value(std::string_view value) {
  std::string out(value.substr(0, label_value_max));
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = '?';
  return out;
}

}  // namespace

std::string_view to_string(metric_kind kind) {
  switch (kind) {
    case metric_kind::counter:
      return "counter";
    case metric_kind::gauge:
      return "gauge";
    case metric_kind::histogram:
      return "histogram";
  }
  return "?";
}

status check_description(const metric_description& description) {
  if (!is_identifier(description.name) || !description.name.starts_with("mw_"))
    return bad(description, "a name starts with mw_ and has lower-case letters, digits and _ only");
  if (description.help.empty()) return bad(description, "help is missing: one sentence for people");
  return check_ending(description);
}

result<label_set> make_labels(const metric_description& description, labels given) {
  label_set out;
  for (const auto& [name, value] : given) {
    if (!is_identifier(name) || name.starts_with("__"))
      return bad(description, "label \"" + std::string(name) +
                                  "\" must have lower-case letters, digits and _ only");
    if (name == "le" && description.kind == metric_kind::histogram)
      return bad(description, "the label \"le\" is reserved in histograms");
    out.emplace_back(std::string(name), clean_value(value));
  }
  std::sort(out.begin(), out.end());
  for (std::size_t i = 1; i < out.size(); ++i)
    if (out[i].first == out[i - 1].first)
      return bad(description, "label \"" + out[i].first + "\" is given twice");
  return out;
}

}  // namespace mw::kernel
