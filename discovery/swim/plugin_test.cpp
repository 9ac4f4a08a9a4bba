// plugin_test: one member in a node of its own: pages, files, and the promises of discovery/1.
// SPDX-License-Identifier: Apache-2.0
#include <mw/discovery.h>
#include <mw/discovery_conformance.h>
#include <mw/events.h>
#include <mw/testing.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace {

// base64 of 32 bytes
constexpr const char* key_one = "MTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTE=";
constexpr const char* key_two = "MjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjI=";

mw::test_setup with(const std::string& options) {
  return {.libraries = {MW_PLUGIN_FILE},
          .yaml =
              "node: { id: n1, zone: a, cluster: demo, data_dir: /data }\nplugins:\n  subject: "
              "{ use: discovery.swim, bind: 127.0.0.1:7946, " +
              options + " }\n"};
}

// Secrets come from files only: one that goes away with the test.
class key_file {
 public:
  explicit key_file(const std::string& key)
      : path_(std::filesystem::temp_directory_path() /
              ("mw_swim_key_" + std::to_string(::getpid()))) {
    std::ofstream(path_) << key;
  }
  ~key_file() { std::filesystem::remove(path_); }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("swim: a member alone sees itself, and its pages say so") {
  mw::test_node node(with("address: 127.0.0.1:7400, tags: { role: web }"));
  REQUIRE_MESSAGE(node.ready(), node.failed());
  const auto page = node.call("/subject/members");
  CHECK(page.status == 200);
  CHECK(has(page.body, R"("name":"n1","at":"127.0.0.1:7946","state":"alive","self":true)"));
  CHECK(has(page.body, R"("mw_address":"127.0.0.1:7400","mw_zone":"a","role":"web")"));
  const auto text = node.call("/subject/members?text=1&verbose=1");
  CHECK(has(text.body, "n1 *  127.0.0.1:7946  alive  incarnation 1"));
  CHECK(has(node.call("/subject/swim").body, R"("wire":"native")"));
  CHECK(node.metric("mw_swim_members", {{"state", "alive"}}) == 1);
}

TEST_CASE("swim: events and queries of a member alone come back to it") {
  mw::test_node node(with("label: blue"));
  CHECK(node.call("/subject/swim/event?name=deploy&payload=v2", "{}").status == 200);
  CHECK(node.metric("mw_swim_events_total") == 1);
  CHECK(node.call("/subject/swim/event?name=x&payload=" + std::string(600, 'x'), "{}").status ==
        400);
  const auto asked = node.call("/subject/swim/query?name=who?&timeout=1s", "{}");
  CHECK(has(asked.body, R"("responses":{"n1":"n1"})"));
  CHECK(node.call("/subject/swim/query?name=_serf_ping", "{}").status == 400);
  CHECK(node.call("/subject/swim/query?name=a&timeout=2h", "{}").status == 400);
  CHECK(node.call("/subject/swim/leave?name=nobody", "{}").status == 404);
  CHECK(node.call("/subject/swim/keys?action=list", "{}").status != 200);  // not encrypted
}

TEST_CASE("swim: keys are changed, kept over a restart, and the file wins") {
  const key_file first(key_one);
  mw::test_node node(with("keyring: [{ file: " + first.path() + " }], keyring_file: keys.json"));
  REQUIRE_MESSAGE(node.ready(), node.failed());
  const std::string two = key_two;
  CHECK(node.call("/subject/swim/keys?action=install&key=" + two, "{}").status == 200);
  CHECK(node.call("/subject/swim/keys?action=use&key=" + two, "{}").status == 200);
  node.run_for(mw::duration(100'000'000));
  CHECK(has(node.file("keys.json"), key_two));
  CHECK(node.file("keys.json").find(key_two) < node.file("keys.json").find(key_one));
  CHECK(node.call("/subject/swim/keys?action=install&key=short", "{}").status == 400);
  // The key in use cannot be removed; some member has not done it.
  CHECK(node.call("/subject/swim/keys?action=remove&key=" + two, "{}").status == 409);
}

TEST_CASE("swim: seeds and clocks are kept over a restart") {
  mw::test_node node(with("snapshot: s.txt, seeds: [10.0.0.9:7946], leave_on_stop: false"));
  REQUIRE_MESSAGE(node.ready(), node.failed());
  CHECK(node.call("/subject/swim/event?name=deploy", "{}").status == 200);
  node.publish(mw::peer_found{.id = "", .address = "10.0.0.8:7400", .zone = "", .source = "dns"});
  CHECK(node.stop());
  const auto kept = node.machine().disk().content("/data/s.txt");
  REQUIRE(kept);
  CHECK(has(*kept, "seed: 10.0.0.9:7946"));
  CHECK(has(*kept, "seed: 10.0.0.8:7400"));
  CHECK(has(*kept, "event-clock: 2"));
}

TEST_CASE("swim: the address that a user announces travels, and goes when it is withdrawn") {
  mw::test_node node(with("leave_timeout: 1s"));
  std::unique_ptr<mw::announcement> kept;
  node.in_turn([&] {
    auto made = node.contract<mw::discovery>()->announce({"127.0.0.1:7777", "z"});
    REQUIRE(made);
    kept = std::move(*made);
  });
  CHECK(has(node.call("/subject/members").body, R"("mw_address":"127.0.0.1:7777","mw_zone":"z")"));
  node.in_turn([&] { kept.reset(); });
  CHECK(!has(node.call("/subject/members").body, "7777"));
}

TEST_CASE("swim: the list of members shows what others say of their health") {
  mw::test_node node(with("leave_timeout: 1s"));
  CHECK(has(node.call("/subject/members?text=1&verbose=1").body, "health 1.00\n"));
  node.publish(mw::health_changed{.subject = "n1", .score = 0.3, .reason = "late", .by = "phi"});
  node.publish(
      mw::health_changed{.subject = "n1", .score = 0.75, .reason = "api fails", .by = "checks"});
  node.publish(mw::health_changed{.subject = "n9", .score = 0, .reason = "-", .by = "checks"});
  CHECK(has(node.call("/subject/members?text=1&verbose=1").body,
            "health 0.30 (phi 0.30: late; checks 0.75: api fails)\n"));
  CHECK(!has(node.call("/subject/members?text=1").body, "health"));
  CHECK(has(node.call("/subject/members").body,
            R"("health":0.3,"opinions":[{"by":"phi","score":0.3,"reason":"late"},)"));
  node.publish(mw::health_changed{.subject = "n1", .score = 7, .reason = "-", .by = "liar"});
  CHECK(node.metric("mw_swim_health_dropped_total") == 1);
}

TEST_CASE("swim: tags that do not fit are refused with both numbers") {
  mw::test_node node(with("tags: { long: " + std::string(600, 'x') + " }"));
  CHECK(has(node.failed(), "the limit is 512"));
}

TEST_CASE("swim: claims are signed as soon as there are credentials, and what cannot be is said") {
  const auto with_papers = [](const std::string& options, const std::string& papers) {
    mw::test_setup setup = with(options);
    setup.libraries.push_back(MW_PAPERS_FILE);
    setup.yaml += "  papers: { use: papers" + papers + " }\n";
    return setup;
  };
  mw::test_node node(with_papers("preset: lan", ""));
  REQUIRE_MESSAGE(node.ready(), node.failed());
  CHECK(has(node.call("/subject/swim").body, R"("claims":"signed")"));
  CHECK(has(node.call("/subject/members").body, R"("incarnation":1)"));
  // A new certificate: the claim is signed again, as news.
  CHECK(node.call("/papers/renew").status == 200);
  node.run_for(mw::duration(100'000'000));
  CHECK(has(node.call("/subject/members").body, R"("incarnation":2)"));
  mw::test_node open(with_papers("claims: open", ""));
  REQUIRE_MESSAGE(open.ready(), open.failed());
  CHECK(has(open.call("/subject/swim").body, R"("claims":"open")"));
  mw::test_node nobody(with("claims: signed"));
  CHECK(has(nobody.failed(), "needs a plug-in for credentials"));
  mw::test_node other(with_papers("preset: lan", ", node: n7"));
  CHECK(has(other.failed(), "for the node 'n7', this node is 'n1'"));
}

MW_DISCOVERY_TESTS(MW_PLUGIN_FILE, "{ bind: 127.0.0.1:0, address: 127.0.0.1:7400 }")
MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE, "bind: 127.0.0.1:0")
