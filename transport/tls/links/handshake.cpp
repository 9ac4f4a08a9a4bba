// handshake: feeds the engine, keeps the deadline, hands the link over or says why not.
// SPDX-License-Identifier: Apache-2.0
#include "links/handshake.h"

#include "engine/chain_rules.h"

#include <algorithm>
#include <utility>

namespace mw::tls {

namespace {

// What the engine takes while it works, and what a link keeps for as long as it lives.
constexpr std::size_t handshake_memory = 60 * 1024;
constexpr std::size_t link_memory = 20 * 1024;
// A peer that sends more before its proof is judged is not waiting for an answer. Room for one read
// of a platform behind a chain of the largest size.
constexpr std::size_t input_max = 512 * 1024;

class lease final : public link_lease {
 public:
  explicit lease(const secure_stream& of) : of_(of) {}
  [[nodiscard]] bool due() const noexcept override { return of_.due(); }

 private:
  const secure_stream& of_;
};

// The end of who has shown nothing that could end.
constexpr wall_time never{duration::max()};

}  // namespace

// ---- step_queue --------------------------------------------------------------------------------

step_queue::step_queue(const host& h, std::uint32_t steps)
    : host_(h), steps_(steps), turn_(h.make_timer([this] { next_turn(); })) {}

void step_queue::spend() {
  if (taken_++ == 0) host_.at_turn_end([this] { taken_ = 0; });
}

bool step_queue::may_step(handshake& one) {
  if (waiting_.empty() && taken_ < steps_) return spend(), true;
  if (std::find(waiting_.begin(), waiting_.end(), &one) == waiting_.end()) waiting_.push_back(&one);
  turn_->arm(duration::zero());
  return false;
}

void step_queue::forget(const handshake& gone) {
  std::erase(waiting_, &gone);
}

void step_queue::next_turn() {
  while (!waiting_.empty() && taken_ < steps_) {
    spend();
    handshake* const next = waiting_.front();
    waiting_.pop_front();
    next->step();  // may destroy it, and others
  }
  if (!waiting_.empty()) turn_->arm(duration::zero());
}

// ---- handshake ---------------------------------------------------------------------------------

handshake::handshake(works& shared, step_queue& steps, handshake_owner& owner, task what)
    : shared_(shared),
      steps_(steps),
      owner_(owner),
      here_(what.here),
      wanted_(std::move(what.wanted)),
      address_(std::move(what.address)),
      began_(shared.node.now()),
      remote_(what.carrier.bytes->remote()),
      scope_(std::move(what.carrier.scope)),
      carrier_(std::move(what.carrier.bytes)),
      deadline_(shared.node.after(what.deadline, [this] {
        if (scope_) scope_->offended(offence::handshake_slow);
        refused({refusal::too_slow, {}, -1});
      })) {}

handshake::~handshake() {
  steps_.forget(*this);
}

void handshake::start() {
  carrier_->start(*this);
  // A dialler begins; a listener waits, and has no engine until something has come.
  if (here_ == side::dialler) try_step();
}

void handshake::on_data(bytes_view bytes) {
  if (over_) return;
  if (input_.size() + bytes.size() > input_max) return refused({refusal::too_large, {}, -1});
  input_.insert(input_.end(), bytes.begin(), bytes.end());
  try_step();
}

void handshake::try_step() {
  if (steps_.may_step(*this)) return step();
  shared_.metrics.step_waited();
  carrier_->pause_reading();
}

void handshake::step() {
  if (over_) return;
  if (!engine_) {
    if (scope_ && !scope_->reserve(handshake_memory))
      return refused({refusal::too_many, "its share of memory is used up", -1});
    judge& us = *this;
    engine_ = std::make_unique<engine>(shared_.epoch, here_, us, shared_.opt.key_updates);
    if (here_ == side::dialler)
      if (const session_ptr ticket = shared_.take_ticket(address_ + " " + wanted_))
        engine_->resume(*ticket);
  }
  engine_->feed(input_);
  const engine::state next = engine_->shake(*this, shared_.node.now());
  const bytes_view left = engine_->input_left();
  input_.erase(input_.begin(), input_.end() - static_cast<std::ptrdiff_t>(left.size()));
  if (next == engine::state::done) return linked();
  if (next == engine::state::failed) return refused(engine_->outcome());
  engine_->rest();
  carrier_->resume_reading();
}

verdict handshake::accept(const X509& leaf) {
  if (shared_.names == nullptr) {
    peer_.uri = name_of(leaf);
    peer_.not_after = end_of(leaf);
    if (peer_.uri.empty()) return {refusal::name_unusable, {}, -1};
  } else {
    unsigned char* encoded = nullptr;
    const int size = i2d_X509(&leaf, &encoded);
    if (size <= 0) return {refusal::malformed, {}, -1};
    auto who =
        shared_.names->identify(std::as_bytes(std::span(encoded, static_cast<std::size_t>(size))),
                                here_ == side::listener ? peer_side::client : peer_side::server);
    OPENSSL_free(encoded);
    if (!who) return {refusal::identity, who.error().text(), -1};
    peer_ = std::move(*who);
  }
  if (wanted_.empty() || wanted_ == peer_.uri) return {};
  return {refusal::somebody_else, "wanted " + wanted_ + ", found " + peer_.uri, -1};
}

// The whole chain has to hold, so its first certificate that ends counts.
wall_time handshake::chain_end() const {
  if (SSL_get0_peer_certificate(engine_->raw()) == nullptr) return never;
  wall_time first = peer_.not_after;
  const STACK_OF(X509)* const chain = SSL_get_peer_cert_chain(engine_->raw());
  for (int i = 0; chain != nullptr && i < sk_X509_num(chain); ++i)
    first = std::min(first, end_of(*sk_X509_value(chain, i)));
  return first;
}

void handshake::linked() {
  over_ = true;
  deadline_->cancel();
  shared_.metrics.handshake_done(*engine_, shared_.node.now() - began_);
  shared_.keep_ticket(address_ + " " + wanted_, engine_->take_ticket());
  if (scope_) {
    scope_->release(handshake_memory);
    if (!scope_->reserve(link_memory)) {
      over_ = false;
      return refused({refusal::too_many, "its share of memory is used up", -1});
    }
  }
  link made;
  made.peer = peer_.uri;
  made.node = peer_.node;
  made.scope = std::move(scope_);
  const wall_time end = chain_end();
  auto shown = shared_.keep_chain(engine_->release_chain(shared_.place));
  auto stream = std::make_unique<secure_stream>(
      shared_, std::move(carrier_), std::move(engine_),
      peer_facts{std::move(peer_), end, shared_.node.wall_now(), std::move(shown)}, input_);
  made.lease = std::make_unique<lease>(*stream);
  made.bytes = std::move(stream);
  owner_.on_linked(*this, std::move(made));  // destroys this
}

void handshake::refused(verdict why) {
  if (std::exchange(over_, true)) return;
  deadline_->cancel();
  shared_.metrics.handshake_failed(here_, why);
  const bool slow = why.why == refusal::too_slow || why.why == refusal::cut_off;
  if (scope_ && !slow && why.why != refusal::too_many) scope_->offended(offence::handshake_failed);
  shared_.node.log().warn(
      "a handshake was refused",
      {{"at", to_string(remote_)}, {"dialled", here_ == side::dialler}, {"why", why.text()}});
  shared_.farewells.keep(std::move(carrier_));
  owner_.on_refused(*this, why);  // destroys this
}

void handshake::give_up(const verdict& why) {
  if (std::exchange(over_, true)) return;
  deadline_->cancel();
  shared_.metrics.handshake_failed(here_, why);
  owner_.on_refused(*this, why);  // destroys this
}

void handshake::on_end() {
  refused({refusal::cut_off, "the other side has ended it", -1});
}

void handshake::on_closed(const failure& why) {
  if (over_) return;
  carrier_.reset();
  refused({refusal::cut_off, why.text(), -1});
}

}  // namespace mw::tls
