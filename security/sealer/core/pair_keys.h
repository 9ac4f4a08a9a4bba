// pair_keys: what two keys of two nodes make together: one key for each direction, and its state.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/crypto/aead.h"
#include "common/crypto/hash.h"
#include "core/replay_window.h"
#include "wire/envelope.h"
#include "wire/key_message.h"

#include <mw/message_out.h>

#include <cstdint>
#include <string_view>
#include <vector>

namespace mw::sealing {

// One public key and whose it is, for deriving.
struct key_end {
  std::string_view node;
  crypto::digest claim;  // hash of all that was signed
  crypto::aead_algorithm algorithm;
};

// The hash that names a claim; its first eight bytes are the short name.
[[nodiscard]] crypto::digest hash_claim(const crypto::library& with, bytes_view claim);
// What is signed: a label in front, so that no other signature of the same key is taken for one.
[[nodiscard]] std::vector<std::byte> claim_to_sign(bytes_view claim);
[[nodiscard]] std::uint64_t short_name(const crypto::digest& claim);

// One direction: the key, what commits to it, and the nonce of sequence zero.
class direction {
 public:
  struct material {
    crypto::secret_bytes<32> key;
    crypto::digest commitment{};
    std::array<std::byte, crypto::aead_nonce_size> nonce{};
    crypto::secret_bytes<32> confirm;  // for `have` messages
  };
  // `shared` is what X25519 gave; both ends derive the same for `from` -> `to`.
  [[nodiscard]] static material derive(const crypto::library& with,
                                       const crypto::x25519_secret& shared, const key_end& from,
                                       const key_end& to);

  [[nodiscard]] static result<direction> make(const crypto::library& with, const material& from,
                                              crypto::aead_algorithm algorithm,
                                              crypto::aead_key::use what);

  // Everything behind the body goes to `into`; false only for a broken library. `extra` is sealed
  // behind the body.
  [[nodiscard]] bool seal(const envelope_head& head, bytes_view context, const message_out& body,
                          bytes_view extra, message_out& into);
  // The commitment first, since a message can be made that opens under two keys of AES-GCM or
  // ChaCha20-Poly1305, and tells by the answer which of them it was.
  [[nodiscard]] bool commits(bytes_view commitment) const;
  // `out` has the size of the encrypted bytes; worthless unless true.
  [[nodiscard]] bool open(const envelope_view& from, bytes_view context, std::byte* out);

  [[nodiscard]] crypto::aead_algorithm algorithm() const { return algorithm_; }

 private:
  direction(crypto::aead_key key, const material& from, crypto::aead_algorithm algorithm)
      : key_(std::move(key)),
        commitment_(from.commitment),
        nonce_(from.nonce),
        algorithm_(algorithm) {}
  [[nodiscard]] bool begin(std::uint64_t sequence, bytes_view head, bytes_view context);

  crypto::aead_key key_;
  crypto::digest commitment_;
  std::array<std::byte, crypto::aead_nonce_size> nonce_;
  crypto::aead_algorithm algorithm_;
};

// Calls f(bytes) for each piece of a message, in order.
template <class F>
void for_each_piece(const message_out& from, F f) {
  const bytes_view written = from.written();
  std::size_t at = 0;
  for (const message_out::reference& r : from.references()) {
    f(written.subspan(at, r.at - at));
    f(r.bytes.view());
    at = r.at;
  }
  f(written.subspan(at));
}

}  // namespace mw::sealing
