// recipe: the two kinds of certificates that Meshwright itself makes.
// SPDX-License-Identifier: Apache-2.0
#include "recipe.h"

#include <utility>

namespace mw::x509 {

certificate_recipe certificate_recipe::authority_named(std::string subject, wall_time from,
                                                       wall_time until) {
  certificate_recipe made;
  made.subject = std::move(subject);
  made.not_before = from;
  made.not_after = until;
  made.authority = authority_flag::yes;
  made.usages = key_cert_sign | crl_sign;
  made.extended_usages.clear();
  return made;
}

certificate_recipe certificate_recipe::node(std::string uri, wall_time from, wall_time until) {
  certificate_recipe made;
  const auto slash = uri.rfind('/');
  constexpr std::size_t common_name_max = 64;  // of X.520
  made.subject = uri.substr(slash == std::string::npos ? 0 : slash + 1, common_name_max);
  made.names.push_back({name_kind::uri, std::move(uri)});
  made.not_before = from;
  made.not_after = until;
  return made;
}

}  // namespace mw::x509
