// openssl: the little that every use of libcrypto here needs.
// SPDX-License-Identifier: Apache-2.0
#include "openssl.h"

#include <openssl/crypto.h>
#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <climits>

namespace mw::x509 {

void prepare_openssl() {
  OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
}

std::string openssl_reason(std::string_view otherwise) {
  const unsigned long first = ERR_get_error();
  ERR_clear_error();
  if (first == 0) return std::string(otherwise);
  const char* reason = ERR_reason_error_string(first);
  return reason != nullptr ? std::string(reason) : std::string(otherwise);
}

bio_ptr reading_from(std::string_view text) {
  const auto size = std::min<std::size_t>(text.size(), INT_MAX);
  return bio_ptr(BIO_new_mem_buf(text.data(), static_cast<int>(size)));
}

std::string content_of(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

std::time_t seconds_of(wall_time at) {
  return std::chrono::floor<std::chrono::seconds>(at.since_epoch).count();
}

namespace {

// Days from 1970-01-01 in the proleptic Gregorian calendar, by eras of 400 years.
std::int64_t days_from_epoch(std::int64_t year, int month, int day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

}  // namespace

wall_time time_of(const ASN1_TIME* at) {
  std::tm when{};
  if (at == nullptr || ASN1_TIME_to_tm(at, &when) != 1) {
    ERR_clear_error();
    return {};
  }
  const std::int64_t days = days_from_epoch(when.tm_year + 1900LL, when.tm_mon + 1, when.tm_mday);
  const std::int64_t seconds =
      days * 86'400 + when.tm_hour * 3600LL + when.tm_min * 60LL + when.tm_sec;
  // Nanoseconds in 64 bits reach from 1678 to 2261; certificates may say 9999.
  constexpr std::int64_t far = 9'200'000'000;
  return {std::chrono::seconds(std::clamp(seconds, -far, far))};
}

}  // namespace mw::x509
