// conformance: the promises of every plug-in, checked from outside.
// SPDX-License-Identifier: Apache-2.0
#include "loader/loader.h"

#include <mw/conformance.h>
#include <mw/options.h>
#include <mw/testing.h>

#include <algorithm>

namespace mw::conformance {
namespace {

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line;
  return text;
}

std::string with(const std::string& options, const std::string& more) {
  if (options.starts_with('{')) return "{ " + more + ", " + options.substr(1);
  return options.empty() ? more : options + "\n" + more;
}

// Every option has a sentence that says what it is.
class doc_checker final : public field_visitor {
 private:
  void visit(const field_meta& meta, option_ref value) override {
    CHECK_MESSAGE(meta.doc.size() > 10, "option without a doc string: ", std::string(meta.name));
    if (meta.required) required_.emplace_back(meta.name);
    if (value.type->kind == option_kind::group) value.type->fields(value.value, *this);
  }
  void rule_broken(std::string_view name, std::string_view rule) override {
    // A required option has no default that could hold.
    if (std::find(required_.begin(), required_.end(), name) != required_.end()) return;
    FAIL_CHECK("the default of ", std::string(name), " breaks its own rule: ", std::string(rule));
  }

  std::vector<std::string> required_;
};

}  // namespace

void starts_and_stops_twice(const std::string& library, const std::string& options) {
  for (int round = 0; round < 2; ++round) {
    test_node node(library, options);
    CHECK_MESSAGE(node.ready(), node.failed(), joined(node.log()));
    CHECK_MESSAGE(node.stop(), node.failed(), joined(node.log()));
    CHECK_MESSAGE(node.metric("mw_plugin_leaks_total") <= 0, joined(node.log()));
  }
}

void refuses_unknown_options(const std::string& library, const std::string& options) {
  const test_node node(library, with(options, "no_such_option: 1"));
  CHECK(!node.ready());
  CHECK_MESSAGE(node.failed().find("no_such_option") != std::string::npos, node.failed());
}

void documents_its_options(const std::string& library) {
  kernel::plugin_loader loader({});
  auto outcome = loader.load_file(library);
  const auto* loaded = std::get_if<const kernel::loaded_plugin*>(&outcome);
  REQUIRE(loaded != nullptr);
  CHECK_MESSAGE((*loaded)->declared.summary.size() > 10, "describe() says nothing with about()");
  doc_checker checker;
  (*loaded)->descriptor->options(checker);
}

void survives_a_stop_during_start(const std::string& library, const std::string& options) {
  test_node node(library, options, test_start::not_yet);
  CHECK_MESSAGE(node.stop(), node.failed(), joined(node.log()));
  CHECK(node.metric("mw_plugin_leaks_total") <= 0);
}

void keeps_instances_apart(const std::string& library, const std::string& options) {
  test_node first(library, options);
  {
    test_node second(library, options);
    CHECK(second.ready());
    second.run_for(1s);
    CHECK(second.stop());
  }
  first.run_for(1s);
  CHECK_MESSAGE(first.ready(), first.failed(), joined(first.log()));
  CHECK(first.stop());
}

void repeats_itself(const std::string& library, const std::string& options) {
  std::uint64_t hashes[2];
  for (std::uint64_t& hash : hashes) {
    test_node node(library, options);
    node.run_for(10s);
    node.stop();
    hash = node.world().trace_hash();
  }
  CHECK(hashes[0] == hashes[1]);
}

void drains_within_its_deadline(const std::string& library, const std::string& options) {
  test_node node(library, with(options, "drain_timeout: 50ms"));
  CHECK(node.ready());
  CHECK_MESSAGE(node.stop(1s), joined(node.log()));
}

}  // namespace mw::conformance
