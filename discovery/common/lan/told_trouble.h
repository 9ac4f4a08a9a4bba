// told_trouble: the plug-in's state on the node's pages, told when it changes and not before.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/host.h>

#include <string>

namespace mw::lan {

class told_trouble {
 public:
  // Empty: all is well.
  void tell(host& node, const std::string& now) {
    if (now == told_) return;
    told_ = now;
    if (now.empty())
      node.status().ready();
    else
      node.status().degraded(now);
  }

 private:
  std::string told_;
};

}  // namespace mw::lan
