// refusals: the table of codes. Codes are never reused for another meaning.
// SPDX-License-Identifier: Apache-2.0
#include "refusals.h"

#include <algorithm>
#include <array>

namespace mw::x509 {
namespace {

using enum refusal;

constexpr std::string_view remake = "make a new certificate";
constexpr std::string_view remake_authority = "make the authority anew and reissue";
constexpr std::string_view uri_form = "issue it for spiffe://DOMAIN/node/NAME";

constexpr auto rows = std::to_array<refusal_row>({
    refusal_row{no_certificate, "TLS001", "no certificate was shown",
                "give the peer a certificate and a key"},
    refusal_row{malformed, "TLS002", "this is not a certificate", remake},
    refusal_row{unknown_authority, "TLS003", "its authority is not trusted here",
                "add the authority to `ca`, or issue from one that is there"},
    refusal_row{expired, "TLS004", "it has expired", remake},
    refusal_row{not_yet_valid, "TLS005", "it is not valid yet",
                "compare the clocks of the two machines"},
    refusal_row{bad_signature, "TLS006", "its signature does not verify", remake},
    refusal_row{issuer_not_authority, "TLS007", "a certificate that is no authority issued it",
                "issue from a certificate with CA:true"},
    refusal_row{path_too_long, "TLS008", "its authority allows fewer intermediates",
                "issue closer to the root"},
    refusal_row{chain_too_deep, "TLS009", "the chain has more than three intermediates",
                "issue closer to the root"},
    refusal_row{chain_too_large, "TLS010", "the chain has more than 32 KiB",
                "send the leaf and its intermediates only"},
    refusal_row{wrong_purpose, "TLS011", "it is not meant for this side of a connection",
                "issue it with clientAuth and serverAuth"},
    refusal_row{name_not_permitted, "TLS012", "its authority may not issue this name",
                "issue from an authority without that name constraint"},
    refusal_row{critical_extension, "TLS013", "it has a critical extension that is not known here",
                "issue it without the extension"},
    refusal_row{weak_signature, "TLS014", "it is signed with a weak digest",
                "sign with SHA-256 or better"},
    refusal_row{key_too_small, "TLS015", "a key of the chain is too small",
                "use P-256, P-384, Ed25519, or RSA with 2048 to 4096 bits"},
    refusal_row{key_not_allowed, "TLS016", "a key of the chain is of a kind that is not allowed",
                "use P-256, P-384, Ed25519, or RSA with 2048 to 4096 bits"},
    refusal_row{revoked, "TLS017", "it was revoked", remake},
    refusal_row{crl_missing, "TLS018", "there is no revocation list of its issuer",
                "add the issuer's list to `crl`, or set no `crl` at all"},
    refusal_row{crl_not_yet_valid, "TLS019", "the issuer's revocation list is not valid yet",
                "compare the clocks, or fetch the list again"},
    refusal_row{crl_expired, "TLS020", "the issuer's revocation list is out of date",
                "publish a new list"},
    refusal_row{crl_bad_signature, "TLS021", "the revocation list is not signed by the issuer",
                "fetch the list again"},
    refusal_row{crl_unusable, "TLS022", "the revocation list says what is not understood here",
                "publish a complete list without critical extensions of your own"},
    refusal_row{profile_broken, "TLS023", "it breaks the certificate profile of RFC 5280",
                "issue it with key identifiers, criticality and usages as the RFC asks"},
    refusal_row{extension_malformed, "TLS024", "an extension is malformed or stands there twice",
                remake},
    refusal_row{issuer_may_not_sign, "TLS025", "its issuer has no keyUsage", remake_authority},
    refusal_row{self_signed, "TLS026", "it signed itself",
                "issue it from an authority that is trusted here"},

    refusal_row{leaf_malformed, "AUTH001", "this is not a certificate", remake},
    refusal_row{leaf_version, "AUTH002", "it is not of X.509 version 3", remake},
    refusal_row{leaf_is_authority, "AUTH003", "an authority is not a node",
                "issue it with CA:false"},
    refusal_row{leaf_signs_certificates, "AUTH004",
                "a node's key may not sign certificates or revocation lists",
                "issue it without keyCertSign and cRLSign"},
    refusal_row{leaf_no_digital_signature, "AUTH005", "its key may not sign",
                "issue it with digitalSignature"},
    refusal_row{leaf_wrong_usage, "AUTH006", "its extended usage has not what this side needs",
                "issue it with clientAuth and serverAuth"},
    refusal_row{leaf_no_uri, "AUTH007", "it has no URI name", uri_form},
    refusal_row{leaf_many_uris, "AUTH008", "it has more than one URI name", uri_form},
    refusal_row{uri_scheme, "AUTH009", "the scheme of its name is not spiffe", uri_form},
    refusal_row{uri_no_domain, "AUTH010", "its name has no trust domain", uri_form},
    refusal_row{uri_domain_letters, "AUTH011",
                "its trust domain has other bytes than a-z, 0-9, '.', '-' and '_'", uri_form},
    refusal_row{uri_user_info, "AUTH012", "its name has user information", uri_form},
    refusal_row{uri_port, "AUTH013", "its name has a port", uri_form},
    refusal_row{uri_query, "AUTH014", "its name has a query", uri_form},
    refusal_row{uri_fragment, "AUTH015", "its name has a fragment", uri_form},
    refusal_row{uri_percent, "AUTH016", "its name has percent-encoded bytes", uri_form},
    refusal_row{uri_no_path, "AUTH017", "its name has no path", uri_form},
    refusal_row{uri_empty_segment, "AUTH018", "its path has an empty segment", uri_form},
    refusal_row{uri_trailing_slash, "AUTH019", "its path ends with a slash", uri_form},
    refusal_row{uri_dot_segment, "AUTH020", "its path has a segment '.' or '..'", uri_form},
    refusal_row{uri_path_letters, "AUTH021",
                "its path has other bytes than letters, digits, '.', '-' and '_'", uri_form},
    refusal_row{uri_not_ascii, "AUTH022", "its name has bytes that are no printable ASCII",
                uri_form},
    refusal_row{uri_too_long, "AUTH023", "its name has more than 2048 bytes", uri_form},
    refusal_row{uri_domain_too_long, "AUTH024", "its trust domain has more than 255 bytes",
                uri_form},
    refusal_row{uri_address_domain, "AUTH025", "its trust domain is an address", uri_form},
    refusal_row{domain_foreign, "AUTH026", "its trust domain is not accepted here",
                "add the domain to `domains`, or issue for one that is there"},
    refusal_row{path_not_a_node, "AUTH027", "its path names no node", uri_form},
    refusal_row{node_name_bad, "AUTH028",
                "the node's name has more than 128 bytes or other bytes than a node id", uri_form},
    refusal_row{identity_denied, "AUTH029", "the deny list names it",
                "make a new certificate with a new key, or take the entry off the list"},
    refusal_row{identity_expired, "AUTH030", "the identity has expired", remake},
    refusal_row{leaf_extension_twice, "AUTH031", "an extension stands there twice", remake},
    refusal_row{leaf_serial, "AUTH032",
                "its serial number is not between 1 and 20 bytes long, positive", remake},
    refusal_row{leaf_key, "AUTH033", "its key is of a kind or size that is not allowed",
                "use P-256, P-384, Ed25519, or RSA with 2048 to 4096 bits"},

    refusal_row{file_unreadable, "CRED001", "the file cannot be read",
                "check the path and who may read it"},
    refusal_row{file_too_large, "CRED002", "the file has more than 1 MiB",
                "keep only what this node needs in it"},
    refusal_row{key_file_open_to_others, "CRED003", "others than its owner may read the key",
                "chmod 600, and make a new key if others had access"},
    refusal_row{pem_damaged, "CRED004", "the PEM text is damaged or not finished",
                "write the file beside and rename it"},
    refusal_row{no_key, "CRED005", "there is no private key in it",
                "give a PEM with one PRIVATE KEY block"},
    refusal_row{key_encrypted, "CRED006", "the key is encrypted",
                "decrypt it: openssl pkey -in KEY -out PLAIN; keep mode 0600"},
    refusal_row{key_does_not_fit, "CRED007", "the key does not belong to the certificate",
                "give the pair that was made together"},
    refusal_row{no_trust, "CRED008", "there is no authority to trust in it",
                "give a PEM with at least one CERTIFICATE block"},
    refusal_row{trust_not_authority, "CRED009", "a trusted certificate is no authority",
                "trust certificates with CA:true only"},
    refusal_row{identity_changed, "CRED010", "the new certificate names somebody else",
                "issue it for the same URI, or restart the node with its new identity"},
    refusal_row{crl_damaged, "CRED011", "the revocation list cannot be read",
                "fetch it again; PEM with X509 CRL blocks"},
});

constexpr refusal_row nothing{none, "", "", ""};

constexpr bool in_order() {
  for (std::size_t at = 0; at < rows.size(); ++at)
    if (static_cast<std::size_t>(rows[at].why) != at + 1) return false;
  return true;
}
static_assert(in_order(), "row_of() finds rows by their place");

}  // namespace

std::span<const refusal_row> all_refusals() {
  return rows;
}

const refusal_row& row_of(refusal why) {
  const auto at = static_cast<std::size_t>(why);
  return at == 0 || at > rows.size() ? nothing : rows[at - 1];
}

std::string_view code_of(refusal why) {
  return row_of(why).code;
}

refusal refusal_of(std::string_view code) {
  const auto at = std::find_if(rows.begin(), rows.end(),
                               [code](const refusal_row& row) { return row.code == code; });
  return at == rows.end() ? none : at->why;
}

std::string to_string(const problem& p) {
  const refusal_row& row = row_of(p.why);
  std::string text(row.code);
  text += ' ';
  if (!p.about.empty()) text += p.about + ": ";
  text += row.says;
  if (!p.detail.empty()) text += " (" + p.detail + ")";
  text += "; ";
  text += row.remedy;
  return text;
}

}  // namespace mw::x509
