// fake_tool_io: a console and a disk of texts, for the tests of tools.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/tool.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace mw {

class fake_tool_io final : public tool_io {
 public:
  std::map<std::string, std::string> files;
  std::function<result<node_answer>(std::string_view path)> node;
  std::string out, errors;
  bool wants_json = false;
  std::size_t largest_part = 0;  // that was asked for at once

  int run(const tool& one, const std::vector<std::string_view>& words) {
    out.clear();
    errors.clear();
    return one.run(words, *this);
  }

  void print(std::string_view text) override { out += text; }
  void complain(std::string_view text) override { errors += text; }
  [[nodiscard]] bool json() const override { return wants_json; }
  [[nodiscard]] result<std::string> read(const std::string& path) override {
    const auto found = files.find(path);
    if (found == files.end()) return failure(errc::not_found, path + ": no such file");
    return found->second;
  }
  [[nodiscard]] result<std::string> read_part(const std::string& path, std::uint64_t offset,
                                              std::size_t size) override {
    largest_part = std::max(largest_part, size);
    MW_TRY(const std::string all, read(path));
    return offset < all.size() ? all.substr(static_cast<std::size_t>(offset), size) : std::string();
  }
  [[nodiscard]] status write(const std::string& path, std::string_view content, file_access,
                             bool) override {
    files[path] = content;
    return {};
  }
  [[nodiscard]] wall_time now() const override { return {}; }
  void secure_bytes(std::span<std::byte> bytes) override {
    for (std::byte& b : bytes) b = std::byte{7};
  }
  [[nodiscard]] result<node_answer> ask(std::string_view path, std::string_view) override {
    if (!node) return failure(errc::disconnected, "no node is there");
    return node(path);
  }
  [[nodiscard]] status follow(std::string_view, bool (*)(void*, std::string_view, std::string_view),
                              void*) override {
    return {errc::unsupported, "no feeds here"};
  }
};

}  // namespace mw
