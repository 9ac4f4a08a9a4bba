// settings: documentation and bounds.
// SPDX-License-Identifier: Apache-2.0
#include "settings.h"

#include "common/spiffe/leaf.h"
#include "common/spiffe/spiffe_id.h"

namespace mw::identity {

void settings::fields(field_visitor& v) {
  v.field("trust_domains", trust_domains,
          "Trust domains whose identities are accepted, such as mesh.local. Default: the one of "
          "this node's own certificate.");
  v.field("node_ids", node_ids,
          "How a node id follows from the path of an identity: {id} is the segment that is the "
          "id, * any one segment; the first that fits counts. Paths that fit none are refused.");
  v.field("deny_list", deny_list,
          "A signed list of what is no longer accepted, made by `mw certs deny`. Until it has been "
          "read once nobody is accepted; when it becomes bad the last good list stays.");
  v.field("deny_list_signers", deny_list_signers,
          "PEM file of certificates or public keys that may sign it. Default: the authorities that "
          "this node's credentials trust.");
  v.field("reload", reload,
          "How often these files are read again. Revoked identities lose their links within this "
          "time and a turn.",
          between_of(100ms, 1h));
  for (const std::string& domain : trust_domains)
    v.check("trust_domains", spiffe::parse("spiffe://" + domain + "/x").domain == domain,
            "has lower-case letters, digits, dots, dashes and underscores, such as mesh.local");
  v.check("node_ids", !node_ids.empty(), "needs a pattern such as /node/{id}");
  for (const std::string& pattern : node_ids)
    v.check("node_ids", spiffe::parse_node_pattern(pattern).ok(),
            "has a pattern such as /node/{id} or /ns/*/node/{id}, with one {id}");
}

}  // namespace mw::identity
