// loader: dlopen with every way it can go wrong turned into one sentence.
// SPDX-License-Identifier: Apache-2.0
#include "loader/loader.h"

#include "config/nearest.h"
#include "loader/elf_check.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <filesystem>
#include <set>
#include <system_error>

namespace mw::kernel {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view suffix = ".so";

load_failure refuse(std::string code, std::string message, std::string help) {
  return {std::move(code), std::move(message), std::move(help), {}};
}

// The dynamic linker repeats the path in front of its message; people have read it already.
std::string linker_message(const std::string& file) {
  const char* text = dlerror();
  std::string message = text != nullptr ? text : "unknown error of the dynamic linker";
  if (message.starts_with(file + ": ")) message.erase(0, file.size() + 2);
  return message;
}

std::variant<const plugin_descriptor*, load_failure> open_library(const std::string& file) {
  constexpr const char* remedy =
      "check that the file is a whole shared library for this machine, readable, and that the "
      "libraries "
      "it needs are installed (ldd shows them)";
  if (const std::string fault = elf_fault(file); !fault.empty())
    return refuse("PLG0002", "cannot open " + file + ": " + fault, remedy);
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) {
    return refuse("PLG0002", "cannot open " + file + ": " + linker_message(file), remedy);
  }
  void* symbol = dlsym(library, descriptor_symbol);
  if (symbol == nullptr) {
    return refuse(
        "PLG0003", file + " is a shared library but not a plug-in: it has no symbol mw_plugin",
        "end plugin.cpp with MW_PLUGIN(class, \"type.name\", \"version\") and build it with "
        "the CMake function mw_plugin()");
  }
  const plugin_descriptor* descriptor = reinterpret_cast<descriptor_function>(symbol)();
  if (descriptor == nullptr || descriptor->magic != descriptor_magic) {
    return refuse("PLG0004", "mw_plugin() of " + file + " gives no Meshwright descriptor",
                  "let MW_PLUGIN define mw_plugin(); do not write it by hand");
  }
  return descriptor;
}

// Members behind the first three are read only after these checks.
std::variant<const plugin_descriptor*, load_failure> check_abi(const plugin_descriptor* d,
                                                               const std::string& file) {
  if (d->abi != sdk_abi || d->size != sizeof(plugin_descriptor)) {
    return refuse("PLG0005",
                  file + " was built for SDK ABI " + std::to_string(d->abi) + ", this node has " +
                      std::to_string(sdk_abi),
                  "rebuild the plug-in against the installed SDK");
  }
  if (std::strcmp(d->compiler, compiler_abi) != 0) {
    return refuse("PLG0006",
                  file + " was built with compiler ABI '" + d->compiler + "', this node with '" +
                      compiler_abi + "'",
                  "rebuild the plug-in with the same compiler family and the same sanitizers");
  }
  return d;
}

}  // namespace

plugin_loader::plugin_loader(std::vector<std::string> search_path)
    : search_path_(std::move(search_path)) {}

plugin_loader::outcome plugin_loader::load(std::string_view type) {
  if (const auto known = loaded_.find(type); known != loaded_.end()) return known->second.get();
  // A type is a name, never a path: `use: ../../tmp/x` must not open anything.
  const bool plain =
      !type.empty() &&
      type.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.") == std::string_view::npos;
  const std::vector<std::string> directories = search_path();
  for (const std::string& directory : directories) {
    const fs::path file = fs::path(directory) / (std::string(type) + std::string(suffix));
    std::error_code ignored;
    if (plain && fs::exists(file, ignored)) return load_file(file.string(), type);
  }
  std::string searched;
  for (const std::string& directory : directories)
    searched += (searched.empty() ? "" : ", ") + directory;
  load_failure missing = refuse("PLG0001", "there is no plug-in '" + std::string(type) + "'",
                                "searched in: " + (searched.empty() ? "(no directory)" : searched) +
                                    "; `mw plugins` lists what is installed");
  missing.nearest = nearest(type, available());
  return missing;
}

plugin_loader::outcome plugin_loader::load_file(const std::string& file,
                                                std::string_view expected) {
  auto opened = open_library(file);
  if (auto* failed = std::get_if<load_failure>(&opened)) return *failed;
  auto checked = check_abi(std::get<const plugin_descriptor*>(opened), file);
  if (auto* failed = std::get_if<load_failure>(&checked)) return *failed;
  const plugin_descriptor* descriptor = std::get<const plugin_descriptor*>(checked);
  if (!expected.empty() && expected != descriptor->type) {
    return refuse("PLG0007", file + " calls itself '" + descriptor->type + "'",
                  "name the file after its type: " + std::string(descriptor->type) + ".so");
  }
  if (const auto known = loaded_.find(std::string_view(descriptor->type)); known != loaded_.end())
    return known->second.get();
  auto loaded = std::make_unique<loaded_plugin>(loaded_plugin{descriptor, {}, file});
  try {
    descriptor->describe(loaded->declared);
  } catch (const std::exception& e) {
    return refuse("PLG0008", "describe() of " + file + " failed: " + e.what(),
                  "describe() only declares; move work into the constructor");
  } catch (...) {
    return refuse("PLG0008", "describe() of " + file + " failed",
                  "describe() only declares; move work into the constructor");
  }
  return (loaded_[descriptor->type] = std::move(loaded)).get();
}

void plugin_loader::add(const plugin_descriptor& descriptor) {
  auto loaded = std::make_unique<loaded_plugin>(loaded_plugin{&descriptor, {}, "(built in)"});
  descriptor.describe(loaded->declared);
  loaded_[descriptor.type] = std::move(loaded);
}

std::vector<std::string> plugin_loader::search_path() const {
  std::vector<std::string> all = first_;
  all.insert(all.end(), search_path_.begin(), search_path_.end());
  return all;
}

std::vector<std::string> plugin_loader::available() const {
  std::set<std::string> types;
  for (const auto& [type, plugin] : loaded_) types.insert(type);
  for (const std::string& directory : search_path()) {
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(directory, ignored))
      if (entry.path().extension() == suffix) types.insert(entry.path().stem().string());
  }
  return {types.begin(), types.end()};
}

}  // namespace mw::kernel
