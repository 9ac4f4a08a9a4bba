// tool_host: what a tool sees of the world: the console, files, the clock, a running node.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/http/node_client.h"
#include "cli/verb.h"

#include <mw/tool.h>

#include <string>

namespace mw::kernel::cli {

class tool_host final : public tool_io {
 public:
  // Both must outlive this. `limit` is for each question to a node.
  tool_host(surroundings& world, const arguments& given, duration limit)
      : world_(world), given_(given), limit_(limit) {}

  void print(std::string_view text) override { world_.io.say(text); }
  void complain(std::string_view text) override { world_.io.complain(text); }
  [[nodiscard]] bool json() const override { return given_.has("--json"); }
  [[nodiscard]] result<std::string> read(const std::string& path) override;
  [[nodiscard]] result<std::string> read_part(const std::string& path, std::uint64_t offset,
                                              std::size_t size) override;
  [[nodiscard]] status write(const std::string& path, std::string_view content, file_access who,
                             bool replace) override;
  [[nodiscard]] wall_time now() const override;
  void secure_bytes(std::span<std::byte> out) override;
  [[nodiscard]] result<node_answer> ask(std::string_view path, std::string_view body) override;
  [[nodiscard]] status follow(std::string_view path,
                              bool (*each)(void* context, std::string_view event,
                                           std::string_view data),
                              void* context) override;

 private:
  [[nodiscard]] node_place place() const;

  surroundings& world_;
  const arguments& given_;
  duration limit_;
};

}  // namespace mw::kernel::cli
