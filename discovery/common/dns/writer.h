// writer: packets of DNS, with names that point back to earlier ones.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/dns/message.h"

#include <cstddef>
#include <string>
#include <vector>

namespace mw::dns {

// Questions first, then answers, authorities and additionals, in this order. What does not fit into
// `size_max` is not written and says so; the packet stays whole.
class writer {
 public:
  writer(dialect how, std::size_t size_max);

  [[nodiscard]] bool add(const question& one);
  [[nodiscard]] bool add(const record& one);
  // The record that asks servers for answers of up to `answer_max` bytes (EDNS).
  [[nodiscard]] bool add_edns(std::uint16_t answer_max);

  [[nodiscard]] std::size_t size() const { return out_.size(); }
  // Of the header: identity, flags and outcome; the counts are known by then.
  [[nodiscard]] std::string finish(const message& head);

 private:
  void number(std::uint32_t value, std::size_t size);
  void write(const name& one, bool compress);
  void content(const record& one);
  // Counts what was written since `before`, or undoes it when it is too much.
  [[nodiscard]] bool count(std::size_t which, std::size_t before);

  dialect how_;
  std::size_t size_max_;
  std::string out_;
  std::vector<std::uint16_t> names_;  // where names begin that can be pointed to
  std::array<std::uint16_t, 4> counts_{};
};

}  // namespace mw::dns
