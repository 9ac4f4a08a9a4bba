// keyring: the keys that gossip is encrypted with: the first one seals, all of them open.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/result.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw::swim {

// Keys have 16, 24 or 32 bytes: AES-128, -192 or -256.
class keyring {
 public:
  static constexpr std::size_t keys_max = 4;

  [[nodiscard]] bool empty() const { return keys_.empty(); }
  [[nodiscard]] const std::string& primary() const { return keys_.front(); }
  [[nodiscard]] const std::vector<std::string>& keys() const { return keys_; }
  // A number that names a key without showing it.
  [[nodiscard]] static std::uint32_t id_of(std::string_view key);
  [[nodiscard]] const std::string* find(std::uint32_t id) const;
  [[nodiscard]] bool has(std::string_view key) const;

  // `invalid`: no key has this length; `overloaded`: keys_max are installed. Installing what is
  // there changes nothing.
  status install(const std::string& key);
  status use(std::string_view key);     // `not_found` when it is not installed
  status remove(std::string_view key);  // `denied` for the primary one

 private:
  std::vector<std::string> keys_;  // the primary one first
};

[[nodiscard]] std::string base64(std::string_view bytes);
// Nothing when it is not canonical base64 with padding.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

// The file that serf writes, too: a JSON array of base64 texts, the primary one first.
[[nodiscard]] std::string keyring_file(const keyring& ring);
[[nodiscard]] result<keyring> parse_keyring_file(std::string_view text);

}  // namespace mw::swim
