// balance: what a pick costs at 3, 100 and 1,000 peers, beside a plain counter modulo.
// SPDX-License-Identifier: Apache-2.0
// links: loadbalance_round_robin_objects
#include "bench.h"
#include "turns.h"

#include <memory>
#include <string>
#include <vector>

namespace {

std::vector<mw::candidate> peers(std::size_t count) {
  std::vector<mw::candidate> list;
  for (std::size_t i = 0; i < count; ++i)
    list.push_back({.key = i + 1, .zone = {}, .weight = 1.0 + static_cast<double>(i % 3)});
  return list;
}

mw::bench::table picks(std::size_t count) {
  mw::bench::table t("round robin pick, " + std::to_string(count) + " peers", "ns", {"modulo"});
  auto random = std::make_shared<mw::random_stream>(7);
  auto turns = std::make_shared<round_robin::turns>();
  turns->assign(peers(count), *random);
  t.add("meshwright", [turns](std::uint64_t items) {
    for (std::uint64_t i = 0; i < items; ++i) mw::bench::keep(turns->pick({}));
  });
  // What round robin costs when weights, changing lists and smoothness do not matter.
  auto keys = std::make_shared<std::vector<mw::candidate>>(peers(count));
  t.add("modulo", [keys](std::uint64_t items) {
    for (std::uint64_t i = 0; i < items; ++i) mw::bench::keep((*keys)[i % keys->size()].key);
  });
  return t;
}

}  // namespace

int main(int argc, char** argv) {
  return mw::bench::run_tables(argc, argv, {picks(3), picks(100), picks(1000)}, 1'000'000);
}
