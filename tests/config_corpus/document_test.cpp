// document_test: a right node file: its values, its overrides, its schema and the codes in use.
// SPDX-License-Identifier: Apache-2.0
#include "compose/compose.h"
#include "compose/load_document.h"
#include "config/codes/codes.h"
#include "config/options/option_doc.h"
#include "corpus_plugins.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

namespace mw::corpus {
namespace {

constexpr const char* right_file =
    "node: { id: n1 }\n"
    "plugins:\n"
    "  tcp: { use: corpus.tcp, listen: \"127.0.0.1:0\" }\n"
    "  tls: { use: corpus.tls, certificate: c.pem, password: \"${PASSWORD}\" }\n";

struct right_node {
  kernel::plugin_loader loader{std::vector<std::string>{}};
  kernel::diagnostics found;
  std::shared_ptr<kernel::config_document> document;
  kernel::compose_result made;

  explicit right_node(kernel::environment variables, std::vector<std::string> flags = {}) {
    add_plugins(loader);
    kernel::config_request request;
    request.text = right_file;
    variables["PASSWORD"] = "hunter2";
    request.variables = std::move(variables);
    request.flags = std::move(flags);
    document = kernel::load_document(std::move(request), loader, found);
    made = kernel::compose(document, loader, found);
    CHECK_MESSAGE(!found.has_errors(), kernel::render_text(found, document->sources));
  }
  [[nodiscard]] std::string values() const {
    return kernel::render_values(made.values, document->sources);
  }
  // The line of one value, without the alignment.
  [[nodiscard]] std::string value(const std::string& path) const {
    for (const kernel::effective_value& one : made.values) {
      if (one.path == path)
        return one.yaml + " from " + kernel::describe(one.from, document->sources);
    }
    return "nothing";
  }
};

TEST_CASE("every value says where it came from") {
  const right_node node(
      {{"MW_SET_plugins_tcp_backlog", "7"}, {"MW_SET_plugins_tls_verify_depth", "2"}},
      {"plugins.tcp.idle=5min"});
  CHECK_MESSAGE(node.value("plugins.tcp.backlog") == "7 from MW_SET_plugins_tcp_backlog",
                "an option that no file names is known from the plug-in");
  CHECK(node.value("plugins.tls.verify.depth") == "2 from MW_SET_plugins_tls_verify_depth");
  CHECK(node.value("plugins.tcp.idle") == "5min from --set plugins.tcp.idle");
  CHECK(node.value("plugins.tcp.nodelay") == "true from default");
  CHECK(node.value("plugins.tls.password") == "\"(hidden)\" from node.yaml:4:57 with ${PASSWORD}");
  CHECK(node.value("node.id") == "n1 from node.yaml:1:13");
  CHECK(node.values().find("hunter2") == std::string::npos);
}

TEST_CASE("slots and common keys may be overridden too") {
  const kernel::environment variables{{"MW_SET_plugins_tls_over", "tcp"},
                                      {"MW_SET_plugins_tcp_on_failure", "retry"}};
  const right_node node(variables);
  CHECK(node.value("plugins.tcp.on_failure") == "retry from MW_SET_plugins_tcp_on_failure");
}

TEST_CASE("the schema describes every installed plug-in") {
  kernel::plugin_loader loader{std::vector<std::string>{}};
  add_plugins(loader);
  const std::string schema = kernel::node_file_schema(kernel::describe_installed(loader));
  for (const char* part :
       {R"("use":{"const":"corpus.tcp"})", R"("stanza.corpus.tls":)",
        R"("over":{"description":"What carries the bytes.)", R"("drain_timeout":{)"}) {
    CAPTURE(part);
    CHECK(schema.find(part) != std::string::npos);
  }
}

// The codes that string literals in the kernel's sources name, without those that define or test
// them.
std::set<std::string> used_codes() {
  std::set<std::string> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(MW_KERNEL_FOLDER)) {
    const std::string path = entry.path().string();
    const bool product = entry.path().extension() == ".cpp" && !path.ends_with("_test.cpp") &&
                         path.find("/codes/") == std::string::npos;
    if (!product) continue;
    std::ifstream in(path);
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    for (const char* family : {"\"CFG", "\"WIR", "\"PLG", "\"BUS", "\"RUN"}) {
      for (std::size_t at = text.find(family); at != std::string::npos;
           at = text.find(family, at + 1)) {
        const std::string code = text.substr(at + 1, 7);
        const bool digits =
            std::all_of(code.begin() + 3, code.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (digits && text[at + 8] == '"') out.insert(code);
      }
    }
  }
  return out;
}

TEST_CASE("every code in use is explained, and every explained code is in use") {
  const std::set<std::string> used = used_codes();
  REQUIRE(used.size() >= 50);
  const std::vector<std::string> explained = kernel::all_codes();
  for (const std::string& code : used) CHECK_MESSAGE(kernel::find_code(code) != nullptr, code);
  for (const std::string& code : explained) CHECK_MESSAGE(used.contains(code), code);
}

}  // namespace
}  // namespace mw::corpus
