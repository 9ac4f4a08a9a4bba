// http_exchange: one HTTP/1.1 request and what its answer means.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exchange.h"
#include "http_answer.h"

#include <mw/types.h>

#include <map>
#include <string>
#include <vector>

namespace mw::checks {

struct http_question {
  bool head = false;  // HEAD, else GET
  std::string path = "/";
  std::string host;  // of the Host field
  std::map<std::string, std::string> headers;
  std::vector<range> statuses{{200, 299}};  // that are fine
  std::vector<range> warnings;              // that are a warning
  std::string contains;                     // the body must; empty: any body
  std::size_t body_max = 64 * 1024;         // bytes in which it is looked for
};

class http_exchange final : public exchange {
 public:
  explicit http_exchange(const http_question& what);
  bool feed(std::string_view bytes) override;
  void end() override;

 private:
  bool judge(answer_state now);

  const http_question what_;
  http_answer answer_;
};

}  // namespace mw::checks
