// option_reader_test: options from YAML, and each way in which they can be wrong.
// SPDX-License-Identifier: Apache-2.0
#include "option_reader.h"

#include "config/yaml/yaml_load.h"
#include "sample_options.h"

#include <doctest/doctest.h>

namespace mw::kernel {
namespace {

struct read_options {
  source_set sources;
  diagnostics found;
  option_context context{sources, found, [](const std::string& path) -> result<std::string> {
                           if (path == "good") return std::string("from file\n");
                           if (path == "empty") return std::string("\n");
                           return failure(errc::not_found, "no such file");
                         }};
  tree_node root;
  sample::options options;
  std::vector<effective_value> values;

  explicit read_options(std::string yaml) {
    const source_id id = sources.add(source_kind::file, "n.yaml", std::move(yaml));
    root = load_yaml(id, sources, found);
    REQUIRE(!found.has_errors());
    option_reader reader(context, root.find("tcp"), "plugins.tcp");
    reader.allow("use");
    options.fields(reader);
    reader.finish();
    CHECK(reader.ok() == !found.has_errors());
    values = reader.values();
  }

  // "CFG0020@1:9" per mistake, with "~listen" for a suggestion.
  [[nodiscard]] std::string mistakes() const {
    std::string out;
    for (const diagnostic& d : found.sorted()) {
      if (!out.empty()) out += ' ';
      out += d.code + "@" + std::to_string(d.where.line) + ":" + std::to_string(d.where.column);
      if (!d.suggestion.empty()) out += "~" + d.suggestion;
    }
    return out;
  }
  [[nodiscard]] std::string text() const { return render_text(found, sources); }
  [[nodiscard]] const effective_value& value(std::string_view path) const {
    for (const effective_value& v : values) {
      if (v.path == path) return v;
    }
    FAIL("no such value");
    return values.front();
  }
};

// The mistakes of one option beside a good `listen`, in line 2 from column 8 of `tcp`.
std::string mistakes_of(const std::string& option) {
  return read_options("tcp:\n  listen: \"127.0.0.1:0\"\n  " + option + "\n").mistakes();
}

TEST_CASE("every type is read") {
  const read_options r(
      "tcp:\n  use: transport.tcp\n  listen: 127.0.0.1:7400\n  backlog: 7\n  nodelay: false\n  "
      "timeout: 2s\n"
      "  frame: 1KiB\n  limit: 5/min\n  connections: 2..3\n  threshold: 8.5\n  preset: wan\n"
      "  password: { file: good }\n  peers: [\"[::1]:1\", \"unix:/x\"]\n  labels: { zone: a, rack: "
      "010 }\n"
      "  idle: 1min\n  tls: { certificate: c.pem, verify: false }\n");
  REQUIRE_MESSAGE(r.mistakes().empty(), r.text());
  CHECK(r.options.listen.port == 7400);
  CHECK(r.options.backlog == 7);
  CHECK(!r.options.nodelay);
  CHECK(r.options.timeout == 2s);
  CHECK(r.options.frame.count == 1024);
  CHECK(r.options.connections == range{2, 3});
  CHECK(r.options.threshold == 8.5);
  CHECK(r.options.preset == sample::mode::wan);
  CHECK(r.options.password.reveal() == "from file");
  REQUIRE(r.options.peers.size() == 2);
  CHECK(r.options.peers[1].local);
  CHECK_MESSAGE(r.options.labels.at("rack") == "010", "text stays as written");
  CHECK(r.options.idle == 1min);
  REQUIRE(r.options.tls.has_value());
  CHECK(r.options.tls->certificate == "c.pem");
}

TEST_CASE("defaults stay, and every value says where it came from") {
  const read_options r("tcp: { listen: \"127.0.0.1:0\", password: { file: good } }\n");
  CHECK(r.options.timeout == 250ms);
  CHECK(r.value("plugins.tcp.timeout").yaml == "250ms");
  CHECK(describe(r.value("plugins.tcp.timeout").from, r.sources) == "default");
  CHECK(r.value("plugins.tcp.listen").yaml == "\"127.0.0.1:0\"");
  CHECK(describe(r.value("plugins.tcp.listen").from, r.sources) == "n.yaml:1:16");
  CHECK_MESSAGE(r.value("plugins.tcp.password").yaml == "\"(hidden)\"", "secrets are not printed");
  CHECK(r.value("plugins.tcp.backlog").json == "128");
  CHECK(r.value("plugins.tcp.tls").json == "null");
}

TEST_CASE("unknown keys find their name, in nested groups too") {
  CHECK(mistakes_of("bcklog: 1") == "CFG0020@3:3~backlog");
  CHECK(mistakes_of("colour: 1") == "CFG0020@3:3");
  CHECK(mistakes_of("tls: { certificate: c, verfy: true }") == "CFG0020@3:26~verify");
}

TEST_CASE("all mistakes of a stanza in one run") {
  CHECK(read_options(
            "tcp:\n  lisen: x\n  backlog: 5000\n  nodelay: yes\n  timeout: 250\n  peers: a:1\n")
            .mistakes() ==
        "CFG0025@1:1 CFG0020@2:3~listen CFG0023@3:12 CFG0026@4:12~true CFG0022@5:12 "
        "CFG0021@6:10~[a:1]");
}

TEST_CASE("missing stanzas miss what is required") {
  CHECK(read_options("tcp:\n").mistakes() == "CFG0025@1:1");
  CHECK(read_options("tcp: {}\n").mistakes() == "CFG0025@1:1");
  CHECK_MESSAGE(read_options("tcp: text\n").mistakes() == "CFG0021@1:6",
                "and nothing about its options");
  CHECK(mistakes_of("tls: {}") == "CFG0025@3:3");
}

TEST_CASE("numbers and booleans that other readers would take for something else") {
  CHECK(mistakes_of("backlog: \"5\"") == "CFG0028@3:12~5");
  CHECK(mistakes_of("backlog: 010") == "CFG0027@3:12~10");
  CHECK(mistakes_of("backlog: 1_000") == "CFG0027@3:12~1000");
  CHECK(mistakes_of("backlog: 0x10") == "CFG0027@3:12");
  CHECK(mistakes_of("backlog: +5") == "CFG0027@3:12~5");
  CHECK(mistakes_of("nodelay: on") == "CFG0026@3:12~true");
  CHECK(mistakes_of("nodelay: No") == "CFG0026@3:12~false");
  CHECK(mistakes_of("nodelay: TRUE") == "CFG0026@3:12~true");
  CHECK(mistakes_of("nodelay: \"true\"") == "CFG0028@3:12~true");
  CHECK(mistakes_of("nodelay: maybe") == "CFG0022@3:12");
}

TEST_CASE("values that cannot be read or are out of bounds") {
  CHECK(mistakes_of("backlog: many") == "CFG0022@3:12");
  CHECK(mistakes_of("backlog: 1.5") == "CFG0022@3:12");
  CHECK(mistakes_of("backlog: -1") == "CFG0023@3:12");
  CHECK(mistakes_of("backlog: 70000") == "CFG0023@3:12");
  CHECK(mistakes_of("backlog: 0") == "CFG0023@3:12");
  CHECK(mistakes_of("threshold: nan") == "CFG0022@3:14");
  CHECK(mistakes_of("timeout: 1min") == "CFG0023@3:12");
  CHECK(mistakes_of("frame: 16 megabytes") == "CFG0022@3:10");
  CHECK(mistakes_of("limit: fast") == "CFG0022@3:10");
  CHECK(mistakes_of("connections: 0..4") == "CFG0023@3:16");
  CHECK(mistakes_of("connections: 1..99") == "CFG0023@3:16");
  CHECK(mistakes_of("peers: [\"h:1\", h]") == "CFG0022@3:18");
  CHECK(mistakes_of("preset: wam") == "CFG0024@3:11~wan");
  CHECK(mistakes_of("preset: moon") == "CFG0024@3:11");
  CHECK(mistakes_of("timeout:") == "CFG0029@3:3");
  CHECK(mistakes_of("peers:") == "CFG0029@3:3");
  CHECK(mistakes_of("peers: [~]") == "CFG0029@3:11");
  CHECK(mistakes_of("timeout: [1s]") == "CFG0021@3:12");
  CHECK(mistakes_of("labels: [a]") == "CFG0021@3:11");
  CHECK(mistakes_of("idle: ~").empty());
  CHECK(mistakes_of("idle: soon") == "CFG0022@3:9");
}

TEST_CASE("a value out of bounds leaves the default") {
  const read_options r("tcp: { listen: \"h:1\", backlog: 0, timeout: 99s }\n");
  CHECK(r.options.backlog == 128);
  CHECK(r.options.timeout == 250ms);
}

TEST_CASE("a rule over several options, once all of them were read") {
  CHECK(mistakes_of("timeout: 2s\n  idle: 1s") == "CFG0032@3:12");
  CHECK(mistakes_of("timeout: 2x\n  idle: 1s") == "CFG0022@3:12");
}

TEST_CASE("errors say what was expected") {
  CHECK(read_options("tcp: { listen: \"h:1\", timeout: 99s }\n")
            .text()
            .find("= expected: a duration from 1ms to 10s\n") != std::string::npos);
  CHECK(read_options("tcp: { listen: \"h:1\", timeout: 99 }\n")
            .text()
            .find("'99' is not a duration") != std::string::npos);
  CHECK(read_options("tcp: { listen: \"h:1\", backlog: 0 }\n")
            .text()
            .find("= expected: a whole number from 1 to 4096 (connections)\n") !=
        std::string::npos);
  CHECK(read_options("tcp: { listen: \"h:1\", preset: x }\n")
            .text()
            .find("= expected: lan, wan or local\n") != std::string::npos);
}

TEST_CASE("secrets come by reference and are never shown") {
  const read_options literal("tcp: { listen: \"h:1\", password: hunter2, bad: 1 }\n");
  CHECK(literal.mistakes() == "CFG0030@1:33 CFG0020@1:42");
  CHECK_MESSAGE(literal.text().find("hunter2") == std::string::npos, literal.text());
  CHECK(literal.text().find("password: *******, bad") != std::string::npos);
  CHECK(literal.options.password.empty());
  CHECK(read_options("tcp: { listen: \"h:1\", password: \"file:good\" }\n")
            .options.password.reveal() == "from file");
  CHECK(mistakes_of("password: { file: none }") == "CFG0031@3:21");
  CHECK(mistakes_of("password: file:empty") == "CFG0031@3:13");
  CHECK(mistakes_of("password: { path: x }") == "CFG0021@3:13");
  CHECK(mistakes_of("password:") == "CFG0029@3:3");
  CHECK(mistakes_of("password: \"${X}\"") == "CFG0030@3:13");  // Not yet replaced: still a literal.
}

TEST_CASE("long values are clipped in messages") {
  const std::string text =
      read_options("tcp: { listen: \"h:1\", timeout: " + std::string(500, 'x') + " }\n").text();
  CHECK(text.find("'" + std::string(60, 'x') + "...'") != std::string::npos);
}

}  // namespace
}  // namespace mw::kernel
