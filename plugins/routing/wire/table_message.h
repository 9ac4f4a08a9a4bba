// table_message: what a node tells its peers about its services and groups; see PROTOCOL.md.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/message_out.h>
#include <mw/result.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mw::routing {

inline constexpr std::size_t names_per_table = 4096;
inline constexpr std::size_t name_size_max = 128;

// Letters, digits, . _ - and 1 to 128 bytes; else `invalid`.
[[nodiscard]] status check_name(std::string_view what, std::string_view name);

struct table_change {
  enum class kind : std::uint8_t { add_service, remove_service, add_group, remove_group };
  kind what = kind::add_service;
  std::string name;
};

struct table_message {
  enum class form : std::uint8_t {
    full,   // all that is offered at `version`
    delta,  // what changed between `base` and `version`
    have,   // the answer: what the sender knows of the receiver
  };
  form what = form::full;
  std::uint64_t life = 0;  // of the node whose table it is
  std::uint64_t version = 0;
  std::uint64_t base = 0;             // delta only
  std::vector<table_change> changes;  // of a full one: only additions
};

void write_table(message_out& out, const table_message& table);
// `invalid` says what is wrong; nothing is allocated on the word of a count.
[[nodiscard]] result<table_message> read_table(bytes_view message);

}  // namespace mw::routing
