// packet: see packet.h. The one file here that includes OpenSSL.
// SPDX-License-Identifier: Apache-2.0
#include "common/presence/packet.h"

#include "common/packing/packing.h"
#include "common/sources/peer_list.h"

#include <mw/assert.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace mw::presence {
namespace {

using packing::byte_reader;
using packing::put;
using packing::put_short;

constexpr std::string_view magic = "MWP";
constexpr char version = 1;
constexpr std::uint8_t sealed = 1;

std::string tag_of(std::string_view key, std::string_view text) {
  std::array<unsigned char, tag_size> out{};
  unsigned size = 0;
  const auto* const done =
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data(), &size);
  MW_ASSERT(done != nullptr && size == out.size(), "HMAC takes any key and text");
  return {reinterpret_cast<const char*>(out.data()), out.size()};
}

failure broken(std::string_view why) {
  return {errc::invalid, "not a call: " + std::string(why)};
}

// Leaves the packet without its tag.
status check_tag(std::string_view& packet, bool has_tag, std::string_view key) {
  if (!has_tag) {
    if (key.empty()) return {};
    return {errc::denied, "the packet has no tag"};
  }
  if (key.empty()) return {errc::denied, "the packet has a tag, and no key is known here"};
  if (packet.size() < tag_size) return broken("its tag is cut");
  const std::string_view tag = packet.substr(packet.size() - tag_size);
  packet.remove_suffix(tag_size);
  const std::string wanted = tag_of(key, packet);
  if (CRYPTO_memcmp(wanted.data(), tag.data(), tag_size) != 0)
    return {errc::denied, "the tag is wrong"};
  return {};
}

}  // namespace

std::string encode(const call& of, std::string_view key) {
  std::string out(magic);
  out += version;
  put(out, static_cast<std::uint8_t>(of.what));
  put(out, key.empty() ? std::uint8_t{0} : sealed);
  put(out, of.life);
  put(out, of.number);
  put(out, of.sent_ms);
  put(out, of.interval_ms);
  for (const std::string* text : {&of.cluster, &of.id, &of.zone, &of.address}) {
    MW_ASSERT(text->size() <= 255, "options and names are bounded");
    put_short(out, *text);
  }
  if (!key.empty()) out += tag_of(key, out);
  return out;
}

result<call> decode(bytes_view packet, std::string_view key) {
  std::string_view text = as_text(packet);
  if (text.size() > packet_max) return broken("it is too long");
  if (text.size() < magic.size() + 3 || !text.starts_with(magic))
    return broken("it begins with other bytes");
  if (text[magic.size()] != version)
    return failure(
        errc::unsupported,
        "version " + std::to_string(static_cast<std::uint8_t>(text[3])) + ", this node knows 1");
  const auto flags = static_cast<std::uint8_t>(text[magic.size() + 2]);
  MW_CHECK(check_tag(text, (flags & sealed) != 0, key));
  byte_reader in(text.substr(magic.size() + 1));
  call out;
  const auto what = in.number<std::uint8_t>();
  (void)in.number<std::uint8_t>();
  out.life = in.number<std::uint64_t>();
  out.number = in.number<std::uint32_t>();
  out.sent_ms = in.number<std::uint64_t>();
  out.interval_ms = in.number<std::uint32_t>();
  for (std::string* each : {&out.cluster, &out.id, &out.zone, &out.address})
    *each = std::string(in.short_text());
  if (in.failed() || !in.empty()) return broken("it is cut, or too long");
  if (what < 1 || what > 3) return broken("of a kind that there is not");
  out.what = static_cast<kind>(what);
  MW_CHECK(sources::check_name(out.id));
  if (!out.zone.empty()) MW_CHECK(sources::check_name(out.zone));
  if (out.what != kind::here) return out;
  MW_TRY(const endpoint at, parse_endpoint(out.address));
  if (at.local || at.port == 0) return broken("its address cannot be dialled");
  out.address = to_string(at);
  return out;
}

}  // namespace mw::presence
