// admin_test: the admin pages of a real node, by token and by https, as their users reach them.
// SPDX-License-Identifier: Apache-2.0
#include "process.h"
#include "scratch.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace mw::test {
namespace {

namespace fs = std::filesystem;
constexpr const char* openssl = "/usr/bin/openssl";

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string content(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string node_file(const scratch_folder& folder, const std::string& http) {
  return folder.write("node.yaml", "node: { id: n1, data_dir: " + folder.path() +
                                       "/data }\nplugins:\n  http: { use: http, " + http +
                                       " }\n  probes: { use: probes }\n");
}

struct running {
  const scratch_folder folder;
  process::variables env{"XDG_RUNTIME_DIR=" + folder.path()};
  std::string file;
  process node;
  explicit running(const std::string& http = "listen: \"127.0.0.1:0\"")
      : file(node_file(folder, http)), node({MW_BINARY, "run", "--print-ready", file}, env) {
    REQUIRE_MESSAGE(node.wait_for("ready n1"), node.err());
  }
  [[nodiscard]] std::string address() const {
    std::string text = content(folder.path() + "/data/admin.address");
    while (text.ends_with('\n')) text.pop_back();
    return text;
  }
  [[nodiscard]] finished mw(std::vector<std::string> words) const {
    words.insert(words.begin(), MW_BINARY);
    return run(std::move(words), env);
  }
};

// A server that shows a page to whoever is good enough for it.
class https_server {
 public:
  https_server(const scratch_folder& folder, const std::string& cert,
               const std::vector<std::string>& more)
      : server_(words(folder, cert, more)) {
    REQUIRE_MESSAGE(server_.wait_for("ACCEPT "), server_.err());
    REQUIRE(server_.wait_for("\n"));
    const std::string& text = server_.out();
    const std::size_t colon = text.find(':', text.find("ACCEPT "));
    port_ = text.substr(colon + 1, text.find('\n', colon) - colon - 1);
  }
  [[nodiscard]] std::string address() const { return "https://127.0.0.1:" + port_; }

 private:
  static std::vector<std::string> words(const scratch_folder& folder, const std::string& cert,
                                        const std::vector<std::string>& more) {
    std::vector<std::string> all{openssl,
                                 "s_server",
                                 "-accept",
                                 "127.0.0.1:0",
                                 "-www",
                                 "-cert",
                                 folder.path() + "/" + cert + ".pem",
                                 "-key",
                                 folder.path() + "/" + cert + ".key"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  process server_;
  std::string port_;
};

void make_certificate(const scratch_folder& folder, const std::string& name,
                      const std::string& alternative) {
  const finished made = run(
      {openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
       "-days", "2", "-subj", "/CN=" + name, "-addext", "subjectAltName=" + alternative, "-keyout",
       folder.path() + "/" + name + ".key", "-out", folder.path() + "/" + name + ".pem"});
  REQUIRE_MESSAGE(made.how.code == 0, made.err);
}

TEST_CASE("admin: a node of this user is found with its token, and closed to all others") {
  const running here;
  struct stat info{};
  REQUIRE(::stat((here.folder.path() + "/data/admin.token").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777U) == 0600U);
  const finished found = here.mw({"admin", "/status", "--admin", here.address()});
  CHECK_MESSAGE(found.how == ending{.code = 0}, found.err);
  CHECK(has(found.out, R"("id":"n1")"));
  CHECK(here.mw({"status", "--node-file", here.file}).how == ending{.code = 0});
  const finished token = here.mw({"token", here.file});
  CHECK(token.out == content(here.folder.path() + "/data/admin.token"));
  CHECK(here.mw({"token", here.file, "--header"}).out == "Authorization: Bearer " + token.out);
  CHECK(has(here.mw({"admin", "/nix", "--node-file", here.file}).err, "404"));
  CHECK(has(here.mw({"admin", "/status", "--post", "--node-file", here.file}).err, "405"));

  const std::string wrong = here.folder.write("wrong", "not-the-token-of-this-node\n");
  const finished refused = here.mw({"status", here.address(), "--token-file", wrong});
  CHECK(refused.how == ending{.code = 3});
  CHECK(has(refused.err, "does not accept the token in '" + wrong + "'"));
  const finished stranger = run({MW_BINARY, "status", here.address()},
                                {"XDG_RUNTIME_DIR=" + here.folder.path() + "/elsewhere"});
  CHECK(stranger.how == ending{.code = 3});
  CHECK(has(stranger.err, "--token-file"));
  CHECK_FALSE(has(here.node.err(), token.out.substr(0, 64)));
}

TEST_CASE("admin: over a unix socket, without tokens, where the YAML says so") {
  const scratch_folder sockets;
  const std::string at = "unix:" + sockets.path() + "/admin.sock";
  const running here("auth: off, listen: \"" + at + "\"");
  CHECK(here.address() == at);
  CHECK_FALSE(fs::exists(here.folder.path() + "/data/admin.token"));
  const finished found = here.mw({"status", at});
  CHECK_MESSAGE(found.how == ending{.code = 0}, found.err);
  CHECK(has(here.mw({"token", here.file}).err, "there is no token"));
}

TEST_CASE("admin: an older token file that all could read is replaced; a link is not followed") {
  for (const bool link : {false, true}) {
    CAPTURE(link);
    const scratch_folder folder;
    fs::create_directories(folder.path() + "/data");
    const std::string target = folder.write("target", "untouched");
    const std::string token = folder.path() + "/data/admin.token";
    if (link)
      fs::create_symlink(target, token);
    else
      std::ofstream(token) << "old";
    fs::permissions(token, fs::perms(0644));
    process node({MW_BINARY, "run", "--print-ready", node_file(folder, "listen: \"127.0.0.1:0\"")});
    REQUIRE(node.wait_for("ready n1"));
    CHECK_FALSE(fs::is_symlink(token));
    CHECK(fs::status(token).permissions() == fs::perms(0600));
    CHECK(content(token).size() == 65);
    CHECK(content(target) == "untouched");
    node.send(SIGTERM);
    CHECK(node.finish() == ending{.code = 0});
    CHECK_FALSE(fs::exists(token));
  }
}

TEST_CASE("admin: a token file that cannot be written ends the start with a sentence") {
  const scratch_folder folder;
  fs::create_directories(folder.path() + "/data");
  fs::create_symlink(folder.path() + "/elsewhere", folder.path() + "/data/admin.token.new");
  const finished done = run({MW_BINARY, "run", node_file(folder, "listen: \"127.0.0.1:0\"")});
  CHECK(done.how == ending{.code = 3});
  CHECK_MESSAGE(has(done.err, "the token of the admin pages cannot be kept"), done.err);
  CHECK(has(done.err, "symbolic link"));
  CHECK_FALSE(fs::exists(folder.path() + "/elsewhere"));
}

TEST_CASE("admin: https believes only whom it was told to believe") {
  if (!fs::exists(openssl)) return;
  const scratch_folder folder;
  make_certificate(folder, "named", "IP:127.0.0.1");
  make_certificate(folder, "other", "IP:127.0.0.2,DNS:other.example");
  make_certificate(folder, "mesh", "URI:spiffe://mesh/n1");
  const auto ask = [&](const https_server& server, const std::string& ca,
                       std::vector<std::string> more = {}) {
    std::vector<std::string> words{MW_BINARY, "admin", "/x", "--admin", server.address()};
    if (!ca.empty()) more.insert(more.end(), {"--admin-ca", folder.path() + "/" + ca + ".pem"});
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  };
  const https_server named(folder, "named", {});
  CHECK(has(ask(named, "").err, "--admin-ca"));
  CHECK(has(ask(named, "other").err, "is not good"));
  const finished good = ask(named, "named");
  CHECK_MESSAGE(good.how == ending{.code = 0}, good.err);
  CHECK(has(good.out, "s_server"));
  CHECK(has(ask(https_server(folder, "other", {}), "other").err, "not for '127.0.0.1'"));
  CHECK(ask(https_server(folder, "mesh", {}), "mesh").how == ending{.code = 0});
  const https_server strict(
      folder, "named",
      {"-Verify", "1", "-verify_return_error", "-CAfile", folder.path() + "/mesh.pem"});
  CHECK(ask(strict, "named").how == ending{.code = 3});
  const finished proved = ask(
      strict, "named",
      {"--admin-cert", folder.path() + "/mesh.pem", "--admin-key", folder.path() + "/mesh.key"});
  CHECK_MESSAGE(proved.how == ending{.code = 0}, proved.err);
}

}  // namespace
}  // namespace mw::test
