// lines: the rows of the table with their bars, and the programs that are compared.
// SPDX-License-Identifier: Apache-2.0
#include "lines.h"

namespace mw::bench {
namespace {

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;

constexpr std::array tasks{
    task{.name = "echo_1", .smoke = true},
    task{.name = "echo_1_same_core", .same_core = true},
    task{.name = "echo_1_spin", .spin = true},
    task{.name = "echo_1_1k", .size = kib},
    task{.name = "echo_1_64k", .size = 64 * kib},
    task{.name = "echo_64", .in_flight = 64, .smoke = true},
    task{.name = "echo_1024", .in_flight = 1024, .smoke = true},
    task{.name = "echo_64_1k", .size = kib, .in_flight = 64},
    task{.name = "oneway_64", .what = work::oneway, .smoke = true},
    task{.name = "oneway_1k", .what = work::oneway, .size = kib},
    task{.name = "oneway_64k", .what = work::oneway, .size = 64 * kib},
    task{.name = "oneway_1m", .what = work::oneway, .size = mib, .smoke = true},
    task{.name = "fanout_1k", .what = work::fanout, .size = kib, .smoke = true},
    task{.name = "critical", .what = work::critical, .smoke = true},
    task{.name = "stalled_1k", .what = work::stalled, .size = kib, .smoke = true},
    task{.name = "idle_1000", .what = work::idle, .smoke = true},
    task{.name = "idle_5000", .what = work::idle, .connections = 5000},
    task{.name = "tls_echo_1", .smoke = true, .secure = true},
    task{.name = "tls_echo_64", .in_flight = 64, .smoke = true, .secure = true},
    task{.name = "tls_echo_1024", .in_flight = 1024, .secure = true},
    task{.name = "tls_oneway_64", .what = work::oneway, .smoke = true, .secure = true},
    task{.name = "tls_oneway_1k", .what = work::oneway, .size = kib, .secure = true},
    task{.name = "tls_oneway_64k",
         .what = work::oneway,
         .size = 64 * kib,
         .smoke = true,
         .secure = true},
    task{.name = "tls_handshake", .what = work::handshake, .smoke = true, .secure = true},
    task{.name = "tls_idle_5000", .what = work::idle, .connections = 5000, .secure = true},
};

bar at_most(double factor, std::string_view against, std::string_view of_task = {}) {
  return {bound::at_most, factor, against, of_task};
}
bar at_least(double factor, std::string_view against) {
  return {bound::at_least, factor, against};
}

// The bars are ratios within one run. Where two sources ask for different ones, the stricter is
// here.
std::vector<line> plain_lines() {
  return {
      {"echo 64 B, 1 in flight, p50",
       "echo_1",
       figure::p50,
       {at_most(1.10, "raw"), at_most(1.0, "zmq")}},
      {"echo 64 B, 1 in flight, p99", "echo_1", figure::p99, {at_most(1.2, "raw")}},
      {"echo 64 B, 1 in flight, p99.9", "echo_1", figure::p999, {at_most(1.5, "raw")}},
      {"echo 64 B, busy poll, p50",
       "echo_1_spin",
       figure::p50,
       {at_most(1.4, "raw"), at_most(0.18, "raw", "echo_1")}},
      {"echo 64 B, busy poll, p99", "echo_1_spin", figure::p99, {at_most(0.2, "raw", "echo_1")}},
      {"echo 64 B, one core, p50", "echo_1_same_core", figure::p50, {at_most(1.4, "raw")}},
      {"echo 1 KiB, 1 in flight, p50", "echo_1_1k", figure::p50, {at_most(1.12, "raw")}},
      {"echo 64 KiB, 1 in flight, p50", "echo_1_64k", figure::p50, {at_most(1.12, "raw")}},
      {"echo 64 B, 64 in flight",
       "echo_64",
       figure::messages,
       {at_least(0.85, "raw"), at_least(1.5, "zmq"), at_least(10, "grpc")}},
      {"echo 64 B, 64 in flight, p99", "echo_64", figure::p99, {at_most(1.3, "raw")}},
      {"echo 64 B, 1024 in flight",
       "echo_1024",
       figure::messages,
       {at_least(0.5, "raw"), at_least(1.5, "zmq")}},
      {"echo 64 B, 1024 in flight, p99", "echo_1024", figure::p99, {at_most(1.8, "raw")}},
      {"echo 1 KiB, 64 in flight", "echo_64_1k", figure::messages, {at_least(0.85, "raw")}},
      {"one-way 64 B", "oneway_64", figure::messages, {at_least(2, "zmq"), at_least(0.30, "raw")}},
      {"one-way 1 KiB", "oneway_1k", figure::messages, {at_least(2, "zmq"), at_least(0.75, "raw")}},
      {"one-way 64 KiB",
       "oneway_64k",
       figure::gigabytes,
       {at_least(1.5, best_of_peers), at_least(0.85, "raw")}},
      {"one-way 1 MiB",
       "oneway_1m",
       figure::gigabytes,
       {at_least(1.5, best_of_peers), at_least(0.85, "raw")}},
      {"fan-out 1 to 8, 1 KiB, deliveries",
       "fanout_1k",
       figure::messages,
       {at_least(3, "zmq"), at_least(0.70, "raw")}},
      {"CPU of both ends, one-way 64 B",
       "oneway_64",
       figure::cpu,
       {at_most(0.5, "zmq"), at_most(3.3, "raw")}},
      {"CPU of both ends, one-way 1 KiB", "oneway_1k", figure::cpu, {at_most(1.6, "raw")}},
      {"critical 64 B p99 beside 1 MiB bulk",
       "critical",
       figure::p99,
       {at_most(3.0, ours, "echo_1")}},
      {"others beside a stopped receiver, 1 KiB, rate with : without",
       "stalled_1k",
       figure::share,
       {}},
      {"idle connection at 1,000, server", "idle_1000", figure::extra, {}},
      {"idle connection at 5,000, server", "idle_5000", figure::extra, {}},
  };
}

std::vector<line> secure_lines() {
  return {
      {"TLS: echo 64 B, 1 in flight, p50", "tls_echo_1", figure::p50, {at_most(1.1, "raw")}},
      {"TLS: echo 64 B, 64 in flight",
       "tls_echo_64",
       figure::messages,
       {at_least(0.85, "raw"), at_least(3, "curve")}},
      {"TLS: echo 64 B, 1024 in flight", "tls_echo_1024", figure::messages, {at_least(0.4, "raw")}},
      {"TLS: one-way 64 B",
       "tls_oneway_64",
       figure::messages,
       {at_least(2, best_of_peers), at_least(0.45, "raw")}},
      {"TLS: one-way 1 KiB",
       "tls_oneway_1k",
       figure::messages,
       {at_least(2, best_of_peers), at_least(1.0, "raw")}},
      {"TLS: one-way 64 KiB", "tls_oneway_64k", figure::gigabytes, {at_least(1.2, "raw")}},
      {"TLS: handshakes, both prove", "tls_handshake", figure::messages, {at_least(0.9, "raw")}},
      {"TLS: idle connection at 5,000, server",
       "tls_idle_5000",
       figure::extra,
       {at_most(20, itself)}},
  };
}

std::vector<line> make_lines() {
  std::vector<line> all = plain_lines();
  for (line& one : secure_lines()) all.push_back(std::move(one));
  return all;
}

constexpr std::array usual{work::echo, work::oneway, work::fanout};
constexpr std::array everything{work::echo, work::oneway,   work::fanout,
                                work::idle, work::critical, work::stalled};
constexpr std::array limits{work::echo, work::oneway, work::fanout, work::critical};
constexpr std::array calls{work::echo};
constexpr std::array secured{work::echo, work::oneway, work::idle, work::handshake};

constexpr std::array programs{
    program{ours, "meshwright", "", false, true, everything},
    program{"raw", "raw", "", false, true, limits},
    program{"uv", "uv", "", false, false, usual},
    program{"zmq", "zmq", "", true, false, usual},
    program{"nng", "nng", "", true, false, usual},
    program{"grpc", "grpc", "unary", true, false, calls},
    program{"grpc stream", "grpc", "stream", true, false, usual},
    program{"capnp", "capnp", "", true, false, usual},
    program{"nats", "nats", "", true, false, usual},
    program{ours, "meshwright", "tls", false, false, secured, true},
    program{"raw", "raw_tls", "", false, false, secured, true},
    program{"curve", "zmq", "curve", true, false, usual, true},
    program{"grpc", "grpc", "unary_tls", true, false, calls, true},
    program{"grpc stream", "grpc", "stream_tls", true, false, usual, true},
    program{"nats", "nats", "tls", true, false, usual, true},
};

}  // namespace

std::span<const task> all_tasks() {
  return tasks;
}

const std::vector<line>& all_lines() {
  static const std::vector<line> lines = make_lines();
  return lines;
}

std::span<const program> all_programs() {
  return programs;
}

std::string_view unit_of(figure what) {
  switch (what) {
    case figure::p50:
    case figure::p99:
    case figure::p999:
      return "us";
    case figure::messages:
      return "k/s";
    case figure::gigabytes:
      return "GB/s";
    case figure::cpu:
      return "s per million";
    case figure::extra:
      return "KiB";
    case figure::share:
      return "x";
  }
  return "";
}

bool grows(figure what) {
  return what == figure::messages || what == figure::gigabytes || what == figure::share;
}

}  // namespace mw::bench
