// agent_claims: whether this node signs, with what, and what is refused meanwhile.
// SPDX-License-Identifier: Apache-2.0
#include "node/agent.h"

#include <span>

namespace mw::swim {

namespace {

std::string secret_seed(host& h) {
  std::string out(32, '\0');
  h.secure_bytes(std::as_writable_bytes(std::span(out)));
  return out;
}

}  // namespace

status agent::open_claims() {
  const bool able = credentials_ != nullptr && authn_ != nullptr && opt_.wire == wire_mode::native;
  const bool wanted = opt_.claims == claims_mode::signed_only;
  if (!able && wanted)
    return {errc::invalid,
            std::string("'claims: signed' needs a plug-in for ") +
                (credentials_ == nullptr ? "credentials, such as security.credentials"
                                         : "identities, such as security.identity") +
                "; add it, or write 'claims: open'"};
  if (!able) return {};
  const bool strict = opt_.claims.value_or(claims_mode::signed_only) == claims_mode::signed_only;
  claims::notary_facts facts{native_label(host_, opt_),
                             host_.node().id,
                             strict,
                             static_cast<double>(opt_.claim_checks),
                             secret_seed(host_),
                             authn_,
                             [this] { return host_.wall_now(); }};
  notary_ = std::make_unique<claims::signed_notary>(std::move(facts));
  const credential_ptr set = credentials_->current();
  if (set == nullptr) return {errc::not_found, "the credentials have no set in force yet"};
  if (status taken = notary_->refresh(*set); !taken)
    return std::move(taken).error().in(
        "signing this node's claims (with 'claims: open' and no credentials nobody signs)");
  credentials_watch_ = credentials_->watch([this] { credentials_changed(); });
  identities_watch_ = authn_->watch([this] { notary_->look_again(); });
  return {};
}

void agent::credentials_changed() {
  const credential_ptr set = credentials_->current();
  if (set == nullptr) return;
  if (const status taken = notary_->refresh(*set); !taken)
    return host_.log().warn("the new credentials cannot sign claims: the old ones go on",
                            {{"why", taken.error().text()}});
  engine_->sign_anew(host_.now());
  if (started_) flush();
}

void agent::tell_refusals() {
  if (!notary_) return;
  metrics_.take(*notary_);
  if (const std::string last = notary_->take_last(); !last.empty())
    host_.log().warn("a claim is not believed", {{"whose", last}});
}

}  // namespace mw::swim
