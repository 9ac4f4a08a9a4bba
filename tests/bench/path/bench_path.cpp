// bench_path: nanoseconds for a message through all layers, both ends and the kernel's part added.
// SPDX-License-Identifier: Apache-2.0
#include "bench.h"
#include "two_ends.h"

#include <memory>

namespace {

using mw::bench::table;
using mw::bench::two_ends;

}  // namespace

int main(int argc, char** argv) {
  two_ends ends;
  std::vector<table> tables;
  table oneway("path: one-way message, both ends", "ns", {});
  oneway.add("64 B", [&](std::uint64_t n) { ends.oneway(n, 64); });
  oneway.add("1 KiB", [&](std::uint64_t n) { ends.oneway(n, 1024); });
  oneway.add("64 KiB", [&](std::uint64_t n) { ends.oneway(n / 64 + 1, 65'536, 16); });
  tables.push_back(std::move(oneway));
  table calls("path: call and reply, both ends", "ns", {});
  calls.add("64 B, 64 in flight", [&](std::uint64_t n) { ends.calls(n, 64, 64); });
  calls.add("64 B, 1024 in flight", [&](std::uint64_t n) { ends.calls(n, 64, 1024); });
  calls.add("1 KiB, 64 in flight", [&](std::uint64_t n) { ends.calls(n, 1024, 64); });
  tables.push_back(std::move(calls));
  return mw::bench::run_tables(argc, argv, std::move(tables), 200'000);
}
