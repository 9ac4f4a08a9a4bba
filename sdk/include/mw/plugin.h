// plugin: the base of every plug-in and the one macro that exports it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/abi.h>
#include <mw/events.h>
#include <mw/host.h>
#include <mw/manifest.h>
#include <mw/options.h>
#include <mw/tool.h>

#include <exception>
#include <memory>

namespace mw {

// A plug-in is a class with
//   struct options { …; void fields(mw::field_visitor& v); };
//   static void describe(mw::manifest& m);
//   plugin_class(mw::host& host, options opt);   // wiring only; may throw, the kernel reports it
// Members are torn down in reverse: declare subscriptions, timers and handles last.
class plugin {
 public:
  virtual ~plugin() = default;
  // Everything is wired and providers have started: open listeners, arm timers.
  virtual status start() { return {}; }
  // Stop taking new work, finish what is under way, then call `done`, once. The kernel goes on
  // without it after the stanza's drain deadline.
  virtual void drain(function<void()> done) { done(); }
};

namespace detail {

// Options that read nothing, for plug-ins without an options struct.
struct no_options {
  void fields(field_visitor&) {}
};
template <class T>
struct options_of {
  using type = no_options;
};
template <class T>
requires requires {
  typename T::options;
}
struct options_of<T> {
  using type = typename T::options;
};

template <class T>
constexpr auto tools_of() -> std::span<const tool> (*)() {
  if constexpr (requires { T::tools(); })
    return &T::tools;
  else
    return nullptr;
}

template <class T>
void describe_plugin(manifest& m) {
  T::describe(m);
}

template <class T>
void visit_options(field_visitor& visitor) {
  typename options_of<T>::type defaults{};
  defaults.fields(visitor);
}

// Runs inside the plug-in's library, so that no exception crosses the border.
template <class T>
plugin* create_plugin(host& h, field_visitor& reader, std::string& error) noexcept {
  try {
    typename options_of<T>::type options{};
    options.fields(reader);
    if constexpr (std::is_constructible_v<T, host&, typename options_of<T>::type>)
      return std::make_unique<T>(h, std::move(options)).release();
    else
      return std::make_unique<T>(h).release();
  } catch (const std::exception& e) {
    error = e.what();
  } catch (...) {
    error = "an exception that is not a std::exception";
  }
  return nullptr;
}

}  // namespace detail
}  // namespace mw

// MW_PLUGIN(class_name, "type.name", "1.0.0"): once per library, in plugin.cpp, at namespace scope.
#define MW_PLUGIN(Class, type_name, version_text)                                               \
  extern "C" __attribute__((visibility("default"))) const ::mw::plugin_descriptor* mw_plugin(); \
  const ::mw::plugin_descriptor* mw_plugin() {                                                  \
    static constexpr ::mw::plugin_descriptor descriptor{                                        \
        .type = type_name,                                                                      \
        .version = version_text,                                                                \
        .describe = &::mw::detail::describe_plugin<Class>,                                      \
        .options = &::mw::detail::visit_options<Class>,                                         \
        .create = &::mw::detail::create_plugin<Class>,                                          \
        .tools = ::mw::detail::tools_of<Class>()};                                              \
    return &descriptor;                                                                         \
  }
