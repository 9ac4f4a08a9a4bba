// rotation: new credentials for new links; a new look at old links, spread over some turns.
// SPDX-License-Identifier: Apache-2.0
#include "links/rotation.h"

#include "engine/chain_rules.h"
#include "links/secure_stream.h"

#include <algorithm>

namespace mw::tls {

namespace {

constexpr duration tick_period = 10ms;
constexpr std::size_t at_once_min = 4;
// A link on a certificate that ends sooner is not replaced: the next one would stand on the same.
constexpr duration replace_from = 5min;

void free_chain(STACK_OF(X509) * all) {
  sk_X509_pop_free(all, X509_free);
}
using chain_ptr = std::unique_ptr<STACK_OF(X509), freed_by<free_chain>>;

certificate_ptr read_certificate(const std::string& der, OSSL_LIB_CTX* library) {
  X509* made = X509_new_ex(library, nullptr);
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  // On failure it is freed.
  if (made != nullptr) made = d2i_X509(&made, &at, static_cast<long>(der.size()));
  return certificate_ptr(made);
}

}  // namespace

rotation::rotation(works& shared, credentials& from)
    : shared_(shared),
      credentials_(from),
      alerts_(shared.node.bus().open<alert_raised>()),
      tick_(shared.node.make_timer([this] { look_at_some(); })),
      second_(shared.node.every(1s, [this] { every_second(); })) {}

status rotation::begin() {
  const credential_ptr set = credentials_.current();
  if (set == nullptr) return {errc::internal, "the credentials are not ready"};
  MW_TRY(shared_.epoch, context::make(shared_.library(), *set, shared_.opt));
  shared_.metrics.rotated(set->epoch, set->not_after);
  sets_ = credentials_.watch([this] { credentials_changed(); });
  if (shared_.names != nullptr) rules_ = shared_.names->watch([this] { look_again(false); });
  return {};
}

void rotation::credentials_changed() {
  const credential_ptr set = credentials_.current();
  if (set == nullptr || set->epoch == shared_.epoch->epoch()) return;
  auto next = context::make(shared_.library(), *set, shared_.opt);
  if (!next) {
    shared_.metrics.rotation_failed();
    shared_.node.log().error("new credentials cannot be used; the old ones stay",
                             {{"epoch", set->epoch}, {"why", next.error()}});
    alerts_.publish({"tls_rotation_failed", std::string(shared_.node.name()), next.error().text()});
    return;
  }
  shared_.epoch = std::move(*next);
  shared_.forget_tickets();
  shared_.metrics.rotated(set->epoch, set->not_after);
  shared_.node.log().info("new links stand on new credentials",
                          {{"epoch", set->epoch}, {"ends", to_string(set->not_after)}});
  for (secure_stream* const one : shared_.links) one->make_due();
  look_again(true);
}

void rotation::look_again(bool chains) {
  ++round_;
  chains_ = chains_ || chains;
  const auto ticks = static_cast<std::size_t>(shared_.opt.recheck_within / 2 / tick_period);
  per_tick_ = std::max(at_once_min, shared_.links.size() / std::max<std::size_t>(ticks, 1) + 1);
  tick_->arm(duration::zero());
}

void rotation::look_at_some() {
  std::vector<secure_stream*> some;
  for (secure_stream* const one : shared_.links) {
    if (one->looked_at == round_) continue;
    if (some.size() == per_tick_) break;
    one->looked_at = round_;
    some.push_back(one);
  }
  if (some.empty()) {
    chains_ = false;
    return;
  }
  // An owner that is told of one end may end others.
  for (secure_stream* const one : some)
    if (std::find(shared_.links.begin(), shared_.links.end(), one) != shared_.links.end())
      look(*one);
  tick_->arm(tick_period);
}

void rotation::look(secure_stream& one) const {
  if (!one.open()) return;
  const verdict now = judge_again(one);
  if (now.why != refusal::none) one.expel(now);
}

verdict rotation::judge_again(secure_stream& one) const {
  if (one.peer().shown.empty()) return {};  // a client of http
  if (shared_.names != nullptr)
    if (const status still = shared_.names->still_good(one.peer().who); !still)
      return {refusal::identity, still.error().text(), -1};
  if (!chains_) return {};
  const verdict out_of_memory{refusal::library, "looking at a link again", -1};
  OSSL_LIB_CTX* const library = shared_.library().library();
  const store_context_ptr with(X509_STORE_CTX_new_ex(library, nullptr));
  const chain_ptr chain(sk_X509_new_null());
  if (!with || !chain) return out_of_memory;
  for (const shown_certificate& der : one.peer().shown) {
    certificate_ptr read = read_certificate(*der, library);
    if (!read || sk_X509_push(chain.get(), read.get()) == 0) return out_of_memory;
    (void)read.release();  // the chain's now
  }
  if (X509_STORE_CTX_init(with.get(), shared_.epoch->trust(), sk_X509_value(chain.get(), 0),
                          chain.get()) != 1)
    return out_of_memory;
  X509_STORE_CTX_set_default(with.get(),
                             one.session().here() == side::listener ? "ssl_client" : "ssl_server");
  X509_VERIFY_PARAM_set1(X509_STORE_CTX_get0_param(with.get()),
                         SSL_CTX_get0_param(shared_.epoch->ssl()));
  return verify_chain(with.get(), shared_.node.wall_now());
}

void rotation::every_second() {
  const wall_time now = shared_.node.wall_now();
  std::size_t current = 0;
  std::vector<secure_stream*> over;
  for (secure_stream* const one : shared_.links) {
    if (one->session().epoch() == shared_.epoch) ++current;
    const peer_facts& facts = one->peer();
    const duration life = facts.end.since_epoch - facts.began.since_epoch;
    if (facts.end <= now)
      over.push_back(one);
    else if (life >= replace_from && now.since_epoch >= facts.began.since_epoch + life / 10 * 9)
      one->make_due();
  }
  shared_.metrics.links(current, shared_.links.size() - current);
  for (secure_stream* const one : over)
    if (std::find(shared_.links.begin(), shared_.links.end(), one) != shared_.links.end())
      if (one->open()) one->expel({refusal::expired, one->peer().who.uri, -1});
}

}  // namespace mw::tls
