// frames: lengths, openings and keys of streams.
// SPDX-License-Identifier: Apache-2.0
#include "native/frames.h"

#include "wire/aead.h"
#include "wire/bytes.h"

namespace mw::swim::native {

namespace {

constexpr std::string_view magic = "MWG1";

}  // namespace

std::string nonce_of(std::uint64_t number) {
  std::string nonce(4, '\0');
  put(nonce, number);
  return nonce;
}

std::optional<std::string> frame_cutter::next() {
  if (broken_ || bytes_.size() < 4) return std::nullopt;
  byte_reader in(bytes_);
  const auto size = in.number<std::uint32_t>();
  if (size == 0 || size > frame_max) {
    broken_ = true;
    return std::nullopt;
  }
  if (in.rest().size() < size) return std::nullopt;
  std::string body(in.text(size));
  bytes_.erase(0, 4 + std::size_t{size});
  return body;
}

std::string frame(std::string_view body) {
  std::string out;
  put(out, static_cast<std::uint32_t>(body.size()));
  return out.append(body);
}

std::string encode(const opening& o) {
  std::string out(magic);
  put(out, o.label);
  put(out, o.key_id);
  return out + o.salt;
}

std::optional<opening> decode_opening(std::string_view body) {
  byte_reader in(body);
  opening o;
  if (in.text(magic.size()) != magic) return std::nullopt;
  o.label = in.number<std::uint32_t>();
  o.key_id = in.number<std::uint32_t>();
  o.salt = in.text(salt_size);
  if (in.failed() || !in.empty()) return std::nullopt;
  return o;
}

frame_sealer::frame_sealer(const std::string& master, std::string_view cluster,
                           std::string_view both_salts, bool from_dialler) {
  if (master.empty()) return;
  std::string info =
      from_dialler ? "meshwright gossip stream there " : "meshwright gossip stream back ";
  info += cluster;
  key_ = hkdf_sha256(master, both_salts, info, master.size());
}

std::string frame_sealer::seal(std::string_view body) {
  if (key_.empty()) return frame(body);
  return frame(aead_seal(key_, nonce_of(number_++), {}, body));
}

std::optional<std::string> frame_sealer::open(std::string_view body) {
  if (key_.empty()) return std::string(body);
  return aead_open(key_, nonce_of(number_++), {}, body);
}

}  // namespace mw::swim::native
