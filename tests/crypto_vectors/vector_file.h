// vector_file: a file of Project Wycheproof, one test after the other.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/crypto/testing/hex.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace mw::tests {

struct vector_case {
  std::uint64_t id = 0;
  std::string result;  // valid, invalid, acceptable
  std::vector<std::string> flags;
  std::map<std::string, std::string> texts;  // of the test and of its group
  std::map<std::string, std::uint64_t> numbers;

  [[nodiscard]] bool has_flag(const std::string& name) const;
  [[nodiscard]] crypto::testing::byte_list bytes(const std::string& name) const {
    return crypto::testing::from_hex(texts.at(name));
  }
};

// How many there are; the number that the file says, or it is not complete.
std::uint64_t each_case(const std::string& path, const std::function<void(const vector_case&)>& f);

}  // namespace mw::tests
