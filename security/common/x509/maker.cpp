// maker: builds what the recipe says, extension by extension.
// SPDX-License-Identifier: Apache-2.0
#include "maker.h"

#include "pem.h"

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/objects.h>

#include <utility>

namespace mw::x509 {
namespace {

using extension_ptr = std::unique_ptr<X509_EXTENSION, freed_by<X509_EXTENSION_free>>;
using integer_ptr = std::unique_ptr<ASN1_INTEGER, freed_by<ASN1_INTEGER_free>>;
using number_ptr = std::unique_ptr<BIGNUM, freed_by<BN_free>>;
using object_ptr = std::unique_ptr<ASN1_OBJECT, freed_by<ASN1_OBJECT_free>>;
using octets_ptr = std::unique_ptr<ASN1_OCTET_STRING, freed_by<ASN1_OCTET_STRING_free>>;
using bits_ptr = std::unique_ptr<ASN1_BIT_STRING, freed_by<ASN1_BIT_STRING_free>>;
using names_ptr = std::unique_ptr<GENERAL_NAMES, freed_by<GENERAL_NAMES_free>>;
using constraints_ptr = std::unique_ptr<BASIC_CONSTRAINTS, freed_by<BASIC_CONSTRAINTS_free>>;
using limits_ptr = std::unique_ptr<NAME_CONSTRAINTS, freed_by<NAME_CONSTRAINTS_free>>;
using time_ptr = std::unique_ptr<ASN1_TIME, freed_by<ASN1_TIME_free>>;
using revoked_ptr = std::unique_ptr<X509_REVOKED, freed_by<X509_REVOKED_free>>;
void free_usages(STACK_OF(ASN1_OBJECT) * list) {
  sk_ASN1_OBJECT_pop_free(list, ASN1_OBJECT_free);
}
using usages_ptr = std::unique_ptr<STACK_OF(ASN1_OBJECT), freed_by<free_usages>>;

failure broken(std::string_view what) {
  return {errc::invalid, std::string(what) + ": " + openssl_reason("libcrypto refused it")};
}

const EVP_MD* digest_for(const EVP_PKEY& key, digest_kind kind) {
  const int type = EVP_PKEY_get_base_id(&key);
  if (type == EVP_PKEY_ED25519 || type == EVP_PKEY_ED448) return nullptr;
  switch (kind) {
    case digest_kind::sha256:
      return EVP_sha256();
    case digest_kind::sha384:
      return EVP_sha384();
    case digest_kind::sha1:
      return EVP_sha1();
  }
  return EVP_sha256();
}

integer_ptr integer_of(std::string_view bytes, bool negative) {
  const number_ptr number(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                                    static_cast<int>(bytes.size()), nullptr));
  BN_set_negative(number.get(), negative ? 1 : 0);
  return integer_ptr(BN_to_ASN1_INTEGER(number.get(), nullptr));
}

integer_ptr drawn_serial() {
  constexpr int serial_bits = 127;
  const number_ptr number(BN_new());
  if (BN_rand(number.get(), serial_bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) != 1) return nullptr;
  return integer_ptr(BN_to_ASN1_INTEGER(number.get(), nullptr));
}

GENERAL_NAME* general_name(const alternative_name& name) {
  if (name.kind == name_kind::ip)
    return a2i_GENERAL_NAME(nullptr, nullptr, nullptr, GEN_IPADD, name.value.c_str(), 0);
  GENERAL_NAME* made = GENERAL_NAME_new();
  ASN1_IA5STRING* text = ASN1_IA5STRING_new();
  ASN1_STRING_set(text, name.value.data(), static_cast<int>(name.value.size()));
  GENERAL_NAME_set0_value(made, name.kind == name_kind::uri ? GEN_URI : GEN_DNS, text);
  return made;
}

names_ptr general_names(const std::vector<alternative_name>& names) {
  names_ptr made(sk_GENERAL_NAME_new_null());
  for (const alternative_name& name : names) {
    GENERAL_NAME* one = general_name(name);
    if (one == nullptr) return nullptr;
    sk_GENERAL_NAME_push(made.get(), one);
  }
  return made;
}

STACK_OF(GENERAL_SUBTREE) * subtrees(const std::vector<alternative_name>& names) {
  if (names.empty()) return nullptr;
  STACK_OF(GENERAL_SUBTREE)* made = sk_GENERAL_SUBTREE_new_null();
  for (const alternative_name& name : names) {
    GENERAL_SUBTREE* one = GENERAL_SUBTREE_new();
    GENERAL_NAME_free(one->base);
    one->base = general_name(name);
    sk_GENERAL_SUBTREE_push(made, one);
  }
  return made;
}

extension_ptr raw(const raw_extension& wanted) {
  const object_ptr oid(OBJ_txt2obj(wanted.oid.c_str(), 1));
  const octets_ptr value(ASN1_OCTET_STRING_new());
  ASN1_OCTET_STRING_set(value.get(), reinterpret_cast<const unsigned char*>(wanted.der.data()),
                        static_cast<int>(wanted.der.size()));
  if (oid == nullptr) return nullptr;
  return extension_ptr(
      X509_EXTENSION_create_by_OBJ(nullptr, oid.get(), wanted.critical ? 1 : 0, value.get()));
}

class certificate_builder {
 public:
  certificate_builder(const certificate_recipe& recipe, EVP_PKEY& subject_key, EVP_PKEY& issuer_key,
                      X509* issuer)
      : recipe_(recipe),
        subject_key_(subject_key),
        issuer_key_(issuer_key),
        issuer_(issuer),
        made_(X509_new()) {}

  result<std::string> build() {
    if (!set_head()) return broken("the head of a certificate");
    if (recipe_.version >= 3 && !add_extensions()) return broken("an extension of a certificate");
    const EVP_MD* digest = digest_for(issuer_key_, recipe_.digest);
    if (X509_sign(made_.get(), &issuer_key_, digest) <= 0) return broken("signing a certificate");
    return pem_of(*made_);
  }

 private:
  bool set_head() {
    const integer_ptr serial = recipe_.serial.empty()
                                   ? drawn_serial()
                                   : integer_of(recipe_.serial, recipe_.negative_serial);
    X509_NAME* subject = X509_get_subject_name(made_.get());
    bool fine = serial != nullptr && X509_set_version(made_.get(), recipe_.version - 1) == 1 &&
                X509_set_serialNumber(made_.get(), serial.get()) == 1;
    if (fine && !recipe_.subject.empty())
      fine =
          X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(recipe_.subject.data()),
                                     static_cast<int>(recipe_.subject.size()), -1, 0) == 1;
    const X509* issuer = issuer_ != nullptr ? issuer_ : made_.get();
    return fine && X509_set_issuer_name(made_.get(), X509_get_subject_name(issuer)) == 1 &&
           set_time(X509_getm_notBefore(made_.get()), recipe_.not_before) &&
           set_time(X509_getm_notAfter(made_.get()), recipe_.not_after) &&
           X509_set_pubkey(made_.get(), &subject_key_) == 1;
  }

  static bool set_time(ASN1_TIME* at, wall_time when) {
    return ASN1_TIME_set(at, seconds_of(when)) != nullptr;
  }

  bool add_extensions() {
    bool fine = add_constraints() && add_usages() && add_names() && add_name_limits();
    if (recipe_.key_identifiers) fine = fine && add_key_identifiers();
    for (const raw_extension& wanted : recipe_.more) fine = fine && add(raw(wanted));
    return fine;
  }

  bool add_constraints() {
    constexpr int der_true = 0xff;  // libcrypto writes what it is given; others read only this
    if (recipe_.authority == authority_flag::absent) return true;
    const bool yes = recipe_.authority == authority_flag::yes;
    const constraints_ptr value(BASIC_CONSTRAINTS_new());
    value->ca = yes ? der_true : 0;
    if (yes && recipe_.path_length >= 0) {
      value->pathlen = ASN1_INTEGER_new();
      ASN1_INTEGER_set(value->pathlen, recipe_.path_length);
    }
    return add(NID_basic_constraints, value.get(), true);
  }

  bool add_usages() {
    if (recipe_.usages != 0) {
      const bits_ptr value(ASN1_BIT_STRING_new());
      constexpr int usage_bits = 9;
      for (int bit = 0; bit < usage_bits; ++bit)
        if ((recipe_.usages >> static_cast<unsigned>(bit) & 1U) != 0)
          ASN1_BIT_STRING_set_bit(value.get(), bit, 1);
      if (!add(NID_key_usage, value.get(), true)) return false;
    }
    if (recipe_.extended_usages.empty()) return true;
    const usages_ptr list(sk_ASN1_OBJECT_new_null());
    for (const std::string& name : recipe_.extended_usages) {
      ASN1_OBJECT* one = OBJ_txt2obj(name.c_str(), 0);
      if (one == nullptr) return false;
      sk_ASN1_OBJECT_push(list.get(), one);
    }
    return add(NID_ext_key_usage, list.get(), false);
  }

  bool add_names() {
    if (recipe_.names.empty()) return true;
    const names_ptr names = general_names(recipe_.names);
    return names != nullptr && add(NID_subject_alt_name, names.get(), recipe_.subject.empty());
  }

  bool add_name_limits() {
    if (recipe_.permitted.empty() && recipe_.excluded.empty()) return true;
    const limits_ptr limits(NAME_CONSTRAINTS_new());
    limits->permittedSubtrees = subtrees(recipe_.permitted);
    limits->excludedSubtrees = subtrees(recipe_.excluded);
    return add(NID_name_constraints, limits.get(), true);
  }

  // Self-signed certificates identify their own key as the issuer's.
  bool add_key_identifiers() {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, nullptr, made_.get(), nullptr, nullptr, 0);
    const extension_ptr own(
        X509V3_EXT_conf_nid(nullptr, &context, NID_subject_key_identifier, "hash"));
    if (!add(own)) return false;
    const std::unique_ptr<AUTHORITY_KEYID, freed_by<AUTHORITY_KEYID_free>> of(
        AUTHORITY_KEYID_new());
    const ASN1_OCTET_STRING* id =
        X509_get0_subject_key_id(issuer_ != nullptr ? issuer_ : made_.get());
    if (id == nullptr) {
      ERR_clear_error();
      return true;
    }
    of->keyid = ASN1_OCTET_STRING_dup(id);
    return add(NID_authority_key_identifier, of.get(), false);
  }

  bool add(int nid, void* value, bool critical) {
    return add(extension_ptr(X509V3_EXT_i2d(nid, critical ? 1 : 0, value)));
  }
  bool add(const extension_ptr& made) {
    return made != nullptr && X509_add_ext(made_.get(), made.get(), -1) == 1;
  }

  const certificate_recipe& recipe_;
  EVP_PKEY& subject_key_;
  EVP_PKEY& issuer_key_;
  X509* issuer_;  // null: self-signed
  certificate_ptr made_;
};

struct read_issuer {
  certificate_ptr certificate;
  key_ptr key;
};

result<key_ptr> key_of(std::string_view text) {
  judged<key_ptr> key = read_key(text);
  if (!key.ok()) return {errc::invalid, to_string(key.wrong)};
  return std::move(key.value);
}

result<read_issuer> issuer_of(const issuer_text& text) {
  judged<certificates> all = read_certificates(text.certificate, refusal::no_certificate);
  if (!all.ok()) return failure{errc::invalid, to_string(all.wrong)}.in("reading the issuer");
  MW_TRY(key_ptr key, key_of(text.key));
  return read_issuer{std::move(all.value.front()), std::move(key)};
}

bool add_revoked(X509_CRL& list, const crl_recipe& recipe) {
  for (std::size_t at = 0; at < recipe.serials.size(); ++at) {
    const wall_time revoked = at < recipe.times.size() ? recipe.times[at] : recipe.revoked_at;
    const time_ptr when(ASN1_TIME_set(nullptr, seconds_of(revoked)));
    revoked_ptr entry(X509_REVOKED_new());
    const integer_ptr number = integer_of(recipe.serials[at], false);
    if (X509_REVOKED_set_serialNumber(entry.get(), number.get()) != 1 ||
        X509_REVOKED_set_revocationDate(entry.get(), when.get()) != 1 ||
        X509_CRL_add0_revoked(&list, entry.get()) != 1)
      return false;
    static_cast<void>(entry.release());  // the list owns it now
  }
  return X509_CRL_sort(&list) == 1;
}

bool add_crl_extensions(X509_CRL& list, const crl_recipe& recipe, X509& issuer) {
  const integer_ptr number(ASN1_INTEGER_new());
  ASN1_INTEGER_set_uint64(number.get(), recipe.number);
  if (X509_CRL_add1_ext_i2d(&list, NID_crl_number, number.get(), 0, 0) != 1) return false;
  if (const ASN1_OCTET_STRING* id = X509_get0_subject_key_id(&issuer)) {
    const std::unique_ptr<AUTHORITY_KEYID, freed_by<AUTHORITY_KEYID_free>> of(
        AUTHORITY_KEYID_new());
    of->keyid = ASN1_OCTET_STRING_dup(id);
    if (X509_CRL_add1_ext_i2d(&list, NID_authority_key_identifier, of.get(), 0, 0) != 1)
      return false;
  }
  for (const raw_extension& wanted : recipe.more) {
    const extension_ptr one = raw(wanted);
    if (one == nullptr || X509_CRL_add_ext(&list, one.get(), -1) != 1) return false;
  }
  return true;
}

}  // namespace

result<std::string> make_key_text(key_kind kind, unsigned rsa_bits) {
  MW_TRY(const key_ptr key, make_key(kind, rsa_bits));
  return pem_of_private(*key);
}

result<std::string> make_certificate(const certificate_recipe& recipe, std::string_view subject_key,
                                     const issuer_text& issuer) {
  MW_TRY(const key_ptr key, key_of(subject_key));
  MW_TRY(const read_issuer by, issuer_of(issuer));
  return certificate_builder(recipe, *key, *by.key, by.certificate.get()).build();
}

result<std::string> make_self_signed(const certificate_recipe& recipe,
                                     std::string_view subject_key) {
  MW_TRY(const key_ptr key, key_of(subject_key));
  return certificate_builder(recipe, *key, *key, nullptr).build();
}

result<std::string> make_crl(const crl_recipe& recipe, const issuer_text& issuer) {
  MW_TRY(const read_issuer by, issuer_of(issuer));
  const crl_ptr list(X509_CRL_new());
  const time_ptr from(ASN1_TIME_set(nullptr, seconds_of(recipe.this_update)));
  const time_ptr until(ASN1_TIME_set(nullptr, seconds_of(recipe.next_update)));
  const bool fine =
      X509_CRL_set_version(list.get(), 1) == 1 &&
      X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(by.certificate.get())) == 1 &&
      X509_CRL_set1_lastUpdate(list.get(), from.get()) == 1 &&
      X509_CRL_set1_nextUpdate(list.get(), until.get()) == 1 && add_revoked(*list, recipe) &&
      add_crl_extensions(*list, recipe, *by.certificate);
  if (!fine) return broken("the content of a revocation list");
  if (X509_CRL_sign(list.get(), by.key.get(), digest_for(*by.key, recipe.digest)) <= 0)
    return broken("signing a revocation list");
  return pem_of(*list);
}

}  // namespace mw::x509
