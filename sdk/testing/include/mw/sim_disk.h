// sim_disk: the disk of a simulated node; it outlives crashes and loses what was not synced.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/files.h>
#include <mw/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mw {

// Chances are parts per million of the operations they name.
struct sim_disk_options {
  byte_size capacity{std::uint64_t{1} << 30};
  duration access = 20us;  // of any operation
  duration sync = 1ms;     // of a sync, with up to as much again
  std::uint32_t slow_ppm = 0;
  duration slow = 500ms;             // slow operations take up to this much longer
  std::uint32_t sync_error_ppm = 0;  // EIO: dirty pages count as clean from then on
  std::uint32_t write_error_ppm = 0;
  std::uint32_t read_error_ppm = 0;
};

// What tests may see and do; paths are absolute or relative to the root of the disk.
class sim_disk {
 public:
  virtual void set(const sim_disk_options& options) = 0;
  // The content as processes see it now.
  [[nodiscard]] virtual result<std::string> content(std::string_view path) const = 0;
  [[nodiscard]] virtual std::vector<std::string> files() const = 0;  // full paths, sorted
  // Creates or replaces a file, with its directories, durably. A new one belongs to its owner
  // alone.
  virtual void put(std::string_view path, std::string_view content) = 0;
  // What chmod does.
  virtual status permit(std::string_view path, file_readers who) = 0;
  // Flips one bit of what is stored, behind the file system's back.
  virtual status corrupt(std::string_view path, std::uint64_t offset) = 0;
  [[nodiscard]] virtual byte_size used() const = 0;

 protected:
  ~sim_disk() = default;
};

}  // namespace mw
