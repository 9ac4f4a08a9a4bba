// write_file: a whole file at once: beside, synced, renamed; nobody ever sees half of it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/result.h>
#include <mw/tool.h>

#include <string>
#include <string_view>

namespace mw::kernel::cli {

// `denied` when the file exists and `replace` is false. Missing directories are made.
[[nodiscard]] status write_file(const std::string& path, std::string_view content, file_access who,
                                bool replace);
// At most 256 MiB of a regular file.
[[nodiscard]] result<std::string> read_file(const std::string& path);

}  // namespace mw::kernel::cli
