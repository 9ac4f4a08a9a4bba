// yaml_load_test: what becomes a tree, what is refused, and where the finger points.
// SPDX-License-Identifier: Apache-2.0
#include "yaml_load.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace mw::kernel {
namespace {

struct loaded {
  source_set sources;
  diagnostics found;
  tree_node root;

  explicit loaded(std::string text, const yaml_limits& limits = {}) {
    const source_id id = sources.add(source_kind::file, "t.yaml", std::move(text));
    root = load_yaml(id, sources, found, limits);
  }
  // "CFG0011@2:1" per mistake, in order.
  [[nodiscard]] std::string mistakes() const {
    std::string out;
    for (const diagnostic& d : found.sorted()) {
      if (!out.empty()) out += ' ';
      out += d.code + "@" + std::to_string(d.where.line) + ":" + std::to_string(d.where.column);
    }
    return out;
  }
};

std::string mistakes(std::string text) {
  return loaded(std::move(text)).mistakes();
}

TEST_CASE("a tree keeps text, quotes, places and keys") {
  const loaded file("node: { id: n1, port: \"7400\" }\nlist:\n  - a\n  - ~\nempty:\n");
  REQUIRE(file.mistakes().empty());
  const tree_node* node = file.root.find("node");
  REQUIRE(node != nullptr);
  CHECK(node->is_map());
  CHECK(node->text("id") == "n1");
  CHECK(node->text("none", "other") == "other");
  CHECK(!node->find("id")->quoted);
  CHECK(node->find("port")->quoted);
  CHECK(node->find("port")->from.where == span{1, 1, 23, 6});
  CHECK(node->find("port")->key_where == span{1, 1, 17, 4});
  CHECK(file.root.find("list")->children.at(1).is_null());
  CHECK(file.root.find("list")->children.at(1).where() == span{1, 4, 5, 1});
  CHECK(file.root.find("empty")->is_null());
  CHECK_MESSAGE((file.root.find("empty")->where() == span{1, 5, 1, 5}), "the key stands in");
  CHECK(count_nodes(file.root) == 8);
}

TEST_CASE("scalars stay text: nothing becomes a boolean or an octal number") {
  const loaded file("a: yes\nb: 010\nc: 1_000\nd: |\n  two\n  lines\n");
  REQUIRE(file.mistakes().empty());
  CHECK(file.root.text("a") == "yes");
  CHECK(file.root.text("b") == "010");
  CHECK(file.root.text("c") == "1_000");
  CHECK(file.root.text("d") == "two\nlines\n");
  CHECK(file.root.find("d")->quoted);
}

TEST_CASE("an empty text is a null node without complaint") {
  CHECK(loaded("").root.is_null());
  CHECK(loaded("# only a comment\n").root.is_null());
  CHECK(mistakes("# only a comment\n").empty());
}

TEST_CASE("all semantic mistakes of a text come in one run") {
  CHECK(mistakes("a: 1\na: 2\nb: !int 3\n<<: {x: 1}\n? [k]\n: v\nc: {d: 1, d: 2}\n") ==
        "CFG0011@2:1 CFG0013@3:4 CFG0014@4:1 CFG0012@5:3 CFG0011@7:11");
}

TEST_CASE("a duplicate key names the first one") {
  const loaded file("a: 1\nb: 2\na: 3\n");
  REQUIRE(file.found.sorted().size() == 1);
  const diagnostic mistake = file.found.sorted()[0];
  REQUIRE(mistake.notes.size() == 1);
  CHECK(mistake.notes[0].where == span{1, 1, 1, 1});
  CHECK_MESSAGE(file.root.text("a") == "1", "the first is kept for the checks that follow");
}

TEST_CASE("quotes have to close on their line") {
  CHECK(mistakes("a: \"x\n") == "CFG0006@1:4");
  CHECK(mistakes("a: 'x\nb: 2\n") == "CFG0006@1:4");
  CHECK(mistakes("a: 'x\nb: 'y'\n") == "CFG0006@1:4");
  CHECK(mistakes("a: \"x\nb: \"y\"\n") == "CFG0006@1:4");
  CHECK(mistakes("ok: \"'\"\nb: {c: 'x, d: 1}\n") == "CFG0006@2:8");
  CHECK(mistakes("a: 'it''s'\nb: \"q\\\"q\"\nc: it's\n").empty());
}

TEST_CASE("brackets, bad starts and bare variables are explained") {
  CHECK(mistakes("a: [1, 2\n") == "CFG0007@1:4");
  CHECK(mistakes("a: {b: 1\n") == "CFG0007@1:4");
  CHECK(mistakes("a: [1, 2]]\n") == "CFG0007@1:10");
  CHECK(mistakes("a: @x\n") == "CFG0008@1:4");
  CHECK(mistakes("a: `x`\n") == "CFG0008@1:4");
  CHECK(mistakes("a: {b: ${X}}\n") == "CFG0008@1:8");
  CHECK(loaded("a: {b: ${X:-1}}\n").found.sorted()[0].suggestion == "\"${X:-1}\"");
  CHECK(mistakes("a: b: c\n") == "CFG0004@1:5");
  CHECK(mistakes("a: 1\n- b\n") == "CFG0004@2:1");
  CHECK(mistakes("a: \"\\q\"\n") == "CFG0004@1:5");
  CHECK(mistakes("a: \"\\xzz\"\n") == "CFG0004@1:5");
  CHECK(mistakes("a: \"\\ud800\"\n") == "CFG0004@1:5");
}

TEST_CASE("a line with the wrong indentation is named") {
  CHECK(mistakes("a: 1\n  b: 2\n") == "CFG0010@2:3");
  CHECK(mistakes("a: {b: 1\nc: 2}\n") == "CFG0010@2:1");
  CHECK(mistakes(" a: 1\nb: 2\n") == "CFG0004@2:1");
  CHECK(mistakes("a: one\n  two\nb: 1\n") == "CFG0010@2:3");
}

TEST_CASE("tabs, all of them") {
  CHECK(mistakes("a:\n\tb: 1\n  \tc: 2\n# \tfine\n\t# fine\nd: x\ty\n") ==
        "CFG0005@2:1 CFG0005@3:3");
}

TEST_CASE("one document, no directives") {
  CHECK(mistakes("---\na: 1\n").empty());
  CHECK(mistakes("a: 1\n---\nb: 2\n") == "CFG0009@2:1");
  CHECK(mistakes("a: 1\n...\nfoo\n") == "CFG0009@3:1");
  CHECK(mistakes("%YAML 1.2\n---\na: 1\n") == "CFG0017@1:1");
  CHECK_MESSAGE(mistakes(",\n") == "CFG0004@1:1",
                "yaml-cpp offers empty documents without end here");
}

TEST_CASE("only clean UTF-8") {
  CHECK(mistakes("a: \xff\n") == "CFG0003@1:4");
  CHECK(mistakes("ok: ü\nb: \xc3\n") == "CFG0003@2:4");
  CHECK(mistakes("a: \xed\xa0\x80\n") == "CFG0003@1:4");
  CHECK(mistakes("a: \xc0\xaf\n") == "CFG0003@1:4");
  CHECK(mistakes("\xEF\xBB\xBF"
                 "a: 1\n") == "CFG0003@1:1");
  CHECK(mistakes(std::string("a: x\0y\n", 7)) == "CFG0003@1:5");
  CHECK(mistakes("a: \x1b[2J\n") == "CFG0003@1:4");
}

TEST_CASE("aliases copy, within bounds and without circles") {
  const loaded file("a: &x {p: [1, 2]}\nb: *x\n");
  REQUIRE(file.mistakes().empty());
  CHECK(file.root.find("b")->key == "b");
  CHECK(file.root.find("b")->find("p")->children.size() == 2);
  CHECK(mistakes("a: &x [*x]\n") == "CFG0015@1:8");
  CHECK(mistakes("a: *x\n") == "CFG0015@1:4");
}

TEST_CASE("the billion laughs are not funny") {
  std::string bomb = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
  for (int i = 1; i < 20; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    std::string line = "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int k = 0; k < 9; ++k) line += ", " + before;
    bomb += line + "]\n";
  }
  CHECK(mistakes(bomb).starts_with("CFG0016@"));
}

TEST_CASE("limits on depth, nodes, lengths and aliases") {
  const auto limited = [](std::string text) {
    return loaded(std::move(text),
                  {.text_bytes = 64, .scalar_bytes = 8, .depth = 3, .nodes = 10, .aliases = 2})
        .mistakes();
  };
  CHECK(limited("a: [[1]]\n").empty());
  CHECK(limited("a: [[[1]]]\n") == "CFG0016@1:6");
  CHECK(limited("a: 123456789\n") == "CFG0016@1:4");
  CHECK(limited("a: [1,2,3,4,5,6,7,8,9]\n").starts_with("CFG0016@1:"));
  CHECK(limited("a: &x 1\nb: [*x, *x, *x]\n").starts_with("CFG0016@2:"));
  CHECK(limited("a: &x [[1]]\nb: [*x]\n") == "CFG0016@2:5");
  CHECK(limited(std::string(65, '#')) == "CFG0002@1:1");
  CHECK(mistakes(std::string(2000, '[') + std::string(2000, ']')) == "CFG0016@1:33");
  CHECK(mistakes(std::string(2000, '[')).starts_with("CFG0016@1:"));
}

TEST_CASE("a value inside a larger text keeps its place") {
  source_set sources;
  diagnostics found;
  const source_id id = sources.add(source_kind::flag, "--set", "a.b=[1, 'x]");
  CHECK(load_yaml(id, sources, found, {}, 4).is_null());
  REQUIRE(found.error_count() == 1);
  CHECK(found.sorted()[0].where == span{id, 1, 9, 1});
}

}  // namespace
}  // namespace mw::kernel
