// events_log: writes the events of the bus as JSON lines to a file, or to the log.
// SPDX-License-Identifier: Apache-2.0
#include "journal.h"

#include <mw/node_services.h>
#include <mw/plugin.h>

#include <optional>

namespace {

class events_log final : public mw::plugin {
 public:
  struct options {
    std::string topics = "*";
    std::string where;
    mw::file_path file;
    mw::byte_size rotate_size{64 * 1024 * 1024};
    std::uint32_t keep = 3;
    std::uint32_t queue_size = 4096;

    void fields(mw::field_visitor& v) {
      v.field("topics", topics,
              "Pattern of the topics to write: `peer.*`, `peer.up`, or `*` for all.");
      v.field("where", where, "Only events for which this filter holds, as in the bus section.");
      v.field("file", file, "File to append to, relative to data_dir. Empty: the node's log.");
      v.field("rotate_size", rotate_size,
              "The file is rotated before it grows beyond this. 0B: never.");
      v.field("keep", keep, "Rotated files to keep, named <file>.1 (newest) and up.",
              mw::at_most{1000}, mw::unit{"files"});
      v.field(
          "queue_size", queue_size,
          "Events that may wait while the disk is slow; beyond, the oldest are lost and counted.",
          mw::between{1, 1 << 20}, mw::unit{"events"});
    }
  };

  static void describe(mw::manifest& m) {
    m.about("Writes the events of the bus as JSON lines to a file, or to the log.")
        .uses<mw::event_tap>("tap", "The events of the node; the kernel provides them.")
        .stability(mw::plugin_stability::alpha);
  }

  events_log(mw::host& host, const options& opt)
      : host_(host),
        written_(host.counter("mw_events_log_events_total", "Events written.")),
        lost_(host.counter("mw_events_log_lost_total",
                           "Events lost because the disk refused them.")) {
    if (!opt.file.text.empty()) open_journal(opt);
    auto listening = host.use<mw::event_tap>("tap").listen(
        opt.topics, opt.where, opt.queue_size,
        [this](const mw::tapped_event& event) { write(event); });
    if (!listening) throw std::invalid_argument(listening.error().text());
    tap_ = std::move(listening).value();
  }

  void drain(mw::function<void()> done) override {
    if (journal_)
      journal_->flush(std::move(done));
    else
      done();
  }

 private:
  void open_journal(const options& opt) {
    journal_.emplace(
        host_,
        mw::events_log::journal_options{
            .file = opt.file, .rotate_bytes = opt.rotate_size.count, .keep = opt.keep},
        mw::events_log::journal_reports{
            .writable = [this] { tap_->resume(); },
            .trouble = [this](const mw::failure& why) { host_.status().degraded(why.text()); },
            .recovered = [this] { host_.status().ready(); }});
  }

  void write(const mw::tapped_event& event) {
    written_.add();
    const std::string line = mw::to_json(event);
    if (!journal_) return host_.log().info("event", {{"event", line}});
    const std::uint64_t before = journal_->lost_lines();
    if (!journal_->write(line)) tap_->pause();
    lost_.add(journal_->lost_lines() - before);
  }

  mw::host& host_;
  mw::counter written_;
  mw::counter lost_;
  std::optional<mw::events_log::journal> journal_;
  mw::subscription tap_;
};

}  // namespace

MW_PLUGIN(events_log, "events_log", "1.0.0")
