// https_test: admin pages over transport.tls, as curl, openssl and `mw` reach them.
// SPDX-License-Identifier: Apache-2.0
#include "process.h"
#include "scratch.h"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace mw::test {
namespace {

constexpr const char* curl = "/usr/bin/curl";
constexpr const char* openssl = "/usr/bin/openssl";

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string word_in(const std::string& path) {
  std::ifstream in(path);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

void make_certificates(const std::string& folder) {
  const finished made = run({MW_BINARY, "certs", "make", "--dir", folder, "--domain", "demo.local",
                             "--node", "n1", "--node", "client", "--ip", "127.0.0.1"});
  REQUIRE_MESSAGE(made.how.code == 0, made.err);
}

// A node that serves its pages by https alone; `tls` and `http` are more options of the two.
struct running {
  const scratch_folder folder;
  process::variables env{"XDG_RUNTIME_DIR=" + folder.path()};
  std::string certs = folder.path() + "/certs";
  std::string strangers = folder.path() + "/strangers";
  process node;

  running(const std::string& tls, const std::string& http)
      : node({MW_BINARY, "run", "--print-ready", file(tls, http)}, env) {
    REQUIRE_MESSAGE(node.wait_for("ready n1"), node.err());
  }
  std::string file(const std::string& tls, const std::string& http) const {
    make_certificates(certs);
    make_certificates(strangers);
    return folder.write(
        "node.yaml", "node: { id: n1, data_dir: " + folder.path() +
                         "/data }\nplugins:\n  certs: { use: security.credentials, cert: " + certs +
                         "/n1.pem, key: " + certs + "/n1.key, ca: " + certs +
                         "/ca.pem }\n"
                         "  identity: { use: security.identity, trust_domains: [demo.local] }\n"
                         "  tcp: { use: transport.tcp, listen: \"127.0.0.1:0\" }\n"
                         "  web: { use: transport.tls, over: tcp, protocol: http, " +
                         tls +
                         " }\n"
                         "  http: { use: http, transport: web, listen: \"127.0.0.1:0\", " +
                         http +
                         " }\n"
                         "  probes: { use: probes }\n");
  }

  [[nodiscard]] std::string address() const {
    return word_in(folder.path() + "/data/admin.address");
  }
  [[nodiscard]] std::string port() const {
    const std::string at = address();
    return at.substr(at.rfind(':') + 1);
  }
  [[nodiscard]] std::string token() const { return word_in(folder.path() + "/data/admin.token"); }

  // The code of the answer, or "000"; `how.code` is curl's own.
  [[nodiscard]] finished ask(const std::string& page, std::vector<std::string> more) const {
    std::vector<std::string> all{curl, "-s", "-o", "/dev/null", "-w", "%{http_code}"};
    all.insert(all.end(), more.begin(), more.end());
    all.push_back("https://127.0.0.1:" + port() + page);
    return run(std::move(all), env);
  }
  // With the node's authority, and one header.
  [[nodiscard]] std::string code(const std::string& page, std::vector<std::string> more) const {
    more.insert(more.end(), {"--cacert", certs + "/ca.pem"});
    return ask(page, std::move(more)).out;
  }
  [[nodiscard]] static std::vector<std::string> shown(const std::string& from,
                                                      const std::string& name) {
    return {"--cert", from + "/" + name + ".pem", "--key", from + "/" + name + ".key"};
  }
};

}  // namespace

TEST_CASE("https: a token opens the pages, and nobody needs a certificate") {
  const running here("client_certificates: none", "auth: token");
  CHECK(has(here.address(), "https://127.0.0.1:"));
  CHECK(here.code("/livez", {}) == "200");
  CHECK(here.code("/status", {}) == "401");
  CHECK(here.code("/status", {"-H", "Authorization: Bearer " + here.token()}) == "200");
  CHECK(here.code("/status", {"-H", "Authorization: Bearer wrong"}) == "401");
  // No ALPN at all is how simple clients speak.
  CHECK(here.code("/livez", {"--no-alpn"}) == "200");
  // Two requests on one connection, and one that ends in the middle of a body.
  CHECK(here.code("/livez", {"https://127.0.0.1:" + here.port() + "/livez", "-o", "/dev/null"}) ==
        "200200");

  constexpr int unknown_authority = 60;
  CHECK(here.ask("/livez", {}).how.code == unknown_authority);
  CHECK(here.ask("/livez", {"--cacert", here.strangers + "/ca.pem"}).how.code == unknown_authority);
  CHECK(here.ask("/livez", {"-k", "--tls-max", "1.2"}).how.code != 0);
  const finished plain = run({curl, "-s", "http://127.0.0.1:" + here.port() + "/livez"});
  CHECK(plain.how.code != 0);

  // `mw` finds address and token by itself, and wants to know the authority.
  std::vector<std::string> words{MW_BINARY, "admin", "/status", "--admin", here.address()};
  CHECK(run(words, here.env).how.code != 0);
  words.insert(words.end(), {"--admin-ca", here.certs + "/ca.pem"});
  const finished told = run(words, here.env);
  CHECK_MESSAGE(told.how.code == 0, told.err);
  CHECK(has(told.out, R"("id":"n1")"));
}

TEST_CASE("https: certificates are the proof where the YAML says so") {
  const running here("client_certificates: optional",
                     "auth: mtls, identities: { \"spiffe://demo.local/node/client\": read }");
  CHECK(here.code("/livez", {}) == "200");
  CHECK(here.code("/status", {}) == "401");
  CHECK(here.code("/status", running::shown(here.certs, "client")) == "200");
  // Known to the mesh, unknown to the pages.
  CHECK(here.code("/status", running::shown(here.certs, "n1")) == "403");
  // Optional is not careless: who shows a bad certificate is refused before any page.
  std::vector<std::string> stranger = running::shown(here.strangers, "client");
  stranger.insert(stranger.end(), {"--cacert", here.certs + "/ca.pem"});
  const finished refused = here.ask("/livez", stranger);
  CHECK(refused.how.code != 0);
  CHECK(refused.out == "000");

  const finished told = run({MW_BINARY, "admin", "/status", "--admin", here.address(), "--admin-ca",
                             here.certs + "/ca.pem", "--admin-cert", here.certs + "/client.pem",
                             "--admin-key", here.certs + "/client.key"},
                            here.env);
  CHECK_MESSAGE(told.how.code == 0, told.err);
}

TEST_CASE("https: a certificate is asked for and needed by default") {
  const running here("handshake_deadline: 5s", "auth: token");
  CHECK(here.ask("/livez", {"--cacert", here.certs + "/ca.pem"}).how.code != 0);
  CHECK(here.code("/livez", running::shown(here.certs, "client")) == "200");
  // The mesh and the pages are two protocols: neither port answers to the other's.
  const finished mesh = run({openssl, "s_client", "-connect", "127.0.0.1:" + here.port(), "-alpn",
                             "meshwright/1", "-CAfile", here.certs + "/ca.pem", "-cert",
                             here.certs + "/client.pem", "-key", here.certs + "/client.key"});
  CHECK(has(mesh.out + mesh.err, "no application protocol"));
}

}  // namespace mw::test
