// settings: the options of the stanza with unit, reason and remedy.
// SPDX-License-Identifier: Apache-2.0
#include "settings.h"

namespace mw::creds {

void pem_texts::fields(field_visitor& v) {
  v.field("cert", cert, "The certificate as PEM, its issuers after it.");
  v.field("key", key, "Its private key as PEM, not encrypted.");
  v.field("ca", ca, "The authorities as PEM.");
  v.field("crl", crl, "Their revocation lists as PEM.");
}

void settings::fields(field_visitor& v) {
  v.field("cert", cert,
          "PEM file with this node's certificate and the intermediates after it. One file for "
          "certificate and key is fine: name it twice.");
  v.field("key", key, "PEM file with its private key, not encrypted, readable by its owner alone.");
  v.field("ca", ca,
          "PEM file with the authorities that are trusted. Two during a change of authority: the "
          "old and the new one.");
  v.field("crl", crl,
          "PEM file with a revocation list of each authority and intermediate. Without it nothing "
          "counts as revoked; with it a certificate whose issuer has no list is refused.");
  v.field("pem", pem,
          "Texts in place of files, by reference only: `key: ${NODE_KEY}`. They are read once.");
  v.field("key_readers", readers,
          "Who may read the key file: its owner alone, or its group, too, as where a secret is "
          "mounted for a group. Everybody is always refused.");
  v.field("reload", reload,
          "How often the files are looked at. Shorter finds a new set sooner and reads more; "
          "POST /credentials/NAME/reload looks at once.",
          between_of(duration(100ms), duration(24h)));
  v.field("wait", wait,
          "How long a node that starts waits for a first good set, for those that bring the files "
          "while it starts. 0: it has to be there. The stanza's start_timeout ends it earlier.",
          between_of(duration(0s), duration(24h)));
  v.field("skew", skew,
          "How far this node's clock may be behind that of the authority: certificates that begin "
          "so much later are taken. Expired ones never are.",
          between_of(duration(0s), duration(1h)));
  v.field("expires_soon", expires_soon,
          "When the alert credentials.expires_soon is raised before an end. 0: at the last quarter "
          "of a certificate's life, which suits short and long ones.",
          between_of(duration(0s), duration(24h) * 3650));
  // A stanza with nothing at all is refused by the plug-in: defaults must not break rules.
  const bool some = !nothing_given();
  const auto once = [&v, some](std::string_view name, bool file, bool text, bool needed) {
    v.check(name, !(file && text), "is given as a file and as a text: choose one");
    v.check(name, !some || !needed || file || text,
            "is missing: name a PEM file here, or give the text under `pem`");
  };
  once("cert", cert.has_value(), !pem.cert.empty(), true);
  once("key", key.has_value(), !pem.key.empty(), true);
  once("ca", ca.has_value(), !pem.ca.empty(), true);
  once("crl", crl.has_value(), !pem.crl.empty(), false);
}

bool settings::nothing_given() const {
  return !cert && !key && !ca && !crl && pem.cert.empty() && pem.key.empty() && pem.ca.empty() &&
         pem.crl.empty();
}

}  // namespace mw::creds
