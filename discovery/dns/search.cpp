// search: see search.h. One target without an address does not spoil the others.
// SPDX-License-Identifier: Apache-2.0
#include "search.h"

#include <algorithm>
#include <utility>

namespace mw::dns {

search::search(search_context& context, wanted what, function<void(search_outcome)> done)
    : context_(context), what_(std::move(what)), done_(std::move(done)) {
  if (what_.port != 0)
    ask_addresses({.port = what_.port, .target = what_.about});
  else
    ask(what_.about, type::srv, [this](const auto& answer) { services_arrived(answer); });
}

void search::ask(const name& about, type what, function<void(const result<message>&)> then) {
  ++open_;
  askers_.push_back(std::make_unique<asker>(
      context_.node, context_.metrics, context_.servers, question{about, what}, context_.how,
      context_.dice, [this, then = std::move(then)](const result<message>& answer) {
        --open_;
        then(answer);
        finish_when_done();
      }));
}

void search::ask_addresses(const service& of) {
  if (context_.families != family::ipv6)
    ask(of.target, type::a,
        [this, of](const auto& answer) { addresses_arrived(of, type::a, answer); });
  if (context_.families != family::ipv4)
    ask(of.target, type::aaaa,
        [this, of](const auto& answer) { addresses_arrived(of, type::aaaa, answer); });
}

void search::services_arrived(const result<message>& answer) {
  if (!answer) return fail(answer.error());
  services found = services_in(*answer, what_.about);
  if (found.all.empty()) {
    any_answer_ = true;
    out_.decidedly = found.none;
    negative_ttl_ = found.none ? found.ttl : negative_ttl(*answer, what_.about);
    return;
  }
  follow(std::move(found), *answer);
}

void search::follow(services found, const message& answer) {
  least_ttl_ = found.ttl;
  std::sort(found.all.begin(), found.all.end(), [](const service& a, const service& b) {
    return a.priority != b.priority ? a.priority < b.priority : a.weight > b.weight;
  });
  // Those of higher numbers are for when no one of the lowest can be reached (RFC 2782).
  if (!context_.all_priorities)
    std::erase_if(found.all, [lowest = found.all.front().priority](const service& one) {
      return one.priority != lowest;
    });
  if (found.all.size() > targets_max) {
    context_.metrics.cut.add();
    found.all.resize(targets_max);
  }
  for (const service& one : found.all) {
    bool known = false;
    if (context_.families != family::ipv6)
      known |= take(one, addresses_in(answer, one.target, type::a));
    if (context_.families != family::ipv4)
      known |= take(one, addresses_in(answer, one.target, type::aaaa));
    if (!known) ask_addresses(one);
  }
}

bool search::take(const service& of, const addresses& found) {
  if (found.all.empty()) return false;
  any_answer_ = true;
  least_ttl_ = std::min(least_ttl_, found.ttl);
  for (const address& one : found.all) {
    if (out_.places.size() == places_max) {
      context_.metrics.cut.add();
      break;
    }
    out_.places.push_back({one, of.port, of.priority, of.weight});
  }
  return true;
}

void search::addresses_arrived(const service& of, type what, const result<message>& answer) {
  if (!answer) return fail(answer.error());
  any_answer_ = true;
  if (!take(of, addresses_in(*answer, of.target, what)))
    negative_ttl_ = std::max(negative_ttl_, negative_ttl(*answer, of.target));
}

void search::fail(const failure& why) {
  out_.what = search_outcome::kind::failed;
  if (out_.why.empty()) out_.why = why.text();
}

void search::finish_when_done() {
  if (open_ != 0 || std::exchange(over_, true)) return;
  if (!out_.places.empty()) {
    out_.what = search_outcome::kind::found;
    out_.ttl = least_ttl_;
  } else if (out_.why.empty() && any_answer_) {
    out_.what = search_outcome::kind::missing;
    out_.ttl = negative_ttl_;
  }
  done_(std::move(out_));  // may destroy this
}

}  // namespace mw::dns
