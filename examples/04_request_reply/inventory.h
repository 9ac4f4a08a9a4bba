// inventory: the messages of a service, shared by those who offer and those who call it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/reflect.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace shop {

inline constexpr std::string_view level_service = "inventory.level";

struct level_query {
  std::string article;
  static constexpr auto fields() {
    return mw::field_list(mw::field<&level_query::article>("article", "Name of the article."));
  }
};

struct level_answer {
  std::string article;
  std::uint32_t pieces = 0;
  static constexpr auto fields() {
    return mw::field_list(mw::field<&level_answer::article>("article", "As asked."),
                          mw::field<&level_answer::pieces>("pieces", "In stock now."));
  }
};

}  // namespace shop
