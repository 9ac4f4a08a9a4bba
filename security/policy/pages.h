// pages: the admin pages of security.policy.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store.h"

#include <mw/host.h>

#include <memory>
#include <vector>

namespace mw::access_policy {

// What the pages show and do; the owner outlives the offers.
class page_source {
 public:
  [[nodiscard]] virtual const store& policies() const = 0;
  // The policy that this text would make together with the YAML.
  [[nodiscard]] virtual result<candidate> rehearse(std::string_view file_text) const = 0;
  [[nodiscard]] virtual status read_again() = 0;

 protected:
  ~page_source() = default;
};

[[nodiscard]] std::vector<std::unique_ptr<admin_offer>> offer_pages(const host& on,
                                                                    page_source& of);

}  // namespace mw::access_policy
