// sender: every completion is told in a later turn than send().
// SPDX-License-Identifier: Apache-2.0
#include "delivery/sender.h"

#include "engine/gatherer.h"

namespace mw::routing {
namespace {

failure some_refused(const reach& got, const failure& first) {
  return {first.kind(), std::to_string(got.refused) + " of " +
                            std::to_string(got.taken + got.refused) +
                            " did not take the message; the first: " + first.text()};
}

}  // namespace

status sender::targets_of(const question& q, const route& where) {
  targets_.clear();
  if (where.to == send_to::node) {
    const peer* const to = with_.peers.find_id(where.name);
    if (to == nullptr)
      return failure(errc::not_found, "no node is known as " + std::string(where.name));
    MW_CHECK(with_.guard.check_offer(*to, *q.what));
    targets_.push_back(to->index);
  } else if (where.to == send_to::one) {
    if (const peer* const to = choose(q, where)) targets_.push_back(to->index);
  } else {
    members_of(with_, q, where, targets_);
  }
  if (!targets_.empty()) return {};
  return nobody(q);
}

failure sender::nobody(const question& q) {
  with_.counts.refused(refusal::not_offered);
  return failure(errc::not_found, "no node that is up offers the service " + q.what->name);
}

result<reach> sender::send(const question& q, const route& where, message_out& body,
                           function<void(status)> settled) {
  if (q.streams) return failure(errc::invalid, "a message has no items: use call()");
  const bool sure = where.guarantee != guarantee::at_most_once;
  // Of those that come back, one will do; nobody has to be there now.
  if (sure && where.to == send_to::one)
    targets_.assign(1, parcel::nobody);
  else
    MW_CHECK(targets_of(q, where));
  batch* b = nullptr;
  if (settled) {
    b = batches_.open();
    if (b == nullptr) {
      with_.counts.refused(refusal::outbox_full);
      return failure(errc::overloaded, "outbox_max: too many messages are not settled");
    }
    b->open = 1;  // until all have been posted
    b->settled = std::move(settled);
  }
  question each = q;
  each.one_of_many = where.to == send_to::group || where.to == send_to::all;
  each.group = where.to == send_to::group ? service_hash(where.name) : 0;
  const bool plain = !sure && b == nullptr && q.what->seal == seal_mode::none;
  round done =
      plain ? post_all(each, body) : post_each(each, where, body, b != nullptr ? b->id : 0);
  if (done.got.taken == 0) {
    if (b != nullptr) batches_.close(*b);
    return *std::move(done.first);
  }
  if (!done.got.whole()) with_.counts.refused(refusal::partial, done.got.refused);
  if (b != nullptr)
    settle(b->id, done.first ? status(some_refused(done.got, *done.first)) : status{});
  return done.got;
}

sender::round sender::post_each(const question& q, const route& where, message_out& body,
                                std::uint64_t batch_id) {
  round done;
  for (const std::uint32_t index : targets_) {
    const status posted = where.guarantee != guarantee::at_most_once
                              ? post_sure(q, index, where, body, batch_id)
                              : post_one(q, with_.peers.at(index), body, batch_id);
    done.add(posted ? nullptr : &posted.error());
  }
  return done;
}

// The same bytes to each of `targets_`, with nothing to remember: what stands in front is written
// once.
sender::round sender::post_all(const question& q, message_out& body) {
  const std::size_t front = push_envelope(body, {.service = q.what->hash,
                                                 .left_us = left_to_wire(q.deadline - q.now),
                                                 .hops = q.hops,
                                                 .one_of_many = q.one_of_many,
                                                 .group = q.group});
  const message_head head{message_kind::one_way, q.priority, 0, q.deadline};
  round done;
  for (const std::uint32_t index : targets_) {
    const auto sent = with_.mail.send(with_.peers.at(index), head, body);
    done.add(sent ? nullptr : &sent.error());
  }
  body.drop_front(front);
  return done;
}

status sender::post_sure(const question& q, std::uint32_t to, const route& where,
                         const message_out& body, std::uint64_t batch_id) {
  const peer* const receiver = to == parcel::nobody ? nullptr : &with_.peers.at(to);
  const std::string_view group = where.to == send_to::group ? where.name : std::string_view{};
  MW_CHECK(letters_.post(q, receiver, group, body, batch_id));
  if (batch_id != 0) ++batches_.find(batch_id)->open;
  return {};
}

status sender::post_one(const question& q, peer& to, message_out& body, std::uint64_t batch_id) {
  unplaced* u = nullptr;
  if (batch_id != 0) u = unplaced_.open();
  const envelope head{.service = q.what->hash,
                      .left_us = left_to_wire(q.deadline - q.now),
                      .hops = q.hops,
                      .sealed = q.what->seal != seal_mode::none && !to.self,
                      .one_of_many = q.one_of_many,
                      .group = q.group};
  const auto sent = post_as(head, q, to, body, u != nullptr ? u->id : 0);
  if (sent && sent->generation == 0 && u != nullptr) {
    u->batch = batch_id;
    ++batches_.find(batch_id)->open;
  } else if (u != nullptr) {
    unplaced_.close(*u);
  }
  return sent ? status{} : status(sent.error());
}

result<link_ref> sender::post_as(const envelope& head, const question& q, const peer& to,
                                 message_out& body, std::uint64_t id) {
  message_out* out = &body;
  if (head.sealed) {
    MW_TRY(out, with_.seal->seal(to, q.what->name, q.what->seal,
                                 {message_kind::one_way, 0, 0, &head}, body));
  }
  const std::size_t front = push_envelope(*out, head);
  auto sent = with_.mail.send(to, {message_kind::one_way, q.priority, id, q.deadline}, *out);
  out->drop_front(front);
  return sent;
}

void sender::settle(std::uint64_t batch_id, status how) {
  batch* const b = batches_.find(batch_id);
  if (b == nullptr) return;
  if (!how && !b->first_failure) b->first_failure = std::move(how).error();
  if (--b->open != 0) return;
  done_.emplace_back(std::move(b->settled),
                     b->first_failure ? status(*std::move(b->first_failure)) : status{});
  batches_.close(*b);
  with_.wake();
}

void sender::on_placed(const message_head& head, const result<link_ref>& where) {
  unplaced* const u = unplaced_.find(head.id);
  if (u == nullptr) return;
  const std::uint64_t batch_id = u->batch;
  unplaced_.close(*u);
  settle(batch_id, where ? status{} : status(where.error()));
}

void sender::turn(time_point now_at) {
  letters_.turn(now_at);
  // A settled message may lead to the next one.
  const std::size_t now = done_.size();
  for (std::size_t i = 0; i < now; ++i) {
    auto [tell, how] = std::move(done_[i]);
    tell(std::move(how));
  }
  done_.erase(done_.begin(), done_.begin() + static_cast<std::ptrdiff_t>(now));
}

}  // namespace mw::routing
