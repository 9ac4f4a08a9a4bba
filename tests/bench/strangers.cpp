// strangers: bytes that a node asks for, over bytes that somebody unknown has sent.
// SPDX-License-Identifier: Apache-2.0
// links: transport_pool_objects
#include "strangers.h"

int main(int argc, char** argv) {
  mw::bench::table asked("memory for input before the handshake", "bytes for each", {});
  for (const mw::pool::stranger& one : mw::pool::strangers()) {
    asked.add_value(one.kind,
                    [one](std::uint64_t) { return mw::pool::amplification(one.words, one.cut); });
    asked.at_most(one.kind, 10);
  }
  std::vector<mw::bench::table> tables;
  tables.push_back(std::move(asked));
  return mw::bench::run_tables(argc, argv, std::move(tables), 1);
}
