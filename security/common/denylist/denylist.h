// denylist: a signed list of certificates, keys and identities that no node may accept any more.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw::denylist {

constexpr std::size_t text_bytes_max = std::size_t{4} << 20;
constexpr std::size_t entries_max = 10'000;
constexpr std::size_t value_bytes_max = 2048;
constexpr std::size_t reason_bytes_max = 128;

enum class entry_kind : std::uint8_t { serial, key, id };

struct entry {
  entry_kind kind = entry_kind::serial;
  // serial: of the certificate, lower-case hex of whole bytes. key: SHA-256 of the public key
  // (SPKI), 64 digits. id: spiffe://domain/path, the whole name.
  std::string value;
  std::string reason;  // printable ASCII for people; may be empty
  friend bool operator==(const entry&, const entry&) = default;
};

// A verifier keeps the highest number that it has seen: a list with a lower one is an old list that
// somebody plays back.
struct list {
  std::uint64_t number = 0;
  wall_time issued;                  // whole seconds
  std::optional<wall_time> expires;  // from then on the list is stale: somebody has to sign anew
  std::vector<entry> entries;        // by kind and value, each once; see add()
  std::string signer;                // fingerprint of the key that signed it, as in `key` entries
  std::string signature;             // bytes
};

// Puts an entry in its place; an entry of the same kind and value takes the new reason. `invalid`
// when the value has not the form of its kind; `overloaded` when the list is full.
[[nodiscard]] status add(list& to, entry one);
// False when it is not there.
bool remove(list& from, entry_kind kind, std::string_view value);

// The entry that speaks against a certificate, or null. Empty arguments match nothing. Logarithmic.
[[nodiscard]] const entry* find(const list& in, std::string_view serial,
                                std::string_view fingerprint, std::string_view uri);

// The text form; see README.md. What parse() accepts, print() writes again byte by byte, so that
// there is nothing a signature does not cover. parse() proves nothing: verify() does.
[[nodiscard]] result<list> parse(std::string_view text);
[[nodiscard]] std::string print(const list& all);
[[nodiscard]] std::string signed_part(const list& all);

// Public keys that may sign. From PEM texts with CERTIFICATE or PUBLIC KEY blocks.
class signers {
 public:
  signers();
  ~signers();
  signers(signers&&) noexcept;
  signers& operator=(signers&&) noexcept;
  // Adds those of `pem`; `invalid` when there is none or one cannot be read or is of a kind that is
  // not allowed.
  [[nodiscard]] status add(std::string_view pem);
  // `denied` when none of these keys signed it. Never looks at the time: see stale().
  [[nodiscard]] status verify(const list& one) const;
  [[nodiscard]] std::size_t size() const;

 private:
  struct keys;
  std::unique_ptr<keys> keys_;
};

// Parses and verifies.
[[nodiscard]] result<list> read(std::string_view text, const signers& trusted);
[[nodiscard]] bool stale(const list& one, wall_time now);

// Signs with a private key (PEM), sets `signer` and `signature`. For tools: uses libcrypto's
// randomness.
[[nodiscard]] status sign(list& one, std::string_view key_pem);

}  // namespace mw::denylist
