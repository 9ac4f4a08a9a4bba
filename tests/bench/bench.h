// bench: interleaved rounds of variants that do the same work, medians, and ratios between them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw::bench {

// What one variant measured: a value for each round, in the unit of its table.
struct series {
  std::string variant;
  std::vector<double> rounds;

  [[nodiscard]] double median() const;
  // Half the distance between the lower and the upper quartile, as a share of the median: how far
  // rounds of an undisturbed run lie apart. Above 0.1 the machine was busy; run it again.
  [[nodiscard]] double spread() const;
};

// Variants of one piece of work, measured side by side. Ratios are only taken within a table,
// because only its rounds shared the machine's mood.
class table {
 public:
  // `unit` belongs to the values ("ns", "M/s", "bytes"); `peers` are the variants to compare with.
  table(std::string bench, std::string unit, std::vector<std::string> peers)
      : bench_(std::move(bench)), unit_(std::move(unit)), peers_(std::move(peers)) {}

  // `round` does `items` pieces of work; its time becomes nanoseconds for each.
  void add(std::string variant, std::function<void(std::uint64_t items)> round);
  // `measure` returns the value itself, for rates, sizes and counts.
  void add_value(std::string variant, std::function<double(std::uint64_t items)> measure);

  // What is asked for: the median of `variant`, or its ratio to the one of `against`, which is
  // printed with the verdict. Bars are values of a quiet machine.
  void at_most(std::string variant, double factor, std::string against = {});
  void at_least(std::string variant, double factor, std::string against = {});

  // One round of each variant in turn, again and again, after one round to warm up.
  void run(std::size_t rounds, std::uint64_t items);

  // Variants whose name has this text, or all when the table's name has it.
  void keep_only(std::string_view text);

  [[nodiscard]] std::string as_text() const;
  [[nodiscard]] std::string as_json_lines() const;
  [[nodiscard]] const std::vector<series>& results() const { return results_; }

 private:
  struct bar {
    std::string variant;
    bool upper;
    double factor;
    std::string against;  // empty: nothing
  };
  [[nodiscard]] const series* find(std::string_view variant) const;
  [[nodiscard]] std::string text_of(const bar& asked) const;
  // Nothing: one of the two was not measured.
  [[nodiscard]] std::optional<double> got(const bar& asked) const;
  [[nodiscard]] static bool met(const bar& asked, double got) {
    return asked.upper ? got <= asked.factor : got >= asked.factor;
  }

  std::string bench_;
  std::string unit_;
  std::vector<std::string> peers_;
  std::vector<std::function<double(std::uint64_t)>> measures_;
  std::vector<bar> bars_;
  std::vector<series> results_;
};

// The whole of a benchmark's main(): runs each table and prints it.
//   --json   one object a line: bench, variant, value, unit, ratio_to
//   --smoke  a few items and one round, only to see that it works
//   --only TEXT  tables and variants with this text in their name
int run_tables(int argc, char** argv, std::vector<table> tables, std::uint64_t items);

// Keeps the compiler from removing work whose result nobody reads.
template <class T>
inline void keep(const T& value) {
  asm volatile("" : : "r,m"(value) : "memory");
}

// How often this process has asked for memory; link allocations.cpp to make it count.
std::uint64_t allocation_count();
// For how much, all together.
std::uint64_t allocated_bytes();

}  // namespace mw::bench
