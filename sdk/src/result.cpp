// result: the out-of-line parts of failure and the end of unwrapped failures.
// SPDX-License-Identifier: Apache-2.0
#include <mw/assert.h>
#include <mw/result.h>

namespace mw {

std::string_view to_string(errc kind) noexcept {
  switch (kind) {
    case errc::invalid:
      return "invalid";
    case errc::not_found:
      return "not_found";
    case errc::overloaded:
      return "overloaded";
    case errc::disconnected:
      return "disconnected";
    case errc::timed_out:
      return "timed_out";
    case errc::denied:
      return "denied";
    case errc::unsupported:
      return "unsupported";
    case errc::internal:
      return "internal";
  }
  return "internal";
}

failure failure::from_wire(std::uint8_t code, std::string text) {
  const bool known = code >= static_cast<std::uint8_t>(errc::invalid) &&
                     code <= static_cast<std::uint8_t>(errc::internal);
  failure decoded(known ? static_cast<errc>(code) : errc::internal, std::move(text));
  if (!known) decoded.unknown_code_ = code;
  return decoded;
}

std::uint8_t failure::code() const noexcept {
  return unknown_code_ != 0 ? unknown_code_ : static_cast<std::uint8_t>(kind_);
}

failure failure::in(std::string_view doing) const& {
  failure copy = *this;
  return std::move(copy).in(doing);
}

failure failure::in(std::string_view doing) && {
  std::string text;
  text.reserve(doing.size() + 2 + text_.size());
  text.append(doing).append(": ").append(text_);
  text_ = std::move(text);
  return std::move(*this);
}

namespace detail {

void unwrapped_failure(const failure& cause) noexcept {
  assertion_failed("result holds a value", cause.text().c_str(), __FILE__, __LINE__);
}

}  // namespace detail
}  // namespace mw
