// discovery_conformance: the promises of discovery/1, checked through the contract and the bus.
// SPDX-License-Identifier: Apache-2.0
#include "subject.h"

#include <mw/discovery_conformance.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace mw::conformance {
namespace {

auto facts(const peer_found& peer) {
  return std::tie(peer.id, peer.address, peer.zone, peer.source);
}

std::vector<peer_found> listed(test_node& node) {
  const discovery& source = subject_of<discovery>(node);
  std::vector<peer_found> peers;
  node.in_turn([&] { peers = source.peers(); });
  return peers;
}

// With other sources in the node their events are heard, too; what the subject lists still has to
// be found under its own name.
bool of_another(const test_setup& setup, const std::string& source) {
  return setup.libraries.size() > 1 && source != "subject";
}

// Outlives the node: an answer may come until the source is destroyed.
struct answers {
  int count = 0;
  bool inside = false;
};

void ask(test_node& node, answers& heard, int times = 1) {
  discovery& source = subject_of<discovery>(node);
  node.in_turn([&source, &heard, times] {
    heard.inside = true;
    for (int i = 0; i < times; ++i)
      source.refresh([&heard](const status& outcome) {
        CHECK_MESSAGE(!heard.inside, "done ran inside refresh()");
        if (!outcome) {
          const errc kind = outcome.error().kind();
          CHECK_MESSAGE((kind == errc::disconnected || kind == errc::timed_out ||
                         kind == errc::denied || kind == errc::invalid || kind == errc::overloaded),
                        outcome.error().text());
        }
        ++heard.count;
      });
    heard.inside = false;
  });
}

}  // namespace

void discovery_publishes_what_it_lists(const test_setup& setup) {
  answers heard;
  test_node node(setup);
  ask(node, heard);
  CHECK(node.run_until([&] { return heard.count == 1; }));
  node.run_for(1ms);

  std::map<std::string, peer_found> last;
  for (const peer_found& peer : node.received<peer_found>()) {
    if (of_another(setup, peer.source)) continue;
    CHECK_MESSAGE(parse_endpoint(peer.address).ok(), "not an endpoint: ", peer.address);
    CHECK_MESSAGE(peer.source == "subject", "the source is the plug-in's name in the YAML");
    last[peer.address] = peer;
  }
  const std::vector<peer_found> peers = listed(node);
  for (std::size_t i = 0; i < peers.size(); ++i) {
    if (i > 0) CHECK_MESSAGE(peers[i - 1].address < peers[i].address, "sorted, each once");
    const auto event = last.find(peers[i].address);
    CHECK_MESSAGE(event != last.end(), "no peer.found/1 for ", peers[i].address);
    if (event != last.end()) CHECK(facts(event->second) == facts(peers[i]));
    last.erase(peers[i].address);
  }
  for (const peer_lost& gone : node.received<peer_lost>())
    if (!of_another(setup, gone.source)) last.erase(gone.address);
  for (const auto& [address, peer] : last)
    FAIL_CHECK(address, " was found and not lost, and peers() does not list it");
}

void discovery_answers_each_refresh_once(const test_setup& setup) {
  answers heard;
  test_node node(setup);
  for (int i = 0; i < 3; ++i) ask(node, heard);
  CHECK(node.run_until([&] { return heard.count == 3; }));
  node.run_for(60s);
  CHECK(heard.count == 3);
  // More than may wait: those beyond are told so, and nobody is forgotten.
  ask(node, heard, 5000);
  CHECK(node.run_until([&] { return heard.count == 5003; }));
  node.run_for(60s);
  CHECK(heard.count == 5003);
}

void discovery_repeats_nothing(const test_setup& setup) {
  answers heard;
  test_node node(setup);
  for (int i = 1; i <= 2; ++i) {
    ask(node, heard);
    CHECK(node.run_until([&] { return heard.count == i; }));
  }
  node.run_for(1ms);
  const auto lost = node.received<peer_lost>();
  std::map<std::string, peer_found> last;
  for (const peer_found& peer : node.received<peer_found>()) {
    if (of_another(setup, peer.source)) continue;
    const auto before = last.find(peer.address);
    const bool came_back = std::any_of(lost.begin(), lost.end(), [&](const peer_lost& gone) {
      return gone.address == peer.address;
    });
    if (before != last.end() && !came_back)
      CHECK_MESSAGE(facts(before->second) != facts(peer), peer.address, " was found again");
    last[peer.address] = peer;
  }
}

void discovery_announces_as_declared(const test_setup& setup) {
  test_node node(setup);
  discovery& source = subject_of<discovery>(node);
  const bool declared = announced(setup, discovery::contract, "announces").has_value();
  node.in_turn([&] {
    auto outcome = source.announce({.address = "127.0.0.1:7400", .zone = "a"});
    CHECK_MESSAGE(outcome.ok() == declared, "capability 'announces' and announce() disagree");
    if (!outcome) CHECK(outcome.error().kind() == errc::unsupported);
    if (outcome) CHECK(*outcome != nullptr);
    if (declared) {
      const auto wrong = source.announce({.address = "not an endpoint", .zone = ""});
      CHECK(!wrong);
      if (!wrong) CHECK(wrong.error().kind() == errc::invalid);
    }
  });
  CHECK_MESSAGE(node.stop(), node.failed());
}

void discovery_stops_while_it_looks(const test_setup& setup) {
  answers heard;
  {
    test_node node(setup);
    ask(node, heard);
    CHECK_MESSAGE(node.stop(), node.failed());
    CHECK(node.metric("mw_plugin_leaks_total") <= 0);
  }
  CHECK(heard.count <= 1);
}

}  // namespace mw::conformance
