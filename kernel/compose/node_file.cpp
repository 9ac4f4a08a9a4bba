// node_file: loading and composing as one step.
// SPDX-License-Identifier: Apache-2.0
#include "compose/node_file.h"

#include <utility>

namespace mw::kernel {

node_file open_node_file(config_request request, std::vector<std::string> search_path) {
  node_file out;
  out.loader = std::make_unique<plugin_loader>(std::move(search_path));
  out.document = load_document(std::move(request), *out.loader, out.found);
  out.made = compose(out.document, *out.loader, out.found);
  return out;
}

}  // namespace mw::kernel
