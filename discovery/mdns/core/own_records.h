// own_records: the records that say where this node is, under names that can be changed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model.h"

#include <mw/result.h>

namespace mw::mdns {

struct own_record {
  record what;
  bool unique = false;         // nobody else has a record of this name and type
  bool negative = false;       // says what is not there; sent only to those who ask for it
  time_point sent = long_ago;  // to the group

  time_point due = never;        // an answer that waits
  std::vector<endpoint> askers;  // who would be content if they knew it; empty: many
};

struct own_names {
  name instance;  // n1@demo._meshwright._tcp.local
  name host;      // n1-demo.local
};

// `attempt` counts conflicts from 1: the second instance is "n1@demo (2)" on host n1-demo-2.
[[nodiscard]] own_names names_for(const facts& of, const name& service, unsigned attempt);
[[nodiscard]] std::vector<own_record> records_for(const facts& of, const name& service,
                                                  const own_names& names);

// What a TXT record says about a node.
struct node_texts {
  std::string id;
  std::string cluster;
  std::string zone;
};
// `invalid`: a name has letters that names must not have.
[[nodiscard]] result<node_texts> read_texts(const dns::texts& from);

// A service such as _meshwright._tcp.local: two labels with underscores below a domain.
[[nodiscard]] result<name> parse_service(std::string_view text);

}  // namespace mw::mdns
