// certs: the verb `mw certs`: a development authority, and everything one does with certificates.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/tool.h>

#include <span>

namespace mw::creds {

[[nodiscard]] std::span<const tool> certs_tools();

}  // namespace mw::creds
