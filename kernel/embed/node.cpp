// node: the embedded node: a runtime on a thread of its own, and the ways in and out.
// SPDX-License-Identifier: Apache-2.0
#include "bus/bus_service.h"
#include "compose/node_file.h"
#include "node/node_runtime.h"
#include "node/open_log.h"
#include "platform/uv_platform.h"

#include <mw/node.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

namespace mw {

using kernel::node_runtime;

// Made on the application's thread, used on the node's; `mutex` guards what both read.
class node::state {
 public:
  explicit state(kernel::node_file from) : file(std::move(from)), settings(file.made.node.node) {}

  // The node's thread: everything of the runtime lives and dies here.
  void run() {
    kernel::uv_platform platform(settings.lanes, settings.busy_poll);
    auto sink = kernel::open_log(settings);
    if (!sink) return finish(std::move(sink).error());
    kernel::metric_registry metrics;
    {
      node_runtime runtime(
          std::move(file.made.node),
          {platform, [&](const std::string& name) { return (*sink)->make(name); }, metrics});
      bus = runtime.bus().service_for({"app", 0, declared, ledger});
      for (auto& [type, handler] : wanted)
        subscriptions.push_back(bus->subscribe(*type, std::move(handler)));
      runtime.on_phase([this](node_phase now) {
        if (now == node_phase::ready) announce(status());
      });
      runtime.watch_lanes();
      runtime.start([&](status ended) {
        outcome = std::move(ended);
        platform.stop();
      });
      set_running(&runtime);
      platform.run();
      set_running(nullptr);
      subscriptions.clear();
      bus.reset();
    }
    finish(std::move(outcome));
  }

  void set_running(node_runtime* now) {
    const std::lock_guard lock(mutex);
    running = now;
    if (now != nullptr && stop_wanted) now->shut_down();
  }
  void announce(status reached) {
    const std::lock_guard lock(mutex);
    if (!first) first = std::move(reached);
    changed.notify_all();
  }
  void finish(status ended) {
    const std::lock_guard lock(mutex);
    if (!first)
      first = ended ? status(errc::disconnected, "the node stopped before it was ready") : ended;
    final_outcome = std::move(ended);
    changed.notify_all();
  }

  kernel::node_file file;
  kernel::node_section settings;
  std::vector<std::pair<const event_type*, function<void(const void*)>>> wanted;
  manifest declared;
  kernel::resource_ledger ledger;
  std::unique_ptr<kernel::bus_service_for_client> bus;
  std::map<std::string_view, event_channel*> channels;
  std::vector<subscription> subscriptions;
  status outcome;

  std::mutex mutex;
  std::condition_variable changed;
  node_runtime* running = nullptr;
  bool stop_wanted = false;
  std::optional<status> first;  // ready, or why it never was
  std::optional<status> final_outcome;
  std::thread thread;
};

node::node(std::unique_ptr<state> made) : state_(std::move(made)) {}

node::~node() {
  (void)stop();
}

result<std::unique_ptr<node>> node::from_file(const std::string& path, node_setup setup) {
  return make(path, nullptr, std::move(setup));
}

result<std::unique_ptr<node>> node::from_text(const std::string& yaml, node_setup setup) {
  return make("(text)", &yaml, std::move(setup));
}

result<std::unique_ptr<node>> node::make(std::string name, const std::string* text,
                                         node_setup setup) {
  kernel::config_request request;
  request.path = std::move(name);
  if (text != nullptr) request.text = *text;
  request.flags = std::move(setup.sets);
  request.read_file = [](const std::string& path) { return kernel::read_text_file(path); };
  kernel::node_file file = kernel::open_node_file(std::move(request), std::move(setup.plugin_path));
  if (file.found.has_errors())
    return {errc::invalid, kernel::render_text(file.found, file.document->sources)};
  return std::unique_ptr<node>(
      new node(std::make_unique<state>(std::move(file))));  // NOLINT: private constructor
}

status node::start(duration deadline) {
  std::unique_lock lock(state_->mutex);
  if (state_->thread.joinable()) return {errc::invalid, "start() is called once"};
  state_->thread = std::thread([this] { state_->run(); });
  if (state_->changed.wait_for(lock, deadline, [this] { return state_->first.has_value(); })) {
    if (*state_->first) return {};
    status why = *state_->first;
    lock.unlock();
    (void)stop();
    return why;
  }
  lock.unlock();
  (void)stop();
  return {errc::timed_out, "the node was not ready after " + to_string(deadline)};
}

status node::stop() {
  return end(false);
}

status node::stop_at_once() {
  return end(true);
}

status node::end(bool at_once) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stop_wanted = true;
    if (state_->running != nullptr) state_->running->shut_down();
    if (state_->running != nullptr && at_once) state_->running->shut_down();  // twice means hurry
  }
  if (state_->thread.joinable()) state_->thread.join();
  const std::lock_guard lock(state_->mutex);
  return state_->final_outcome.value_or(status());
}

bool node::post(function<void()> task) {
  const std::lock_guard lock(state_->mutex);
  if (state_->running == nullptr) return false;
  state_->running->control().post(std::move(task));
  return true;
}

void node::publish_now(const event_type& type, const void* event) {
  event_channel*& channel = state_->channels[type.topic];
  if (channel == nullptr) {
    state_->declared.published.push_back(&type);
    channel = &state_->bus->open(type);
  }
  for (std::uint32_t i = 0; i < channel->subscriber_count; ++i)
    channel->publish_slowly(*channel, *channel->subscribers[i], event);
}

void node::listen(const event_type& type, function<void(const void*)> handler) {
  state_->declared.subscribed.push_back(&type);
  state_->wanted.emplace_back(&type, std::move(handler));
}

void* node::find_contract(std::string_view stanza, std::string_view wanted) {
  return state_->running == nullptr ? nullptr : state_->running->provided(stanza, wanted);
}

}  // namespace mw
