// main: an application that calls a service of another node, with structs in and structs out.
// SPDX-License-Identifier: Apache-2.0
#include "inventory.h"

#include <mw/node.h>
#include <mw/rpc.h>

#include <poll.h>

#include <atomic>
#include <cstdio>
#include <string>
#include <utility>

namespace {

// The caller's node: no service of its own, one peer.
std::string till_yaml(const std::string& store) {
  return R"(
node: { id: till, cluster: shop, log: { level: warn } }
plugins:
  link: { use: transport.)" +
         std::string(store.starts_with("unix:") ? "unix" : "tcp") + R"( }
  codec: { use: transport.msgpack }
  pool: { use: transport.pool }
  balance: { use: loadbalance.round_robin }
  routing: { use: routing }
  peers: { use: discovery.static, peers: [")" +
         store + R"("] }
)";
}

// Hands a value from the node's thread to the one that waits for it.
template <class T>
class mailbox {
 public:
  void put(T value) {
    value_ = std::move(value);
    full_ = true;
    full_.notify_one();
  }
  T take() {
    full_.wait(false);
    return std::move(value_);
  }

 private:
  T value_{mw::errc::internal, "nothing was put"};
  std::atomic<bool> full_ = false;
};

using level = mw::result<shop::level_answer>;

// Asks on the node's thread; the answer comes in a later turn there.
level ask(mw::node& node, const std::string& article) {
  mailbox<level> box;
  node.post([&] {
    auto& router = *node.contract<mw::router>("routing");
    const auto service = router.open(shop::level_service);
    if (!service) return box.put(service.error());
    mw::route where;
    where.service = *service;
    where.deadline = mw::duration(std::chrono::seconds(5));
    const auto called =
        mw::call<shop::level_answer>(router, where, shop::level_query{article},
                                     [&box](level answer) { box.put(std::move(answer)); });
    if (!called) box.put(called.error());
  });
  return box.take();
}

int fail(const mw::failure& why) {
  std::fprintf(stderr, "%s\n", why.text().c_str());
  return 1;
}

int run(mw::node& node) {
  if (const mw::status started = node.start(); !started) return fail(started.error());
  // The store says what it offers once the nodes have met, a few milliseconds from now.
  level pears = ask(node, "pears");
  for (int i = 0; !pears && pears.error().kind() == mw::errc::not_found && i < 500; ++i) {
    (void)poll(nullptr, 0, 10);  // this thread may wait: the node has one of its own
    pears = ask(node, "pears");
  }
  if (!pears) return fail(pears.error());
  std::printf("%u pears in stock\n", pears->pieces);

  const level kiwis = ask(node, "kiwis");
  if (kiwis) return fail({mw::errc::internal, "the store has no kiwis, and yet it says so"});
  std::printf("kiwis: %s (%s)\n", kiwis.error().text().c_str(),
              std::string(mw::to_string(kiwis.error().kind())).c_str());
  return 0;
}

}  // namespace

// request_reply STORE [PLUGIN_DIR...]
int main(int argc, char** argv) {
  if (argc < 2) return fail({mw::errc::invalid, "usage: request_reply STORE [PLUGIN_DIR...]"});
  mw::node_setup setup;
  for (int i = 2; i < argc; ++i) setup.plugin_path.emplace_back(argv[i]);
  auto node = mw::node::from_text(till_yaml(argv[1]), std::move(setup));
  if (!node) return fail(node.error());
  return run(**node);
}
