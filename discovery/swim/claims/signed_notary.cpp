// signed_notary: the cheap questions first; what was checked once is remembered.
// SPDX-License-Identifier: Apache-2.0
#include "claims/signed_notary.h"

#include <algorithm>
#include <span>
#include <utility>

namespace mw::swim::claims {

std::string_view to_string(refusal why) noexcept {
  switch (why) {
    case refusal::bare:
      return "bare";
    case refusal::card_unread:
      return "card_unread";
    case refusal::card_denied:
      return "card_denied";
    case refusal::other_node:
      return "other_node";
    case refusal::forged:
      return "forged";
    case refusal::expired:
      return "expired";
    case refusal::busy:
      return "busy";
  }
  return "unknown";
}

card_id id_of(std::string_view card) {
  const std::string hash = sha256(card);
  card_id out{};
  std::copy_n(hash.begin(), out.size(), out.begin());
  return out;
}

signed_notary::signed_notary(notary_facts facts)
    : facts_(std::move(facts)), public_(public_half(facts_.seed)) {}

status signed_notary::refresh(const credential_set& set) {
  MW_TRY(std::unique_ptr<papers> made, papers::make(set));
  const bytes_view leaf = as_bytes(made->chain().front());
  MW_TRY(const peer_identity self, facts_.names->identify(leaf, peer_side::client));
  if (self.node != facts_.node)
    return {errc::invalid, "the certificate is for the node '" + self.node + "', this node is '" +
                               facts_.node + "': others would refuse its claims"};
  claims::card own{facts_.node, public_, made->chain(), {}};
  MW_TRY(own.signature, made->sign(card_statement(facts_.label, facts_.node, public_)));
  papers_ = std::move(made);
  own_bytes_ = encode(own);
  own_ = id_of(own_bytes_);
  ++epoch_;
  return {};
}

void signed_notary::look_again() {
  ++epoch_;
}

proof signed_notary::seal(const std::string& text) const {
  return {own_, sign_claim(facts_.seed, text)};
}

std::optional<proof> signed_notary::sign(const alive_claim& claim) {
  return seal(statement(facts_.label, claim));
}

std::optional<proof> signed_notary::sign(const dead_claim& claim) {
  return seal(statement(facts_.label, claim));
}

belief signed_notary::judge(const alive_claim& claim, time_point now) {
  return judge(claim.node, claim.signed_by, statement(facts_.label, claim), now);
}

belief signed_notary::judge(const dead_claim& claim, time_point now) {
  return judge(claim.node, claim.signed_by, statement(facts_.label, claim), now);
}

belief signed_notary::refuse(refusal why, const std::string& node, const std::string& text) {
  ++refused_[static_cast<std::size_t>(why)];
  last_ = node + ": " + std::string(to_string(why)) + (text.empty() ? "" : ", " + text);
  return why == refusal::busy ? belief::later : belief::no;
}

bool signed_notary::spend(double cost, time_point now) {
  const double passed = static_cast<double>((now - spent_at_).count()) / 1e9;
  spent_at_ = now;
  spent_ = std::max(0.0, spent_ - std::max(0.0, passed) * facts_.checks_rate);
  if (spent_ + cost > std::max(facts_.checks_rate, card_cost)) return false;
  spent_ += cost;
  ++checked_;
  return true;
}

belief signed_notary::judge(const std::string& node, const std::optional<proof>& by,
                            const std::string& text, time_point now) {
  if (!by) return refuse(refusal::bare, node);
  auto at = cards_.find(by->card);
  if (at == cards_.end()) return belief::card_unknown;
  if (at->second.epoch != epoch_) {  // trust has changed since
    if (!spend(card_cost, now)) return refuse(refusal::busy, node);
    auto again = check(at->second.bytes);
    if (!again) {
      drop(by->card);
      return refuse(refusal::expired, node, again.error().text());
    }
    at->second = *std::move(again);
  }
  const known_card& c = at->second;
  if (c.who.node != node) return refuse(refusal::other_node, node, "signed by " + c.who.node);
  if (facts_.wall() > c.ends) return refuse(refusal::expired, node);
  const auto& signature = by->signature;
  const std::string key = sha256(text + std::string(by->card.begin(), by->card.end()) +
                                 std::string(signature.begin(), signature.end()));
  const auto remembered = verdicts_.find(key);
  bool good = remembered != verdicts_.end() && remembered->second;
  if (remembered == verdicts_.end()) {
    if (!spend(1, now)) return refuse(refusal::busy, node);
    good = verify_claim(c.key, text, signature);
    if (verdicts_.size() >= verdicts_max) verdicts_.clear();
    verdicts_[key] = good;
  }
  return good ? belief::yes : refuse(refusal::forged, node);
}

const std::string* signed_notary::card(const card_id& id) {
  if (id == own_ && !own_bytes_.empty()) return &own_bytes_;
  const auto at = cards_.find(id);
  return at == cards_.end() ? nullptr : &at->second.bytes;
}

result<signed_notary::known_card> signed_notary::check(const std::string& bytes) const {
  if (papers_ == nullptr) return failure(errc::denied, "nobody is trusted yet");
  const auto c = decode_card(bytes);
  if (!c) return failure(errc::invalid, "not a card");
  known_card made{bytes, c->key, {}, {}, epoch_};
  MW_TRY(made.ends, papers_->verify(c->certificates, card_statement(facts_.label, c->node, c->key),
                                    c->signature, facts_.wall()));
  MW_TRY(made.who, facts_.names->identify(as_bytes(c->certificates.front()), peer_side::client));
  if (c->node.empty() || made.who.node != c->node)
    return failure(errc::denied,
                   "a card of '" + c->node + "' with a certificate for '" + made.who.node + "'");
  return made;
}

belief signed_notary::learn(const std::string& bytes, time_point now) {
  const card_id id = id_of(bytes);
  if (const auto at = cards_.find(id); at != cards_.end() && at->second.epoch == epoch_)
    return belief::yes;
  if (!decode_card(bytes)) return refuse(refusal::card_unread, "a card");
  if (!spend(card_cost, now)) return refuse(refusal::busy, "a card");
  auto made = check(bytes);
  if (!made) return refuse(refusal::card_denied, "a card", made.error().text());
  keep(id, *std::move(made));
  return belief::yes;
}

void signed_notary::keep(const card_id& id, known_card made) {
  const std::string node = made.who.node;
  if (of_node_.size() >= nodes_max && of_node_.count(node) == 0) {
    const auto victim = of_node_.begin();
    for (const card_id& one : victim->second) cards_.erase(one);
    of_node_.erase(victim);
  }
  cards_[id] = std::move(made);
  std::vector<card_id>& all = of_node_[node];
  std::erase(all, id);
  all.push_back(id);
  if (all.size() <= cards_each) return;
  cards_.erase(all.front());
  all.erase(all.begin());
}

void signed_notary::drop(const card_id& id) {
  const auto at = cards_.find(id);
  if (at == cards_.end()) return;
  const auto of = of_node_.find(at->second.who.node);
  if (of != of_node_.end()) {
    std::erase(of->second, id);
    if (of->second.empty()) of_node_.erase(of);
  }
  cards_.erase(at);
}

}  // namespace mw::swim::claims
