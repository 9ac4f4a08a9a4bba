// bytes: what messages are written with, and IP addresses in them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/packing/packing.h"

#include <mw/types.h>

#include <string>
#include <string_view>

namespace mw::swim {

using packing::byte_reader;
using packing::put;
using packing::put_long;
using packing::put_real;
using packing::put_short;

// 4 or 16 bytes of an IP address; empty when `host` is not a numeric one.
[[nodiscard]] std::string ip_bytes(std::string_view host);
// The canonical text of 4 or 16 bytes; IPv4 in IPv6 reads as IPv4. Empty for other lengths.
[[nodiscard]] std::string ip_text(std::string_view bytes);

}  // namespace mw::swim
