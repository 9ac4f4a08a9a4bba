// refusals: the tables of codes and alerts. Codes are never reused for another meaning.
// SPDX-License-Identifier: Apache-2.0
#include "engine/refusals.h"

#include <algorithm>
#include <array>

namespace mw::tls {
namespace {

using enum refusal;

constexpr std::string_view remake = "make a new certificate";
constexpr std::string_view own_kind = "connect with a node of this version, over transport.tls";
constexpr std::string_view network =
    "look for what lies between the nodes: a proxy, or an attacker";

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
    refusal_row{issuer_may_not_sign, "TLS025", "its issuer has no keyUsage",
                "make the authority anew and reissue"},
    refusal_row{self_signed, "TLS026", "it signed itself",
                "issue it from an authority that is trusted here"},

    refusal_row{not_tls, "TLS050", "what came is not TLS",
                "let the other side use transport.tls, too, or check which port it means"},
    refusal_row{http, "TLS051", "what came is HTTP", "the pages of a node are on its admin port"},
    refusal_row{old_version, "TLS052",
                "the other side speaks no version of TLS that is allowed here",
                "upgrade it to TLS 1.3, or set min_version: \"1.2\" on purpose"},
    refusal_row{nothing_in_common, "TLS053",
                "no cipher, group or signature is common to both sides",
                "compare `ciphers` and `groups` of the two nodes and the kind of their keys"},
    refusal_row{no_protocol, "TLS054", "the other side named no application protocol", own_kind},
    refusal_row{wrong_protocol, "TLS055", "the other side speaks another application protocol",
                own_kind},
    refusal_row{bad_record, "TLS056", "a record was damaged or forged", network},
    refusal_row{too_large, "TLS057", "a record or message is larger than the protocol allows",
                network},
    refusal_row{bad_message, "TLS058", "a message of the handshake is malformed or out of order",
                own_kind},
    refusal_row{proof_failed, "TLS059",
                "the other side could not prove that its certificate is its own",
                "give it the key that belongs to its certificate"},
    refusal_row{renegotiation, "TLS060",
                "the other side asked for another handshake on a live link", own_kind},
    refusal_row{name_unusable, "TLS061", "the certificate has no name that can be used",
                "issue it with one URI name of printable ASCII, at most 2048 bytes"},
    refusal_row{somebody_else, "TLS062", "somebody else answers there",
                "check the address, or wait until discovery has noticed that the node moved"},
    refusal_row{identity, "TLS063", "the identity is not accepted here",
                "see the rules of security.identity"},
    refusal_row{too_slow, "TLS064", "the handshake did not finish in time",
                "look at the load of both nodes and at the network; see handshake_deadline"},
    refusal_row{too_many, "TLS065", "too many handshakes are under way; the oldest makes room",
                "find who connects so often, or raise `handshakes`"},
    refusal_row{cut_off, "TLS066", "the connection ended inside the handshake",
                "look at the log of the other side"},
    refusal_row{refused_by_peer, "TLS067", "the other side refused",
                "look at its log: it names the reason with a code"},
    refusal_row{library, "TLS068", "OpenSSL cannot go on", "report it with the text in brackets"},

    refusal_row{key_updates, "TLS070", "the other side changes its keys too often",
                "its program is broken or hostile; 16 a minute are enough for anybody"},
    refusal_row{truncated, "TLS071", "the link was cut off without a word: bytes may be missing",
                network},
    refusal_row{peer_alert, "TLS072", "the other side ended the link with an alert",
                "look at its log: it names the reason with a code"},
});

constexpr refusal_row nothing{none, "", "", ""};

constexpr bool in_order() {
  for (std::size_t at = 0; at < rows.size(); ++at)
    if (static_cast<std::size_t>(rows[at].why) != at + 1) return false;
  return true;
}
static_assert(in_order(), "row_of() finds rows by their place");

constexpr std::string_view ours_bad = "give this node a certificate that its peers accept";

constexpr auto alerts = std::to_array<alert_row>({
    alert_row{0, "close_notify", "it has closed the link in good order", ""},
    alert_row{10, "unexpected_message", "it got a message out of order", own_kind},
    alert_row{20, "bad_record_mac", "it got a record that was damaged on the way", network},
    alert_row{22, "record_overflow", "it got a record that is too large", network},
    alert_row{40, "handshake_failure", "it found nothing that both sides accept",
              "compare `ciphers`, `groups` and `min_version` of the two nodes"},
    alert_row{42, "bad_certificate",
              "it did not accept who this node says it is, or with which key", ours_bad},
    alert_row{43, "unsupported_certificate",
              "this node's certificate is not meant for this side of a connection",
              "issue it with clientAuth and serverAuth"},
    alert_row{44, "certificate_revoked", "this node's certificate was revoked", remake},
    alert_row{45, "certificate_expired", "this node's certificate has expired, or is not valid yet",
              "make a new one, and compare the clocks of the two machines"},
    alert_row{46, "certificate_unknown", "it found something wrong with this node's certificate",
              ours_bad},
    alert_row{47, "illegal_parameter", "it got a value that makes no sense", own_kind},
    alert_row{48, "unknown_ca", "it does not trust the authority of this node's certificate",
              "add the authority to `ca` of the peer, or issue from one that is there"},
    alert_row{49, "access_denied", "this node may not connect", "see the policy of the peer"},
    alert_row{50, "decode_error", "it could not read a message", own_kind},
    alert_row{51, "decrypt_error", "it could not verify a signature of this node",
              "check that the key belongs to the certificate"},
    alert_row{70, "protocol_version", "it does not speak the version of TLS that this node wants",
              "upgrade it to TLS 1.3, or set min_version: \"1.2\" on purpose"},
    alert_row{71, "insufficient_security", "it wants stronger ciphers or keys",
              "compare `ciphers` and the kind of the keys"},
    alert_row{80, "internal_error", "something went wrong on its side", "look at its log"},
    alert_row{86, "inappropriate_fallback", "it saw an attempt to lower the version", network},
    alert_row{90, "user_canceled", "it gave up", "look at its log"},
    alert_row{100, "no_renegotiation", "it does not begin anew on a live link", own_kind},
    alert_row{109, "missing_extension", "it missed something in the handshake", own_kind},
    alert_row{110, "unsupported_extension", "it got an extension that it had not asked for",
              own_kind},
    alert_row{112, "unrecognized_name", "it is not who this node asked for", own_kind},
    alert_row{116, "certificate_required", "it wants a certificate and this node showed none",
              "give this node a certificate and a key"},
    alert_row{120, "no_application_protocol", "it does not speak the protocol of the mesh",
              "check the port: another service answers there"},
});

constexpr alert_row unknown_alert{-1, "unknown", "it sent an alert that is not known here",
                                  "look at its log"};

}  // namespace

std::span<const refusal_row> all_refusals() {
  return rows;
}

const refusal_row& row_of(refusal why) {
  const auto at = static_cast<std::size_t>(why);
  return at == 0 || at > rows.size() ? nothing : rows[at - 1];
}

const alert_row& alert_of(int number) {
  const auto at = std::find_if(alerts.begin(), alerts.end(),
                               [number](const alert_row& row) { return row.number == number; });
  return at == alerts.end() ? unknown_alert : *at;
}

std::string verdict::code() const {
  if (why == identity && detail.size() >= 7 && detail.starts_with("AUTH"))
    return detail.substr(0, 7);
  return std::string(row_of(why).code);
}

std::string verdict::text() const {
  if (why == identity && detail.starts_with("AUTH")) return detail;
  const refusal_row& row = row_of(why);
  const bool by_peer = why == refused_by_peer || why == peer_alert;
  std::string text(row.code);
  text += ": ";
  text += row.says;
  if (by_peer && alert >= 0) {
    const alert_row& said = alert_of(alert);
    text += ": ";
    text += said.means;
    text += " (alert " + std::to_string(alert) + ", " + std::string(said.name) + "): ";
    text += said.remedy.empty() ? row.remedy : said.remedy;
    return text;
  }
  if (!detail.empty()) text += " (" + detail + ")";
  text += ": ";
  text += row.remedy;
  return text;
}

failure verdict::as_failure() const {
  switch (why) {
    case too_slow:
      return {errc::timed_out, text()};
    case too_many:
      return {errc::overloaded, text()};
    case cut_off:
    case truncated:
    case not_tls:
    case http:
    case bad_record:
      return {errc::disconnected, text()};
    case library:
      return {errc::internal, text()};
    default:
      return {errc::denied, text()};
  }
}

}  // namespace mw::tls
