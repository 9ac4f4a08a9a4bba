// hash: made per use: keys are derived seldom, messages are not hashed.
// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/hash.h"

#include "common/crypto/raw_of.h"

#include <mw/assert.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>

namespace mw::crypto {
namespace {

unsigned char* raw_out(digest& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

struct mac {
  explicit mac(const library& with) : context(EVP_MAC_CTX_new(with.hmac())) {
    MW_ASSERT(context != nullptr, "OpenSSL gives a context");
  }
  mac(const mac&) = delete;
  mac& operator=(const mac&) = delete;
  ~mac() { EVP_MAC_CTX_free(context); }

  void begin(bytes_view key) {
    char name[] = "SHA256";
    const OSSL_PARAM all[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                              OSSL_PARAM_construct_end()};
    static constexpr unsigned char none[1] = {0};
    const unsigned char* const from = key.empty() ? none : raw_of(key);
    MW_ASSERT(EVP_MAC_init(context, from, key.size(), all) == 1, "any bytes are a key of HMAC");
  }
  void add(bytes_view piece) {
    MW_ASSERT(piece.empty() || EVP_MAC_update(context, raw_of(piece), piece.size()) == 1,
              "HMAC takes any bytes");
  }
  [[nodiscard]] digest finish() {
    digest out;
    std::size_t size = 0;
    MW_ASSERT(EVP_MAC_final(context, raw_out(out), &size, out.size()) == 1 && size == out.size(),
              "HMAC-SHA256 gives 32 bytes");
    return out;
  }

  EVP_MAC_CTX* context;
};

}  // namespace

hasher::hasher(const library& with) : context_(EVP_MD_CTX_new()) {
  MW_ASSERT(context_ != nullptr && EVP_DigestInit_ex2(context_, with.sha256(), nullptr) == 1,
            "OpenSSL gives a context");
}

hasher::~hasher() {
  EVP_MD_CTX_free(context_);
}

void hasher::add(bytes_view piece) {
  MW_ASSERT(EVP_DigestUpdate(context_, piece.data(), piece.size()) == 1, "SHA-256 takes any bytes");
}

digest hasher::finish() {
  digest out;
  MW_ASSERT(EVP_DigestFinal_ex(context_, raw_out(out), nullptr) == 1, "SHA-256 gives 32 bytes");
  return out;
}

digest sha256(const library& with, pieces of) {
  hasher work(with);
  for (const bytes_view piece : of) work.add(piece);
  return work.finish();
}

digest hmac_sha256(const library& with, bytes_view key, pieces of) {
  mac work(with);
  work.begin(key);
  for (const bytes_view piece : of) work.add(piece);
  return work.finish();
}

secret_bytes<hash_size> hkdf_extract(const library& with, bytes_view salt, bytes_view input) {
  const digest zero{};
  digest made = hmac_sha256(with, salt.empty() ? bytes_view(zero) : salt, {input});
  secret_bytes<hash_size> out;
  std::copy(made.begin(), made.end(), out.span().begin());
  wipe(made);
  return out;
}

status hkdf_expand(const library& with, bytes_view key, pieces info, std::span<std::byte> out) {
  if (out.size() > 255 * hash_size)
    return failure(errc::invalid,
                   "HKDF gives at most 8160 bytes, wanted " + std::to_string(out.size()));
  mac work(with);
  digest block{};
  std::byte count{0};
  for (std::size_t done = 0; done < out.size(); done += hash_size) {
    work.begin(key);
    if (done != 0) work.add(block);
    for (const bytes_view piece : info) work.add(piece);
    count = static_cast<std::byte>(std::to_integer<unsigned>(count) + 1);
    work.add({&count, 1});
    block = work.finish();
    const std::size_t take = std::min(hash_size, out.size() - done);
    std::copy_n(block.begin(), take, out.begin() + static_cast<std::ptrdiff_t>(done));
  }
  wipe(block);
  return {};
}

}  // namespace mw::crypto
