// pages: what people and tools see and do: members, events, queries, keys.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "node/agent.h"

#include <mw/admin.h>
#include <mw/toolkit/health_opinions.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mw::swim {

class pages {
 public:
  pages(host& h, agent& of);
  pages(const pages&) = delete;
  pages& operator=(const pages&) = delete;
  ~pages();
  // What others say of members, for the list of them.
  void heard(const health_changed& told);

 private:
  void offer(std::string_view path, std::string_view summary, admin_kind kind,
             admin_handler handler);
  void offer_feed();
  [[nodiscard]] admin_response members(const admin_request& request) const;
  [[nodiscard]] std::string swim_json() const;
  void leave(const admin_request& request, admin_reply reply);
  void event(const admin_request& request, admin_reply reply);
  void query(const admin_request& request, admin_reply reply);
  void keys(const admin_request& request, admin_reply reply);

  host& host_;
  agent& agent_;
  std::string prefix_;
  counter feeds_dropped_;
  counter opinions_dropped_;
  health_opinions health_;
  std::vector<std::unique_ptr<admin_feed>> feeds_;
  std::vector<std::unique_ptr<admin_offer>> offers_;
};

}  // namespace mw::swim
