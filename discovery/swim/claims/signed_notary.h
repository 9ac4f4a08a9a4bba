// signed_notary: signs this node's claims and checks those of others, within a budget.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "claims/keys.h"
#include "claims/notary.h"
#include "claims/statement.h"

#include <mw/authn.h>
#include <mw/function.h>

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace mw::swim::claims {

// Why a claim or a card is not believed; a label of a metric.
enum class refusal : std::uint8_t {
  bare,         // not signed
  card_unread,  // a card of another form
  card_denied,  // a card whose certificate or signature is not good, or of nobody we know
  other_node,   // signed by a member that it is not about
  forged,       // the signature is not that of the card
  expired,      // the certificate of the card has ended, or is no longer accepted
  busy,         // more to check than the budget allows
};
inline constexpr std::size_t refusal_count = static_cast<std::size_t>(refusal::busy) + 1;
[[nodiscard]] std::string_view to_string(refusal why) noexcept;

struct notary_facts {
  std::string label;
  std::string node;
  bool strict = true;
  double checks_rate = 1'000;  // signatures a second; as many at once
  std::string seed;            // 32 secret bytes of this life
  authn* names = nullptr;      // never null; outlives the notary
  function<wall_time()> wall;
};

class signed_notary final : public notary {
 public:
  static constexpr std::size_t nodes_max = 65'536;
  static constexpr std::size_t cards_each = 3;        // of one node: the newest
  static constexpr std::size_t verdicts_max = 1'024;  // that are remembered
  static constexpr double card_cost = 4;              // checks

  explicit signed_notary(notary_facts facts);

  // Takes over a credential set and makes a new card of it. On failure what was before stays.
  [[nodiscard]] status refresh(const credential_set& set);
  // Identities may have been revoked: their cards are looked at again.
  void look_again();

  [[nodiscard]] bool strict() const override { return facts_.strict; }
  std::optional<proof> sign(const alive_claim& claim) override;
  std::optional<proof> sign(const dead_claim& claim) override;
  belief judge(const alive_claim& claim, time_point now) override;
  belief judge(const dead_claim& claim, time_point now) override;
  const std::string* card(const card_id& id) override;
  belief learn(const std::string& card, time_point now) override;

  [[nodiscard]] const std::array<std::uint64_t, refusal_count>& refused() const { return refused_; }
  [[nodiscard]] std::uint64_t checked() const { return checked_; }
  [[nodiscard]] std::size_t cards() const { return cards_.size(); }
  [[nodiscard]] const card_id& own_card() const { return own_; }
  // The last refusal in words: whom, why. Empty: none since it was taken.
  [[nodiscard]] std::string take_last() { return std::exchange(last_, {}); }

 private:
  struct known_card {
    std::string bytes;
    std::string key;
    peer_identity who;
    wall_time ends;
    std::uint64_t epoch = 0;  // of the credentials under which it was checked
  };
  [[nodiscard]] belief judge(const std::string& node, const std::optional<proof>& by,
                             const std::string& text, time_point now);
  [[nodiscard]] proof seal(const std::string& text) const;
  [[nodiscard]] bool spend(double cost, time_point now);
  [[nodiscard]] result<known_card> check(const std::string& bytes) const;
  void keep(const card_id& id, known_card made);
  void drop(const card_id& id);
  belief refuse(refusal why, const std::string& node, const std::string& text = {});

  notary_facts facts_;
  std::unique_ptr<papers> papers_;
  std::string public_;
  card_id own_{};
  std::string own_bytes_;
  std::uint64_t epoch_ = 0;
  std::map<card_id, known_card> cards_;
  std::unordered_map<std::string, std::vector<card_id>> of_node_;  // the oldest first
  std::map<std::string, bool> verdicts_;                           // by hash of statement and proof
  double spent_ = 0;
  time_point spent_at_{};
  std::array<std::uint64_t, refusal_count> refused_{};
  std::uint64_t checked_ = 0;
  std::string last_;
};

[[nodiscard]] card_id id_of(std::string_view card);

}  // namespace mw::swim::claims
