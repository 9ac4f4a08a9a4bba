// tls_node: stanzas of transport.tls with credentials of a small PKI, in a simulated node.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/x509/test_certs.h"

#include <mw/testing.h>

#include <string>
#include <vector>

namespace mw::tls {

// The worlds of the simulator begin at this date.
inline constexpr wall_time world_begins{std::chrono::seconds(1'767'225'600)};

inline const x509::test_pki& test_world() {
  static const x509::test_pki one(world_begins);
  return one;
}

[[nodiscard]] inline std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out + "\"";
}

struct key_set {
  std::string chain;
  std::string key;
  std::string trust = test_world().root.certificate;
  std::string revoked;
  [[nodiscard]] static key_set of(const std::string& node) {
    const auto good = test_world().node(node);
    return {good.certificates, good.key};
  }
};

// The stanza NAME of test.keys.
[[nodiscard]] inline std::string keys_stanza(const std::string& name,
                                             const std::vector<key_set>& sets) {
  std::string yaml = "  " + name + ":\n    use: test.keys\n    sets:\n";
  for (const key_set& one : sets)
    yaml += "      - { chain: " + in_quotes(one.chain) + ", key: " + in_quotes(one.key) +
            ", trust: " + in_quotes(one.trust) + ", revoked: " + in_quotes(one.revoked) + " }\n";
  return yaml;
}

inline std::vector<std::string> tls_libraries() {
  return {MW_PLUGIN_FILE, MW_TCP_FILE, MW_LOOPBACK_FILE, MW_KEYS_FILE, MW_NAMES_FILE};
}

// The stanza "subject" over "carrier".
[[nodiscard]] inline test_setup tls_over(const std::string& carrier,
                                         const std::string& options = "",
                                         const std::vector<key_set>& sets = {key_set::of("n1")}) {
  std::string yaml = "node: { id: n1, cluster: test }\nplugins:\n";
  yaml += "  carrier: { use: " + carrier + " }\n";
  yaml += keys_stanza("keys", sets);
  yaml += "  subject: { use: transport.tls, over: carrier" +
          (options.empty() ? "" : ", " + options) + " }\n";
  return {.libraries = tls_libraries(), .yaml = yaml};
}

}  // namespace mw::tls
