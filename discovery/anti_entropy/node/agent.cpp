// agent: compares with one random peer at a time, sends changes on, and answers.
// SPDX-License-Identifier: Apache-2.0
#include "node/agent.h"

#include <algorithm>
#include <utility>

namespace mw::anti_entropy {

namespace {

constexpr std::size_t pushes_max = 8;  // messages at once; the others wait for push_after again

writer first_writer(const host& node) {
  return {node.node().id, 0};
}

}  // namespace

agent::agent(host& node, const settings& opt)
    : node_(node),
      opt_(opt),
      router_(node.use<router>("router")),
      home_(node.use<services>("services")),
      dice_(node.random("peers")),
      metrics_(node),
      published_(node.bus().open<state_changed>()),
      table_(opt_.limits(), first_writer(node)),
      place_(opt_.forget_after, rank::newcomer, {}),
      party_{table_, place_},
      round_timer_(node.make_timer([this] { round(); })),
      push_timer_(node.make_timer([this] { push(); })),
      news_timer_(node.make_timer([this] { tell(); })),
      save_timer_(node.make_timer([this] { save(false, {}); })) {
  table_.begin_life(new_life());
}

status agent::start() {
  load([this] {
    if (closed_) return;  // stopped while it started
    loaded_ = true;
    const status begun = begin();
    if (!begun) return node_.status().failed(begun.error().text());
    metrics_.show(table_);
    node_.status().ready();
  });
  return {};
}

status agent::begin() {
  const std::string& id = node_.node().id;
  if (id.empty() || id.size() > name_max)
    return {errc::invalid, "node.id has " + std::to_string(id.size()) +
                               " bytes: as a writer of shared state it takes 1 to 128"};
  MW_TRY(service_, router_.open(opt_.service));
  MW_TRY(offer_, home_.serve(opt_.service, {}, [this](const incoming& in) { serve(in); }));
  round_timer_->arm(opt_.interval);
  return {};
}

void agent::drain(function<void()> done) {
  closed_ = true;
  offer_.reset();
  comparing_.reset();
  round_timer_->cancel();
  push();  // what nobody has heard yet
  push_timer_->cancel();
  save_timer_->cancel();
  if (!opt_.snapshot || !loaded_) return done();
  saved_ = [this, done = std::move(done)]() mutable {
    save(true, [done = std::move(done)](const status&) mutable { done(); });
  };
  if (!saving_) std::exchange(saved_, nullptr)();
}

// ---- comparisons -------------------------------------------------------------------------------

void agent::find_peers() {
  peers_.clear();
  for (member& one : home_.members()) {
    const bool has_it =
        std::find(one.services.begin(), one.services.end(), opt_.service) != one.services.end();
    if (!one.self && one.state == peer_state::up && has_it) peers_.push_back(std::move(one.id));
  }
}

void agent::round() {
  const auto fifth = static_cast<std::uint64_t>(opt_.interval.count() / 5);
  round_timer_->arm(opt_.interval - opt_.interval / 5 +
                    duration(static_cast<std::int64_t>(dice_.below(2 * fifth + 1))));
  table_.forget(node_.now());
  metrics_.show(table_);
  find_peers();
  if (!comparing_ && !peers_.empty()) compare_with(peers_[dice_.below(peers_.size())]);
}

void agent::compare_with(std::string peer) {
  note_place();
  comparing_.emplace(party_);
  ask(peer, comparing_->begin());
}

message_out& agent::fill(std::string_view bytes) {
  message_out& out = router_.tools().out;
  out.clear();
  out.append(as_bytes(bytes));
  return out;
}

route agent::to(const std::string& peer) const {
  route where;
  where.service = service_;
  where.to = send_to::node;
  where.name = peer;
  return where;
}

void agent::ask(const std::string& peer, std::string_view bytes) {
  const auto asked =
      router_.call(to(peer), fill(bytes), [this, peer](const mw::answer& a) { hear(peer, a); });
  if (!asked) return end_round(false);
  metrics_.sent(bytes.size());
}

void agent::hear(const std::string& peer, const mw::answer& a) {
  if (!comparing_ || closed_ || a.what == mw::answer::kind::item) return;
  if (a.error != nullptr) {
    node_.log().debug("a comparison failed", {{"peer", peer}, {"why", a.error->text()}});
    return end_round(false);
  }
  metrics_.received(a.body.bytes.size());
  const auto next = comparing_->take(as_text(a.body.bytes), node_.now());
  changed(learned::compared);
  if (!next) {
    node_.log().warn("a peer's answer was not used",
                     {{"peer", peer}, {"why", next.error().text()}});
    return end_round(false);
  }
  if (*next) return ask(peer, **next);
  const bool again = comparing_->again();
  note_dropped(peer);
  end_round(true);
  if (again) compare_with(peer);
}

void agent::end_round(bool well) {
  const std::size_t differences = comparing_ ? comparing_->differences() : 0;
  comparing_.reset();
  if (well)
    metrics_.round_ended(differences);
  else
    metrics_.round_failed();
  note_place();
}

void agent::serve(const incoming& in) {
  if (in.what != incoming::kind::request) return;
  note_place();
  metrics_.received(in.body.bytes.size());
  const auto reply = answer(party_, as_text(in.body.bytes), node_.now());
  note_dropped(in.from);
  note_place();
  if (!reply) {
    node_.log().warn("a peer's message was refused",
                     {{"peer", in.from}, {"why", reply.error().text()}});
    return home_.refuse(in.reply, reply.error());
  }
  changed(reply->empty() ? learned::pushed : learned::compared);
  if (reply->empty() || in.reply.id == 0) return;
  if (home_.answer(in.reply, fill(*reply), true, {})) metrics_.sent(reply->size());
}

// ---- pushes ------------------------------------------------------------------------------------

void agent::push() {
  if (opt_.fanout == 0) return;
  find_peers();
  // The first few of a shuffle.
  const std::size_t count = std::min<std::size_t>(opt_.fanout, peers_.size());
  for (std::size_t i = 0; i < count; ++i)
    std::swap(peers_[i], peers_[i + dice_.below(peers_.size() - i)]);
  for (std::size_t sent = 0; sent < pushes_max && !to_push_.empty(); ++sent) {
    const std::string bytes = encode(push_message{take_entries_of(table_, to_push_, node_.now())});
    for (std::size_t i = 0; i < count; ++i) {
      // Whoever has no room learns it by comparing.
      if (!router_.send(to(peers_[i]), fill(bytes), {})) continue;
      metrics_.pushed();
      metrics_.sent(bytes.size());
    }
  }
  waiting_ = {to_push_.begin(), to_push_.end()};
  if (!to_push_.empty() && !closed_) push_timer_->arm(opt_.push_after);
}

}  // namespace mw::anti_entropy
