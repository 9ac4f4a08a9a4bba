// find_node_test: which node is meant, and which token is shown to whom.
// SPDX-License-Identifier: Apache-2.0
#include "cli/run/node_registry.h"
#include "cli/test_console.h"
#include "node_client.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace mw::kernel::cli {
namespace {

namespace fs = std::filesystem;

struct machine {
  fs::path folder;
  memory_stream out;
  memory_stream err;
  console io{out.get(), err.get()};
  surroundings world{{}, "/nowhere/bin/mw", io};

  machine() {
    std::string pattern = fs::temp_directory_path() / "mw_find_XXXXXX";
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    folder = pattern;
    world.variables["XDG_RUNTIME_DIR"] = folder;
  }
  ~machine() { fs::remove_all(folder); }

  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder / name).parent_path());
    std::ofstream(folder / name) << text;
  }
  // A node that has written its card.
  [[nodiscard]] node_entry node(const std::string& id, const std::string& address) const {
    write(id + "/admin.address", address + "\n");
    write(id + "/admin.token", "token-of-" + id + "\n");
    auto entry = register_node({id, (folder / id).string()}, world.variables);
    REQUIRE(entry.ok());
    return std::move(entry).value();
  }
  [[nodiscard]] result<found_node> find(node_place where) const { return find_node(where, world); }
};

TEST_CASE("registry: a node is listed while it runs, and only in folders of its own user") {
  machine here;
  {
    const node_entry held = here.node("n1", "http://127.0.0.1:1");
    const auto all = list_running_nodes(here.world.variables);
    REQUIRE(std::count_if(all.begin(), all.end(), [&](const running_node& one) {
              return one.data_dir == (here.folder / "n1").string() && one.id == "n1";
            }) == 1);
    CHECK(fs::status(here.folder / "meshwright").permissions() == fs::perms::owner_all);
  }
  CHECK(fs::is_empty(here.folder / "meshwright"));
  // Left over from a crash: nobody holds it.
  here.write("meshwright/77.node", (here.folder / "n1").string() + "\nn1\n");
  for (const running_node& one : list_running_nodes(here.world.variables))
    CHECK(one.data_dir != (here.folder / "n1").string());
  CHECK_FALSE(fs::exists(here.folder / "meshwright/77.node"));
  // Others could have put something there.
  const node_entry again = here.node("n1", "http://127.0.0.1:1");
  fs::permissions(here.folder / "meshwright", fs::perms(0755));
  for (const running_node& one : list_running_nodes(here.world.variables))
    CHECK(one.data_dir != (here.folder / "n1").string());
}

TEST_CASE("find: by address, with the token of the node that listens there") {
  machine here;
  const node_entry held = here.node("n1", "http://127.0.0.1:45991");
  const auto found = here.find({.admin = "localhost:45991"});
  REQUIRE(found.ok());
  CHECK(found->token == "token-of-n1");
  CHECK(found->at.at.host == "localhost");
  CHECK_MESSAGE(here.find({.admin = "127.0.0.1:45992"})->token.empty(), "another port");
  CHECK_MESSAGE(here.find({.admin = "192.0.2.1:45991"})->token.empty(), "another machine");
  CHECK(here.find({.admin = "nowhere"}).error().kind() == errc::invalid);
}

TEST_CASE("find: a token for TLS is not sent in the clear") {
  machine here;
  const node_entry held = here.node("n1", "https://127.0.0.1:45993");
  CHECK(here.find({.admin = "https://127.0.0.1:45993"})->token == "token-of-n1");
  CHECK(here.find({.admin = "http://127.0.0.1:45993"})->token.empty());
  CHECK(here.find({.admin = "127.0.0.1:45993"})->at.tls);
}

TEST_CASE("find: by node file, running or not, without loading a plug-in") {
  machine here;
  here.write("node.yaml", "node: { id: n1, data_dir: " + (here.folder / "n1").string() +
                              " }\nplugins:\n  web: { use: http, listen: \"0.0.0.0:45994\" }\n");
  const node_place where{.node_file = (here.folder / "node.yaml").string()};
  REQUIRE(here.find(where).ok());
  CHECK(to_string(here.find(where)->at) == "http://127.0.0.1:45994");
  CHECK(here.find(where)->token.empty());
  const node_entry held = here.node("n1", "http://127.0.0.1:45995");
  CHECK(to_string(here.find(where)->at) == "http://127.0.0.1:45995");
  CHECK(here.find(where)->token == "token-of-n1");
  here.write("none.yaml", "node: { id: n1 }\nplugins:\n  m: { use: metrics }\n");
  CHECK(here.find({.node_file = (here.folder / "none.yaml").string()}).error().kind() ==
        errc::not_found);
  CHECK(here.find({.node_file = "/nowhere.yaml"}).error().kind() == errc::invalid);
}

TEST_CASE("find: a token file is used as it is, or refused") {
  machine here;
  here.write("good", "a-token\n");
  here.write("bad", "two words\n");
  here.write("empty", "");
  const auto with = [&](const char* name) {
    return here.find({.admin = "127.0.0.1:1", .token_file = (here.folder / name).string()});
  };
  CHECK(with("good")->token == "a-token");
  CHECK(with("bad").error().kind() == errc::invalid);
  CHECK(with("empty").error().kind() == errc::invalid);
  CHECK_FALSE(with("missing").ok());
  CHECK_MESSAGE(with("bad").error().text().find("two words") == std::string::npos,
                "what is in it is nobody's business");
}

}  // namespace
}  // namespace mw::kernel::cli
