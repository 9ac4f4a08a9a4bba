// works: flushing at the end of turns, waking in later ones, spare buffers and tickets.
// SPDX-License-Identifier: Apache-2.0
#include "links/works.h"

#include "links/secure_stream.h"

#include <algorithm>
#include <utility>

namespace mw::tls {

void stream_list::remove(secure_stream& gone) {
  std::erase(all_, &gone);
  std::replace(visiting_.begin(), visiting_.end(), &gone, static_cast<secure_stream*>(nullptr));
}

works::works(mw::host& h, const crypto& library, const settings& options, authn* identities)
    : node(h),
      opt(options),
      names(identities),
      metrics(h),
      place(library),
      farewells(h, metrics, options.last_words),
      library_(library),
      plaintext_(std::make_unique_for_overwrite<std::array<std::byte, 128 * 1024>>()),
      cooling_(h.make_timer([this] { cool(); })),
      next_turn_(
          h.make_timer([this] { to_wake_.take_all([](secure_stream& one) { one.woken(); }); })) {}

void works::flush_at_turn_end(secure_stream& one) {
  if (to_flush_.empty())
    node.at_turn_end([this] { to_flush_.take_all([](secure_stream& s) { s.flush(); }); });
  to_flush_.add(one);
}

void works::wake(secure_stream& one) {
  to_wake_.add(one);
  next_turn_->arm(duration::zero());
}

void works::forget(secure_stream& gone) {
  to_flush_.remove(gone);
  to_wake_.remove(gone);
  std::erase(warm_, &gone);
}

bool works::keep_warm(secure_stream& one) {
  if (warm_.size() >= warm_max) return metrics.went_cold(), false;
  if (warm_.empty()) cooling_->arm(1s);
  warm_.push_back(&one);
  return true;
}

void works::cool() {
  std::erase_if(warm_, [](secure_stream* one) { return one->cooled(); });
  if (!warm_.empty()) cooling_->arm(1s);
}

record_buffer works::take_record() {
  if (records_.empty()) return std::make_unique_for_overwrite<record_buffer::element_type>();
  record_buffer last = std::move(records_.back());
  records_.pop_back();
  return last;
}

void works::give_record(record_buffer used) {
  if (records_.size() < spare_records) records_.push_back(std::move(used));
}

shown_chain works::keep_chain(std::vector<std::string> shown) {
  shown_chain kept;
  kept.reserve(shown.size());
  std::erase_if(authorities_, [](const auto& one) { return one.expired(); });
  for (std::string& der : shown) {
    shown_certificate found;
    for (std::size_t i = 0; !kept.empty() && !found && i < authorities_.size(); ++i)
      if (shown_certificate one = authorities_[i].lock(); one && *one == der)
        found = std::move(one);
    if (!found) {
      der.shrink_to_fit();
      found = std::make_shared<const std::string>(std::move(der));
      if (!kept.empty() && authorities_.size() < authorities_max) authorities_.push_back(found);
    }
    kept.push_back(std::move(found));
  }
  return kept;
}

void works::keep_ticket(const std::string& peer, session_ptr ticket) {
  if (!opt.resumption || !ticket) return;
  if (tickets_.size() >= tickets_max && !tickets_.contains(peer)) tickets_.erase(tickets_.begin());
  tickets_[peer] = std::move(ticket);
}

session_ptr works::take_ticket(const std::string& peer) {
  const auto found = tickets_.find(peer);
  if (found == tickets_.end()) return nullptr;
  session_ptr ticket = std::move(found->second);
  tickets_.erase(found);
  return ticket;
}

}  // namespace mw::tls
