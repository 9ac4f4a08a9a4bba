// verbs_test: answers of the verbs that read node files, with plug-ins made up here.
// SPDX-License-Identifier: Apache-2.0
#include "cli/graph/node_graph.h"
#include "cli/test_console.h"
#include "compose/compose.h"
#include "config/yaml/yaml_load.h"

#include <mw/node_services.h>
#include <mw/plugin.h>

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace mw::kernel::cli {
namespace {

struct pipe {
  static constexpr std::string_view contract = "test.pipe/1";
};

struct ping {
  static constexpr std::string_view topic = "test.ping/1";
  static constexpr std::string_view doc = "Something happened.";
  std::string zone;
  static constexpr auto fields() { return field_list(field<&ping::zone>("zone", "Where.")); }
};

class source final : public plugin {
 public:
  explicit source(host&) {}
  static void describe(manifest& m) { m.about("Pings.").provides<pipe>().publishes<ping>(); }
};

class sink final : public plugin {
 public:
  explicit sink(host&) {}
  static void describe(manifest& m) {
    m.about("Hears pings.").subscribes<ping>().subscribes<node_ready>();
    m.uses<pipe>("input", "Where bytes come from.").uses<node_status>("status", "Of the node.");
  }
};

template <class T>
plugin_descriptor descriptor_of(const char* type) {
  return {.type = type,
          .version = "1.0.0",
          .describe = &mw::detail::describe_plugin<T>,
          .options = &mw::detail::visit_options<T>,
          .create = &mw::detail::create_plugin<T>};
}

// A composed node with the plug-ins above.
struct composed {
  plugin_descriptor source_type = descriptor_of<source>("source");
  plugin_descriptor sink_type = descriptor_of<sink>("sink");
  plugin_loader loader{{}};
  diagnostics found;
  compose_result made;

  explicit composed(const std::string& yaml) {
    loader.add(source_type);
    loader.add(sink_type);
    auto document = std::make_shared<config_document>();
    const source_id id = document->sources.add(source_kind::file, "node.yaml", yaml);
    document->root = load_yaml(id, document->sources, found);
    made = compose(document, loader, found);
    REQUIRE_MESSAGE(!found.has_errors(), render_text(found, document->sources));
  }
  [[nodiscard]] node_graph graph() const { return make_graph(made.node); }
};

constexpr const char* two_plugins =
    "node: { id: n1 }\n"
    "plugins:\n"
    "  end: { use: sink }\n"
    "  start: { use: source }\n";

TEST_CASE("graph: slots, contracts of the node, and events") {
  const composed node(two_plugins);
  const node_graph graph = node.graph();
  REQUIRE(graph.calls.size() == 2);
  CHECK(graph.calls[0].from == "end");
  CHECK(graph.calls[0].to == "start");
  CHECK(graph.calls[1].to == "node");
  REQUIRE(graph.events.size() == 2);
  CHECK(graph.events[0].topic == "test.ping/1");
  CHECK(graph.events[0].from == "start");
  CHECK(graph.events[0].rule == nullptr);
  CHECK(graph.events[1].from == "node");
  CHECK(graph.silent.empty());
  CHECK(graph.idle.empty());
}

TEST_CASE("graph: rules shape edges, and leave out those that they do not name") {
  const composed shaped(std::string(two_plugins) +
                        "bus:\n"
                        "  - on: test.ping\n"
                        "    to: [end]\n"
                        "    where: zone == \"a\"\n"
                        "    queue: { full: latest }\n");
  const node_graph graph = shaped.graph();
  REQUIRE(graph.events.front().rule != nullptr);
  CHECK(draw_text(graph, false).find("queue 1 latest, bus[0], where zone == \"a\"") !=
        std::string::npos);

  const composed cut(std::string(two_plugins) +
                     "  other: { use: sink }\nbus:\n  - { on: test.ping, to: [other] }\n"
                     "  - { on: node.ready, to: [other] }\n");
  for (const event_edge& one : cut.graph().events) CHECK(one.to == "other");
}

TEST_CASE("graph: events that nobody hears, subscriptions that nobody feeds") {
  const composed alone("node: { id: n1 }\nplugins: { start: { use: source } }\n");
  REQUIRE(alone.graph().silent.size() == 1);
  CHECK(alone.graph().silent[0].topic == "test.ping/1");
  CHECK_FALSE(alone.graph().silent[0].cut);
}

TEST_CASE("graph: drawings") {
  const composed node(two_plugins);
  CHECK(draw_dot(node.graph()) ==
        "digraph node {\n"
        "  rankdir=LR;\n"
        "  node [shape=box];\n"
        "  \"start\" [label=\"start\\nsource\"];\n"
        "  \"end\" [label=\"end\\nsink\"];\n"
        "  \"node\" [label=\"(the node)\", style=rounded];\n"
        "  \"end\" -> \"start\" [label=\"input\"];\n"
        "  \"end\" -> \"node\" [label=\"status\"];\n"
        "  \"node\" -> \"end\" [label=\"node.ready/1\", style=dashed];\n"
        "  \"start\" -> \"end\" [label=\"test.ping/1\", style=dashed];\n"
        "}\n");
  CHECK_MESSAGE(draw_mermaid(node.graph()) ==
                    "flowchart LR\n"
                    "  node0([\"the node\"])\n"
                    "  p1[\"start<br/>source\"]\n"
                    "  p2[\"end<br/>sink\"]\n"
                    "  p2 -- \"input\" --> p1\n"
                    "  p2 -- \"status\" --> node0\n"
                    "  node0 -. \"node.ready/1\" .-> p2\n"
                    "  p1 -. \"test.ping/1\" .-> p2\n",
                "names that Mermaid reserves, such as end, do no harm");
  CHECK(
      draw_json(node.graph())
          .starts_with(
              R"({"node":"n1","plugins":[{"name":"start","type":"source","where":"node.yaml:4",)"));
}

// A folder for node files that goes with the test.
struct scratch {
  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("mw_verbs_test_" + std::to_string(getpid()));
  scratch() { std::filesystem::create_directories(folder); }
  ~scratch() { std::filesystem::remove_all(folder); }
  [[nodiscard]] std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(folder / name) << text;
    return (folder / name).string();
  }
};

TEST_CASE("check: all files, one verdict") {
  const scratch here;
  const std::string bad =
      here.file("bad.yaml", "node: { idd: n1 }\nplugins: { a: { use: none } }\n");
  const mw_output said = run_words({"check", bad});
  CHECK(said.code == exit_code::no);
  CHECK(said.out.find("CFG0020") != std::string::npos);
  CHECK(said.out.find("CFG0025") != std::string::npos);
  CHECK(said.out.find("PLG0001") != std::string::npos);
  CHECK(said.out.find("3 errors, 0 warnings\n") != std::string::npos);

  const mw_output gone = run_words({"check", "--json", (here.folder / "gone.yaml").string()});
  CHECK(gone.code == exit_code::no);
  CHECK(gone.out.starts_with(R"({"code":"CFG0001")"));
  CHECK(gone.out.find(R"("errors":1,"warnings":0})") != std::string::npos);
}

TEST_CASE("config and graph refuse what check refuses") {
  const scratch here;
  const std::string bad = here.file("bad.yaml", "node: {}\n");
  for (const char* verb : {"config", "graph"}) {
    const mw_output said = run_words({verb, bad});
    CHECK(said.code == exit_code::no);
    CHECK(said.out.empty());
    CHECK(said.err.find("CFG0025") != std::string::npos);
  }
  CHECK(run_words({"graph", bad, "--format", "dott"}).err.find("did you mean 'dot'?") !=
        std::string::npos);
  CHECK(run_words({"graph", bad, "--format", "dott"}).code == exit_code::usage);
}

TEST_CASE("explain: codes, sections and their options need no plug-in") {
  CHECK(run_words({"explain", "cfg0011"}).out.starts_with("CFG0011: a key given twice"));
  CHECK(run_words({"explain", "node.log.level"}).out.starts_with("level: "));
  CHECK(run_words({"explain", "stanza.lane"}).code == exit_code::ok);
  CHECK(run_words({"explain", "bus"}).out.find("  where: text") != std::string::npos);
  const mw_output json = run_words({"explain", "node.lanes", "--json"});
  CHECK(json.out.starts_with(R"({"kind":"option","of":"node","option":{"name":"lanes",)"));
}

TEST_CASE("explain: unknown names get the nearest known one") {
  const mw_output said = run_words({"explain", "node.lane"});
  CHECK(said.code == exit_code::no);
  CHECK(said.err.find("did you mean 'node.lanes'?") != std::string::npos);
  CHECK(run_words({"explain", "CFG9911"}).code == exit_code::no);
}

TEST_CASE("plugins: a broken library is listed with its reason") {
  const scratch here;
  (void)here.file("torn.so", "not an ELF file");
  const mw_output said = run_words({"plugins", "--plugin-path", here.folder.string()});
  CHECK(said.code == exit_code::ok);
  CHECK(said.out.find("torn cannot be used\n    error[PLG0002]: ") != std::string::npos);
  CHECK(said.out.find("0 installed, 1 broken") != std::string::npos);
  const mw_output why =
      run_words({"explain", "torn.listen"}, {{"MW_PLUGIN_PATH", ":" + here.folder.string()}});
  CHECK(why.code == exit_code::no);
  CHECK(why.err.find("PLG0002") != std::string::npos);
}

TEST_CASE("schema: one object, with or without plug-ins") {
  const mw_output said = run_words({"schema"});
  CHECK(said.code == exit_code::ok);
  CHECK(said.out.starts_with(R"({"$schema":"https://json-schema.org/draft/2020-12/schema")"));
}

}  // namespace
}  // namespace mw::kernel::cli
