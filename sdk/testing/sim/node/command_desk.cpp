// command_desk: what a script says, within the limits that the real platform keeps.
// SPDX-License-Identifier: Apache-2.0
#include "command_desk.h"

#include "process.h"

#include <csignal>
#include <utility>

namespace mw::sim {

namespace {

using ended_command = result<process_outcome>;

constexpr duration load_min = 300us;  // until a program runs
constexpr duration load_max = 3ms;

ended_command cannot_run(errc kind, const process_spec& c, const std::string& why) {
  return failure(kind, (c.argv.empty() ? std::string("a command") : c.argv.front()) +
                           " cannot be run: " + why);
}

// How a run ends, and after how long.
process_outcome played(const process_spec& c, sim_command script) {
  process_outcome out;
  out.ran = script.takes;
  out.how = script.signal != 0 ? process_end::signalled : process_end::exited;
  out.code = script.signal != 0 ? script.signal : script.exit_code;
  const bool floods = script.output.size() > c.output_max + process_spec::output_excess;
  if (floods || script.takes > c.time_limit) {
    out.how = floods ? process_end::output_limit : process_end::timed_out;
    out.killed = script.ignores_term;
    out.code = out.killed ? SIGKILL : SIGTERM;
    out.ran = (floods ? std::min(script.takes, c.time_limit) : c.time_limit) +
              (out.killed ? c.grace : duration::zero());
  }
  out.dropped = script.output.size() - std::min(script.output.size(), c.output_max);
  out.output = std::move(script.output);
  out.output.resize(out.output.size() - out.dropped);
  return out;
}

}  // namespace

class command_run final : public process_handle {
 public:
  command_run(lane& home, kernel::resource_ledger& ledger, function<void(ended_command)> done)
      : lane_(home), done_(std::move(done)), counted_(ledger.processes) {}
  ~command_run() override {
    over();
    if (lane_.alive()) lane_.home().commands().erase(id_);
  }

  void refuse_with(ended_command why) {
    outcome_ = std::move(why);
    lane_.ready(telling_);
  }
  void run(const process_spec& command, sim_command script, std::shared_ptr<std::size_t> running) {
    running_ = std::move(running);
    ++*running_;
    process_outcome end = played(command, std::move(script));
    process& process = lane_.home();
    const slot_id id = process.commands().emplace(this);
    id_ = id;
    const duration takes = end.ran + process.scheduling().between(load_min, load_max);
    outcome_ = std::move(end);
    process.events().after(takes, process.on().tag(event_kind::command), [&process, id] {
      command_run** run = process.commands().find(id);
      if (run != nullptr) (*run)->lane_.ready((*run)->telling_);
    });
  }

 private:
  void over() {
    if (running_) --*running_;
    running_.reset();
  }
  void tell() {
    over();
    lane_.home().commands().erase(std::exchange(id_, 0));
    // The plug-in may destroy this in the call: nothing may follow it.
    const function<void(ended_command)> done = std::move(done_);
    done(std::move(outcome_));
  }

  lane& lane_;
  slot_id id_ = 0;
  std::shared_ptr<std::size_t> running_;  // how many of this plug-in; null: not running
  ended_command outcome_{errc::internal, "not ended"};
  function<void(ended_command)> done_;
  kernel::ledger_entry counted_;
  member_task<command_run, &command_run::tell> telling_{*this};
};

process_ptr command_desk::start(const process_spec& command, function<void(ended_command)> done) {
  auto made = std::make_unique<command_run>(lane_, ledger_, std::move(done));
  if (command.argv.empty() || !command.argv.front().starts_with('/')) {
    made->refuse_with(cannot_run(errc::invalid, command, "give the absolute path of a program"));
    return made;
  }
  if (*running_ >= running_max) {
    made->refuse_with(cannot_run(
        errc::overloaded, command,
        plugin_ + " runs " + std::to_string(running_max) + " commands, which is the limit"));
    return made;
  }
  auto& scripts = lane_.home().on().commands;
  const auto known = scripts.find(command.argv.front());
  if (known == scripts.end()) {
    made->refuse_with(cannot_run(errc::not_found, command, "this machine has no such program"));
    return made;
  }
  auto script = known->second(command);
  if (script)
    made->run(command, std::move(script).value(), running_);
  else
    made->refuse_with(script.error());
  return made;
}

}  // namespace mw::sim
