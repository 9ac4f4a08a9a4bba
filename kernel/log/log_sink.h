// log_sink: where all log lines of a node go, and which of them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "log_format.h"
#include "log_writer.h"

#include <mw/log.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace mw::kernel {

struct log_options {
  log_level level = log_level::info;
  bool json = false;  // one object a line; otherwise text, coloured on terminals
  file_path file;     // empty: stderr
  std::map<std::string, log_level> levels;  // by module, that is by the plug-in's name in the YAML
};

// The log service of one module, as an object to own.
class module_log : public log_service {
 public:
  virtual ~module_log() = default;
};

// All methods may be called from any thread. Outlives the services it makes.
class log_sink {
 public:
  // `clock` is called by whoever logs: the wall clock, or virtual time in the simulator.
  using clock = std::function<wall_time()>;
  static result<std::unique_ptr<log_sink>> open(log_options options, clock now);
  log_sink(log_options options, clock now, std::unique_ptr<log_writer> writer);
  log_sink(const log_sink&) = delete;
  log_sink& operator=(const log_sink&) = delete;

  [[nodiscard]] std::unique_ptr<module_log> make(std::string name);

  void set_level(const std::string& module, log_level level);
  // Of modules that have no level of their own.
  void set_default_level(log_level level);
  // Opens the file again under its name: for SIGHUP, after a tool has renamed it.
  void reopen() { writer_->reopen(); }
  void flush() { writer_->flush(); }
  // Lines that could not be kept or written.
  [[nodiscard]] std::uint64_t lost() const { return writer_->lost(); }

 private:
  friend class sink_module_log;

  std::shared_ptr<std::atomic<log_level>> level_of(const std::string& module);
  void write(const log_line& line);
  [[nodiscard]] std::string describe_loss(std::uint64_t lost, const std::string& why) const;

  const clock now_;
  log_form form_;
  std::atomic<std::int64_t> last_line_ns_{
      0};  // the writer's own lines carry the time of the last one
  std::mutex mutex_;
  log_level default_level_;
  std::map<std::string, log_level> own_levels_;
  // Shared with the services, which read their level without the lock.
  std::map<std::string, std::shared_ptr<std::atomic<log_level>>> live_levels_;
  std::unique_ptr<log_writer> writer_;
};

}  // namespace mw::kernel
