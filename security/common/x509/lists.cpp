// lists: read entry by entry.
// SPDX-License-Identifier: Apache-2.0
#include "lists.h"

#include "facts.h"

#include <openssl/err.h>

#include <charconv>
#include <utility>

namespace mw::x509 {
namespace {

constexpr std::size_t serial_bytes_max = 20;  // RFC 5280

template <class Each>
void for_each_entry(X509_CRL& list, const Each& each) {
  STACK_OF(X509_REVOKED)* const entries = X509_CRL_get_REVOKED(&list);
  for (int at = 0; at < sk_X509_REVOKED_num(entries); ++at)
    each(*sk_X509_REVOKED_value(entries, at));
}

}  // namespace

std::vector<std::string> revoked_in(X509_CRL& list) {
  std::vector<std::string> serials;
  for_each_entry(list, [&serials](const X509_REVOKED& one) {
    serials.push_back(serial_of(*X509_REVOKED_get0_serialNumber(&one)));
  });
  return serials;
}

crl_recipe recipe_of(X509_CRL& list) {
  crl_recipe out{.this_update = time_of(X509_CRL_get0_lastUpdate(&list)),
                 .next_update = time_of(X509_CRL_get0_nextUpdate(&list))};
  for_each_entry(list, [&out](const X509_REVOKED& one) {
    const ASN1_INTEGER* serial = X509_REVOKED_get0_serialNumber(&one);
    out.serials.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(serial)),
                             static_cast<std::size_t>(ASN1_STRING_length(serial)));
    out.times.push_back(time_of(X509_REVOKED_get0_revocationDate(&one)));
  });
  using integer_ptr = std::unique_ptr<ASN1_INTEGER, freed_by<ASN1_INTEGER_free>>;
  const integer_ptr number(
      static_cast<ASN1_INTEGER*>(X509_CRL_get_ext_d2i(&list, NID_crl_number, nullptr, nullptr)));
  if (number == nullptr || ASN1_INTEGER_get_uint64(&out.number, number.get()) != 1) out.number = 0;
  ERR_clear_error();
  return out;
}

result<std::string> bytes_of_hex(std::string_view text) {
  std::string bytes;
  bool fine = !text.empty() && text.size() % 2 == 0 && text.size() <= 2 * serial_bytes_max;
  for (std::size_t at = 0; fine && at < text.size(); at += 2) {
    unsigned value = 0;
    const char* const end = text.data() + at + 2;
    const auto parsed = std::from_chars(text.data() + at, end, value, 16);
    fine = parsed.ec == std::errc() && parsed.ptr == end;
    bytes += static_cast<char>(value);
  }
  if (!fine)
    return {errc::invalid,
            "'" + escaped(text, 64) +
                "' is no serial number: hex digits of 1 to 20 whole bytes, such as 0a0b"};
  return bytes;
}

}  // namespace mw::x509
