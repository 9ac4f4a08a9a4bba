// platform: what the kernel needs of the outside world; libuv and the simulator implement it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/datagrams.h>
#include <mw/files.h>
#include <mw/names.h>
#include <mw/processes.h>
#include <mw/streams.h>
#include <mw/work.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace mw::kernel {

// What one plug-in instance holds at the moment. Every handle counts itself in and out, so that
// leaks are reported by plug-in and kind when it is destroyed.
struct resource_ledger {
  std::int64_t streams = 0;
  std::int64_t listeners = 0;
  std::int64_t dials = 0;
  std::int64_t sockets = 0;
  std::int64_t files = 0;
  std::int64_t works = 0;
  std::int64_t names = 0;
  std::int64_t processes = 0;
  std::int64_t timers = 0;
  std::int64_t subscriptions = 0;
  std::int64_t offers = 0;
};

// Counts one handle for as long as it lives; a member of every handle class.
class ledger_entry {
 public:
  explicit ledger_entry(std::int64_t& cell) : cell_(&cell) { ++*cell_; }
  ledger_entry(const ledger_entry&) = delete;
  ledger_entry& operator=(const ledger_entry&) = delete;
  ~ledger_entry() { --*cell_; }

 private:
  std::int64_t* cell_;
};

// For whom services are made. Referenced objects outlive the services.
struct plugin_scope {
  std::string node;      // node id
  std::string name;      // the key in the YAML
  std::string data_dir;  // relative paths start here
  resource_ledger& ledger;
};

// The outside world of one plug-in instance. Destroyed after the plug-in; callbacks that are still
// under way then are dropped silently.
class plugin_services {
 public:
  virtual ~plugin_services() = default;
  virtual stream_service& streams() = 0;
  virtual datagram_service& datagrams() = 0;
  virtual file_service& files() = 0;
  virtual work_service& work() = 0;
  virtual name_service& names() = 0;
  virtual process_service& processes() = 0;
};

// The kernel's side of a lane, called by the platform on the lane's thread.
class lane_hooks {
 public:
  // After the callbacks of this turn and before bytes are written: fires due timers, runs posted
  // functions, delivers events. Called at least once after every wake(), callback batch and
  // deadline.
  virtual void turn() = 0;
  // When turn() has to be called at the latest; nothing: only after a wake or a callback.
  [[nodiscard]] virtual std::optional<time_point> next_deadline() const = 0;

 protected:
  ~lane_hooks() = default;
};

// One thread with one loop. A turn is: callbacks of I/O, then hooks.turn(), then writes leave
// together.
class lane_platform {
 public:
  virtual void attach(lane_hooks& hooks) = 0;  // once, before the platform runs
  // The time at the beginning of this turn.
  [[nodiscard]] virtual time_point now() const = 0;
  [[nodiscard]] virtual wall_time wall_now() const = 0;
  // The time right now, for watching how long handlers take; never shown to plug-ins.
  [[nodiscard]] virtual time_point precise_now() const = 0;
  // From any thread: a turn happens soon. Cheap when one is due already.
  virtual void wake() = 0;
  [[nodiscard]] virtual std::unique_ptr<plugin_services> services_for(
      const plugin_scope& scope) = 0;

 protected:
  ~lane_platform() = default;
};

// All lanes of one node.
class platform {
 public:
  [[nodiscard]] virtual std::size_t lane_count() const = 0;
  [[nodiscard]] virtual lane_platform& lane(std::size_t index) = 0;
  // Seed of every random stream of this node, and bytes fit for keys.
  [[nodiscard]] virtual std::uint64_t seed() const = 0;
  virtual void secure_bytes(std::span<std::byte> out) = 0;
  // From any thread: the lanes end after their current turn.
  virtual void stop() = 0;
  // True in the simulator: plug-ins that wrap foreign I/O are refused.
  [[nodiscard]] virtual bool simulated() const = 0;

 protected:
  ~platform() = default;
};

}  // namespace mw::kernel
