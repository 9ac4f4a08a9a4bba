// sim: a world of nodes on one thread, in virtual time, where everything follows from one seed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/function.h>
#include <mw/sim_commands.h>
#include <mw/sim_disk.h>
#include <mw/sim_faults.h>
#include <mw/sim_network.h>
#include <mw/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace mw {

namespace kernel {
class platform;
}

// How a node's clocks differ from the world's. Drift is in parts per million.
struct sim_clock_options {
  duration offset{};  // of the monotonic clock: what it showed when the world began
  std::int32_t drift_ppm = 0;
  duration wall_skew{};
};

struct sim_node_options {
  std::string name;
  // The node's own address, for example "10.0.0.1". A node with its own address has its own
  // loopback: what it binds on 127.0.0.1 others reach by `address`, so one YAML file fits many
  // nodes. Empty: the nodes of the world share 127.0.0.1, like processes on one machine.
  std::string address;
  std::size_t lanes = 1;
  sim_clock_options clock;
  sim_disk_options disk;
};

// What runs on a node; destroyed when the node ends or crashes.
class sim_program {
 public:
  virtual ~sim_program() = default;
};
// Starts a program on a fresh platform: at boot() and again after each restart. Null: it did not
// start.
using sim_boot = function<std::unique_ptr<sim_program>(kernel::platform&)>;

// One machine of a world. All calls from outside of turns, or from the program that runs on it.
class sim_node {
 public:
  [[nodiscard]] virtual const std::string& name() const = 0;
  [[nodiscard]] virtual std::size_t index() const = 0;
  [[nodiscard]] virtual const std::string& address() const = 0;
  // The platform of the present life. A restart makes a new one.
  [[nodiscard]] virtual kernel::platform& platform() = 0;
  // True while its lanes may run: not crashed, not stopped.
  [[nodiscard]] virtual bool running() const = 0;
  // Starts `program` now and after every restart.
  virtual void boot(sim_boot program) = 0;
  [[nodiscard]] virtual sim_disk& disk() = 0;
  // What the program at this absolute path does from now on, in all lives. Others do not exist.
  virtual void on_command(const std::string& path, sim_command_script script) = 0;

 protected:
  ~sim_node() = default;
};

// One executed event or note, for people. Texts are borrowed during the call.
struct sim_trace_line {
  duration at;
  std::string_view node;  // empty: the world itself
  std::string_view kind;
  std::uint64_t detail;  // hash of the bytes, or a number
};

// How a node ends.
enum class sim_end : std::uint8_t {
  power_loss,  // unsynced data is lost, peers hear nothing until it is back, then resets
  killed,      // the process ends: the disk keeps what was written, peers get an end or a reset
};

// How a node stands still.
enum class sim_pause : std::uint8_t {
  process,  // like SIGSTOP: clocks go on, its machine still accepts packets
  machine,  // like a suspended virtual machine: monotonic time stands still, packets find nobody
};

class sim_world {
 public:
  explicit sim_world(std::uint64_t seed);
  sim_world(const sim_world&) = delete;
  sim_world& operator=(const sim_world&) = delete;
  ~sim_world();

  sim_node& add_node(const sim_node_options& options);
  sim_node& add_node(std::string_view name, std::string_view address = {});
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] sim_node& node(std::size_t index);

  [[nodiscard]] duration now() const;
  void run_for(duration how_long);
  // Stops when `holds` after an event: true. False when virtual time reached now() + deadline
  // before.
  bool run_until(const function<bool()>& holds, duration deadline);
  // Runs `action` in `delay`, between events, as part of the trace.
  void after(duration delay, function<void()> action);

  // Called inside a turn they take effect right after it.
  void end(sim_node& node, sim_end how);
  void crash(sim_node& node) { end(node, sim_end::power_loss); }
  void kill(sim_node& node) { end(node, sim_end::killed); }
  void restart(sim_node& node);  // with the same disk; ends it first when it is up
  void pause(sim_node& node, sim_pause how = sim_pause::process);
  void resume(sim_node& node);
  void jump_wall_clock(sim_node& node, duration by);
  void set_drift(sim_node& node, std::int32_t ppm);

  [[nodiscard]] sim_network& network();
  // Schedules everything in `plan`, relative to now; replaces link and disk settings while it
  // lasts.
  void apply(const sim_fault_plan& plan);
  // How often faults of this kind took effect.
  [[nodiscard]] std::uint64_t fired(sim_fault kind) const;

  [[nodiscard]] std::uint64_t seed() const;
  // Of everything that happened so far: equal for equal seeds, in every process and build.
  [[nodiscard]] std::uint64_t trace_hash() const;
  [[nodiscard]] std::uint64_t events() const;
  // Feeds something a test saw into the trace.
  void note(std::string_view what, std::uint64_t detail);
  void on_trace(function<void(const sim_trace_line&)> listener);

 private:
  class state;
  std::unique_ptr<state> state_;
};

}  // namespace mw
