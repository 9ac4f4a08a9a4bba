// load_config: the order of the layers, and the one place that opens configuration files.
// SPDX-License-Identifier: Apache-2.0
#include "load_config.h"

#include "variables.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

namespace mw::kernel {
namespace {

struct file_closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

failure cannot_read(int error) {
  return {error == ENOENT   ? errc::not_found
          : error == EACCES ? errc::denied
                            : errc::invalid,
          std::string(std::strerror(error))};
}

}  // namespace

tree_node load_config(config_request& request, source_set& sources, diagnostics& found) {
  if (!request.read_file) {
    request.read_file = [](const std::string& path) { return read_text_file(path); };
  }
  if (!request.known) {
    request.known = [](const tree_node&, const std::vector<std::string>&) {
      return std::vector<std::string>();
    };
  }
  const file_context context{sources, found, request.variables, request.read_file};
  tree_node root = request.text ? load_text(context, request.path, *request.text)
                                : load_files(context, request.path);
  if (!root.is_map()) return {};
  apply_environment(root, request.variables, request.known, sources, found);
  apply_flags(root, request.flags, sources, found);
  replace_variables(root, "", request.variables, found);
  return root;
}

result<std::string> read_text_file(const std::string& path, std::size_t bytes_max) {
  std::error_code error;
  const auto kind = std::filesystem::status(path, error).type();
  if (kind == std::filesystem::file_type::not_found) return cannot_read(ENOENT);
  // Opening a pipe or a device could block for ever.
  if (!error && kind != std::filesystem::file_type::regular) {
    return failure(errc::invalid, "not a regular file");
  }
  const std::unique_ptr<std::FILE, file_closer> file(std::fopen(path.c_str(), "re"));
  if (!file) return cannot_read(errno);
  std::string text(bytes_max + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) return cannot_read(errno);
  if (text.size() > bytes_max) {
    return failure(errc::invalid, "it has more than " + std::to_string(bytes_max) + " bytes");
  }
  return text;
}

}  // namespace mw::kernel
