// request: one parsed request; what the peer asked, with every framing question already decided.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mw::http {

enum class verb : std::uint8_t { get, head, post, put, remove, patch, options };
[[nodiscard]] std::string_view to_string(verb method) noexcept;
// Names are case-sensitive; nothing for methods this server does not implement.
[[nodiscard]] std::optional<verb> parse_verb(std::string_view name) noexcept;

// Filled by request_parser. The views are valid until the parser goes on to the next request.
class request {
 public:
  verb method = verb::get;
  std::uint8_t minor_version = 1;  // of HTTP/1.x
  bool keep_alive = true;
  bool expects_continue = false;
  bool wants_upgrade = false;  // `Connection: upgrade`; to what, the Upgrade field says

  // "/path?query", or "*" for OPTIONS; an absolute target is already reduced to this.
  [[nodiscard]] std::string_view target() const { return view(target_); }
  // host[:port] of the absolute target or the Host field; empty only for HTTP/1.0.
  [[nodiscard]] std::string_view host() const { return view(host_); }
  [[nodiscard]] std::string_view body() const { return body_; }

  // The value of the first field called `name`, in any case; empty when there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
  [[nodiscard]] std::size_t count(std::string_view name) const;
  [[nodiscard]] std::size_t field_count() const { return fields_.size(); }
  // Name and value of the n-th field, in the order they came.
  [[nodiscard]] std::pair<std::string_view, std::string_view> field_at(std::size_t index) const;

 private:
  friend class request_parser;

  // Places instead of views: the head may move in memory while it grows.
  struct place {
    std::uint32_t offset = 0;
    std::uint32_t size = 0;
  };
  struct field_place {
    place name;
    place value;
  };
  [[nodiscard]] std::string_view view(place p) const {
    return std::string_view(head_).substr(p.offset, p.size);
  }
  [[nodiscard]] place place_of(std::string_view part) const {
    return {static_cast<std::uint32_t>(part.data() - head_.data()),
            static_cast<std::uint32_t>(part.size())};
  }
  void clear();

  std::string head_;
  std::vector<field_place> fields_;
  std::string body_;
  place target_;
  place host_;
};

}  // namespace mw::http
