// watched_file: a small file that is read again and again.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/host.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace mw {

class watched_file {
 public:
  // `read` is called in later turns, each time a reading has ended: with the text, also when it is
  // what it was, or with why there is none. Longer files than `size_max` come with one byte more.
  watched_file(host& on, file_path path, duration every, std::size_t size_max,
               function<void(const result<std::string_view>&)> read);
  // Now, or when the reading under way has ended.
  void read();
  [[nodiscard]] const std::string& path() const { return path_.text; }

 private:
  void opened(result<file_ptr> outcome);
  void finish(const result<std::string_view>& outcome);

  host& host_;
  file_path path_;
  duration every_;
  std::size_t size_max_;
  function<void(const result<std::string_view>&)> read_;
  bool reading_ = false;
  bool again_ = false;
  file_ptr file_;
  timer next_;
};

}  // namespace mw
