// main: an application with a node inside, composed from text, heard over the bus.
// SPDX-License-Identifier: Apache-2.0
#include <mw/events.h>
#include <mw/node.h>

#include <atomic>
#include <cstdio>
#include <string>

namespace {

constexpr const char* yaml = R"(
node: { id: app1, data_dir: /tmp/meshwright-embedded }
plugins:
  hello: { use: greeter, greeting: welcome }
)";

// What the application wants of its node: to hear of peers. Returns the exit code.
int run(mw::node& node) {
  std::string peer_id;  // written before `heard`, read after it
  std::atomic<bool> heard = false;
  node.on<mw::peer_up>([&](const mw::peer_up& peer) {
    peer_id = peer.id;
    heard = true;
    heard.notify_one();
  });
  if (mw::status started = node.start(); !started) {
    std::fprintf(stderr, "%s\n", started.error().text().c_str());
    return 1;
  }
  node.publish(mw::peer_up{.id = "n7", .address = "127.0.0.1:7407"});
  heard.wait(false);
  std::printf("heard of peer %s\n", peer_id.c_str());
  if (mw::status stopped = node.stop(); !stopped) {
    std::fprintf(stderr, "%s\n", stopped.error().text().c_str());
    return 1;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  mw::node_setup setup;
  for (int i = 1; i < argc; ++i) setup.plugin_path.emplace_back(argv[i]);
  auto node = mw::node::from_text(yaml, std::move(setup));
  if (!node) {
    std::fprintf(stderr, "%s", node.error().text().c_str());
    return 1;
  }
  return run(**node);
}
