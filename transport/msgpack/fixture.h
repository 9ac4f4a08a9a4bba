// fixture: a codec without a node, and messages for its tests.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "message_codec.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw::msgpack {

struct line {
  std::string item;
  std::uint32_t count = 0;
  static constexpr auto fields() {
    return field_list(field<&line::item>("item", "."), field<&line::count>("count", "."));
  }
  friend bool operator==(const line&, const line&) = default;
};

struct order {
  std::uint64_t id = 0;
  std::int64_t change = 0;
  std::int8_t level = 0;
  std::uint16_t port = 0;
  bool paid = false;
  float weight = 0;
  double price = 0;
  std::string note;
  std::vector<line> lines;
  std::vector<std::int32_t> deltas;
  std::optional<std::string> coupon;
  slice document;
  static constexpr auto fields() {
    return field_list(field<&order::id>("id", "."), field<&order::change>("change", "."),
                      field<&order::level>("level", "."), field<&order::port>("port", "."),
                      field<&order::paid>("paid", "."), field<&order::weight>("weight", "."),
                      field<&order::price>("price", "."), field<&order::note>("note", "."),
                      field<&order::lines>("lines", "."), field<&order::deltas>("deltas", "."),
                      field<&order::coupon>("coupon", "."),
                      field<&order::document>("document", "."));
  }
};

// Contains itself, so that depth has no end.
struct tree {
  std::vector<tree> children;
  static constexpr auto fields() { return field_list(field<&tree::children>("children", ".")); }
};

// Elements that are large in memory and one byte on the wire.
struct bulky {
  std::vector<std::optional<order>> all;
  static constexpr auto fields() { return field_list(field<&bulky::all>("all", ".")); }
};

struct nothing {
  static constexpr auto fields() { return field_list(); }
};

class test_codec {
 public:
  explicit test_codec(const limits& bounds = {}) : codec_(bounds, counts()) {}

  [[nodiscard]] codec& operator*() { return codec_; }
  [[nodiscard]] codec* operator->() { return &codec_; }

  template <class T>
  [[nodiscard]] result<std::string> bytes_of(const T& message) {
    message_out out;
    MW_CHECK(encode(codec_, message, out));
    std::string text;
    std::size_t from = 0;
    const std::string_view written = as_text(out.written());
    for (const auto& r : out.references()) {
      text.append(written.substr(from, r.at - from)).append(r.bytes.text());
      from = r.at;
    }
    return text.append(written.substr(from));
  }

  // From a copy of exactly this size: sanitizers see a byte read beyond it.
  template <class T>
  [[nodiscard]] status read(std::string_view bytes, T& message) {
    const std::vector<char> exact(bytes.begin(), bytes.end());
    return decode(codec_, payload{as_bytes({exact.data(), exact.size()}), nullptr}, message);
  }
  // The text of the failure, empty when there was none.
  template <class T>
  [[nodiscard]] std::string why_not(std::string_view bytes) {
    T message{};
    const status outcome = read(bytes, message);
    return outcome.ok() ? std::string() : outcome.error().text();
  }

  [[nodiscard]] std::uint64_t refusals(reason why) const {
    return cells_[static_cast<std::size_t>(why)].load();
  }
  [[nodiscard]] std::uint64_t plan_restarts() const { return restarts_.load(); }

 private:
  metrics counts() {
    metrics m{counter(other_), counter(other_), counter(restarts_), {}};
    for (metric_cell& cell : cells_) m.refused.emplace_back(cell);
    return m;
  }

  metric_cell other_{0};
  metric_cell restarts_{0};
  std::array<metric_cell, reason_names.size()> cells_{};
  message_codec codec_;
};

}  // namespace mw::msgpack
