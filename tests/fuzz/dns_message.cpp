// dns_message: fuzzes packets of DNS: what was read is written and read again, the same.
// SPDX-License-Identifier: Apache-2.0
// links: mw_dns
#include "common/dns/writer.h"

#include <cstdint>
#include <cstdlib>

namespace {

void check(mw::bytes_view packet, mw::dns::dialect how) {
  const auto first = mw::dns::read_message(packet, how, {});
  if (!first) return;
  mw::dns::writer out(how, 65535);
  for (const auto& one : first->questions)
    if (!out.add(one)) return;
  for (const auto& one : first->records) {
    if (mw::dns::name::parse(one.about.text()).value() != one.about) std::abort();
    if (!out.add(one)) return;
  }
  const std::string again = out.finish(*first);
  const auto second = mw::dns::read_message(mw::as_bytes(again), how, {});
  if (!second || second->skipped != 0) std::abort();
  if (second->records.size() != first->records.size()) std::abort();
  for (std::size_t i = 0; i < first->records.size(); ++i) {
    if (second->records[i].about != first->records[i].about) std::abort();
    if (second->records[i].content != first->records[i].content) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto packet = std::as_bytes(std::span(data, size));
  check(packet, mw::dns::dialect::unicast);
  check(packet, mw::dns::dialect::multicast);
  return 0;
}
