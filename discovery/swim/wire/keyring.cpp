// keyring: rules of rotation, and the texts of keys.
// SPDX-License-Identifier: Apache-2.0
#include "wire/keyring.h"

#include "wire/aead.h"

#include <algorithm>

namespace mw::swim {

namespace {

constexpr std::string_view digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t file_max = 4096;

}  // namespace

std::uint32_t keyring::id_of(std::string_view key) {
  const std::string digest = hmac_sha256(key, "meshwright gossip key id");
  std::uint32_t id = 0;
  for (const char c : digest.substr(0, 4)) id = (id << 8) | static_cast<unsigned char>(c);
  return id == 0 ? 1 : id;
}

const std::string* keyring::find(std::uint32_t id) const {
  for (const std::string& key : keys_)
    if (id_of(key) == id) return &key;
  return nullptr;
}

bool keyring::has(std::string_view key) const {
  return std::find(keys_.begin(), keys_.end(), key) != keys_.end();
}

status keyring::install(const std::string& key) {
  if (key.size() != 16 && key.size() != 24 && key.size() != 32)
    return {errc::invalid, "a key has 16, 24 or 32 bytes, not " + std::to_string(key.size()) +
                               "; `mw keys generate` makes one"};
  if (has(key)) return {};
  if (keys_.size() >= keys_max)
    return {errc::overloaded, std::to_string(keys_max) +
                                  " keys are installed, which is the limit; remove an old one"};
  keys_.push_back(key);
  return {};
}

status keyring::use(std::string_view key) {
  const auto at = std::find(keys_.begin(), keys_.end(), key);
  if (at == keys_.end()) return {errc::not_found, "this key is not installed; install it first"};
  std::rotate(keys_.begin(), at, at + 1);
  return {};
}

status keyring::remove(std::string_view key) {
  if (!keys_.empty() && keys_.front() == key)
    return {errc::denied, "this key is in use; use another one first"};
  const auto at = std::find(keys_.begin(), keys_.end(), key);
  if (at == keys_.end()) return {errc::not_found, "this key is not installed"};
  keys_.erase(at);
  return {};
}

std::string base64(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t word = 0;
    const std::size_t here = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t j = 0; j < 3; ++j)
      word = (word << 8) | (j < here ? static_cast<unsigned char>(bytes[i + j]) : 0u);
    for (std::size_t j = 0; j < 4; ++j)
      out.push_back(j <= here ? digits[(word >> (18 - 6 * j)) & 63] : '=');
  }
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 4) {
    std::uint32_t word = 0;
    std::size_t padding = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      const char c = text[i + j];
      const std::size_t value = digits.find(c);
      const bool may_pad = c == '=' && i + 4 == text.size() && j >= 2;
      if (value == std::string_view::npos && !may_pad) return std::nullopt;
      if (value != std::string_view::npos && padding > 0) return std::nullopt;
      padding += may_pad ? 1 : 0;
      word = (word << 6) | (may_pad ? 0u : static_cast<std::uint32_t>(value));
    }
    for (std::size_t j = 0; j + padding < 3; ++j)
      out.push_back(static_cast<char>(word >> (16 - 8 * j)));
  }
  if (base64(out) != text) return std::nullopt;
  return out;
}

std::string keyring_file(const keyring& ring) {
  std::string out = "[";
  for (const std::string& key : ring.keys())
    out += std::string(out.size() > 1 ? ",\n " : "\n ") + '"' + base64(key) + '"';
  return out + "\n]\n";
}

result<keyring> parse_keyring_file(std::string_view text) {
  const failure wrong(
      errc::invalid, "a keyring file is a JSON array of at most 4 base64 texts, the primary first");
  if (text.size() > file_max) return wrong;
  keyring ring;
  std::string_view rest = text;
  const auto blanks = [&rest] {
    const std::size_t at = rest.find_first_not_of(" \t\r\n");
    rest.remove_prefix(at == std::string_view::npos ? rest.size() : at);
  };
  const auto accept = [&](char c) {
    blanks();
    if (!rest.starts_with(c)) return false;
    rest.remove_prefix(1);
    return true;
  };
  if (!accept('[')) return wrong;
  while (!accept(']')) {
    if (!ring.empty() && !accept(',')) return wrong;
    if (!accept('"')) return wrong;
    const std::size_t end = rest.find('"');
    if (end == std::string_view::npos) return wrong;
    const auto key = from_base64(rest.substr(0, end));
    rest.remove_prefix(end + 1);
    if (!key) return wrong;
    MW_CHECK(ring.install(*key));
  }
  blanks();
  if (!rest.empty()) return wrong;
  return ring;
}

}  // namespace mw::swim
