// leaf: the rules in order: form, usages, names; the first that is broken is the answer.
// SPDX-License-Identifier: Apache-2.0
#include "common/spiffe/leaf.h"

#include "common/spiffe/spiffe_id.h"
#include "common/x509/facts.h"
#include "common/x509/keys.h"
#include "common/x509/openssl.h"

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <set>

namespace mw::spiffe {
namespace {

using x509::problem;
using x509::refusal;
using enum x509::refusal;

constexpr int serial_bytes_max = 20;
constexpr long version_three = 2;
constexpr std::size_t shown_max = 128;

refusal refusal_of(fault what) {
  constexpr std::array<refusal, fault_count> table{none,
                                                   uri_too_long,
                                                   uri_scheme,
                                                   uri_user_info,
                                                   uri_port,
                                                   uri_no_domain,
                                                   uri_domain_too_long,
                                                   uri_domain_letters,
                                                   uri_domain_letters,
                                                   uri_no_path,
                                                   uri_trailing_slash,
                                                   uri_empty_segment,
                                                   uri_dot_segment,
                                                   uri_percent,
                                                   uri_query,
                                                   uri_fragment,
                                                   uri_path_letters};
  return table[static_cast<std::size_t>(what)];
}

bool printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' - 1 && c <= '~'; });
}

// 127.0.0.1: four numbers between dots.
bool is_address(std::string_view domain) {
  const bool digits = std::all_of(domain.begin(), domain.end(),
                                  [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
  return digits && std::count(domain.begin(), domain.end(), '.') == 3;
}

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> out;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::size_t end = std::min(path.find('/'), path.size());
    out.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return out;
}

std::string_view node_of(const node_pattern& p, const std::vector<std::string_view>& path) {
  if (p.parts.size() != path.size()) return {};
  std::string_view id;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (p.parts[i] == "{id}")
      id = path[i];
    else if (p.parts[i] != "*" && p.parts[i] != path[i])
      return {};
  }
  return id;
}

problem wrong(refusal why, std::string detail = {}) {
  return {why, {}, std::move(detail)};
}

problem judge_serial(const X509& leaf) {
  const ASN1_INTEGER* const serial = X509_get0_serialNumber(&leaf);
  const int size = ASN1_STRING_length(serial);
  const bool zero = size == 0 || (size == 1 && ASN1_STRING_get0_data(serial)[0] == 0);
  if (zero || size > serial_bytes_max || ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER)
    return wrong(leaf_serial, "got " + x509::serial_of(leaf));
  return {};
}

problem judge_extensions(const X509& leaf) {
  std::set<int> seen;
  for (int i = 0; i < X509_get_ext_count(&leaf); ++i) {
    const int kind = OBJ_obj2nid(X509_EXTENSION_get_object(X509_get_ext(&leaf, i)));
    if (kind != NID_undef && !seen.insert(kind).second)
      return wrong(leaf_extension_twice, std::string("got two of ") + OBJ_nid2sn(kind));
  }
  return {};
}

// OpenSSL caches what the extensions say at the first of these questions, so they want a
// certificate of their own that may change.
problem judge_usages(X509& leaf, peer_side side) {
  const std::uint32_t flags = X509_get_extension_flags(&leaf);
  if ((flags & EXFLAG_INVALID) != 0) return wrong(leaf_malformed, "an extension cannot be read");
  if ((flags & EXFLAG_CA) != 0 || x509::is_authority(leaf)) return wrong(leaf_is_authority);
  const std::uint32_t usage = (flags & EXFLAG_KUSAGE) != 0 ? X509_get_key_usage(&leaf) : 0;
  if ((usage & (KU_KEY_CERT_SIGN | KU_CRL_SIGN)) != 0) return wrong(leaf_signs_certificates);
  if ((usage & KU_DIGITAL_SIGNATURE) == 0) return wrong(leaf_no_digital_signature);
  const std::uint32_t extended =
      (flags & EXFLAG_XKUSAGE) != 0 ? X509_get_extended_key_usage(&leaf) : 0;
  const bool client = side == peer_side::client;
  if ((extended & (client ? XKU_SSL_CLIENT : XKU_SSL_SERVER)) == 0)
    return wrong(leaf_wrong_usage, client ? "wants clientAuth" : "wants serverAuth");
  return {};
}

problem judge_key_of(const X509& leaf) {
  const EVP_PKEY* const key = X509_get0_pubkey(&leaf);
  if (key == nullptr) return wrong(leaf_key, "it cannot be read");
  if (x509::judge_key(*key) != none) return wrong(leaf_key, "got " + x509::words_of(*key));
  return {};
}

problem judge_form(X509& leaf, peer_side side) {
  if (X509_get_version(&leaf) != version_three) return wrong(leaf_version);
  for (problem found : {judge_serial(leaf), judge_extensions(leaf), judge_usages(leaf, side)})
    if (found.why != none) return found;
  return judge_key_of(leaf);
}

}  // namespace

result<node_pattern> parse_node_pattern(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return failure(errc::invalid, "'" + x509::escaped(text, shown_max) + "' " + std::string(why) +
                                      "; write it as /node/{id} or /ns/*/node/{id}");
  };
  if (!text.starts_with('/')) return refuse("does not begin with a slash");
  node_pattern made;
  for (const std::string_view part : segments_of(text)) {
    const bool plain = !part.empty() && part != "." && part != ".." &&
                       std::all_of(part.begin(), part.end(), is_path_character);
    if (!plain && part != "*" && part != "{id}")
      return refuse("has a segment that no path of an identity has");
    made.parts.emplace_back(part);
  }
  if (std::count(made.parts.begin(), made.parts.end(), "{id}") != 1)
    return refuse("has not exactly one segment {id}");
  return made;
}

x509::judged<peer_identity> judge_name(std::string_view uri, const leaf_rules& rules) {
  x509::judged<peer_identity> out;
  const auto refuse = [&](refusal why, std::string detail) {
    out.wrong = {why, x509::escaped(uri, shown_max), std::move(detail)};
    return out;
  };
  if (!printable(uri)) return refuse(uri_not_ascii, {});
  const parsed name = parse(uri);
  if (name.what == fault::domain_character && uri.starts_with("spiffe://["))
    return refuse(uri_address_domain, {});
  if (name.what != fault::none)
    return refuse(refusal_of(name.what), "at byte " + std::to_string(name.at));
  if (is_address(name.domain)) return refuse(uri_address_domain, {});
  if (std::find(rules.domains.begin(), rules.domains.end(), name.domain) == rules.domains.end())
    return refuse(domain_foreign, {});
  const auto path = segments_of(name.path);
  std::string_view node;
  for (const node_pattern& p : rules.nodes)
    if (node = node_of(p, path); !node.empty()) break;
  if (node.empty()) return refuse(path_not_a_node, {});
  if (node.size() > node_size_max)
    return refuse(node_name_bad, "got " + std::to_string(node.size()) + " bytes");
  out.value.uri = uri;
  out.value.domain = name.domain;
  out.value.node = node;
  return out;
}

x509::judged<peer_identity> judge_leaf(bytes_view der, peer_side side, const leaf_rules& rules) {
  x509::judged<peer_identity> out;
  const auto refuse = [&](problem why) {
    ERR_clear_error();
    out.wrong = std::move(why);
    return out;
  };
  if (der.size() > leaf_size_max)
    return refuse(
        wrong(leaf_malformed, "got " + std::to_string(der.size()) + " bytes, 32KiB are allowed"));
  x509::prepare_openssl();
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const auto* const end = at + der.size();
  const x509::certificate_ptr leaf(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (leaf == nullptr || at != end) return refuse(wrong(leaf_malformed));
  if (problem found = judge_form(*leaf, side); found.why != none) return refuse(std::move(found));
  const std::vector<std::string> uris = x509::uris_of(*leaf);
  if (uris.empty()) return refuse(wrong(leaf_no_uri));
  if (uris.size() > 1) return refuse(wrong(leaf_many_uris, "got " + std::to_string(uris.size())));
  out = judge_name(uris.front(), rules);
  ERR_clear_error();
  if (!out.ok()) return out;
  out.value.serial = x509::serial_of(*leaf);
  out.value.fingerprint = x509::fingerprint_of(*leaf);
  out.value.not_after = x509::time_of(X509_get0_notAfter(leaf.get()));
  return out;
}

}  // namespace mw::spiffe
