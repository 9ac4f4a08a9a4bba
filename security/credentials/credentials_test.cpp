// credentials_test: the plug-in in a node: files that change, break and come back; what others see.
// SPDX-License-Identifier: Apache-2.0
#include "common/x509/test_certs.h"

#include <mw/credentials.h>
#include <mw/events.h>
#include <mw/sim_disk.h>
#include <mw/testing.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace {

namespace x509 = mw::x509;

constexpr mw::wall_time now{std::chrono::seconds(1'767'225'600)};  // when simulated nodes start

const x509::test_pki& pki() {
  static const x509::test_pki one(now);
  return one;
}

constexpr const char* files = "cert: n1.pem, key: n1.key, ca: ca.pem, reload: 1s";

mw::test_setup with(const std::string& options, mw::test_start start = mw::test_start::not_yet) {
  return {.libraries = {MW_PLUGIN_FILE},
          .yaml =
              "node: { id: n1, data_dir: /data }\nplugins:\n  certs: { use: "
              "security.credentials, " +
              options + " }\n",
          .start = start};
}

void put(mw::test_node& node, const x509::good_certificate& pair) {
  node.machine().disk().put("/data/n1.key", pair.key);
  node.machine().disk().put("/data/n1.pem", pair.certificates);
}
void put_all(mw::test_node& node) {
  put(node, pki().node("n1"));
  node.machine().disk().put("/data/ca.pem", pki().root.certificate);
}

// A node with a good set, from the first look on.
class ready_node {
 public:
  explicit ready_node(const std::string& options = files)
      : node(with(options + std::string(", wait: 10s"))) {
    put_all(node);
    REQUIRE(node.run_until([this] { return node.ready(); }));
  }
  std::uint64_t epoch() { return node.contract<mw::credentials>("certs")->current()->epoch; }
  std::vector<std::string> alerts() {
    std::vector<std::string> names;
    for (const auto& one : node.received<mw::alert_raised>()) names.push_back(one.name);
    return names;
  }
  void wait() { node.run_for(mw::duration(std::chrono::milliseconds(1100))); }

  mw::test_node node;
};

// Secrets come from files of the machine, not from the simulated disk.
class real_files {
 public:
  real_files() {
    std::string pattern = std::filesystem::temp_directory_path() / "mw_credentials_XXXXXX";
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
    const auto pair = pki().node("n1");
    write("cert", pair.certificates);
    write("key", pair.key);
    write("ca", pki().root.certificate);
  }
  real_files(const real_files&) = delete;
  real_files& operator=(const real_files&) = delete;
  ~real_files() { std::filesystem::remove_all(folder_); }
  [[nodiscard]] const std::string& folder() const { return folder_; }

 private:
  void write(const std::string& name, const std::string& text) const {
    std::FILE* file = std::fopen((folder_ + "/" + name).c_str(), "w");
    REQUIRE(file != nullptr);
    std::fwrite(text.data(), 1, text.size(), file);
    std::fclose(file);
  }
  std::string folder_;
};

std::string text_options() {
  static const real_files files_of_machine;
  const auto from = [](const std::string& name) {
    return name + ": { file: " + files_of_machine.folder() + "/" + name + " }";
  };
  return "pem: { " + from("cert") + ", " + from("key") + ", " + from("ca") + " }";
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("credentials: ready with a good set only; users get it") {
  ready_node one;
  const auto set = one.node.contract<mw::credentials>("certs")->current();
  REQUIRE(set != nullptr);
  CHECK(set->epoch == 1);
  CHECK(set->identity == "spiffe://mesh.test/node/n1");
  CHECK(one.node.metric("mw_security_credentials_epoch") == 1);
  CHECK(one.node.metric("mw_security_credentials_expiry_timestamp_seconds", {{"what", "leaf"}}) ==
        static_cast<double>(
            std::chrono::floor<std::chrono::seconds>(pki().until.since_epoch).count()));
  CHECK(one.node.received<mw::certificate_rotated>().empty());  // the first is no rotation
  const auto page = one.node.call("/credentials/certs");
  CHECK(page.status == 200);
  CHECK(has(page.body, R"("name":"certs","epoch":1,"identity":"spiffe://mesh.test/node/n1")"));
}

TEST_CASE("credentials: a bad first set ends the node, with every reason") {
  mw::test_node node(with("cert: n1.pem, key: n1.key, ca: ca.pem"));
  put_all(node);
  node.machine().disk().put("/data/n1.key", pki().root.key);
  REQUIRE(node.machine().disk().permit("/data/n1.key", mw::file_readers::everybody));
  REQUIRE(node.run_until([&node] { return !node.failed().empty(); }));
  CHECK(has(node.failed(), "CRED003 n1.key"));
  mw::test_node missing(with("cert: n1.pem, key: n1.key, ca: ca.pem"));
  REQUIRE(missing.run_until([&missing] { return !missing.failed().empty(); }));
  CHECK(has(missing.failed(), "CRED001 n1.pem"));
  CHECK(has(missing.failed(), "CRED001 ca.pem"));
}

TEST_CASE("credentials: with `wait` the files may come later, but not for ever") {
  mw::test_node node(with(std::string(files) + ", wait: 10s"));
  node.run_for(mw::duration(std::chrono::seconds(5)));
  CHECK(!node.ready());
  CHECK(node.failed().empty());
  put_all(node);
  CHECK(node.run_until([&node] { return node.ready(); }));
  mw::test_node never(with(std::string(files) + ", wait: 3s"));
  CHECK(never.run_until([&never] { return !never.failed().empty(); }));
}

TEST_CASE("credentials: a rotation is found, told, counted and shown") {
  ready_node one;
  int heard = 0;
  std::unique_ptr<mw::credential_watch> watch;
  one.node.in_turn(
      [&] { watch = one.node.contract<mw::credentials>("certs")->watch([&heard] { ++heard; }); });
  put(one.node, pki().node("n1"));
  one.wait();
  CHECK(one.epoch() == 2);
  CHECK(heard == 1);
  const auto events = one.node.received<mw::certificate_rotated>();
  REQUIRE(events.size() == 1);
  CHECK(events[0].name == "certs");
  CHECK(events[0].trust_epoch == 2);
  CHECK(events[0].expires == pki().until);
  CHECK(one.node.metric("mw_security_credentials_reloads_total", {{"outcome", "adopted"}}) == 2);
  one.node.in_turn([&watch] { watch.reset(); });
  put(one.node, pki().node("n1"));
  one.wait();
  CHECK(one.epoch() == 3);
  CHECK(heard == 1);
}

TEST_CASE(
    "credentials: half-written and wrong files change nothing and are alarming until mended") {
  ready_node one;
  auto& disk = one.node.machine().disk();
  const std::string before = *disk.content("/data/n1.pem");
  const auto spoil = [&](const std::string& path, const std::string& text, std::string_view code) {
    const std::string old = *disk.content(path);
    const auto alerts = one.alerts().size();
    const auto cleared = one.node.received<mw::alert_cleared>().size();
    disk.put(path, text);
    one.wait();
    CAPTURE(code);
    CHECK(one.epoch() == 1);
    CHECK(one.node.contract<mw::credentials>("certs")->current()->chain == before);
    REQUIRE(one.alerts().size() == alerts + 1);
    CHECK(one.alerts().back() == "credentials.refused");
    CHECK(has(one.node.received<mw::alert_raised>().back().text, code));
    CHECK(has(one.node.call("/credentials/certs").body, code));
    CHECK(one.node.metric("mw_security_credentials_refusals_total", {{"code", code}}) == 1);
    one.wait();
    CHECK(one.alerts().size() == alerts + 1);  // once
    disk.put(path, old);
    one.wait();
    CHECK(one.node.received<mw::alert_cleared>().size() == cleared + 1);
  };
  spoil("/data/n1.pem", disk.content("/data/n1.pem")->substr(0, 300), "CRED004");
  spoil("/data/n1.key", pki().root.key, "CRED007");
  spoil("/data/ca.pem", pki().stranger.certificate, "TLS003");
  spoil("/data/n1.pem", pki().node("n2").certificates, "CRED010");
  CHECK(one.node.metric("mw_security_credentials_epoch") == 1);
}

TEST_CASE("credentials: a key that others may read is refused while the old set stays") {
  ready_node one;
  put(one.node, pki().node("n1"));
  REQUIRE(one.node.machine().disk().permit("/data/n1.key", mw::file_readers::group));
  one.wait();
  CHECK(one.epoch() == 1);
  CHECK(has(one.node.call("/credentials/certs").body, "CRED003"));
  REQUIRE(one.node.machine().disk().permit("/data/n1.key", mw::file_readers::owner));
  one.wait();
  CHECK(one.epoch() == 2);
  ready_node group(std::string(files) + ", key_readers: group");
  put(group.node, pki().node("n1"));
  REQUIRE(group.node.machine().disk().permit("/data/n1.key", mw::file_readers::group));
  group.wait();
  CHECK(group.epoch() == 2);
}

TEST_CASE("credentials: reload at once, as an action") {
  ready_node one("cert: n1.pem, key: n1.key, ca: ca.pem, reload: 1h");
  auto answer = one.node.call("/credentials/certs/reload", "{}");
  CHECK(answer.status == 200);
  CHECK(answer.body == R"({"outcome":"unchanged","epoch":1,"problems":[]})");
  put(one.node, pki().node("n1"));
  answer = one.node.call("/credentials/certs/reload", "{}");
  CHECK(answer.body == R"({"outcome":"adopted","epoch":2,"problems":[]})");
  one.node.machine().disk().put("/data/n1.key", pki().root.key);
  answer = one.node.call("/credentials/certs/reload", "{}");
  CHECK(answer.status == 409);
  CHECK(has(answer.body, R"({"outcome":"refused","epoch":2,"problems":[{"code":"CRED007")"));
}

TEST_CASE("credentials: revocation lists belong to the set") {
  mw::test_node node(with(std::string(files) + ", crl: crl.pem, wait: 5s"));
  put_all(node);
  node.machine().disk().put("/data/crl.pem", pki().lists({}));
  REQUIRE(node.run_until([&node] { return node.ready(); }));
  CHECK(!node.contract<mw::credentials>("certs")->current()->revoked.empty());
  CHECK(node.metric("mw_security_credentials_expiry_timestamp_seconds", {{"what", "list"}}) > 0);
}

TEST_CASE("credentials: time alone raises alarms, also when the wall clock jumps") {
  ready_node one;
  CHECK(one.alerts().empty());
  one.node.world().jump_wall_clock(one.node.machine(), std::chrono::hours(20));
  one.wait();
  CHECK(has(one.alerts().front(), "credentials.expires_soon"));
  CHECK(one.node.received<mw::alert_raised>().front().subject.starts_with("certs: "));
  one.node.world().jump_wall_clock(one.node.machine(), std::chrono::hours(5));
  one.wait();
  CHECK(has(one.alerts().back(), "credentials.expired"));
  CHECK(one.epoch() == 1);  // nothing better is there
}

TEST_CASE("credentials: texts in place of files") {
  mw::test_node node(with(text_options(), mw::test_start::wait_until_ready));
  CHECK(node.ready());
  CHECK(node.failed().empty());
  CHECK(node.contract<mw::credentials>("certs")->current()->identity ==
        "spiffe://mesh.test/node/n1");
}

TEST_CASE("credentials: the key is in no log, page, event and dump") {
  ready_node one;
  const auto second = pki().node("n1", x509::key_kind::ed25519);
  put(one.node, second);
  one.wait();
  REQUIRE(one.epoch() == 2);
  one.node.machine().disk().put("/data/n1.pem", second.key);  // the key in the wrong file
  one.wait();
  std::string seen = one.node.failed();
  for (const std::string& line : one.node.log()) seen += line + "\n";
  for (const char* page : {"/credentials/certs", "/readyz?verbose"})
    seen += one.node.call(page).body;
  for (const auto& alert : one.node.received<mw::alert_raised>()) seen += alert.text;
  seen += one.node.call("/credentials/certs/reload", "{}").body;
  REQUIRE(has(seen, "TLS001"));
  CHECK(!has(seen, "PRIVATE"));
  for (const std::string& key : {pki().key, second.key})
    for (std::size_t at = 28; at + 12 < key.size() - 27; at += 12)
      CHECK(!has(seen, key.substr(at, 12)));
}

TEST_CASE("credentials: wrong options are named") {
  const auto failure_of = [](const std::string& options) {
    mw::test_node node(with(options));
    node.run_until([&node] { return !node.failed().empty(); });
    return node.failed();
  };
  CHECK(has(failure_of("reload: 1s"), "cert, key and ca are missing"));
  CHECK(has(failure_of("key: a, ca: b"), "is missing: name a PEM file"));
  CHECK(has(failure_of("cert: a, key: a, ca: b, reload: 1ms"), "reload"));
  CHECK(has(failure_of("cert: a, key: a, ca: b, pem: { cert: { file: /dev/null } }"), "cert"));
}

MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE, text_options())
