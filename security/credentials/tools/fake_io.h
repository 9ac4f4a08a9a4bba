// fake_io: a tool's world in memory, for tests: files, a clock, a node that answers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/function.h>
#include <mw/tool.h>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace mw::creds {

class fake_io final : public tool_io {
 public:
  void print(std::string_view text) override { out += text; }
  void complain(std::string_view text) override { err += text; }
  [[nodiscard]] bool json() const override { return as_json; }
  [[nodiscard]] result<std::string> read(const std::string& path) override {
    const auto at = files.find(path);
    if (at == files.end()) return {errc::not_found, path + ": no such file"};
    return at->second;
  }
  [[nodiscard]] status write(const std::string& path, std::string_view content, file_access who,
                             bool replace) override {
    if (files.contains(path) && !replace) return {errc::denied, path + " exists"};
    if (path == fails_at) return {errc::overloaded, "no space left"};
    files[path] = content;
    if (who == file_access::owner) owners_alone.insert(path);
    return {};
  }
  [[nodiscard]] wall_time now() const override { return clock; }
  void secure_bytes(std::span<std::byte> bytes) override {
    for (std::byte& one : bytes) one = std::byte{++drawn_};
  }
  [[nodiscard]] result<node_answer> ask(std::string_view path, std::string_view body) override {
    asked.emplace_back(path);
    if (!node) return {errc::disconnected, "nobody listens"};
    return node(path, body);
  }
  [[nodiscard]] status follow(std::string_view, bool (*)(void*, std::string_view, std::string_view),
                              void*) override {
    return {errc::unsupported, "no feeds here"};
  }

  std::map<std::string, std::string> files;
  std::set<std::string> owners_alone;
  std::string fails_at;
  std::string out;
  std::string err;
  bool as_json = false;
  wall_time clock{std::chrono::hours(24 * 365 * 50)};
  function<result<node_answer>(std::string_view path, std::string_view body)> node;
  std::vector<std::string> asked;

 private:
  std::uint8_t drawn_ = 0;
};

}  // namespace mw::creds
