// load_config_test: layers in their order, from files and environments made up here.
// SPDX-License-Identifier: Apache-2.0
#include "load_config.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>

namespace mw::kernel {
namespace {

using strings = std::vector<std::string>;

// One run over files in memory.
struct node_files {
  std::map<std::string, std::string> files;
  config_request request;
  source_set sources;
  diagnostics found;
  tree_node root;

  explicit node_files(std::map<std::string, std::string> given) : files(std::move(given)) {
    request.read_file = [this](const std::string& path) -> result<std::string> {
      const auto it = files.find(path);
      if (it == files.end()) return failure(errc::not_found, "No such file or directory");
      return it->second;
    };
    request.known = [](const tree_node& top, const strings& path) -> strings {
      if (path.empty()) return {"node", "plugins", "bus"};
      if (path.size() == 1 && path[0] == "node") return {"id", "zone", "data_dir"};
      const bool stanza =
          path.size() == 2 && path[0] == "plugins" && top.find("plugins")->find(path[1]) != nullptr;
      return stanza ? strings{"listen", "idle_timeout", "idle"} : strings{};
    };
  }
  node_files& set(std::string flag) { return request.flags.push_back(std::move(flag)), *this; }
  node_files& env(const std::string& name, std::string value) {
    return request.variables[name] = std::move(value), *this;
  }
  node_files& load() { return root = load_config(request, sources, found), *this; }

  [[nodiscard]] std::string mistakes() const {
    std::string out;
    for (const diagnostic& d : found.sorted()) {
      if (!out.empty()) out += ' ';
      out += d.code + "@" + sources.describe(d.where);
      if (!d.suggestion.empty()) out += "~" + d.suggestion;
    }
    return out;
  }
  // The scalar at a dotted path and its origin: "127.0.0.1:0 <- --set plugins.tcp.listen".
  [[nodiscard]] std::string at(std::string_view path) const {
    const tree_node* node = &root;
    while (!path.empty() && node != nullptr) {
      const std::size_t dot = std::min(path.find('.'), path.size());
      node = node->find(path.substr(0, dot));
      path.remove_prefix(std::min(dot + 1, path.size()));
    }
    if (node == nullptr) return "nothing";
    return node->scalar + " <- " + describe(node->from, sources);
  }
};

constexpr const char* main_text =
    "node: { id: n1 }\n"
    "plugins:\n"
    "  tcp: { use: transport.tcp, listen: \"127.0.0.1:7400\" }\n"
    "  seeds: { use: discovery.static, peers: [a, b] }\n";

node_files plain(const std::string& text = main_text) {
  return node_files({{"node.yaml", text}});
}

TEST_CASE("variables are replaced in scalars, after parsing") {
  auto n = plain(
      "a: ${X}\nb: \"${X:-d}-${Y:-1}\"\nc: $$5\nd: \"${E:-x}\"\ne: \"${E}\"\nf: 'two: ${X}'\n");
  n.env("X", "[not, a, list]").env("E", "").load();
  REQUIRE_MESSAGE(n.mistakes().empty(), n.mistakes());
  CHECK(n.at("a") == "[not, a, list] <- node.yaml:1:4 with ${X}");
  CHECK(n.at("b") == "[not, a, list]-1 <- node.yaml:2:4 with ${X} ${Y}");
  CHECK(n.at("c") == "$5 <- node.yaml:3:4");
  CHECK_MESSAGE(n.at("d") == "x <- node.yaml:4:4 with ${E}", "an empty variable takes the default");
  CHECK(n.at("e") == " <- node.yaml:5:4 with ${E}");
  CHECK(n.at("f") == "two: [not, a, list] <- node.yaml:6:4 with ${X}");
  CHECK(n.root.find("a")->reference);
  CHECK_MESSAGE(!n.root.find("b")->reference, "a secret has to be all variable");
  CHECK_MESSAGE(!n.root.find("d")->reference, "and its default would be in the file");
  CHECK_MESSAGE(!n.root.find("e")->quoted, "quotes are YAML's business here");
}

TEST_CASE("wrong variables are located inside their scalar") {
  CHECK(plain("a: \"x ${NOPE} y\"\n").load().mistakes() == "CFG0040@node.yaml:1:7");
  CHECK(plain("a: x${NODE_D}\n").env("NODE_ID", "n").load().mistakes() ==
        "CFG0040@node.yaml:1:5~${NODE_ID}");
  CHECK(plain("a: $HOME/x\n").load().mistakes() == "CFG0041@node.yaml:1:4~${HOME}");
  CHECK(plain("a: \"${A B}\"\n").load().mistakes() == "CFG0041@node.yaml:1:5");
  CHECK(plain("a: \"${A\"\n").load().mistakes() == "CFG0041@node.yaml:1:5");
  CHECK(plain("a: 5$\n").load().mistakes() == "CFG0041@node.yaml:1:5");
  CHECK(plain("a: ${A}\nb: ${B}\n").load().mistakes() ==
        "CFG0040@node.yaml:1:4 CFG0040@node.yaml:2:4");
  CHECK(plain("a: ${A}${A}${A}\n").env("A", std::string(30000, 'x')).load().mistakes() ==
        "CFG0016@node.yaml:1:4");
}

TEST_CASE("includes are relative, later ones win, the file itself over all") {
  node_files n(
      {{"etc/node.yaml", "include: [common/a.yaml, ../b.yaml]\nnode: { id: n1, zone: own }\n"},
       {"etc/common/a.yaml", "include: deep.yaml\nnode: { zone: a, rack: a }\n"},
       {"etc/common/deep.yaml", "node: { deep: 1 }\n"},
       {"b.yaml", "node: { zone: b, rack: a }\nplugins: { x: { use: y } }\n"}});
  n.request.path = "etc/node.yaml";
  n.load();
  CHECK_MESSAGE(n.mistakes().empty(), n.mistakes());
  CHECK(n.at("node.zone") == "own <- etc/node.yaml:2:23");
  CHECK(n.at("node.rack") == "a <- b.yaml:1:24 (included from etc/node.yaml:1:26)");
  CHECK(n.at("node.deep") ==
        "1 <- etc/common/deep.yaml:1:15 (included from etc/common/a.yaml:1:10) (included from "
        "etc/node.yaml:1:11)");
  CHECK(n.at("plugins.x.use").starts_with("y <- b.yaml"));
  CHECK(n.root.find("include") == nullptr);
}

TEST_CASE("includes that disagree are reported, unless the file decides") {
  const std::map<std::string, std::string> files{{"a.yaml", "node: { id: a, zone: z }\n"},
                                                 {"b.yaml", "node: { id: b, zone: z }\n"}};
  auto with_main = [&](const std::string& text) {
    auto all = files;
    all["node.yaml"] = text;
    return node_files(all).load().mistakes();
  };
  CHECK(with_main("include: [a.yaml, b.yaml]\n") == "CFG0045@b.yaml:1:13");
  CHECK(with_main("include: [a.yaml, b.yaml]\nnode: { id: own }\n").empty());
  CHECK(with_main("include: [a.yaml]\nnode: text\n") == "CFG0046@node.yaml:2:7");
  CHECK(with_main("include: [a.yaml]\nnode:\n").empty());
}

TEST_CASE("wrong includes") {
  auto main_only = [](const std::string& text) { return plain(text).load().mistakes(); };
  CHECK(main_only("include: [gone.yaml]\nnode: {}\n") == "CFG0001@node.yaml:1:11");
  CHECK(main_only("include: { a: b }\nnode: {}\n") == "CFG0042@node.yaml:1:10");
  CHECK(main_only("include: [[a]]\nnode: {}\n") == "CFG0042@node.yaml:1:11");
  CHECK(main_only("include: [node.yaml]\nnode: {}\n") == "CFG0043@node.yaml:1:11");
  CHECK(main_only("include: [x/../node.yaml]\nnode: {}\n") == "CFG0043@node.yaml:1:11");
  CHECK_MESSAGE(
      node_files({{"node.yaml", "include: [bad.yaml]\na: 1\na: 2\n"}, {"bad.yaml", "b: 'x\n"}})
              .load()
              .mistakes() == "CFG0011@node.yaml:3:1 CFG0006@bad.yaml:1:4",
      "mistakes of all files come together");
}

TEST_CASE("includes are bounded in depth and number") {
  std::map<std::string, std::string> chain;
  for (int i = 0; i < 12; ++i) {
    chain[i == 0 ? "node.yaml" : std::to_string(i) + ".yaml"] =
        "include: " + std::to_string(i + 1) + ".yaml\na: 1\n";
  }
  CHECK(node_files(chain).load().mistakes() == "CFG0044@7.yaml:1:10");
  std::string many = "include: [";
  for (int i = 0; i < 40; ++i) many += "x.yaml, ";
  const auto mistakes =
      node_files({{"node.yaml", many + "]\na: 1\n"}, {"x.yaml", "b: 1\n"}}).load().mistakes();
  CHECK(mistakes.starts_with("CFG0044@node.yaml:1:267 CFG0044@"));
}

TEST_CASE("flags set values, make maps and reach into lists") {
  auto n = plain();
  n.set("plugins.tcp.listen=127.0.0.1:0")
      .set("node.log.level=debug")
      .set("plugins.seeds.peers.1=c");
  n.set("plugins.seeds.peers.2=d")
      .set("plugins.new.use=raft")
      .set("node.tags=[x, 'y z']")
      .set("node.id=${ID}");
  n.env("ID", "n7").load();
  REQUIRE_MESSAGE(n.mistakes().empty(), n.mistakes());
  CHECK(n.at("plugins.tcp.listen") == "127.0.0.1:0 <- --set plugins.tcp.listen");
  CHECK(n.at("plugins.tcp.use") == "transport.tcp <- node.yaml:3:15");
  CHECK(n.at("node.log.level") == "debug <- --set node.log.level");
  CHECK(n.at("plugins.new.use") == "raft <- --set plugins.new.use");
  CHECK(n.at("node.id") == "n7 <- --set node.id with ${ID}");
  const tree_node* peers = n.root.find("plugins")->find("seeds")->find("peers");
  REQUIRE(peers->children.size() == 3);
  CHECK(peers->children[1].scalar == "c");
  CHECK(peers->children[2].scalar == "d");
  CHECK(n.root.find("node")->find("tags")->children.at(1).scalar == "y z");
  CHECK(n.root.find("node")->find("tags")->key == "tags");
}

TEST_CASE("wrong flags point into the flag") {
  CHECK(plain().set("plugins.tcp.listen").load().mistakes() == "CFG0050@--set:1:1");
  CHECK(plain().set("a..b=1").load().mistakes() == "CFG0050@--set:1:3");
  CHECK(plain().set("=1").load().mistakes() == "CFG0050@--set:1:1");
  CHECK(plain().set("node.id.x=1").load().mistakes() == "CFG0051@--set:1:9");
  CHECK(plain().set("plugins.seeds.peers.7=1").load().mistakes() == "CFG0051@--set:1:21");
  CHECK(plain().set("plugins.seeds.peers.x=1").load().mistakes() == "CFG0051@--set:1:21");
  CHECK(plain().set("node.tags=[x").load().mistakes() == "CFG0007@--set:1:11");
  CHECK(plain().set("node.tags={a: 1, a: 2}").load().mistakes() == "CFG0011@--set:1:18");
  CHECK(plain().set("node.id=${NOPE}").load().mistakes() == "CFG0040@--set:1:9");
}

TEST_CASE("environment overrides find their key") {
  auto n = plain();
  n.env("MW_SET_plugins_tcp_listen", "127.0.0.1:1")
      .env("MW_SET_node_data_dir", "/d$x")
      .env("MW_SET_node_zone", "b");
  n.set("node.zone=c").load();
  REQUIRE_MESSAGE(n.mistakes().empty(), n.mistakes());
  CHECK(n.at("plugins.tcp.listen") == "127.0.0.1:1 <- MW_SET_plugins_tcp_listen");
  CHECK_MESSAGE(n.at("node.data_dir") == "/d$x <- MW_SET_node_data_dir", "taken as it is");
  CHECK_MESSAGE(n.at("node.zone") == "c <- --set node.zone", "flags win over the environment");
  CHECK(n.root.find("node")->find("data_dir")->reference);
}

TEST_CASE("environment overrides that fit nothing, or twice") {
  auto typo = plain();
  typo.env("MW_SET_plugins_tcp_lisen", "x").load();
  CHECK(typo.mistakes() == "CFG0053@MW_SET_plugins_tcp_lisen:1:1");
  CHECK(render_text(typo.found, typo.sources).find("did you mean 'MW_SET_plugins_tcp_listen'?") !=
        std::string::npos);

  auto twice = plain("plugins:\n  tcp: { use: x }\n  tcp_idle: { use: x }\n");
  twice.env("MW_SET_plugins_tcp_idle_timeout", "1s").load();
  CHECK_MESSAGE(twice.mistakes().empty(), "tcp_idle has no timeout: one reading");
  auto ambiguous = plain("plugins:\n  a: { b_c: 1 }\n  a-b: { c: 1 }\n");
  ambiguous.env("MW_SET_plugins_a_b_c", "2").load();
  CHECK(ambiguous.mistakes() == "CFG0052@MW_SET_plugins_a_b_c:1:1");
  CHECK(render_text(ambiguous.found, ambiguous.sources).find("note: it may mean plugins.a-b.c\n") !=
        std::string::npos);
}

TEST_CASE("nothing to work with") {
  CHECK(node_files({}).load().mistakes() == "CFG0001@");
  CHECK(plain("").load().mistakes() == "CFG0018@node.yaml:1:1");
  CHECK(plain("- a\n").load().mistakes() == "CFG0018@node.yaml:1:1");
  CHECK(plain("a: [\n").set("a=1").load().mistakes() == "CFG0007@node.yaml:1:4");
  auto text = plain();
  text.request.text = "node: { id: other }\n";
  CHECK(text.load().at("node.id") == "other <- node.yaml:1:13");
}

TEST_CASE("real files: regular ones up to a size") {
  const auto folder = std::filesystem::temp_directory_path() / "mw_load_config_test";
  std::filesystem::create_directories(folder);
  const std::string file = folder / "a.yaml";
  std::ofstream(file) << "node: 1\n";
  CHECK(read_text_file(file).value() == "node: 1\n");
  CHECK(read_text_file(file, 4).error().text() == "it has more than 4 bytes");
  CHECK(read_text_file(folder).error().text() == "not a regular file");
  CHECK(read_text_file("/dev/zero").error().text() == "not a regular file");
  CHECK(read_text_file(folder / "none").error().kind() == errc::not_found);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace mw::kernel
