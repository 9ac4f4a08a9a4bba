// uv_fixture: the real platform as the conformance cases see it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "platform/conformance/fixture.h"
#include "unique_fd.h"
#include "uv_platform.h"

#include <filesystem>
#include <vector>

namespace mw::kernel {

class uv_fixture final : public conformance::platform_fixture {
 public:
  // `where` is listened on; a unix path is made unique each time.
  explicit uv_fixture(endpoint where = {"127.0.0.1", 0, false}, duration busy_poll = {})
      : platform_(1, busy_poll), hooks_(platform_.lane(0)), where_(std::move(where)) {
    std::string pattern = std::filesystem::temp_directory_path() / "mw_platform_XXXXXX";
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    directory_ = pattern;
  }
  uv_fixture(const uv_fixture&) = delete;
  uv_fixture& operator=(const uv_fixture&) = delete;
  ~uv_fixture() override { std::filesystem::remove_all(directory_); }

  uv_platform& world() override { return platform_; }
  conformance::test_hooks& hooks() override { return hooks_; }
  bool run_until(const std::function<bool()>& done) override;
  endpoint any_port() override {
    if (!where_.local) return where_;
    return {directory_ + "/" + std::to_string(++sockets_) + ".sock", 0, true};
  }
  std::optional<endpoint> silent_endpoint() override;
  std::vector<std::string> command_that(const std::string& what) override;
  std::string data_dir() override { return directory_ + "/data"; }
  [[nodiscard]] const std::string& directory() const { return directory_; }

 private:
  uv_platform platform_;
  conformance::test_hooks hooks_;
  endpoint where_;
  int sockets_ = 0;
  std::string directory_;
  std::vector<unique_fd> silent_;  // what keeps silent_endpoint() silent
};

}  // namespace mw::kernel
