// store: the policy in force: answers questions, takes a new policy whole or not at all.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "decision_cache.h"
#include "explain.h"
#include "index.h"

#include <cstdint>
#include <optional>
#include <string>

namespace mw::access_policy {

// A policy ready to be used, made beside the one in force: a dry run ends here.
struct candidate {
  document text;
  bool allow_by_default = false;
  std::string digest;  // equal for equal statements, wherever they are written
};

// `inline_part` is what the YAML says; `file` the text of the file, if one is configured.
[[nodiscard]] result<candidate> prepare(const document& inline_part, bool allow_by_default,
                                        std::optional<std::string_view> file,
                                        std::string_view file_name);

class store {
 public:
  store(std::size_t cache_entries, std::uint64_t seed) : cache_(cache_entries, seed) {}

  // From now on this is the policy; the version moves by one.
  void apply(candidate next, std::string own_identity);

  struct answer {
    verdict decided;
    bool from_cache = false;
  };
  [[nodiscard]] answer authorize(const access& what) noexcept;
  [[nodiscard]] explanation explain(const access& what) const;

  // Zero: none yet, everything is denied.
  [[nodiscard]] std::uint64_t version() const noexcept { return version_; }
  [[nodiscard]] const candidate& in_force() const noexcept { return now_; }

 private:
  candidate now_;
  std::string own_identity_;
  index index_;
  decision_cache cache_;
  std::uint64_t version_ = 0;
};

// What would change: statements that only one of them has, a line each with + or -.
[[nodiscard]] std::string difference(const candidate& before, const candidate& after);
[[nodiscard]] std::string as_json(const candidate& c, std::uint64_t version);

}  // namespace mw::access_policy
