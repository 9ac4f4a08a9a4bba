// settings: the options of security.identity.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/options.h>

#include <optional>
#include <string>
#include <vector>

namespace mw::identity {

struct settings {
  std::vector<std::string> trust_domains;
  std::vector<std::string> node_ids{"/node/{id}"};
  std::optional<file_path> deny_list;
  std::optional<file_path> deny_list_signers;
  duration reload = 2s;

  void fields(field_visitor& v);
};

}  // namespace mw::identity
