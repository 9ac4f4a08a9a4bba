// handshake: the opening handshake of WebSocket (RFC 6455 §4.2).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/request.h"
#include "wire/syntax.h"

#include <mw/result.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace mw::http {

// Whether the request asks to become a WebSocket at all; otherwise it is an ordinary request.
[[nodiscard]] bool asks_for_websocket(const request& asked);

// Empty text: accept it. Otherwise 400, or 426 for another version of the protocol.
[[nodiscard]] refusal websocket_fault(const request& asked);

// The Sec-WebSocket-Accept value that proves to the client that its key was understood.
[[nodiscard]] std::string websocket_accept(std::string_view key);

// Both only for the handshake: SHA-1 protects nothing here, the protocol fixes it.
[[nodiscard]] std::array<std::uint8_t, 20> sha1(std::string_view text);
[[nodiscard]] std::string base64(std::string_view bytes);

}  // namespace mw::http
