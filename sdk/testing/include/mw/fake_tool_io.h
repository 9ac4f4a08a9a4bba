// fake_tool_io: a console, a disk of texts and a node that answers, for tests of a plug-in's verbs.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/tool.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mw {

// What a verb prints is in `out` and `errors`; what it sees is in the other members.
class fake_tool_io final : public tool_io {
 public:
  using pair = std::pair<std::string, std::string>;

  std::map<std::string, std::string> files;
  // The running node; none: nobody is there. `body` is empty when the tool only reads.
  std::function<result<node_answer>(std::string_view path, std::string_view body)> node;
  std::vector<pair> feed;  // kind and data of what follow() gets, in order
  bool wants_json = false;

  std::string out, errors;
  std::vector<pair> asked;       // path and body, of feeds too
  std::size_t largest_part = 0;  // that was asked for at once

  // A node that answers all questions alike.
  void answers(const node_answer& always) {
    node = [always](std::string_view, std::string_view) { return always; };
  }
  // Each run prints anew.
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
  [[nodiscard]] result<node_answer> ask(std::string_view path, std::string_view body) override {
    asked.emplace_back(path, body);
    if (!node) return failure(errc::disconnected, "no node is there");
    return node(path, body);
  }
  [[nodiscard]] status follow(std::string_view path,
                              bool (*each)(void*, std::string_view, std::string_view),
                              void* context) override {
    asked.emplace_back(path, "");
    if (feed.empty()) return {errc::unsupported, "no feeds here"};
    for (const auto& [kind, data] : feed)
      if (!each(context, kind, data)) break;
    return {};
  }
};

}  // namespace mw
