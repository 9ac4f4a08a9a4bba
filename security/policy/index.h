// index: a policy made ready for questions: roles as bits, resources as a trie for each kind.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "document.h"
#include "trie.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mw::access_policy {

struct verdict {
  bool allowed = false;
  std::uint32_t rule = 0;  // number of the rule that decided, from 1; zero: none did
  friend bool operator==(const verdict&, const verdict&) = default;
};

// Never changes once made: a new policy is a new index.
class index {
 public:
  index() = default;  // no rules: denies everything
  // `own_identity`: whose rules hold for self_subject besides those of `self`; may be empty.
  index(const document& from, bool allow_by_default, std::string_view own_identity);

  // A deny wins over any allow. The rule named is the deny of lowest number among the roles found
  // first; explain() shows all that match.
  [[nodiscard]] verdict authorize(const access& what) const noexcept;

 private:
  static constexpr std::size_t words_max = roles_max / 64;
  static constexpr std::size_t verbs_per_kind = 4;  // call send join offer; read act
  using role_bits = std::array<std::uint64_t, words_max>;

  struct entry {
    std::uint32_t role;
    std::uint32_t rule;
  };
  // Rules of one effect at one terminal for one verb: a bit for each role, and who decided.
  struct cell {
    std::vector<std::uint64_t> roles;  // empty: no rule
    std::vector<entry> entries;        // sorted by role, then rule
  };
  struct side {
    trie patterns;
    std::vector<std::array<cell, verbs_per_kind>> allows;
    std::vector<std::array<cell, verbs_per_kind>> denies;
  };

  void add_rule(std::size_t number, const rule& r, std::uint32_t role);
  void roles_of(std::string_view subject, const segments& cut, role_bits& into) const noexcept;
  // The lowest rule for one of the roles; zero: none.
  [[nodiscard]] std::uint32_t decide(const cell& at, const role_bits& roles) const noexcept;

  std::size_t words_ = 1;
  bool allow_by_default_ = false;
  trie subjects_;
  std::vector<std::vector<std::uint32_t>> roles_at_;  // by terminal of subjects_
  std::vector<std::uint32_t> own_roles_;
  std::array<side, 2> sides_;  // services, pages
};

}  // namespace mw::access_policy
