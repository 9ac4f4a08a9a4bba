// sealing: contexts have one form, so both ends write the same bytes.
// SPDX-License-Identifier: Apache-2.0
#include "guard/sealing.h"

#include "wire/bytes.h"

#include <algorithm>
#include <array>

namespace mw::routing {
namespace {

constexpr std::byte sealed_refusal{0xfe};  // no kind of failure has this number
constexpr std::string_view receipts_purpose = "receipts";

// `*` stands for any characters, none included.
bool matches(std::string_view pattern, std::string_view name) {
  std::size_t p = 0, n = 0, star = std::string_view::npos, retry = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = n;
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p, ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++retry;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

struct place_bytes {
  std::array<std::byte, 1 + 8 + 4 + 3 + 8 + 21> bytes{};

  explicit place_bytes(const sealed_place& place) {
    const envelope none;
    const envelope& head = place.head != nullptr ? *place.head : none;
    std::byte* to = bytes.data();
    to = write_number<std::uint8_t>(to, static_cast<std::uint8_t>(place.kind));
    to = write_number<std::uint64_t>(to, place.exchange);
    to = write_number<std::uint32_t>(to, place.item);
    to = write_number<std::uint8_t>(to, head.streams ? 1 : 0);
    to = write_number<std::uint8_t>(to, head.one_of_many ? 1 : 0);
    to = write_number<std::uint8_t>(to, static_cast<std::uint8_t>(head.guarantee));
    to = write_number<std::uint64_t>(to, head.group);
    to = write_number<std::uint64_t>(to, head.delivery.producer);
    to = write_number<std::uint32_t>(to, head.delivery.epoch);
    to = write_number<std::uint64_t>(to, head.delivery.sequence);
    (void)write_number<std::uint8_t>(to, head.delivery.attempt);
  }
};

std::byte first_byte(envelope_kind kind) {
  return static_cast<std::byte>(1 << 4 | static_cast<unsigned>(kind));
}

}  // namespace

seal_mode seal_mode_of(const std::vector<seal_rule>& rules, std::string_view service) {
  seal_mode strictest = seal_mode::none;
  for (const seal_rule& rule : rules)
    if (matches(rule.services, service))
      strictest = std::max(strictest, rule.sign ? seal_mode::signed_too : seal_mode::sealed);
  return strictest;
}

void sealing::on_peer(const peer_view& view) {
  if (view.id.empty()) return;
  if (view.state == peer_state::gone) return sealer_.meet(view.id, 0);
  if (view.state == peer_state::up) sealer_.meet(view.id, view.life);
}

void sealing::on_keys(const peer& from, bytes_view message) {
  sealer_.receive(from.view.id, message.subspan(1));
}

void sealing::carry(std::string_view node, bytes_view message) {
  const peer* const to = peers_.find_id(node);
  if (to == nullptr || to->self || !to->up()) return;
  keys_.clear();
  const std::byte first = first_byte(envelope_kind::keys);
  keys_.append(bytes_view(&first, 1));
  keys_.append(message);
  // Lost is fine: the sealer says it again.
  (void)mail_.send(*to, {message_kind::one_way, priority::high, 0, {}}, keys_);
}

result<message_out*> sealing::seal(const peer& to, std::string_view service, seal_mode mode,
                                   const sealed_place& place, const message_out& body) {
  const place_bytes bound(place);
  MW_CHECK(sealer_.seal({.from = node_.node().id,
                         .to = to.view.id,
                         .purpose = service,
                         .bound = bound.bytes,
                         .sign = mode == seal_mode::signed_too},
                        body, sealed_));
  return &sealed_;
}

result<bytes_view> sealing::open(const peer& from, std::string_view service, seal_mode mode,
                                 const sealed_place& place, bytes_view body) {
  const place_bytes bound(place);
  auto opened = sealer_.open({.from = from.view.id,
                              .to = node_.node().id,
                              .purpose = service,
                              .bound = bound.bytes,
                              .sign = mode == seal_mode::signed_too},
                             body);
  if (opened) return opened->body;
  counts_.refused(refusal::not_opened);
  return std::move(opened).error();
}

message_out& sealing::seal_refusal(const peer& to, std::string_view service, seal_mode mode,
                                   std::uint64_t exchange, message_out& plain) {
  const auto done = seal(to, service, mode, {message_kind::refusal, exchange, 0, nullptr}, plain);
  if (!done) return plain;
  *(*done)->push_front(1) = sealed_refusal;
  return **done;
}

failure sealing::open_refusal(const peer& from, std::string_view service, seal_mode mode,
                              std::uint64_t exchange, bytes_view body) {
  if (body.empty() || body.front() != sealed_refusal) return read_refusal(body).in("not sealed");
  const auto opened =
      open(from, service, mode, {message_kind::refusal, exchange, 0, nullptr}, body.subspan(1));
  return opened ? read_refusal(*opened) : opened.error();
}

result<message_out*> sealing::seal_receipts(const peer& to, const message_out& body) {
  MW_TRY(message_out* const out,
         seal(to, receipts_purpose, seal_mode::sealed, sealed_place{}, body));
  *out->push_front(1) = first_byte(envelope_kind::sealed_receipts);
  return out;
}

result<bytes_view> sealing::open_receipts(const peer& from, bytes_view message) {
  return open(from, receipts_purpose, seal_mode::sealed, sealed_place{}, message.subspan(1));
}

}  // namespace mw::routing
