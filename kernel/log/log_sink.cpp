// log_sink: where all log lines of a node go, and which of them.
// SPDX-License-Identifier: Apache-2.0
#include "log_sink.h"

#include "log_limit.h"

#include <array>
#include <utility>

namespace mw::kernel {

class sink_module_log final : public module_log {
 public:
  sink_module_log(log_sink& sink, std::string name)
      : sink_(sink), name_(std::move(name)), level_(sink.level_of(name_)) {}

  [[nodiscard]] bool enabled(log_level level) const override {
    return level >= level_->load(std::memory_order_relaxed);
  }
  void write(log_level level, const log_message& message,
             std::span<const log_value> values) override {
    if (!enabled(level)) return;
    const wall_time now = sink_.now_();
    std::optional<std::uint64_t> suppressed;
    {
      const std::lock_guard lock(limit_mutex_);
      suppressed = limit_.admit(message.where, now);
    }
    if (suppressed) sink_.write({now, level, name_, message.text, values, *suppressed});
  }

 private:
  log_sink& sink_;
  std::string name_;
  std::shared_ptr<std::atomic<log_level>> level_;
  std::mutex limit_mutex_;  // uncontended: most modules live on one lane
  log_limit limit_;
};

result<std::unique_ptr<log_sink>> log_sink::open(log_options options, clock now) {
  MW_TRY(auto writer, log_writer::open(options.file.text));
  return std::make_unique<log_sink>(std::move(options), std::move(now), std::move(writer));
}

log_sink::log_sink(log_options options, clock now, std::unique_ptr<log_writer> writer)
    : now_(std::move(now)),
      form_(options.json ? log_form::json : log_form::text),
      default_level_(options.level),
      own_levels_(std::move(options.levels)),
      writer_(std::move(writer)) {
  if (!options.json && writer_->on_terminal()) form_ = log_form::coloured_text;
  writer_->report_losses_with(
      [this](std::uint64_t lost, const std::string& why) { return describe_loss(lost, why); });
}

std::unique_ptr<module_log> log_sink::make(std::string name) {
  return std::make_unique<sink_module_log>(*this, std::move(name));
}

std::shared_ptr<std::atomic<log_level>> log_sink::level_of(const std::string& module) {
  const std::lock_guard lock(mutex_);
  auto& level = live_levels_[module];
  if (!level) {
    const auto own = own_levels_.find(module);
    level = std::make_shared<std::atomic<log_level>>(own != own_levels_.end() ? own->second
                                                                              : default_level_);
  }
  return level;
}

void log_sink::set_level(const std::string& module, log_level level) {
  const std::lock_guard lock(mutex_);
  own_levels_[module] = level;
  if (const auto live = live_levels_.find(module); live != live_levels_.end())
    live->second->store(level, std::memory_order_relaxed);
}

void log_sink::set_default_level(log_level level) {
  const std::lock_guard lock(mutex_);
  default_level_ = level;
  for (const auto& [module, live] : live_levels_)
    if (!own_levels_.contains(module)) live->store(level, std::memory_order_relaxed);
}

void log_sink::write(const log_line& line) {
  std::string text;
  append_line(line, form_, text);
  last_line_ns_.store(line.at.since_epoch.count(), std::memory_order_relaxed);
  writer_->write(text);
}

std::string log_sink::describe_loss(std::uint64_t lost, const std::string& why) const {
  const std::array<log_value, 2> values = {log_value("lines", lost), log_value("why", why)};
  const wall_time at{duration(last_line_ns_.load(std::memory_order_relaxed))};
  std::string text;
  append_line({at, log_level::warn, "log", "lines were lost", values, 0}, form_, text);
  return text;
}

}  // namespace mw::kernel
