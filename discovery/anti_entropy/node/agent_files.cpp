// agent_files: the snapshot: read at the start, written after changes and at the end.
// SPDX-License-Identifier: Apache-2.0
#include "node/agent.h"

#include <algorithm>
#include <utility>

namespace mw::anti_entropy {

namespace {

// Whole files are written: the larger they are, the more rarely.
duration pause_for(std::size_t bytes) {
  return 500ms + std::chrono::milliseconds(bytes / 1024);
}

// What a snapshot has besides its entries is small; a larger file is none of ours.
constexpr std::size_t beyond_entries = 64 * 1024;

}  // namespace

void agent::load(function<void()> done) {
  if (!opt_.snapshot) return done();
  const auto failed = [this](const failure& why) {
    if (why.kind() == errc::not_found) return;
    metrics_.snapshot_failed();
    node_.log().warn("the snapshot is not used: this node begins without its state",
                     {{"file", opt_.snapshot->text}, {"why", why.text()}});
  };
  node_.files().open(
      *opt_.snapshot, open_mode::read,
      [this, failed, done = std::move(done)](result<file_ptr> opened) mutable {
        if (!opened) return failed(opened.error()), done();
        reading_ = std::move(*opened);
        const std::size_t size =
            std::min<std::uint64_t>(reading_->size(), opt_.bytes_max.count * 2 + beyond_entries);
        reading_->read(
            0, size, [this, failed, done = std::move(done)](const result<slice>& got) mutable {
              const auto read = got ? parse_snapshot(got->text()) : result<snapshot>(got.error());
              if (!read) return failed(read.error()), done();
              restore(*read, std::move(done));
            });
      });
}

void agent::restore(const snapshot& s, function<void()> done) {
  if (s.self.node != node_.node().id) {
    metrics_.snapshot_failed();
    node_.log().warn("the snapshot is another node's and not used",
                     {{"file", opt_.snapshot->text}, {"node", s.self.node}});
    return done();
  }
  const bool was_up_to_date = s.compared.since_epoch > duration::zero();
  const duration away =
      std::max(duration::zero(), duration(node_.wall_now().since_epoch - s.compared.since_epoch));
  const bool too_long = was_up_to_date && away >= opt_.forget_after;
  if (was_up_to_date)
    place_ =
        standing(opt_.forget_after, too_long ? rank::stranger : rank::resident, node_.now() - away);
  last_compared_ = place_.last();
  compared_ = s.compared;
  const bool goes_on = s.clean && !too_long;
  table_ = table(opt_.limits(), {node_.node().id, goes_on ? s.self.life : new_life()},
                 goes_on ? s.sequence : 0);
  dropped_ = 0;
  metrics_.begin_table();
  for (const entry& one : s.entries) (void)table_.merge(one, node_.now());
  (void)table_.take_changes();
  if (!goes_on) return done();
  // From here on the file must not promise that nothing was written after it.
  save(false, [this, done = std::move(done)](const status& outcome) mutable {
    if (!outcome) table_.begin_life(new_life());
    done();
  });
}

void agent::save_soon() {
  if (!opt_.snapshot || closed_) return;
  dirty_ = true;
  if (!saving_ && !save_timer_->armed()) save_timer_->arm(pause_for(table_.bytes()));
}

void agent::save(bool clean, function<void(status)> done) {
  snapshot s{table_.self(), table_.sequence(), clean, compared_, {}};
  for (const entry* const one : table_.all()) s.entries.push_back(table_.copy(*one, node_.now()));
  saving_ = true;
  dirty_ = false;
  write(to_bytes(s), [this, done = std::move(done)](const status& outcome) mutable {
    saving_ = false;
    writing_.reset();
    if (!outcome) {
      metrics_.snapshot_failed();
      node_.log().warn("the snapshot cannot be kept",
                       {{"file", opt_.snapshot->text}, {"why", outcome.error().text()}});
      if (!closed_) save_timer_->arm(pause_for(table_.bytes()));
    }
    if (done) done(outcome);
    if (saved_) return std::exchange(saved_, nullptr)();
    if (dirty_) save_soon();
  });
}

// Beside, then in its place: a crash leaves the old one or the new one.
void agent::write(std::string bytes, function<void(status)> done) {
  const file_path beside{opt_.snapshot->text + ".new"};
  const std::size_t slash = opt_.snapshot->text.rfind('/');
  const file_path folder{slash == std::string::npos ? "." : opt_.snapshot->text.substr(0, slash)};
  node_.files().open(
      beside, open_mode::create,
      [this, beside, folder, bytes = std::move(bytes),
       done = std::move(done)](result<file_ptr> opened) mutable {
        if (!opened) return done(opened.error());
        writing_ = std::move(*opened);
        writing_->append(
            slice::copy_of(bytes), durability::synced,
            [this, beside, folder, done = std::move(done)](const status& written) mutable {
              if (!written) return done(written);
              node_.files().rename(
                  beside, *opt_.snapshot,
                  [this, folder, done = std::move(done)](const status& moved) mutable {
                    if (!moved) return done(moved);
                    node_.files().sync_directory(folder, std::move(done));
                  });
            });
      });
}

}  // namespace mw::anti_entropy
