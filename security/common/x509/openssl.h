// openssl: owners of libcrypto objects and its errors as text, for the .cpp files of this domain.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mw::x509 {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

using bio_ptr = std::unique_ptr<BIO, freed_by<BIO_free>>;
using key_ptr = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using certificate_ptr = std::unique_ptr<X509, freed_by<X509_free>>;
using crl_ptr = std::unique_ptr<X509_CRL, freed_by<X509_CRL_free>>;
using certificates = std::vector<certificate_ptr>;
using crls = std::vector<crl_ptr>;

// Call before the first use of libcrypto: no configuration file and no environment variable decides
// what we accept. Cheap when called again.
void prepare_openssl();

// Empties this thread's queue of errors; the oldest, as words, or `otherwise` when there was none.
std::string openssl_reason(std::string_view otherwise);

// Memory that OpenSSL reads from; `text` must outlive it.
bio_ptr reading_from(std::string_view text);
std::string content_of(BIO* memory);

std::time_t seconds_of(wall_time at);
wall_time time_of(const ASN1_TIME* at);  // the epoch when it cannot be read

}  // namespace mw::x509
