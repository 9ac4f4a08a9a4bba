// rotation: follows the credentials, and looks again at links that were made under other ones.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "links/works.h"

#include <mw/credentials.h>
#include <mw/events.h>

#include <vector>

namespace mw::tls {

class rotation {
 public:
  rotation(works& shared, credentials& from);

  // The first set; a failure fails the start.
  [[nodiscard]] status begin();

 private:
  void credentials_changed();
  void look_again(bool chains);
  void look_at_some();
  void look(secure_stream& one) const;
  void every_second();
  [[nodiscard]] verdict judge_again(secure_stream& one) const;

  works& shared_;
  credentials& credentials_;
  publisher<alert_raised> alerts_;
  std::uint32_t round_ = 0;  // links that were looked at in it carry its number
  std::size_t per_tick_ = 0;
  bool chains_ = false;  // the trust has changed: chains are verified anew
  std::unique_ptr<credential_watch> sets_;
  std::unique_ptr<authn_watch> rules_;
  timer tick_;  // last: they die first
  timer second_;
};

}  // namespace mw::tls
