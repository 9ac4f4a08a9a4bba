// crypto: a provider of random numbers for OpenSSL, whose numbers are the host's.
// SPDX-License-Identifier: Apache-2.0
#include "engine/crypto.h"

#include "engine/engine_bytes.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <new>

namespace mw::tls {

namespace {

constexpr char generator_name[] = "MW-HOST";
constexpr char source_parameter[] = "mw-entropy";
constexpr std::size_t request_max = 64 * 1024;
constexpr unsigned strength = 256;

// One generator of OpenSSL: it keeps no state but where the numbers come from.
struct generator {
  entropy* source = nullptr;
};

void* generator_new(void*, void* parent, const OSSL_DISPATCH*) {
  auto made = std::make_unique<generator>();
  // All generators of an instance are of this kind, so a parent is one, too.
  if (parent != nullptr) made->source = static_cast<generator*>(parent)->source;
  return made.release();
}
void generator_free(void* self) {
  std::unique_ptr<generator>{static_cast<generator*>(self)};
}
int generator_begin(void*, unsigned, int, const unsigned char*, std::size_t, const OSSL_PARAM*) {
  return 1;
}
int generator_end(void*) {
  return 1;
}
int generator_fill(void* self, unsigned char* out, std::size_t size, unsigned, int,
                   const unsigned char*, std::size_t) {
  entropy* const source = static_cast<generator*>(self)->source;
  if (source == nullptr) return 0;
  source->fill(std::as_writable_bytes(std::span(out, size)));
  return 1;
}
// One lane uses an instance, so there is nothing to lock.
int generator_enable_locking(void*) {
  return 1;
}
int generator_lock(void*) {
  return 1;
}
void generator_unlock(void*) {}

int generator_get(void*, OSSL_PARAM* wanted) {
  OSSL_PARAM* p = OSSL_PARAM_locate(wanted, OSSL_RAND_PARAM_STATE);
  if (p != nullptr && OSSL_PARAM_set_int(p, EVP_RAND_STATE_READY) == 0) return 0;
  p = OSSL_PARAM_locate(wanted, OSSL_RAND_PARAM_STRENGTH);
  if (p != nullptr && OSSL_PARAM_set_uint(p, strength) == 0) return 0;
  p = OSSL_PARAM_locate(wanted, OSSL_RAND_PARAM_MAX_REQUEST);
  return p == nullptr || OSSL_PARAM_set_size_t(p, request_max) != 0 ? 1 : 0;
}
const OSSL_PARAM* generator_gettable(void*, void*) {
  static const OSSL_PARAM all[] = {OSSL_PARAM_int(OSSL_RAND_PARAM_STATE, nullptr),
                                   OSSL_PARAM_uint(OSSL_RAND_PARAM_STRENGTH, nullptr),
                                   OSSL_PARAM_size_t(OSSL_RAND_PARAM_MAX_REQUEST, nullptr),
                                   OSSL_PARAM_END};
  return all;
}
// Parameters carry numbers and texts; where the numbers come from is an address.
int generator_set(void* self, const OSSL_PARAM given[]) {
  const OSSL_PARAM* const p = OSSL_PARAM_locate_const(given, source_parameter);
  std::size_t address = 0;
  if (p == nullptr) return 1;
  if (OSSL_PARAM_get_size_t(p, &address) == 0) return 0;
  static_cast<generator*>(self)->source = reinterpret_cast<entropy*>(address);
  return 1;
}
const OSSL_PARAM* generator_settable(void*, void*) {
  static const OSSL_PARAM all[] = {OSSL_PARAM_size_t(source_parameter, nullptr), OSSL_PARAM_END};
  return all;
}

// Tables name functions without their types. Written out, not by a function: so they are constant
// data in every build, and a plug-in keeps no writable globals.
using any_function = void (*)();

const OSSL_ALGORITHM* algorithms_of(void*, int operation, int* no_cache) {
  static const OSSL_DISPATCH functions[] = {
      {OSSL_FUNC_RAND_NEWCTX, reinterpret_cast<any_function>(&generator_new)},
      {OSSL_FUNC_RAND_FREECTX, reinterpret_cast<any_function>(&generator_free)},
      {OSSL_FUNC_RAND_INSTANTIATE, reinterpret_cast<any_function>(&generator_begin)},
      {OSSL_FUNC_RAND_UNINSTANTIATE, reinterpret_cast<any_function>(&generator_end)},
      {OSSL_FUNC_RAND_GENERATE, reinterpret_cast<any_function>(&generator_fill)},
      {OSSL_FUNC_RAND_ENABLE_LOCKING, reinterpret_cast<any_function>(&generator_enable_locking)},
      {OSSL_FUNC_RAND_LOCK, reinterpret_cast<any_function>(&generator_lock)},
      {OSSL_FUNC_RAND_UNLOCK, reinterpret_cast<any_function>(&generator_unlock)},
      {OSSL_FUNC_RAND_GETTABLE_CTX_PARAMS, reinterpret_cast<any_function>(&generator_gettable)},
      {OSSL_FUNC_RAND_GET_CTX_PARAMS, reinterpret_cast<any_function>(&generator_get)},
      {OSSL_FUNC_RAND_SETTABLE_CTX_PARAMS, reinterpret_cast<any_function>(&generator_settable)},
      {OSSL_FUNC_RAND_SET_CTX_PARAMS, reinterpret_cast<any_function>(&generator_set)},
      {0, nullptr}};
  static const OSSL_ALGORITHM generators[] = {
      {generator_name, "provider=meshwright", functions, "random numbers of the host"},
      {nullptr, nullptr, nullptr, nullptr}};
  *no_cache = 0;
  return operation == OSSL_OP_RAND ? generators : nullptr;
}

int provider_begin(const OSSL_CORE_HANDLE* handle, const OSSL_DISPATCH*,
                   const OSSL_DISPATCH** functions, void** context) {
  static const OSSL_DISPATCH ours[] = {
      {OSSL_FUNC_PROVIDER_QUERY_OPERATION, reinterpret_cast<any_function>(&algorithms_of)},
      {0, nullptr}};
  *functions = ours;
  // Nobody looks at it, but it should be something.
  *context = reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(handle));
  return 1;
}

bool give_source(EVP_RAND_CTX* to, entropy& source) {
  auto address = reinterpret_cast<std::size_t>(&source);
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_size_t(source_parameter, &address),
                                   OSSL_PARAM_construct_end()};
  return to != nullptr && EVP_RAND_CTX_set_params(to, parameters) == 1;
}

failure broken(std::string_view what) {
  return {errc::internal, "OpenSSL: " + std::string(what) + ": " + openssl_reason("no reason")};
}

}  // namespace

std::string openssl_reason(std::string_view otherwise) {
  std::string said(otherwise);
  while (const unsigned long code = ERR_get_error()) {
    const char* const reason = ERR_reason_error_string(code);
    if (reason != nullptr) said = reason;
  }
  return said;
}

crypto::crypto(library_ptr library, bio_method_ptr bytes)
    : library_(std::move(library)), bytes_(std::move(bytes)) {}

result<std::unique_ptr<crypto>> crypto::make(entropy& source) {
  if (OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr) != 1) return broken("start");
  library_ptr library(OSSL_LIB_CTX_new());
  bio_method_ptr bytes = make_engine_bytes();
  if (!library || !bytes) return broken("out of memory");
  OSSL_LIB_CTX* const in = library.get();
  auto made = std::make_unique<crypto>(std::move(library), std::move(bytes));
  if (OSSL_PROVIDER_add_builtin(in, "meshwright", &provider_begin) != 1)
    return broken("adding the host's random numbers");
  made->randomness_.reset(OSSL_PROVIDER_load(in, "meshwright"));
  if (RAND_set_DRBG_type(in, generator_name, "provider=meshwright", nullptr, nullptr) != 1)
    return broken("choosing the host's random numbers");
  made->algorithms_.reset(OSSL_PROVIDER_load(in, "default"));
  if (!made->randomness_ || !made->algorithms_) return broken("loading providers");
  if (!give_source(RAND_get0_primary(in), source) || !give_source(RAND_get0_public(in), source) ||
      !give_source(RAND_get0_private(in), source))
    return broken("drawing the host's random numbers");
  return made;
}

}  // namespace mw::tls
