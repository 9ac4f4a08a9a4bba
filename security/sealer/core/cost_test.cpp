// cost_test: sealing and opening ask for no memory once buffers have grown, OpenSSL included.
// SPDX-License-Identifier: Apache-2.0
#include "testing/world.h"

#include <doctest/doctest.h>
#include <openssl/crypto.h>

#include <cstdlib>
#include <new>

namespace {
std::uint64_t requests = 0;

void* counted(std::size_t size) {
  ++requests;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}

void* openssl_new(std::size_t size, const char*, int) {
  ++requests;
  return std::malloc(size);
}
void* openssl_again(void* memory, std::size_t size, const char*, int) {
  ++requests;
  return std::realloc(memory, size);
}
void openssl_free(void* memory, const char*, int) {
  std::free(memory);
}
// Before OpenSSL asks for anything.
const bool openssl_counts = CRYPTO_set_mem_functions(openssl_new, openssl_again, openssl_free) == 1;
}  // namespace

void* operator new(std::size_t size) {
  return counted(size);
}
void* operator new[](std::size_t size) {
  return counted(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace mw::sealing {

TEST_CASE("sealer: no allocation for a message in steady state") {
  REQUIRE(openssl_counts);
  for (const auto cipher :
       {crypto::aead_algorithm::aes_256_gcm, crypto::aead_algorithm::chacha20_poly1305}) {
    testing::world w;
    w.bounds.algorithm = cipher;
    w.boot("a");
    w.boot("b");
    w.connect("a", "b");
    w.settle();
    const std::string text(1000, 'x');
    message_out body, envelope;
    body.append(as_bytes(text));
    const seal_context context{"a", "b", "orders.put", as_bytes("bound"), false};
    sealing_core& a = w.core("a");
    sealing_core& b = w.core("b");
    std::uint64_t good = 0;
    const auto pass = [&] {
      if (a.seal(context, body, envelope, w.at.now) &&
          b.open(context, envelope.written(), w.at.now))
        ++good;
    };
    for (int i = 0; i < 10; ++i) pass();
    const std::uint64_t before = requests;
    for (int i = 0; i < 10'000; ++i) pass();
    CHECK(requests == before);
    CHECK(good == 10'010);
  }
}

}  // namespace mw::sealing
