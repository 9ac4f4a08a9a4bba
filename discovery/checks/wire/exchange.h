// exchange: one question and its answer over a stream of bytes; pure, any cut of the bytes is fine.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/health_checks.h>

#include <string>
#include <string_view>
#include <utility>

namespace mw::checks {

// How a probe ended.
struct finding {
  check_verdict verdict = check_verdict::fail;
  std::string output;    // a sentence for people
  bool bounded = false;  // a limit of ours cut it short
};

class exchange {
 public:
  virtual ~exchange() = default;
  // Bytes to send now; after the start and after each call below.
  [[nodiscard]] std::string take_output() { return std::exchange(output_, {}); }
  // True: it is over, see outcome(); nothing more may be fed.
  [[nodiscard]] virtual bool feed(std::string_view bytes) = 0;
  // The peer sends no more: it is over.
  virtual void end() = 0;
  [[nodiscard]] const finding& outcome() const { return outcome_; }

 protected:
  // Always true, so that feed() can return it.
  bool finish(check_verdict verdict, std::string output, bool bounded = false) {
    outcome_ = {verdict, std::move(output), bounded};
    return true;
  }
  std::string output_;

 private:
  finding outcome_;
};

// What peers say, in sentences: quoted, cut, and without anything that moves a cursor.
[[nodiscard]] std::string quoted(std::string_view peer_text, std::size_t limit = 80);

}  // namespace mw::checks
