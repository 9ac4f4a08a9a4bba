// random_provider: the few functions that OpenSSL wants of a generator.
// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/random_provider.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

#include <cstring>

namespace mw::crypto {
namespace {

constexpr const char* generator_name = "MW-RANDOM";
constexpr const char* source_parameter = "mw-source";
constexpr std::size_t request_max = 1 << 16;
constexpr unsigned strength_bits = 256;

struct generator {
  random_source* from;
  int state;
};

using any_function = void (*)();

void* make_generator(void*, void*, const OSSL_DISPATCH*) {
  return OPENSSL_zalloc(sizeof(generator));
}
void free_generator(void* g) {
  OPENSSL_free(g);
}
int instantiate(void* g, unsigned, int, const unsigned char*, std::size_t, const OSSL_PARAM*) {
  static_cast<generator*>(g)->state = EVP_RAND_STATE_READY;
  return 1;
}
int uninstantiate(void* g) {
  static_cast<generator*>(g)->state = EVP_RAND_STATE_UNINITIALISED;
  return 1;
}
int generate(void* g, unsigned char* out, std::size_t size, unsigned, int, const unsigned char*,
             std::size_t) {
  random_source* const from = static_cast<generator*>(g)->from;
  if (from == nullptr) return 0;
  (*from)(std::as_writable_bytes(std::span(out, size)));
  return 1;
}
int reseed(void*, int, const unsigned char*, std::size_t, const unsigned char*, std::size_t) {
  return 1;
}
int always(void*) {
  return 1;
}
void never(void*) {}

int get_parameters(void* g, OSSL_PARAM* all) {
  if (OSSL_PARAM* const p = OSSL_PARAM_locate(all, OSSL_RAND_PARAM_STATE))
    if (OSSL_PARAM_set_int(p, static_cast<generator*>(g)->state) == 0) return 0;
  if (OSSL_PARAM* const p = OSSL_PARAM_locate(all, OSSL_RAND_PARAM_STRENGTH))
    if (OSSL_PARAM_set_uint(p, strength_bits) == 0) return 0;
  if (OSSL_PARAM* const p = OSSL_PARAM_locate(all, OSSL_RAND_PARAM_MAX_REQUEST))
    if (OSSL_PARAM_set_size_t(p, request_max) == 0) return 0;
  return 1;
}

int set_parameters(void* g, const OSSL_PARAM* all) {
  const OSSL_PARAM* const p = OSSL_PARAM_locate_const(all, source_parameter);
  if (p == nullptr) return 1;
  generator& to = *static_cast<generator*>(g);
  if (p->data_size != sizeof(to.from)) return 0;
  std::memcpy(&to.from, p->data, sizeof(to.from));
  return 1;
}

// Written out, not made by a function: so the tables are constant data in every build.
const OSSL_DISPATCH generator_functions[] = {
    {OSSL_FUNC_RAND_NEWCTX, reinterpret_cast<any_function>(make_generator)},
    {OSSL_FUNC_RAND_FREECTX, reinterpret_cast<any_function>(free_generator)},
    {OSSL_FUNC_RAND_INSTANTIATE, reinterpret_cast<any_function>(instantiate)},
    {OSSL_FUNC_RAND_UNINSTANTIATE, reinterpret_cast<any_function>(uninstantiate)},
    {OSSL_FUNC_RAND_GENERATE, reinterpret_cast<any_function>(generate)},
    {OSSL_FUNC_RAND_RESEED, reinterpret_cast<any_function>(reseed)},
    {OSSL_FUNC_RAND_ENABLE_LOCKING, reinterpret_cast<any_function>(always)},
    {OSSL_FUNC_RAND_LOCK, reinterpret_cast<any_function>(always)},
    {OSSL_FUNC_RAND_UNLOCK, reinterpret_cast<any_function>(never)},
    {OSSL_FUNC_RAND_GET_CTX_PARAMS, reinterpret_cast<any_function>(get_parameters)},
    {OSSL_FUNC_RAND_SET_CTX_PARAMS, reinterpret_cast<any_function>(set_parameters)},
    {0, nullptr}};

const OSSL_ALGORITHM* query(void*, int operation, int* may_keep) {
  *may_keep = 0;
  static const OSSL_ALGORITHM all[] = {
      {generator_name, "provider=meshwright", generator_functions, "random bytes of the node"},
      {nullptr, nullptr, nullptr, nullptr}};
  return operation == OSSL_OP_RAND ? all : nullptr;
}

int start_provider(const OSSL_CORE_HANDLE*, const OSSL_DISPATCH*, const OSSL_DISPATCH** out,
                   void** context) {
  static const OSSL_DISPATCH functions[] = {
      {OSSL_FUNC_PROVIDER_QUERY_OPERATION, reinterpret_cast<any_function>(query)}, {0, nullptr}};
  *out = functions;
  *context = nullptr;
  return 1;
}

bool point_at(evp_rand_ctx_st* generator_of, random_source* from) {
  if (generator_of == nullptr) return false;
  const OSSL_PARAM all[] = {
      OSSL_PARAM_construct_octet_string(source_parameter, static_cast<void*>(&from), sizeof(from)),
      OSSL_PARAM_construct_end()};
  return EVP_RAND_CTX_set_params(generator_of, all) == 1;
}

}  // namespace

bool add_random_provider(ossl_lib_ctx_st* context, ossl_provider_st*& provider) {
  if (OSSL_PROVIDER_add_builtin(context, "meshwright", start_provider) != 1) return false;
  provider = OSSL_PROVIDER_load(context, "meshwright");
  return provider != nullptr &&
         RAND_set_DRBG_type(context, generator_name, nullptr, nullptr, nullptr) == 1;
}

bool use_random_source(ossl_lib_ctx_st* context, random_source& from) {
  return point_at(RAND_get0_primary(context), &from) &&
         point_at(RAND_get0_public(context), &from) && point_at(RAND_get0_private(context), &from);
}

}  // namespace mw::crypto
