// commands: one function for each `mw certs COMMAND`.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "words.h"

namespace mw::creds {

constexpr unsigned list_days = 30;  // how long a CRL that we make is good

// Each reports its outcome as a status: `invalid` is a wrong call (exit 2), any other failure
// exit 1. Those that answer a question say so themselves and return the exit code.
[[nodiscard]] status certs_make(const words& given, tool_io& io);
[[nodiscard]] status certs_inspect(const words& given, tool_io& io);
[[nodiscard]] result<bool> certs_check(const words& given, tool_io& io);
[[nodiscard]] status certs_revoke(const words& given, tool_io& io);
[[nodiscard]] status certs_rotate(const words& given, tool_io& io);
[[nodiscard]] status certs_deny(const words& given, tool_io& io);

}  // namespace mw::creds
