// packing: see packing.h.
// SPDX-License-Identifier: Apache-2.0
#include "core/packing.h"

#include "common/dns/writer.h"

#include <algorithm>
#include <utility>

namespace mw::mdns {
namespace {

using dns::dialect;
using dns::section;
using dns::writer;

constexpr std::uint32_t legacy_ttl = 10;
constexpr std::size_t legacy_max = 512;

record in_section(record one, section where) {
  one.where = where;
  return one;
}

std::string finish(writer& out, bool more) {
  dns::message head;
  head.truncated = more;
  return out.finish(head);
}

std::string finish_response(writer& out) {
  dns::message head;
  head.response = head.authoritative = true;
  return out.finish(head);
}

}  // namespace

void pack_query(const std::vector<dns::question>& questions, const std::vector<record>& known,
                const std::vector<record>& proposed, std::vector<packet>& out) {
  writer now(dialect::multicast, packet_max);
  const auto next = [&](bool more) {
    out.push_back({finish(now, more), {}});
    now = writer(dialect::multicast, packet_max);
  };
  for (const dns::question& one : questions)
    if (!now.add(one)) {
      next(false);
      (void)now.add(one);  // a question alone always fits
    }
  for (const record& one : known)
    if (const record answer = in_section(one, section::answer); !now.add(answer)) {
      next(true);
      (void)now.add(answer);
    }
  for (const record& one : proposed) (void)now.add(in_section(one, section::authority));
  next(false);
}

void pack_answers(const std::vector<record>& answers, const std::vector<record>& additional,
                  std::vector<packet>& out) {
  if (answers.empty()) return;
  writer now(dialect::multicast, packet_max);
  for (const record& one : answers)
    if (const record answer = in_section(one, section::answer); !now.add(answer)) {
      out.push_back({finish_response(now), {}});
      now = writer(dialect::multicast, packet_max);
      (void)now.add(answer);
    }
  for (const record& one : additional) (void)now.add(in_section(one, section::additional));
  out.push_back({finish_response(now), {}});
}

packet pack_legacy_reply(const dns::message& query, std::vector<record> answers,
                         const endpoint& to) {
  writer out(dialect::unicast, legacy_max);
  for (const dns::question& one : query.questions) (void)out.add(one);
  for (record& one : answers) {
    one.ttl = std::min(one.ttl, legacy_ttl);
    (void)out.add(in_section(std::move(one), section::answer));
  }
  dns::message head;
  head.id = query.id;
  head.response = head.authoritative = true;
  return {out.finish(head), to};
}

std::string data_bytes(const record& of) {
  constexpr std::size_t before_data = 12 + 1 + 10;  // header, the root's name, fixed fields
  record bare = in_section(of, section::answer);
  bare.about = name();
  writer out(dialect::unicast, 65'535);
  if (!out.add(bare)) return {};
  return out.finish({}).substr(before_data);
}

}  // namespace mw::mdns
