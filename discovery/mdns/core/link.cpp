// link: see link.h.
// SPDX-License-Identifier: Apache-2.0
#include "core/link.h"

#include <mw/toolkit/hash.h>

#include <algorithm>
#include <utility>

namespace mw::mdns {
namespace {

constexpr dns::limits bounds{.questions = 64, .records = 256};

}  // namespace

link::link(settings how, lan::interface where, random_stream& dice)
    : how_(std::move(how)),
      where_(std::move(where)),
      packets_(how_.packets),
      responder_(how_, dice, counts_),
      browser_(how_, dice, counts_) {}

void link::start(time_point now) {
  browser_.start(now);
}

bool link::publish(const std::optional<facts>& what, time_point now) {
  std::optional<facts> told = what;
  if (told) {
    const auto at = lan::told_on(where_, told->address);
    if (at)
      told->address = *at;
    else
      told.reset();
  }
  if (how_.one_shot) told.reset();
  if (told)
    responder_.publish(std::move(*told), now, out_);
  else
    responder_.withdraw(now);
  return told.has_value() == what.has_value();
}

void link::look_again(time_point now) {
  browser_.look_again(now);
}

// Our own packets come back: on some systems, and always in the simulator.
bool link::is_echo(bytes_view bytes) {
  const std::uint64_t hash = hash_text(as_text(bytes));
  const auto at = std::find(sent_.begin(), sent_.end(), hash);
  if (at == sent_.end()) return false;
  *at = 0;
  return true;
}

void link::received(bytes_view bytes, const endpoint& from, time_point now) {
  if (is_echo(bytes)) return;
  ++counts_.received;
  if (!packets_.take(now)) return void(++counts_.flood);
  if (!lan::on_link(where_, lan::address_of(from.host))) return void(++counts_.off_link);
  const auto message = dns::read_message(bytes, dns::dialect::multicast, bounds);
  if (!message || message->operation != 0 || message->outcome != dns::code::fine)
    return void(++counts_.malformed);
  counts_.malformed += message->skipped;
  if (!message->response) {
    browser_.heard_query(*message, now);
    return responder_.heard_query(*message, from, now, out_);
  }
  if (from.port != port) return void(++counts_.wrong_port);
  for (const record& one : message->records)
    if (one.where != dns::section::authority) responder_.heard_record(one, now);
  browser_.heard_answer(*message, now);
}

void link::tick(time_point now) {
  responder_.tick(now, out_);
  browser_.tick(now, out_);
}

std::vector<packet> link::take_packets() {
  for (const packet& one : out_) {
    ++counts_.sent;
    if (!one.to) sent_[next_sent_++ % sent_.size()] = hash_text(one.bytes);
  }
  return std::exchange(out_, {});
}

time_point link::next_due() const {
  return std::min(responder_.next_due(), browser_.next_due());
}

std::vector<sighting> link::sightings() const {
  std::vector<sighting> out = browser_.sightings();
  if (responder_.at() != responder::phase::idle)
    std::erase_if(
        out, [this](const sighting& one) { return one.instance == responder_.names().instance; });
  return out;
}

}  // namespace mw::mdns
