// bench: the rounds, the statistics and the two forms of output.
// SPDX-License-Identifier: Apache-2.0
#include "bench.h"

#include <mw/toolkit/json_writer.h>

#include <algorithm>
#include <cstdio>

namespace mw::bench {
namespace {

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const double place = share * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(place);
  const std::size_t high = std::min(low + 1, values.size() - 1);
  return values[low] + (values[high] - values[low]) * (place - static_cast<double>(low));
}

std::string cell(int decimals, double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

}  // namespace

double series::median() const {
  return quantile(rounds, 0.5);
}

double series::spread() const {
  const double middle = median();
  return middle == 0 ? 0 : (quantile(rounds, 0.75) - quantile(rounds, 0.25)) / 2 / middle;
}

void table::add(std::string variant, std::function<void(std::uint64_t)> round) {
  add_value(std::move(variant), [round = std::move(round)](std::uint64_t items) {
    const auto start = std::chrono::steady_clock::now();
    round(items);
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    return took.count() / static_cast<double>(items);
  });
}

void table::add_value(std::string variant, std::function<double(std::uint64_t)> measure) {
  results_.push_back({std::move(variant), {}});
  measures_.push_back(std::move(measure));
}

void table::at_most(std::string variant, double factor, std::string against) {
  bars_.push_back({std::move(variant), true, factor, std::move(against)});
}

void table::at_least(std::string variant, double factor, std::string against) {
  bars_.push_back({std::move(variant), false, factor, std::move(against)});
}

std::optional<double> table::got(const bar& asked) const {
  const series* const ours = find(asked.variant);
  if (ours == nullptr || ours->rounds.empty()) return std::nullopt;
  if (asked.against.empty()) return ours->median();
  const series* const other = find(asked.against);
  if (other == nullptr || other->median() == 0) return std::nullopt;
  return ours->median() / other->median();
}

std::string table::text_of(const bar& asked) const {
  return asked.variant + (asked.upper ? " <= " : " >= ") + cell(2, asked.factor) +
         (asked.against.empty() ? ' ' + unit_ : " x " + asked.against);
}

void table::run(std::size_t rounds, std::uint64_t items) {
  for (const auto& measure : measures_) measure(std::max<std::uint64_t>(1, items / 10));
  for (std::size_t round = 0; round < rounds; ++round)
    for (std::size_t i = 0; i < measures_.size(); ++i)
      results_[i].rounds.push_back(measures_[i](items));
}

const series* table::find(std::string_view variant) const {
  const auto at = std::find_if(results_.begin(), results_.end(),
                               [&](const series& one) { return one.variant == variant; });
  return at == results_.end() ? nullptr : &*at;
}

std::string table::as_text() const {
  std::size_t width = 8;
  for (const series& one : results_) width = std::max(width, one.variant.size());
  std::string text = bench_ + "\n  variant" + std::string(width - 7, ' ') + padded(unit_, 12) +
                     padded("spread", 9);
  for (const std::string& peer : peers_) text += "  / " + peer;
  text += "\n";
  for (const series& one : results_) {
    text += "  " + one.variant + std::string(width - one.variant.size(), ' ');
    text += padded(cell(2, one.median()), 12) + padded(cell(1, one.spread() * 100) + "%", 9);
    for (const std::string& peer : peers_) {
      const series* other = find(peer);
      const bool comparable = other != nullptr && other->median() != 0;
      text += padded(comparable ? cell(2, one.median() / other->median()) : "-", peer.size() + 4);
    }
    text += "\n";
  }
  for (const bar& one : bars_) {
    const auto value = got(one);
    text += "  " + text_of(one) + ": ";
    text += value ? (met(one, *value) ? "met, " : "MISSED, ") + cell(2, *value) : "not measured";
    text += "\n";
  }
  return text;
}

std::string table::as_json_lines() const {
  std::string text;
  for (const series& one : results_) {
    json_writer json;
    json.begin_object().key("bench").value(bench_).key("variant").value(one.variant);
    json.key("value").value(one.median()).key("unit").value(unit_);
    json.key("spread").value(one.spread()).key("ratio_to").begin_object();
    for (const std::string& peer : peers_) {
      const series* other = find(peer);
      if (other != nullptr && other->median() != 0)
        json.key(peer).value(one.median() / other->median());
    }
    json.end_object();
    const auto of_this = [&one](const bar& asked) { return asked.variant == one.variant; };
    if (std::any_of(bars_.begin(), bars_.end(), of_this)) {
      json.key("bars").begin_object();
      for (const bar& asked : bars_) {
        if (!of_this(asked)) continue;
        const auto value = got(asked);
        json.key(text_of(asked));
        value ? json.value(met(asked, *value)) : json.null();
      }
      json.end_object();
    }
    text += json.end_object().take() + "\n";
  }
  return text;
}

void table::keep_only(std::string_view text) {
  if (bench_.find(text) != std::string::npos) return;
  for (std::size_t i = results_.size(); i-- > 0;) {
    if (results_[i].variant.find(text) != std::string::npos) continue;
    results_.erase(results_.begin() + static_cast<std::ptrdiff_t>(i));
    measures_.erase(measures_.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

int run_tables(int argc, char** argv, std::vector<table> tables, std::uint64_t items) {
  bool json = false;
  std::size_t rounds = 9;
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    if (option == "--json") {
      json = true;
    } else if (option == "--smoke") {
      rounds = 1;
      items = std::max<std::uint64_t>(1, items / 1000);
    } else if (option == "--only" && i + 1 < argc) {
      const std::string_view text = argv[++i];
      for (table& one : tables) one.keep_only(text);
    } else {
      std::fprintf(stderr, "usage: %s [--json] [--smoke] [--only TEXT]\n", argv[0]);
      return 2;
    }
  }
  for (table& one : tables) {
    if (one.results().empty()) continue;
    one.run(rounds, items);
    std::fputs((json ? one.as_json_lines() : one.as_text() + "\n").c_str(), stdout);
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace mw::bench
