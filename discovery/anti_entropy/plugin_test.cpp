// plugin_test: nodes that meet over real pools: entries, pages, watchers, bounds, restarts.
// SPDX-License-Identifier: Apache-2.0
#include <mw/events_state.h>
#include <mw/rpc.h>
#include <mw/services.h>
#include <mw/shared_state.h>
#include <mw/testing.h>

#include <algorithm>

namespace {

using namespace std::chrono_literals;
using mw::as_bytes;

std::string library(const std::string& type) {
  return std::string(MW_PLUGINS) + "/" + type + ".so";
}

// `count` stacks in one node, under the names state1, state2 ...
mw::test_setup stacks(int count, const std::string& options = {}) {
  std::string peers;
  for (int i = 1; i <= count; ++i)
    peers += (i > 1 ? ", " : "") + std::string("\"127.0.0.1:740") + std::to_string(i) + "\"";
  std::string yaml =
      "node: { id: n0, cluster: test }\nplugins:\n  codec: { use: transport.msgpack }\n"
      "  seeds: { use: discovery.static, peers: [" +
      peers + "] }\n";
  for (int n = 1; n <= count; ++n) {
    const std::string i = std::to_string(n);
    yaml += "  tcp" + i + ": { use: transport.tcp, listen: \"127.0.0.1:740" + i + "\" }\n";
    yaml += "  pool" + i + ": { use: transport.pool, id: n" + i + ", transport: tcp" + i + " }\n";
    yaml += "  routing" + i + ": { use: routing, channel: pool" + i + " }\n";
    yaml += "  state" + i + ": { use: discovery.anti_entropy, router: routing" + i +
            ", services: routing" + i + options + " }\n";
  }
  return {.libraries = {MW_PLUGIN_FILE, library("transport.tcp"), library("transport.msgpack"),
                        library("transport.pool"), library("discovery.static"), library("routing")},
          .yaml = yaml};
}

mw::shared_state& state(mw::test_node& node, int n) {
  auto* const found = node.contract<mw::shared_state>("state" + std::to_string(n));
  REQUIRE(found != nullptr);
  return *found;
}

// Over both stanzas, whether each has cells of its own or not.
double total(mw::test_node& node, const std::string& what) {
  const std::string name = "mw_anti_entropy_" + what;
  const double first = node.metric(name, {{"plugin", "state1"}});
  return first < 0 ? node.metric(name) : first + node.metric(name, {{"plugin", "state2"}});
}

std::string field(mw::test_node& node, int n, const std::string& name) {
  const std::string body = node.call("/state/state" + std::to_string(n)).body;
  const std::size_t at = body.find("\"" + name + "\":");
  REQUIRE(at != std::string::npos);
  return body.substr(at, body.find_first_of(",}", at) - at);
}

}  // namespace

TEST_CASE("anti entropy: what one node sets all five have within moments") {
  mw::test_node node(stacks(5));
  REQUIRE_MESSAGE(node.ready(), node.failed());
  node.run_for(5s);
  node.in_turn([&] {
    CHECK(state(node, 1).set("feature.search", as_bytes("on")).ok());
    for (int n = 1; n <= 5; ++n) CHECK(state(node, n).add("hits", n).ok());
  });
  node.run_for(500ms);
  for (int n = 1; n <= 5; ++n) {
    CHECK(state(node, n).get("feature.search") == std::vector<std::string>{"on"});
    CHECK(state(node, n).value("hits") == 15);
  }
  node.in_turn([&] { CHECK(state(node, 4).remove("feature.search").ok()); });
  node.run_for(500ms);
  for (int n = 1; n <= 5; ++n) CHECK(state(node, n).get("feature.search").empty());
  CHECK(node.received<mw::state_changed>().size() >= 5);
  CHECK(node.stop());
}

TEST_CASE("anti entropy: concurrent writes are siblings everywhere until somebody writes") {
  mw::test_node node(stacks(2));
  node.run_for(5s);
  node.in_turn([&] {
    CHECK(state(node, 1).set("x", as_bytes("one")).ok());
    CHECK(state(node, 2).set("x", as_bytes("two")).ok());
  });
  node.run_for(5s);
  CHECK(state(node, 1).get("x").size() == 2);
  CHECK(state(node, 1).get("x") == state(node, 2).get("x"));
  const auto page = node.call("/state/state1?name=x&text=1");
  CHECK(page.status == 200);
  CHECK(page.body.find("one\n") != std::string::npos);
  CHECK(page.body.find("two\n") != std::string::npos);
  node.in_turn([&] { CHECK(state(node, 2).set("x", as_bytes("three")).ok()); });
  node.run_for(5s);
  CHECK(state(node, 1).get("x") == std::vector<std::string>{"three"});
}

TEST_CASE("anti entropy: without pushes comparisons bring everything") {
  mw::test_node node(stacks(3, ", fanout: 0, interval: 200ms, push_after: 50ms"));
  node.run_for(5s);
  node.in_turn([&] {
    for (int i = 0; i < 300; ++i)
      CHECK(state(node, 1 + i % 3).set("k" + std::to_string(i), as_bytes("v")).ok());
  });
  node.run_for(10s);
  for (int n = 1; n <= 3; ++n)
    CHECK(node.call("/state/state" + std::to_string(n)).body.find("\"entries\":300,") !=
          std::string::npos);
}

TEST_CASE("anti entropy: watchers hear of changes once a turn, and may end themselves") {
  mw::test_node node(stacks(2));
  node.run_for(5s);
  std::vector<std::string> heard;
  mw::state_watch_ptr watch;
  std::vector<mw::state_watch_ptr> many;
  node.in_turn([&] {
    auto made = state(node, 2).watch("feature.", [&](const mw::state_entry& e) {
      heard.emplace_back(e.name);
      if (heard.size() == 2) watch.reset();
    });
    REQUIRE(made.ok());
    watch = std::move(*made);
    CHECK(state(node, 1).set("other", as_bytes("1")).ok());
    CHECK(state(node, 1).set("feature.a", as_bytes("1")).ok());
    CHECK(state(node, 1).set("feature.a", as_bytes("2")).ok());
    CHECK(heard.empty());
  });
  node.run_for(1s);
  CHECK(heard == std::vector<std::string>{"feature.a"});
  node.in_turn([&] { CHECK(state(node, 2).add("feature.a", 1).ok()); });
  node.run_for(1s);
  CHECK(heard.size() == 2);
  CHECK(watch == nullptr);
  node.in_turn([&] {
    CHECK(state(node, 1).set("feature.a", as_bytes("3")).ok());
    for (int i = 0; i < 1024; ++i) {
      auto one = state(node, 2).watch("", [](const mw::state_entry&) {});
      REQUIRE(one.ok());
      many.push_back(std::move(*one));
    }
    CHECK(state(node, 2).watch("", [](const mw::state_entry&) {}).error().kind() ==
          mw::errc::overloaded);
  });
  node.run_for(1s);
  CHECK(heard.size() == 2);
}

TEST_CASE("anti entropy: pages list, set, remove and add, and say what is wrong") {
  mw::test_node node(stacks(2));
  node.run_for(5s);
  CHECK(node.call("/state/state1/set?name=a&value=hello", "{}").status == 200);
  CHECK(node.call("/state/state1/add?name=a&delta=-4&text=1", "{}").body == "-4\n");
  CHECK(node.call("/state/state1?text=1").body == "a  register  hello\na  counter  -4\n");
  CHECK(node.call("/state/state1?prefix=b&text=1").body == "no entries\n");
  const auto one = node.call("/state/state1?name=a");
  CHECK(one.body.find(R"("values":[{"node":"n0","text":"hello"}])") != std::string::npos);
  CHECK(node.call("/state/state1/remove?name=a", "{}").status == 200);
  CHECK(node.call("/state/state1/remove?name=a", "{}").status == 404);
  CHECK(node.call("/state/state1?name=none").status == 404);
  CHECK(node.call("/state/state1/set?name=a%20b&value=x", "{}").status == 400);
  CHECK(node.call("/state/state1/add?name=a&delta=many", "{}").body.find("whole number") !=
        std::string::npos);
  const auto all = node.call("/state/state1");
  CHECK(all.body.find(R"("tombstones":1)") != std::string::npos);
  CHECK(all.body.find(R"("peers":1)") != std::string::npos);
}

TEST_CASE("anti entropy: equal states cost a few bytes a second at rest") {
  mw::test_node node(stacks(2, ", bytes_max: 4MiB"));
  node.run_for(5s);
  node.in_turn([&] {
    for (int i = 0; i < 1024; ++i)
      CHECK(state(node, 1).set("service.settings." + std::to_string(i), as_bytes("v")).ok());
  });
  node.run_for(30s);
  CHECK(field(node, 1, "digest") == field(node, 2, "digest"));
  CHECK(field(node, 2, "entries") == "\"entries\":1024");
  const double before = total(node, "sent_bytes_total");
  const double rounds = total(node, "rounds_total");
  const auto on_links = [&] {
    return node.metric("mw_pool_bytes_total", {{"plugin", "pool1"}, {"direction", "out"}});
  };
  const double links_before = on_links();
  REQUIRE(links_before > 0);
  REQUIRE(before > 0);
  node.run_for(100s);
  const double each_second = (total(node, "sent_bytes_total") - before) / 100 / 2;
  const double links_each = (on_links() - links_before) / 100;
  MESSAGE("at rest a node sends ", each_second, " bytes a second, ", links_each,
          " with envelopes, frames and all else on its links");
  CHECK(links_each < 200);
  CHECK(each_second < 32);
  CHECK(each_second > 5);
  CHECK(total(node, "rounds_total") - rounds > 160);
  CHECK(total(node, "rounds_failed_total") == 0);
}

TEST_CASE("anti entropy: what is beyond entries_max is refused and counted") {
  mw::test_node node(stacks(2, ", entries_max: 3"));
  node.run_for(5s);
  node.in_turn([&] {
    for (const std::string name : {"a", "b", "c"}) CHECK(state(node, 1).set(name, {}).ok());
    const auto fourth = state(node, 1).set("d", {});
    CHECK(fourth.error().kind() == mw::errc::overloaded);
  });
  CHECK(node.call("/state/state1/set?name=e&value=1", "{}").status != 200);
  node.run_for(2s);
  CHECK(node.metric("mw_anti_entropy_refused_total", {{"reason", "entries"}}) == 2);
}

TEST_CASE("anti entropy: a peer's noise is refused, counted, and changes nothing") {
  mw::test_node node(stacks(2));
  node.run_for(5s);
  auto* const from = node.contract<mw::router>("routing1");
  bool refused = false;
  node.in_turn([&] {
    mw::message_out& out = from->tools().out;
    out.clear();
    out.append(as_bytes("\x01\x06 noise"));
    mw::route where;
    where.service = *from->open("mw.state");
    where.to = mw::send_to::node;
    where.name = "n2";
    CHECK(from->call(where, out, [&](const mw::answer& a) { refused = a.error != nullptr; }).ok());
  });
  node.run_for(3s);
  CHECK(refused);
  double counted = 0;
  for (const std::string stanza : {"state1", "state2"})
    counted += std::max(0.0, node.metric("mw_anti_entropy_refused_total",
                                         {{"plugin", stanza}, {"reason", "malformed"}}));
  CHECK(counted == 1);
}

namespace {

// One node with a snapshot; `before` is what an earlier life left on its disk.
class kept_node {
 public:
  explicit kept_node(const std::string& before, const std::string& options = {})
      : node_(with(options)) {
    if (!before.empty()) node_.machine().disk().put("/data/state.snapshot", before);
    REQUIRE(node_.run_until([this] { return node_.ready(); }));
  }
  mw::test_node& operator*() { return node_; }
  [[nodiscard]] std::string file() const { return node_.file("state.snapshot"); }
  [[nodiscard]] std::string life() { return field(node_, 1, "life"); }

 private:
  static mw::test_setup with(const std::string& options) {
    mw::test_setup setup = stacks(1, ", snapshot: state.snapshot" + options);
    setup.start = mw::test_start::not_yet;
    return setup;
  }
  mw::test_node node_;
};

}  // namespace

TEST_CASE("anti entropy: after a clean stop with a snapshot the same life goes on") {
  std::string life;
  std::string file;
  {
    kept_node first("");
    (*first).in_turn([&] {
      CHECK(state(*first, 1).add("hits", 5).ok());
      CHECK(state(*first, 1).set("a", as_bytes("1")).ok());
    });
    life = first.life();
    CHECK((*first).stop());
    file = first.file();
  }
  kept_node second(file);
  CHECK(state(*second, 1).value("hits") == 5);
  CHECK(state(*second, 1).get("a") == std::vector<std::string>{"1"});
  CHECK(second.life() == life);
  (*second).in_turn([&] { CHECK(*state(*second, 1).add("hits", 1) == 6); });
  CHECK((*second).call("/state/state1?name=hits").body.find("\"writers\":1") != std::string::npos);
  CHECK(second.file() != file);  // it does not promise any more that nothing was written after it
}

TEST_CASE("anti entropy: a snapshot of a life that ended without notice begins another life") {
  kept_node first("");
  (*first).in_turn([&] { CHECK(state(*first, 1).add("hits", 5).ok()); });
  (*first).run_for(2s);
  const std::string file = first.file();
  REQUIRE(file.starts_with("mwstate1"));
  kept_node second(file);
  CHECK(state(*second, 1).value("hits") == 5);
  CHECK(second.life() != first.life());
  (*second).in_turn([&] { CHECK(*state(*second, 1).add("hits", 1) == 6); });
  CHECK((*second).call("/state/state1?name=hits").body.find("\"writers\":2") != std::string::npos);
}

TEST_CASE("anti entropy: a stop while it starts leaves the snapshot as it was") {
  std::string file;
  {
    kept_node first("");
    (*first).in_turn([&] { CHECK(state(*first, 1).add("hits", 5).ok()); });
    CHECK((*first).stop());
    file = first.file();
  }
  for (int turns = 0; turns < 20; ++turns) {
    mw::test_setup setup = stacks(1, ", snapshot: state.snapshot");
    setup.start = mw::test_start::not_yet;
    std::string left;
    {
      mw::test_node node(setup);
      node.machine().disk().put("/data/state.snapshot", file);
      mw::sim_disk_options slow;  // so that the stop comes while it reads
      slow.slow_ppm = 1'000'000;
      node.machine().disk().set(slow);
      node.run_for(turns * 20ms);
      CHECK(node.stop());
      left = node.file("state.snapshot");
    }
    kept_node after(left);
    CHECK(state(*after, 1).value("hits") == 5);
  }
}

TEST_CASE("anti entropy: a damaged snapshot is said and not used") {
  kept_node first("");
  (*first).in_turn([&] { CHECK(state(*first, 1).add("hits", 5).ok()); });
  CHECK((*first).stop());
  std::string file = first.file();
  file[file.size() / 2] = static_cast<char>(file[file.size() / 2] ^ 1);
  kept_node second(file);
  CHECK(state(*second, 1).value("hits") == 0);
  CHECK((*second).metric("mw_anti_entropy_snapshot_failures_total") == 1);
  bool said = false;
  for (const std::string& line : (*second).log())
    said = said || line.find("wrong checksum") != std::string::npos;
  CHECK(said);
}

TEST_CASE("anti entropy: without the disk it goes on, and counts what it could not keep") {
  kept_node node("");
  mw::sim_disk_options broken;
  broken.write_error_ppm = 1'000'000;
  (*node).machine().disk().set(broken);
  (*node).in_turn([&] { CHECK(state(*node, 1).add("hits", 5).ok()); });
  (*node).run_for(5s);
  CHECK((*node).metric("mw_anti_entropy_snapshot_failures_total") >= 2);
  CHECK(state(*node, 1).value("hits") == 5);
  (*node).machine().disk().set({});
  (*node).run_for(5s);
  CHECK(node.file().starts_with("mwstate1"));
}

TEST_CASE("anti entropy: documents its options") {
  mw::conformance::documents_its_options(MW_PLUGIN_FILE);
}
