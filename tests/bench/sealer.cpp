// sealer: sealing and opening against the raw cipher of OpenSSL doing the same work.
// SPDX-License-Identifier: Apache-2.0
// links: sealer_world security_sealer_objects
#include "bench.h"
#include "testing/world.h"

#include <openssl/evp.h>

#include <chrono>
#include <memory>
#include <string>

namespace {

using mw::crypto::aead_algorithm;
using mw::sealing::testing::world;

// One key, contexts reused, nonces set per message, sixteen authenticated bytes: the least there
// is.
struct raw_cipher {
  EVP_CIPHER* cipher;
  EVP_CIPHER_CTX* seals = EVP_CIPHER_CTX_new();
  EVP_CIPHER_CTX* opens = EVP_CIPHER_CTX_new();
  unsigned char aad[16] = {1};
  std::uint64_t nonce[2] = {0, 0};
  unsigned char tag[16] = {};
  std::vector<unsigned char> sealed, opened;

  raw_cipher(const char* name, std::size_t size)
      : cipher(EVP_CIPHER_fetch(nullptr, name, nullptr)), sealed(size), opened(size) {
    const unsigned char key[32] = {7};
    EVP_CipherInit_ex2(seals, cipher, key, nullptr, 1, nullptr);
    EVP_CipherInit_ex2(opens, cipher, key, nullptr, 0, nullptr);
  }
  raw_cipher(const raw_cipher&) = delete;
  raw_cipher& operator=(const raw_cipher&) = delete;
  ~raw_cipher() {
    EVP_CIPHER_CTX_free(seals);
    EVP_CIPHER_CTX_free(opens);
    EVP_CIPHER_free(cipher);
  }
  bool round(const std::string& text) {
    ++nonce[0];
    const auto* iv = reinterpret_cast<const unsigned char*>(nonce);
    int n = 0;
    const int size = static_cast<int>(text.size());
    EVP_CipherInit_ex2(seals, nullptr, nullptr, iv, -1, nullptr);
    EVP_CipherUpdate(seals, nullptr, &n, aad, sizeof aad);
    EVP_CipherUpdate(seals, sealed.data(), &n, reinterpret_cast<const unsigned char*>(text.data()),
                     size);
    EVP_CipherFinal_ex(seals, sealed.data(), &n);
    EVP_CIPHER_CTX_ctrl(seals, EVP_CTRL_AEAD_GET_TAG, 16, tag);
    EVP_CipherInit_ex2(opens, nullptr, nullptr, iv, -1, nullptr);
    EVP_CipherUpdate(opens, nullptr, &n, aad, sizeof aad);
    EVP_CipherUpdate(opens, opened.data(), &n, sealed.data(), size);
    EVP_CIPHER_CTX_ctrl(opens, EVP_CTRL_AEAD_SET_TAG, 16, tag);
    return EVP_CipherFinal_ex(opens, opened.data(), &n) == 1;
  }
};

struct sealed_pair {
  world w;
  mw::sealing::sealing_core* from = nullptr;  // of w, since the last agreement
  mw::sealing::sealing_core* to = nullptr;
  mw::message_out body, envelope;

  sealed_pair(aead_algorithm which, std::size_t size) : body(std::size_t{1} << 20) {
    w.bounds.algorithm = which;
    agree();
    body.append(mw::as_bytes(std::string(size, 'x')));
  }
  void agree() {
    w.boot("a");
    w.boot("b");
    w.connect("a", "b");
    w.settle();
    from = &w.core("a");
    to = &w.core("b");
  }
  bool round() {
    const mw::seal_context context{"a", "b", "orders.put", mw::as_bytes("exchange 12345678"),
                                   false};
    if (!from->seal(context, body, envelope, w.at.now)) {
      agree();  // the records of the key are used up
      return true;
    }
    return to->open(context, envelope.written(), w.at.now).ok();
  }
};

template <class Round>
void add_rounds(mw::bench::table& to, std::string name, std::size_t size, bool as_rate,
                Round round) {
  to.add_value(std::move(name), [size, as_rate, round](std::uint64_t items) {
    const std::uint64_t count = 1 + items / (1 + size / 256);
    bool good = true;
    const auto start = std::chrono::steady_clock::now();
    for (std::uint64_t i = 0; i < count; ++i) good = round() && good;
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    if (!good) return -1.0;
    const double each = took.count() / static_cast<double>(count);
    return as_rate ? static_cast<double>(size) / each : each;
  });
}

mw::bench::table work(const char* name, aead_algorithm which, std::size_t size, bool as_rate) {
  mw::bench::table t("sealer seal and open " + std::to_string(size) + " B, " + name,
                     as_rate ? "GB/s" : "ns", {"raw"});
  auto sealed = std::make_shared<sealed_pair>(which, size);
  auto raw = std::make_shared<raw_cipher>(name, size);
  add_rounds(t, "sealer", size, as_rate, [sealed] { return sealed->round(); });
  add_rounds(t, "raw", size, as_rate,
             [raw, text = std::string(size, 'x')] { return raw->round(text); });
  if (as_rate && size >= 1024) t.at_least("sealer", 0.8, "raw");
  return t;
}

mw::bench::table allocations() {
  mw::bench::table t("sealer allocations per 1000 messages", "allocations", {});
  auto sealed = std::make_shared<sealed_pair>(aead_algorithm::aes_256_gcm, 1024);
  t.add_value("seal and open 1 KiB", [sealed](std::uint64_t) {
    (void)sealed->round();
    const std::uint64_t before = mw::bench::allocation_count();
    for (int i = 0; i < 1000; ++i) (void)sealed->round();
    return static_cast<double>(mw::bench::allocation_count() - before);
  });
  t.at_most("seal and open 1 KiB", 0);
  return t;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<mw::bench::table> all;
  for (const auto& [name, which] :
       {std::pair("AES-256-GCM", aead_algorithm::aes_256_gcm),
        std::pair("ChaCha20-Poly1305", aead_algorithm::chacha20_poly1305)})
    for (const std::size_t size : {std::size_t{64}, std::size_t{1024}, std::size_t{65'536}})
      for (const bool as_rate : {false, true}) all.push_back(work(name, which, size, as_rate));
  all.push_back(allocations());
  return mw::bench::run_tables(argc, argv, std::move(all), 200'000);
}
