// corpus_plugins: plug-ins that exist only to be configured wrongly.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace mw::kernel {
class plugin_loader;
}

namespace mw::corpus {

// corpus.tcp and corpus.udp (transports, the second without `ordered`), corpus.tls (a transport
// over one that is ordered), corpus.seeds (publishes corpus.found) and corpus.pool (hears it).
void add_plugins(kernel::plugin_loader& loader);

}  // namespace mw::corpus
