// test_console: runs `mw` inside a test and keeps what it printed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/dispatch.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace mw::kernel::cli {

// A stream whose text can be read back.
class memory_stream {
 public:
  memory_stream() : file_(open_memstream(&text_, &size_)) {}
  memory_stream(const memory_stream&) = delete;
  memory_stream& operator=(const memory_stream&) = delete;
  ~memory_stream() {
    std::fclose(file_);
    std::free(text_);
  }
  [[nodiscard]] std::FILE* get() { return file_; }
  [[nodiscard]] std::string text() {
    std::fflush(file_);
    return {text_, size_};
  }

 private:
  char* text_ = nullptr;
  std::size_t size_ = 0;
  std::FILE* file_;
};

struct mw_output {
  exit_code code;
  std::string out;
  std::string err;
};

inline mw_output run_words(const std::vector<std::string>& words, environment variables = {}) {
  memory_stream out;
  memory_stream err;
  console io(out.get(), err.get());
  surroundings world{std::move(variables), "/nowhere/bin/mw", io};
  const exit_code code = run_mw(words, world);
  return {code, out.text(), err.text()};
}

}  // namespace mw::kernel::cli
