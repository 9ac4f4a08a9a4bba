// abi: the constant descriptor of a plug-in library, checked before any C++ object crosses.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace mw {

class field_visitor;
class host;
class manifest;
class plugin;
struct tool;

inline constexpr std::uint32_t descriptor_magic = 0x4d57504c;  // "MWPL"
// Raised with every incompatible change of the headers in this folder.
inline constexpr std::uint32_t sdk_abi = 5;

// What has to be equal for C++ objects to cross the border.
#define MW_STRINGIFY_(x) #x
#define MW_STRINGIFY(x) MW_STRINGIFY_(x)
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MW_ABI_SANITIZER "-sanitized"
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MW_ABI_SANITIZER "-sanitized"
#endif
#endif
#ifndef MW_ABI_SANITIZER
#define MW_ABI_SANITIZER ""
#endif
#ifdef _GLIBCXX_USE_CXX11_ABI
#define MW_ABI_STRINGS "-cxx11abi" MW_STRINGIFY(_GLIBCXX_USE_CXX11_ABI)
#else
#define MW_ABI_STRINGS ""
#endif
inline constexpr const char* compiler_abi =
    "itanium-cxxabi" MW_STRINGIFY(__GXX_ABI_VERSION) MW_ABI_STRINGS MW_ABI_SANITIZER;

// The first three members never move, so that any two versions can at least read each other's
// numbers.
struct plugin_descriptor {
  std::uint32_t magic = descriptor_magic;
  std::uint32_t size = sizeof(plugin_descriptor);
  std::uint32_t abi = sdk_abi;
  const char* compiler = compiler_abi;
  const char* type;     // "transport.tcp"; the value of `use:`
  const char* version;  // of the plug-in
  void (*describe)(manifest&);
  void (*options)(field_visitor&);  // visits defaults: docs, schema and checks without an instance
  // Null with the reason in `error`, or an instance that the kernel owns.
  plugin* (*create)(host&, field_visitor& reader, std::string& error) noexcept;
  std::span<const tool> (*tools)();  // what it brings to the command line; null: nothing
};

// The one symbol a library exports.
inline constexpr const char* descriptor_symbol = "mw_plugin";
using descriptor_function = const plugin_descriptor* (*)();

}  // namespace mw
