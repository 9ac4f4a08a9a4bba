// disk_state: a node's disk with its faults; what processes do to it takes effect at once here.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/dice.h"
#include "core/engine.h"
#include "file_tree.h"

#include <mw/buffer.h>
#include <mw/sim_disk.h>

#include <string>
#include <string_view>
#include <vector>

namespace mw::sim {

class disk_state final : public sim_disk {
 public:
  disk_state(engine& events, event_tag tag, std::uint64_t seed, const sim_disk_options& options)
      : events_(events), tag_(tag), dice_(seed, "disk"), options_(options) {}

  void set(const sim_disk_options& options) override { options_ = options; }
  [[nodiscard]] const sim_disk_options& options() const { return options_; }
  [[nodiscard]] result<std::string> content(std::string_view path) const override;
  [[nodiscard]] std::vector<std::string> files() const override { return tree_.files(); }
  void put(std::string_view path, std::string_view content) override;
  status permit(std::string_view path, file_readers who) override;
  status corrupt(std::string_view path, std::uint64_t offset) override;
  [[nodiscard]] byte_size used() const override { return {tree_.bytes()}; }

  [[nodiscard]] file_tree& tree() { return tree_; }
  // All or nothing, as the platforms promise.
  status append(inode_id id, bytes_view bytes);
  // After `internal` the file must not be written any more: dirty sectors may be lost for good.
  status sync(inode_id id);
  result<slice> read(inode_id id, std::uint64_t offset, std::size_t size);
  // How long the next operation takes.
  duration operation_time(bool with_sync);
  void lose_power();

 private:
  engine& events_;
  const event_tag tag_;
  dice dice_;
  sim_disk_options options_;
  file_tree tree_;
};

}  // namespace mw::sim
