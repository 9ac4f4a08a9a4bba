// lines: what is measured, with whom, and which ratios are asked for.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "driver.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mw::bench {

// One way of running a client and its server; several lines of the table may come from it.
struct task {
  std::string_view name;
  work what = work::echo;
  std::size_t size = 64;
  std::size_t in_flight = 1;
  std::size_t connections = 1000;
  bool spin = false;       // only for programs that can
  bool same_core = false;  // both on one core: shows the length of the path, not the wakes
  bool smoke = false;      // part of the smoke run
  bool secure = false;     // everything encrypted: another set of programs
};

enum class figure : std::uint8_t { p50, p99, p999, messages, gigabytes, cpu, extra, share };

// What a ratio must be at least or at most.
enum class bound : std::uint8_t { at_most, at_least };
struct bar {
  bound which;
  double factor;
  // A program; `best`: the best of those that are messaging libraries; `itself`: no ratio, the
  // value.
  std::string_view against;
  std::string_view task = {};  // where it was measured, when that is not the line's own task
};

struct line {
  std::string_view name;
  std::string_view task;
  figure what;
  std::vector<bar> bars;
};

struct program {
  std::string_view name;     // in the table
  std::string_view binary;   // bench_msg_<binary>
  std::string_view variant;  // handed to it, may be empty
  bool library;              // counts for `best`: not the limit and not ours
  bool spins;                // knows --spin
  std::span<const work> does;
  bool secure = false;
};

constexpr std::string_view ours = "meshwright";
constexpr std::string_view best_of_peers = "best";
constexpr std::string_view itself = "itself";

std::span<const task> all_tasks();
const std::vector<line>& all_lines();
std::span<const program> all_programs();

std::string_view unit_of(figure what);
// Whether more is better.
bool grows(figure what);

}  // namespace mw::bench
