// stub_notary: signatures that cost nothing, for whole clusters of members that sign.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "claims/notary.h"
#include "claims/statement.h"

#include <mw/toolkit/hash.h>

#include <cstring>
#include <map>
#include <string>
#include <string_view>

namespace mw::swim::testing {

// A card is the text "card of NAME LIFE"; a signature is a hash over it and the statement. Whoever
// has a stub of that name can sign for it, nobody else.
class stub_notary final : public notary {
 public:
  explicit stub_notary(std::string name, bool strict = true, int life = 0)
      : name_(std::move(name)), strict_(strict) {
    own_ = "card of " + name_ + " " + std::to_string(life);
    cards_[id_of(own_)] = own_;
  }

  [[nodiscard]] static card_id id_of(std::string_view card) {
    card_id out{};
    const std::uint64_t a = hash_text(card);
    const std::uint64_t b = hash_mix(a, 1);
    std::memcpy(out.data(), &a, 8);
    std::memcpy(out.data() + 8, &b, 8);
    return out;
  }
  [[nodiscard]] card_id own_card() const { return id_of(own_); }

  bool strict() const override { return strict_; }
  std::optional<proof> sign(const alive_claim& c) override {
    return seal(claims::statement("", c));
  }
  std::optional<proof> sign(const dead_claim& c) override { return seal(claims::statement("", c)); }
  belief judge(const alive_claim& c, time_point) override {
    return judge(c.node, c.signed_by, claims::statement("", c));
  }
  belief judge(const dead_claim& c, time_point) override {
    return judge(c.node, c.signed_by, claims::statement("", c));
  }
  const std::string* card(const card_id& id) override {
    const auto at = cards_.find(id);
    return at == cards_.end() ? nullptr : &at->second;
  }
  belief learn(const std::string& card, time_point) override {
    if (!card.starts_with("card of ")) return belief::no;
    cards_[id_of(card)] = card;
    return belief::yes;
  }
  std::uint64_t refused = 0;

 private:
  [[nodiscard]] static proof seal_with(const std::string& card, const std::string& text) {
    proof out{id_of(card), {}};
    std::uint64_t hash = hash_text(card);
    for (std::size_t i = 0; i < 8; ++i) {
      hash = hash_mix(hash, hash_text(text));
      std::memcpy(out.signature.data() + 8 * i, &hash, 8);
    }
    return out;
  }
  [[nodiscard]] proof seal(const std::string& text) const { return seal_with(own_, text); }
  belief judge(const std::string& node, const std::optional<proof>& by, const std::string& text) {
    if (!by) return ++refused, belief::no;
    const auto at = cards_.find(by->card);
    if (at == cards_.end()) return belief::card_unknown;
    const bool of_node = at->second.starts_with("card of " + node + " ");
    if (of_node && seal_with(at->second, text) == *by) return belief::yes;
    return ++refused, belief::no;
  }

  std::string name_;
  bool strict_;
  std::string own_;
  std::map<card_id, std::string> cards_;
};

}  // namespace mw::swim::testing
