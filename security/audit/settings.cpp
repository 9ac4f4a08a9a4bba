// settings: documentation and bounds.
// SPDX-License-Identifier: Apache-2.0
#include "settings.h"

namespace mw::audit_log {

void settings::fields(field_visitor& v) {
  v.field(
      "directory", directory,
      "Where the files audit-00000001.jsonl and up are; relative to data_dir. Each start begins "
      "a new file; none is ever changed or removed.");
  v.field("topics", topics,
          "Which events are recorded: topics or patterns such as `peer.*`. The default is what "
          "security plug-ins say.");
  v.field("rotate_size", rotate_size, "A file is ended before it grows beyond this.",
          between_of(byte_size{256 << 10}, byte_size{std::uint64_t{16} << 30}));
  v.field("queue", queue,
          "Bytes of records that wait while the disk is slow. A record has about 400 bytes.",
          between_of(byte_size{16 << 10}, byte_size{std::uint64_t{1} << 30}));
  v.field("full", full,
          "What happens when that is full, or the disk refuses: `drop` loses records, counts them "
          "and records the loss; `deny` makes the policy deny everything until there is room. The "
          "default keeps a full disk from stopping the node.");
  v.field("sync", sync,
          "`batch`: each write is synced before the next, a power loss takes what waits in memory; "
          "`interval`: every sync_every; `never`: when the system likes.");
  v.field("sync_every", sync_every, "For `sync: interval`.", between_of(10ms, 1h));
  v.check("directory", !directory.text.empty(), "needs a name such as audit");
  v.check("topics", !topics.empty() && topics.size() <= 64, "needs 1 to 64 topics");
}

}  // namespace mw::audit_log
