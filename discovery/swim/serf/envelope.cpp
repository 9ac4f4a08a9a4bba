// envelope: layers from the outside in: label, encryption, checksum, compression, compound.
// SPDX-License-Identifier: Apache-2.0
#include "serf/envelope.h"

#include "serf/codec.h"
#include "wire/aead.h"
#include "wire/bytes.h"
#include "wire/crc32.h"
#include "wire/lzw.h"
#include "wire/pack.h"

#include <mw/assert.h>

namespace mw::swim::serf {

namespace {

constexpr char label_mark = '\xf4';
constexpr int nesting_max = 3;
constexpr std::size_t parts_max = 255;
constexpr std::size_t worth_compressing = 256;  // bytes

std::string compressed(std::string_view plain) {
  std::string out(1, static_cast<char>(kind::compress));
  packer(out).map(2).raw("Algo").number(0).raw("Buf").raw(lzw_compress(plain));
  return out;
}

std::optional<std::string> expanded(std::string_view body, std::size_t size_max) {
  unpacker in(body);
  std::uint64_t algorithm = 0;
  std::string_view buffer;
  const std::size_t entries = in.map();
  for (std::size_t i = 0; i < entries && !in.failed(); ++i) {
    const std::string_view name = in.raw();
    if (name == "Algo")
      algorithm = in.number();
    else if (name == "Buf")
      buffer = in.raw();
    else
      in.skip();
  }
  if (in.failed() || algorithm != 0) return std::nullopt;
  return lzw_expand(buffer, size_max);
}

std::string joined(const std::vector<std::string>& parts) {
  if (parts.size() == 1) return parts.front();
  std::string out(1, static_cast<char>(kind::compound));
  const std::size_t count = std::min(parts.size(), parts_max);
  put(out, static_cast<std::uint8_t>(count));
  for (std::size_t i = 0; i < count; ++i) put(out, static_cast<std::uint16_t>(parts[i].size()));
  for (std::size_t i = 0; i < count; ++i) out += parts[i];
  return out;
}

struct walk {
  opened_packet& out;
  const endpoint& from;
  std::size_t left = packet_expanded_max;  // bytes that may still be expanded
};

void take_apart(walk& w, std::string_view bytes, int depth);

void take_compound(walk& w, std::string_view body, int depth) {
  byte_reader in(body);
  const std::size_t count = in.number<std::uint8_t>();
  const std::string_view sizes = in.text(2 * count);
  if (in.failed()) {
    w.out.why = drop::malformed;
    return;
  }
  byte_reader size(sizes);
  std::string_view rest = in.rest();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t n = size.number<std::uint16_t>();
    if (n > rest.size()) {  // cut short: what is whole counts
      w.out.why = drop::malformed;
      return;
    }
    take_apart(w, rest.substr(0, n), depth + 1);
    rest.remove_prefix(n);
  }
}

void take_apart(walk& w, std::string_view bytes, int depth) {
  if (bytes.empty() || depth > nesting_max) {
    w.out.why = drop::malformed;
    return;
  }
  const auto k = static_cast<kind>(bytes.front());
  if (k == kind::compound) return take_compound(w, bytes.substr(1), depth);
  if (k == kind::compress) {
    const auto plain = expanded(bytes.substr(1), w.left);
    if (!plain) {
      w.out.why = drop::malformed;
      return;
    }
    w.left -= plain->size();
    return take_apart(w, *plain, depth + 1);
  }
  if (auto one = decode(bytes))
    w.out.messages.push_back({std::move(*one), w.from});
  else
    w.out.why = drop::malformed;
}

std::optional<std::string> without_padding(std::string plain) {
  if (plain.empty()) return std::nullopt;
  const std::size_t pad = static_cast<unsigned char>(plain.back());
  if (pad == 0 || pad > 16 || pad > plain.size()) return std::nullopt;
  plain.resize(plain.size() - pad);
  return plain;
}

// version, nonce, cipher text and tag
unwrapped open_sealed(const keyring& keys, std::string_view sealed, std::string_view aad) {
  byte_reader in(sealed);
  const auto version = in.number<std::uint8_t>();
  const std::string_view nonce = in.text(nonce_size);
  if (in.failed() || version > 1) return {{}, drop::malformed};
  for (const std::string& key : keys.keys()) {
    auto plain = aead_open(key, nonce, aad, in.rest());
    if (plain && version == 0) plain = without_padding(std::move(*plain));
    if (plain) return {std::move(*plain), drop::none};
  }
  return {{}, drop::key};
}

std::string sealed_with(const layers& with, std::string_view plain, std::string_view aad) {
  std::string out(1, '\x01');  // without padding
  const std::string nonce = with.nonce();
  out += nonce;
  return out + aead_seal(with.keys->primary(), nonce, aad, plain);
}

}  // namespace

std::size_t layers::room_taken() const {
  return (keys->empty() ? 5 : 29) + (label.empty() ? 0 : label.size() + 2) + 2;
}

std::string encrypt_packet(const layers& with, std::string_view plain) {
  return sealed_with(with, plain, with.label);
}

unwrapped decrypt_packet(const layers& with, std::string_view bytes) {
  return open_sealed(*with.keys, bytes, with.label);
}

std::string envelope::close(const packet& p, time_point) {
  MW_ASSERT(!p.parts.empty(), "a packet has something in it");
  std::string plain = joined(p.parts);
  if (plain.size() > worth_compressing) {
    std::string small = compressed(plain);
    if (small.size() < plain.size()) plain = std::move(small);
  }
  // Known members understand checksums; encryption is one already.
  if (!p.name.empty() && with_.keys->empty()) {
    std::string checked(1, static_cast<char>(kind::crc));
    put(checked, crc32(plain));
    plain = checked + plain;
  }
  if (!with_.keys->empty()) plain = encrypt_packet(with_, plain);
  if (with_.label.empty()) return plain;
  std::string out(1, label_mark);
  put_short(out, with_.label);
  return out + plain;
}

opened_packet envelope::open(std::string_view bytes, const endpoint& from, time_point) {
  opened_packet out;
  std::string_view label;
  if (bytes.starts_with(label_mark)) {
    byte_reader in(bytes.substr(1));
    label = in.short_text();
    bytes = in.rest();
  }
  if (label != with_.label) {
    out.why = drop::label;
    return out;
  }
  std::string plain(bytes);
  if (!with_.keys->empty()) {
    unwrapped opened = decrypt_packet(with_, bytes);
    if (opened.why != drop::none) {
      out.why = opened.why;
      return out;
    }
    plain = std::move(opened.bytes);
  }
  std::string_view rest = plain;
  if (rest.starts_with(static_cast<char>(kind::crc))) {
    byte_reader in(rest.substr(1));
    const auto sum = in.number<std::uint32_t>();
    rest = in.rest();
    if (in.failed() || sum != crc32(rest)) {
      out.why = drop::checksum;
      return out;
    }
  }
  walk w{out, from};
  take_apart(w, rest, 0);
  return out;
}

std::string close_stream(const layers& with, std::string_view plain, bool dialler) {
  std::string body(plain);
  if (plain.size() > worth_compressing) body = compressed(plain);
  std::string out;
  if (dialler && !with.label.empty()) {
    out += label_mark;
    put_short(out, with.label);
  }
  if (with.keys->empty()) return out + body;
  std::string head(1, static_cast<char>(kind::encrypt));
  put(head, static_cast<std::uint32_t>(body.size() + 1 + nonce_size + tag_size));
  return out + head + sealed_with(with, body, head + with.label);
}

unwrapped open_stream(const layers& with, std::string_view bytes) {
  if (bytes.empty()) return {{}, drop::malformed};
  unwrapped out{std::string(bytes), drop::none};
  const bool encrypted = static_cast<kind>(bytes.front()) == kind::encrypt;
  if (encrypted != !with.keys->empty()) return {{}, encrypted ? drop::key : drop::plaintext};
  if (encrypted) {
    if (bytes.size() < 5) return {{}, drop::malformed};
    out = open_sealed(*with.keys, bytes.substr(5), std::string(bytes.substr(0, 5)) + with.label);
    if (out.why != drop::none) return out;
  }
  if (!out.bytes.empty() && static_cast<kind>(out.bytes.front()) == kind::compress) {
    auto plain = expanded(std::string_view(out.bytes).substr(1), stream_expanded_max);
    if (!plain || plain->empty()) return {{}, drop::malformed};
    out.bytes = std::move(*plain);
  }
  if (out.bytes.empty()) out.why = drop::malformed;
  return out;
}

}  // namespace mw::swim::serf
