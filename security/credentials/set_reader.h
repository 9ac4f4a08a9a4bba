// set_reader: reads the files of a set, one after the other, and hands them over together.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "settings.h"

#include <mw/host.h>

namespace mw::creds {

// One reading at a time. Bounded: each file by x509::file_bytes_max.
class set_reader {
 public:
  set_reader(host& owner, settings what) : host_(owner), what_(std::move(what)) {}

  // `done` is called once, in a later turn when there are files to read. Only when not busy().
  void read(function<void(candidate)> done);
  [[nodiscard]] bool busy() const { return busy_; }

 private:
  void next();
  void open(const file_path& path, source_text& into);
  void failed(source_text& into, const failure& why);

  host& host_;
  settings what_;
  bool busy_ = false;
  std::size_t at_ = 0;
  candidate found_;
  function<void(candidate)> done_;
  file_ptr file_;  // last: closed first
};

}  // namespace mw::creds
