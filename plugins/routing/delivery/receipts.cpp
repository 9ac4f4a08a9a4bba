// receipts: 22 bytes each.
// SPDX-License-Identifier: Apache-2.0
#include "delivery/receipts.h"

#include "wire/bytes.h"

#include <algorithm>

namespace mw::routing {
namespace {

constexpr std::uint8_t receipts_first_byte =
    1 << 4 | static_cast<std::uint8_t>(envelope_kind::receipts);
constexpr std::size_t receipt_size = 8 + 4 + 8 + 1 + 1;

}  // namespace

void write_receipts(message_out& out, const std::vector<receipt>& all) {
  std::byte* const from = out.reserve(1 + all.size() * receipt_size);
  std::byte* to = write_number<std::uint8_t>(from, receipts_first_byte);
  for (const receipt& r : all) {
    to = write_number<std::uint64_t>(to, r.of.producer);
    to = write_number<std::uint32_t>(to, r.of.epoch);
    to = write_number<std::uint64_t>(to, r.of.sequence);
    to = write_number<std::uint8_t>(to, r.of.attempt);
    to = write_number<std::uint8_t>(to, r.verdict);
  }
  out.commit(static_cast<std::size_t>(to - from));
}

bool read_receipts(bytes_view message, std::vector<receipt>& into) {
  into.clear();
  reader in(message);
  if (in.number<std::uint8_t>() != receipts_first_byte || in.rest().size() % receipt_size != 0)
    return false;
  while (!in.rest().empty()) {
    receipt& r = into.emplace_back();
    r.of.producer = in.number<std::uint64_t>();
    r.of.epoch = in.number<std::uint32_t>();
    r.of.sequence = in.number<std::uint64_t>();
    r.of.attempt = in.number<std::uint8_t>();
    r.verdict = in.number<std::uint8_t>();
  }
  return in.ok();
}

void receipts::add(const peer& to, const receipt& what, bool sealed) {
  const auto at =
      std::find_if(peers_.begin(), peers_.end(), [&](const list& l) { return l.peer == to.index; });
  list* found = at != peers_.end() ? &*at : nullptr;
  if (found == nullptr) {
    if (spare_.empty()) {
      peers_.push_back({to.index, {}, false});
    } else {
      peers_.push_back(std::move(spare_.back()));
      spare_.pop_back();
      peers_.back().peer = to.index;
    }
    found = &peers_.back();
    with_.wake();
  }
  found->all.push_back(what);
  found->sealed |= sealed;
  if (found->all.size() >= per_message_max) send(*found);
}

void receipts::send(list& l) {
  with_.small.clear();
  write_receipts(with_.small, l.all);
  l.all.clear();
  const peer& to = with_.peers.at(l.peer);
  message_out* out = &with_.small;
  if (std::exchange(l.sealed, false)) {
    const auto sealed = with_.seal->seal_receipts(to, with_.small);
    if (!sealed) return;
    out = *sealed;
  }
  (void)with_.mail.send(to, {message_kind::one_way, priority::high, 0, {}}, *out);
}

void receipts::flush() {
  for (list& l : peers_) {
    if (!l.all.empty()) send(l);
    spare_.push_back(std::move(l));
  }
  peers_.clear();
}

void receipts::on_gone(std::uint32_t peer) {
  std::erase_if(peers_, [&](const list& l) { return l.peer == peer; });
}

}  // namespace mw::routing
