// tls_pipe: TLS over a connected socket, for the command line.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pipe.h"
#include "platform/unique_fd.h"

namespace mw::kernel::cli {

// The node has to prove that it is called `host`, a name or an address, by a certificate that leads
// to `files.ca`, or that it has an identity of a mesh (one spiffe:// URI and no other name) under
// an authority that was named for this purpose. TLS 1.2 or newer.
[[nodiscard]] result<std::unique_ptr<byte_pipe>> tls_pipe(unique_fd fd, const std::string& host,
                                                          const tls_files& files, deadline until);

}  // namespace mw::kernel::cli
