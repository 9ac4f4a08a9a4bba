// health_proto: the two messages of grpc.health.v1, and the five bytes in front of a message.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/result.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mw::checks {

enum class serving : std::uint8_t { unknown, serving, not_serving, service_unknown };

// HealthCheckRequest{service}, framed.
[[nodiscard]] std::string health_request(std::string_view service);

// A HealthCheckResponse without its frame. Numbers we do not know are `unknown`; `invalid`: no
// message.
[[nodiscard]] result<serving> parse_health(std::string_view message);

// Takes the frame off. `invalid`: compressed, cut, or more than one message.
[[nodiscard]] result<std::string_view> unframed(std::string_view body);

}  // namespace mw::checks
