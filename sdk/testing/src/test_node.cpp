// test_node: a node runtime on a simulated platform, with a tap on everything that is published.
// SPDX-License-Identifier: Apache-2.0
#include "bus/bus_service.h"
#include "compose/compose.h"
#include "config/yaml/yaml_load.h"
#include "loader/loader.h"
#include "node/node_runtime.h"
#include "test_log.h"

#include <mw/testing.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <new>

namespace mw {
namespace {

using kernel::node_runtime;

// An event that outlives its publishing.
class kept_event {
 public:
  kept_event(const event_type& of, const void* event)
      : type(&of), memory_(::operator new(of.size, std::align_val_t(of.align))) {
    type->construct(memory_);
    type->assign(memory_, event);
  }
  kept_event(kept_event&& other) noexcept
      : type(other.type), memory_(std::exchange(other.memory_, nullptr)) {}
  kept_event& operator=(kept_event&&) = delete;
  ~kept_event() {
    if (memory_ == nullptr) return;
    type->destroy(memory_);
    ::operator delete(memory_, std::align_val_t(type->align));
  }
  [[nodiscard]] const void* get() const { return memory_; }
  const event_type* type;

 private:
  void* memory_;
};

std::string indented(const std::string& text) {
  std::string out = "    ";
  for (const char c : text) out += c == '\n' ? std::string("\n    ") : std::string(1, c);
  return out;
}

std::string yaml_for(const std::string& type, const std::string& options) {
  const std::string head = "node: { id: n1, data_dir: data }\nplugins:\n  subject:";
  if (!options.starts_with('{'))
    return head + "\n    use: " + type + "\n" + indented(options) + "\n";
  return head + " { use: " + type + ", " + options.substr(1) + "\n";
}

}  // namespace

// The node's life. Lives inside the simulated machine: its members die with it.
class running_node final : public sim_program {
 public:
  running_node(kernel::platform& outside, kernel::composition composed,
               std::vector<std::string>& lines)
      : runtime(std::move(composed), {outside,
                                      [&lines](const std::string& name) {
                                        return std::make_unique<test_log>(name, lines);
                                      },
                                      metrics}) {
    bus = runtime.bus().service_for({"test", 0, declared, ledger});
    runtime.on_phase([this](node_phase now) { phase = now; });
    runtime.start([this](status ended) {
      stopped = true;
      if (!ended) failure_text = ended.error().text();
    });
    // Before any plug-in starts: nothing that is published may be missed.
    runtime.control().post([this] {
      auto listening = runtime.bus().tap({"test", 0, declared, ledger}, "*", "", 1 << 16,
                                         [this](const tapped_event& e) {
                                           if (e.publisher != "test" && e.publisher != "node")
                                             seen.emplace_back(e.type, e.event);
                                         });
      if (listening) tap = std::move(listening).value();
    });
  }

  kernel::metric_registry metrics;
  kernel::resource_ledger ledger;
  manifest declared;
  node_runtime runtime;
  std::unique_ptr<kernel::bus_service_for_client> bus;
  std::map<std::string_view, event_channel*> channels;
  std::vector<kept_event> seen;
  subscription tap;
  node_phase phase = node_phase::starting;
  bool stopped = false;
  std::string failure_text;
};

class test_node::state {
 public:
  explicit state(test_setup setup) : world(setup.seed), machine(world.add_node("n1")), loader({}) {
    for (const std::string& library : setup.libraries) load(library);
    if (failure_text.empty()) boot(setup.yaml);
    if (setup.start == test_start::not_yet || node == nullptr) return;
    world.run_until([this] { return node->stopped || node->phase == node_phase::ready; }, 10min);
    settle();
  }

  const kernel::loaded_plugin* load(const std::string& library) {
    auto outcome = loader.load_file(library);
    if (auto* failed = std::get_if<kernel::load_failure>(&outcome)) {
      failure_text = failed->code + ": " + failed->message;
      return nullptr;
    }
    return std::get<const kernel::loaded_plugin*>(outcome);
  }

  void boot(const std::string& yaml) {
    auto document = std::make_shared<kernel::config_document>();
    kernel::diagnostics found;
    const auto id = document->sources.add(kernel::source_kind::file, "node.yaml", yaml);
    document->root = kernel::load_yaml(id, document->sources, found);
    // The disk of the simulation does not exist yet: secrets of tests are files of this machine.
    document->read_secret = [](const std::string& path) -> result<std::string> {
      std::ifstream in(path, std::ios::binary);
      if (!path.starts_with('/') || !in)
        return {errc::not_found, "there is no file " + path + " in a test; give an absolute path"};
      return std::string(std::istreambuf_iterator<char>(in), {});
    };
    auto composed = kernel::compose(document, loader, found);
    if (found.has_errors()) {
      failure_text = kernel::render_text(found, document->sources);
      return;
    }
    machine.boot([this, first = std::move(composed.node)](kernel::platform& platform) mutable {
      auto program = std::make_unique<running_node>(platform, std::move(first), lines);
      node = program.get();
      return program;
    });
  }

  // Two turns and what follows from them at once.
  void settle() { world.run_for(1ms); }

  // Each member outlives those below; the world holds the program.
  std::vector<std::string> lines;
  std::string failure_text;
  sim_world world;
  sim_node& machine;
  kernel::plugin_loader loader;
  running_node* node = nullptr;
};

test_setup setup_for(const std::string& library, const std::string& options, test_start start) {
  kernel::plugin_loader peek({});
  auto outcome = peek.load_file(library);
  const auto* loaded = std::get_if<const kernel::loaded_plugin*>(&outcome);
  const std::string type = loaded != nullptr ? std::string((*loaded)->type()) : "unknown";
  return {.libraries = {library}, .yaml = yaml_for(type, options), .start = start};
}

test_node::test_node(const std::string& library, const std::string& options, test_start start)
    : test_node(setup_for(library, options, start)) {}

test_node::test_node(test_setup setup) : state_(std::make_unique<state>(std::move(setup))) {}
test_node::~test_node() = default;

void test_node::publish_erased(const event_type& type, const void* event) {
  REQUIRE_MESSAGE(state_->node != nullptr, state_->failure_text);
  running_node& node = *state_->node;
  node.runtime.control().post([&] {
    event_channel*& channel = node.channels[type.topic];
    if (channel == nullptr) {
      node.declared.published.push_back(&type);
      channel = &node.bus->open(type);
    }
    for (std::uint32_t i = 0; i < channel->subscriber_count; ++i)
      channel->publish_slowly(*channel, *channel->subscribers[i], event);
  });
  state_->settle();
}

std::vector<const void*> test_node::received_erased(const event_type& type) const {
  std::vector<const void*> events;
  if (state_->node == nullptr) return events;
  for (const kept_event& event : state_->node->seen)
    if (event.type->topic == type.topic) events.push_back(event.get());
  return events;
}

void* test_node::provided(std::string_view stanza, std::string_view contract) const {
  return state_->node == nullptr ? nullptr : state_->node->runtime.provided(stanza, contract);
}

void test_node::in_turn(function<void()> action) {
  REQUIRE_MESSAGE(state_->node != nullptr, state_->failure_text);
  state_->node->runtime.control().post(std::move(action));
  state_->settle();
}

void test_node::run_for(duration how_long) {
  state_->world.run_for(how_long);
}

bool test_node::run_until(const function<bool()>& holds, duration deadline) {
  return state_->world.run_until(holds, deadline);
}

admin_response test_node::call(const std::string& target, const std::string& body) {
  if (state_->node == nullptr) return admin_failure({errc::internal, failed()});
  struct question {
    std::string path;
    std::string body;
    std::vector<std::pair<std::string, std::string>> query;
    std::optional<admin_response> answer;
  };
  const std::size_t mark = target.find('?');
  auto asked = std::make_shared<question>(question{target.substr(0, mark), body, {}, std::nullopt});
  if (mark != std::string::npos) {
    for (std::size_t from = mark + 1, end = 0; from <= target.size(); from = end + 1) {
      end = std::min(target.find('&', from), target.size());
      const std::string pair = target.substr(from, end - from);
      const std::size_t equals = pair.find('=');
      asked->query.emplace_back(pair.substr(0, equals),
                                equals == pair.npos ? "" : pair.substr(equals + 1));
    }
  }
  node_runtime& runtime = state_->node->runtime;
  runtime.control().post([&runtime, asked] {
    const admin_request request{asked->path, asked->body, "", asked->query};
    status called =
        runtime.admin()
            .directory_for(runtime.control())
            .call(request, [asked](admin_response answer) { asked->answer = std::move(answer); });
    if (!called) asked->answer = admin_failure(called.error());
  });
  run_until([&] { return asked->answer.has_value(); });
  if (asked->answer) return *asked->answer;
  return admin_failure({errc::timed_out, "no answer from " + target});
}

double test_node::metric(std::string_view name, label_list wanted) const {
  if (state_->node == nullptr) return -1;
  const std::string text = "\n" + state_->node->metrics.render();
  for (std::size_t at = text.find("\n" + std::string(name)); at != std::string::npos;
       at = text.find("\n" + std::string(name), at + 1)) {
    const std::string line = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
    if (line[name.size()] != ' ' && line[name.size()] != '{') continue;
    const bool all = std::all_of(wanted.begin(), wanted.end(), [&](const auto& label) {
      return line.find(std::string(label.first) + "=\"" + std::string(label.second) + "\"") !=
             line.npos;
    });
    if (all) return std::strtod(line.c_str() + line.rfind(' '), nullptr);
  }
  return -1;
}

std::string test_node::file(std::string_view name) const {
  auto content = state_->machine.disk().content("data/" + std::string(name));
  return content ? *content : std::string();
}

const std::vector<std::string>& test_node::log() const {
  return state_->lines;
}

bool test_node::ready() const {
  return state_->node != nullptr && state_->node->phase == node_phase::ready;
}

const std::string& test_node::failed() const {
  return state_->node != nullptr ? state_->node->failure_text : state_->failure_text;
}

bool test_node::stop(duration deadline) {
  if (state_->node == nullptr) return false;
  state_->node->tap.reset();
  state_->node->runtime.shut_down();
  const bool ended = run_until([this] { return state_->node->stopped; }, deadline);
  return ended && failed().empty();
}

sim_world& test_node::world() {
  return state_->world;
}
sim_node& test_node::machine() {
  return state_->machine;
}

}  // namespace mw
