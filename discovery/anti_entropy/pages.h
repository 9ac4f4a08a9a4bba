// pages: what people and tools see and do: the entries, one of them, set, remove, add.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "node/agent.h"

#include <mw/admin.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mw::anti_entropy {

class pages {
 public:
  pages(host& node, agent& of);

 private:
  void offer(std::string_view path, std::string_view summary, admin_kind kind,
             admin_response (pages::*what)(const admin_request&));
  admin_response show(const admin_request& request);
  admin_response set(const admin_request& request);
  admin_response remove(const admin_request& request);
  admin_response add(const admin_request& request);
  [[nodiscard]] admin_response list(bool text, std::string_view prefix) const;
  [[nodiscard]] admin_response one(bool text, std::string_view name) const;

  host& node_;
  agent& agent_;
  std::string prefix_;
  std::vector<std::unique_ptr<admin_offer>> offers_;
};

}  // namespace mw::anti_entropy
