// settings: their documentation and bounds.
// SPDX-License-Identifier: Apache-2.0
#include "settings.h"

#include <set>

namespace mw::registry {

void mass_options::fields(field_visitor& v) {
  v.field("fraction", fraction,
          "Share of a source's peers that may vanish within `window` as if it were nothing; as "
          "many and more are held. 1 holds only what empties the source.",
          between{0.01, 1}, unit{"of 1"});
  v.field("least", least,
          "Fewer than so many peers are held only when they were all that the source listed: small "
          "clusters can shrink.",
          between{1, 10'000}, unit{"peers"});
  v.field("window", window,
          "Removals within it count together. Longer also catches what crumbles slowly.",
          between_of(1s, 1h));
  v.field("hold", hold,
          "How long they stay listed while the source does not list them; then it is believed. "
          "Longer than a registry needs to come back to its senses. 0s: nothing is held.",
          between_of(0s, 24h));
}

void settings::fields(field_visitor& v) {
  v.field("sources", sources,
          "Stanzas of discovery plug-ins. Of two that disagree about a node the earlier one is "
          "right.",
          required);
  v.field("addresses", addresses,
          "What is told of a node that is listed at several addresses: the one of the first "
          "source, or all.");
  v.field("check_every", check_every,
          "How often each source is asked to look again, which also shows whether it works. 0s: "
          "only when somebody asks; errors are then noticed late.",
          between_of(0s, 24h));
  v.field("patience", patience,
          "How long a source may take for that. Longer counts as an error; its answer is heard "
          "all the same.",
          between_of(100ms, 10min));
  v.field("mass_removal", mass_removal, "What is done when a source loses many peers at once.");
  const std::set<std::string> distinct(sources.begin(), sources.end());
  v.check("sources", !sources.empty() && sources.size() <= sources_max,
          "needs the names of 1 to 16 stanzas");
  v.check("sources", distinct.size() == sources.size(), "names a stanza twice");
  v.check("patience", check_every == duration::zero() || patience <= check_every,
          "must not be longer than check_every");
}

}  // namespace mw::registry
