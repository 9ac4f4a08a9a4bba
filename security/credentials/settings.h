// settings: the options of the stanza.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "keeper.h"

#include <mw/options.h>

#include <array>

namespace mw::creds {

enum class key_readers : std::uint8_t { owner, group };
constexpr std::array<std::string_view, 2> option_names(key_readers) {
  return {"owner", "group"};
}

// Texts instead of files, from the environment: `${NODE_KEY}`.
struct pem_texts {
  secret cert;
  secret key;
  secret ca;
  secret crl;
  void fields(field_visitor& v);
};

struct settings {
  std::optional<file_path> cert;
  std::optional<file_path> key;
  std::optional<file_path> ca;
  std::optional<file_path> crl;
  pem_texts pem;
  key_readers readers = key_readers::owner;
  duration reload = 5s;
  duration wait{};
  duration skew = 5min;
  duration expires_soon{};
  void fields(field_visitor& v);
  [[nodiscard]] bool nothing_given() const;
};

}  // namespace mw::creds
