// calling_card: two files that tell `mw` and scripts where this node is and what opens it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/files.h>
#include <mw/host.h>

#include <string>
#include <vector>

namespace mw::http {

// Each file is written beside its place, for its owner alone, and then renamed into it: a reader
// finds all of it or none, an older file with a wider mode loses its readers, and a link that
// somebody put there is replaced, not followed.
class calling_card {
 public:
  struct content {
    file_path token_file;
    std::string token;    // empty: there is none to write
    std::string address;  // "https://127.0.0.1:7480"
  };

  // `h` must outlive this.
  calling_card(host& h, content what);
  calling_card(const calling_card&) = delete;
  calling_card& operator=(const calling_card&) = delete;

  // `done` is called once, in a later turn; the failure says which file and what to do.
  void write(function<void(status)> done);
  // Both files go, as far as they can.
  void remove(function<void()> done);

  // "admin.token" -> "admin.address".
  [[nodiscard]] static file_path address_file(const file_path& token_file);

 private:
  struct page {
    file_path at;
    std::string text;
  };
  void write_next();
  void put_in_place(status written);
  void finish(const status& how);

  host& host_;
  content what_;
  std::vector<page> pages_;  // still to be written, the last one first
  function<void(status)> done_;
  function<void()> removed_;
  file_ptr file_;  // of the page that is being written; last
};

}  // namespace mw::http
