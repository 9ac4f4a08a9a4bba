// secure_test: transport.tls with the openssl program as its peer, both ways, on real sockets.
// SPDX-License-Identifier: Apache-2.0
#include "common/x509/test_certs.h"
#include "process.h"
#include "real_node.h"
#include "scratch.h"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <vector>

namespace mw::test {

namespace {

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text)
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  return out + "\"";
}

wall_time now() {
  return {
      std::chrono::duration_cast<duration>(std::chrono::system_clock::now().time_since_epoch())};
}

// A node with transport.tls and a door that says hello to whom it lets in.
class scene {
 public:
  scene() : pki(now()), node(stanzas()) {
    const auto good = pki.node("n2");
    certificate = files.write("n2.pem", good.certificates);
    key = files.write("n2.key", good.key);
    ca = files.write("ca.pem", pki.root.certificate);
    node.in_turn([&] {
      auto made = node.use("subject").listen({"127.0.0.1", 0}, [this](link accepted) {
        guests.push_back(std::make_unique<real_end>(node, std::move(accepted)));
        (void)guests.back()->link.bytes->write(as_bytes("hello from the mesh\n"));
      });
      REQUIRE(made.ok());
      door = std::move(*made);
    });
  }
  ~scene() {
    node.in_turn([this] {
      dialling.reset();
      mine.reset();
      guests.clear();
      door.reset();
    });
  }

  // s_client against the door.
  [[nodiscard]] std::vector<std::string> client(std::vector<std::string> more) const {
    std::vector<std::string> words{
        "/usr/bin/openssl", "s_client",
        "-connect",         "127.0.0.1:" + std::to_string(door->local().port),
        "-CAfile",          ca,
        "-ign_eof"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  [[nodiscard]] std::vector<std::string> own() const {
    return {"-cert", certificate, "-key", key, "-cert_chain", certificate};
  }
  // Lets the program and the node talk until it has printed `text` or ended.
  bool prints(process& program, std::string_view text) {
    for (int i = 0; i < 400; ++i) {
      if (program.wait_for(text, std::chrono::milliseconds(20))) return true;
      int rounds = 0;
      (void)node.run_until([&] { return ++rounds > 1; });
    }
    return false;
  }

  scratch_folder files;
  x509::test_pki pki;
  real_node node;
  std::string certificate;
  std::string key;
  std::string ca;
  listener_ptr door;
  dial_ptr dialling;
  std::unique_ptr<real_end> mine;
  std::vector<std::unique_ptr<real_end>> guests;

 private:
  [[nodiscard]] std::string stanzas() const {
    const auto good = pki.node("n1");
    return "  carrier: { use: transport.tcp }\n  keys:\n    use: test.keys\n    sets:\n      - { "
           "chain: " +
           in_quotes(good.certificates) + ", key: " + in_quotes(good.key) +
           ", trust: " + in_quotes(pki.root.certificate) +
           " }\n  subject: { use: transport.tls, over: carrier }\n";
  }
};

}  // namespace

TEST_CASE("secure: openssl s_client with a good certificate is let in, and hears the hello") {
  scene s;
  std::vector<std::string> more = s.own();
  more.insert(more.end(), {"-alpn", "meshwright/1"});
  process client(s.client(more));
  CHECK(s.prints(client, "hello from the mesh"));
  REQUIRE(s.guests.size() == 1);
  CHECK(s.guests[0]->link.peer == "spiffe://mesh.test/node/n2");
  CHECK(client.out().find("TLSv1.3") != std::string::npos);
}

TEST_CASE("secure: openssl s_client that breaks one rule is refused, and hears which") {
  struct attempt {
    const char* what;
    bool shows;
    std::vector<std::string> more;
    const char* hears;
  };
  const attempt attempts[] = {
      {"no certificate", false, {"-alpn", "meshwright/1"}, "certificate required"},
      {"no protocol", true, {}, "no application protocol"},
      {"another protocol", true, {"-alpn", "h2"}, "no application protocol"},
      {"TLS 1.2", true, {"-alpn", "meshwright/1", "-tls1_2"}, "protocol version"},
      {"another cipher",
       true,
       {"-alpn", "meshwright/1", "-ciphersuites", "TLS_AES_128_CCM_SHA256"},
       "handshake failure"}};
  for (const attempt& one : attempts) {
    INFO(one.what);
    scene s;
    std::vector<std::string> more = one.shows ? s.own() : std::vector<std::string>{};
    more.insert(more.end(), one.more.begin(), one.more.end());
    process client(s.client(more));
    CHECK(s.prints(client, one.hears));
    CHECK(s.guests.empty());
    CHECK(client.out().find("hello from the mesh") == std::string::npos);
  }
}

TEST_CASE(
    "secure: openssl s_server is dialled, when it asks for a certificate and speaks our protocol") {
  for (const char* const spoken : {"meshwright/1", "h2"}) {
    scene s;
    process server({"/usr/bin/openssl", "s_server", "-accept", "127.0.0.1:0", "-cert",
                    s.certificate, "-cert_chain", s.certificate, "-key", s.key, "-CAfile", s.ca,
                    "-Verify", "4", "-alpn", spoken,
                    "-rev"});  // it answers each line backwards, and does not read its own input
    REQUIRE(server.wait_for("ACCEPT 127.0.0.1:"));
    const std::string& out = server.out();
    const int port = std::stoi(out.substr(out.rfind("ACCEPT 127.0.0.1:") + 17));
    std::optional<failure> failed;
    s.node.in_turn([&] {
      s.dialling = s.node.use("subject").dial(
          {.to = {.host = "127.0.0.1", .port = static_cast<std::uint16_t>(port)}},
          [&](result<link> outcome) {
            if (outcome)
              s.mine = std::make_unique<real_end>(s.node, std::move(*outcome));
            else
              failed = outcome.error();
            s.node.poke();
          });
    });
    REQUIRE(s.node.run_until([&] { return s.mine != nullptr || failed; }));
    const bool ours = std::string_view(spoken) == "meshwright/1";
    INFO(spoken);
    REQUIRE_MESSAGE((s.mine != nullptr) == ours, (failed ? failed->text() : "linked"));
    if (ours) {
      CHECK(s.mine->link.peer == "spiffe://mesh.test/node/n2");
      s.node.in_turn([&] { (void)s.mine->link.bytes->write(as_bytes("words of a node\n")); });
      CHECK(s.node.run_until([&] { return s.mine->heard == "edon a fo sdrow\n"; }));
    } else {
      CHECK(failed->kind() == errc::denied);
      CHECK(failed->text().find("no_application_protocol") != std::string::npos);
    }
  }
}

}  // namespace mw::test
