// policy_file: reads a file again and again and tells when its text has changed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/host.h>

#include <optional>
#include <string>

namespace mw::access_policy {

// Callbacks run in later turns of the owner's lane.
struct policy_file_events {
  // A reading has ended: the text, or why there is none. Also when it is what it was.
  function<void(result<std::string_view>)> read;
};

class policy_file {
 public:
  policy_file(host& on, file_path path, duration reload, policy_file_events events);
  // Now, or when the reading under way has ended.
  void read();
  [[nodiscard]] const std::string& path() const { return path_.text; }

 private:
  void opened(result<file_ptr> outcome);
  void finish(result<std::string_view> outcome);

  host& host_;
  file_path path_;
  duration reload_;
  policy_file_events events_;
  bool reading_ = false;
  bool again_ = false;
  file_ptr file_;
  timer next_;
};

}  // namespace mw::access_policy
