// codes_run: the RUN codes: what fails while a node runs.
// SPDX-License-Identifier: Apache-2.0
#include "codes.h"

#include <array>

namespace mw::kernel {
namespace {

constexpr std::array entries{
    code_entry{"RUN0001", "a data directory that cannot be used",
               "node.data_dir holds everything that the node keeps. `mw run` creates it when it is "
               "missing; this user has to be allowed to do that and to write into it.",
               "node: { id: n1, data_dir: /etc/n1 }", "node: { id: n1, data_dir: /var/lib/n1 }"},
    code_entry{
        "RUN0002", "two nodes with one data directory",
        "Another process runs a node with this node.data_dir. Two nodes would overwrite each "
        "other's files, so the second one does not start.",
        "node: { id: \"${NODE_ID}\", data_dir: data }",
        "node: { id: \"${NODE_ID}\", data_dir: \"data/${NODE_ID}\" }"},
    code_entry{"RUN0003", "a log file that cannot be opened",
               "node.log.file is relative to data_dir. Its directory has to exist, and this user "
               "has to be allowed to write there. Without the key, the log goes to standard error.",
               "node: { id: n1, log: { file: missing/dir/n1.log } }",
               "node: { id: n1, log: { file: n1.log } }"},
    code_entry{"RUN0004", "a plug-in that ended the node",
               "The plug-in failed, and its stanza says (or leaves it at) `on_failure: fail-node`. "
               "With `degrade` the node goes on without it, with `retry` it is started again after "
               "a pause. The message has the plug-in's own words, the log what led to it.",
               "", ""},
};

}  // namespace

std::span<const code_entry> run_codes() {
  return entries;
}

}  // namespace mw::kernel
