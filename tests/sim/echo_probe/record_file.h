// record_file: the records of all clients, durable before anybody is told that they are kept.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probe_options.h"
#include "record_text.h"

#include <string>
#include <string_view>

namespace echo_probe {

class record_file {
 public:
  explicit record_file(probe_context& context) : context_(context) {}

  // Reads what is there and writes it anew: after a failed sync nobody knows what an old file
  // holds. `done` once; after a failure call it again.
  void recover(mw::function<void(mw::status)> done);

  // Zero for an unknown client.
  [[nodiscard]] std::uint64_t last(std::string_view client) const;
  // `done` when the record is durable. Numbers of a client are consecutive; a repeated one is kept
  // already and only waits for its durability. After a failure recover() is needed.
  void keep(std::string_view client, std::uint64_t number, mw::function<void(mw::status)> done);

 private:
  void read_old(mw::file_ptr old);
  void write_new(std::string_view content);
  void swap_in();
  // True: go on; false: the recovery has ended.
  bool went_well(const mw::status& step);
  void end_recovery(mw::status outcome);

  probe_context& context_;
  last_numbers last_;
  mw::function<void(mw::status)> recovered_;
  mw::file_ptr old_;
  mw::file_ptr file_;
};

}  // namespace echo_probe
