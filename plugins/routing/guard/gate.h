// gate: asks the policy for each message; says why to us and the audit, and a number to them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/directory.h"
#include "engine/peers.h"

#include <mw/events_security.h>
#include <mw/host.h>
#include <mw/policy.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mw::routing {

// Where a question comes from, for logs and the audit.
enum class gate_path : std::uint8_t { message, item, outgoing, table };

// Open when no policy is bound. Decisions are kept for the same identity, service and version of
// the policy, so that a message costs one look; what is kept is bounded, and a newer decision takes
// the place of an older one.
class gate {
 public:
  explicit gate(const host& on);
  // Both outlive this; the policy may be null.
  void attach(policy* asked, function<void(const access_denied&)> tell);

  [[nodiscard]] bool closed() const { return policy_ != nullptr; }

  // Whether `identity` may do it; `local` is this node itself.
  [[nodiscard]] bool allows(std::string_view identity, access_verb verb, const service& what) {
    return policy_ == nullptr || remembered(identity, verb, what);
  }
  // The same, and `denied` for the one who asked: a reference and no reason. We log the reason.
  [[nodiscard]] status check(const peer& from, std::string_view identity, access_verb verb,
                             const service& what, gate_path path);
  // What this node wants to do itself: refused here, before anybody hears of it.
  [[nodiscard]] status check_own(access_verb verb, const service& what) {
    return allows(self_subject, verb, what) ? status{} : status(refuse_own(verb, what));
  }
  // Whether the peer may be asked for the service, for those that were not found by it.
  [[nodiscard]] bool may_offer(const peer& who, const service& what) {
    return who.self || allows(who.view.identity, access_verb::offer, what);
  }
  [[nodiscard]] status check_offer(const peer& who, const service& what);

  // Takes over what the peer announces, but only what it may offer and join. False: it does not
  // follow what is known, ask for all.
  [[nodiscard]] bool take_table(peer_book& peers, peer& from, const table_message& table);
  // After a change of the policy, what peers have announced counts anew; cheap otherwise.
  void look_again(peer_book& peers);

  [[nodiscard]] static std::string_view subject_of(const peer& who, std::string_view identity) {
    return who.self ? self_subject : identity;
  }

 private:
  static constexpr std::size_t kept_max = 4096;
  struct memo {
    std::uint64_t version = 0;  // of the policy; zero: free
    std::uint32_t service = 0;
    access_verb verb{};
    bool allowed = false;
    std::string identity;
  };
  [[nodiscard]] bool remembered(std::string_view identity, access_verb verb, const service& what);
  [[nodiscard]] failure refuse(const peer* from, const access& what, gate_path path);
  [[nodiscard]] failure refuse_own(access_verb verb, const service& what);
  // Tells of at most so many names that one table may not have, or that a new policy takes away.
  static constexpr std::size_t told_per_table = 16;
  // Which of the names count; `news` says which refusals nobody has been told of.
  template <class News>
  [[nodiscard]] std::vector<offered_name> admit(const peer& from, access_verb verb,
                                                const std::vector<offered_name>& heard,
                                                std::size_t& told, News news);

  const host& host_;
  policy* policy_ = nullptr;
  function<void(const access_denied&)> tell_;
  counter denied_message_, denied_item_, denied_outgoing_, denied_table_;
  std::vector<memo> memos_;
  std::uint64_t tables_version_ = 0;  // of the policy that admitted what peers announce
  std::uint64_t life_;                // in references, so that those of two lives differ
  std::uint64_t number_ = 0;
};

}  // namespace mw::routing
