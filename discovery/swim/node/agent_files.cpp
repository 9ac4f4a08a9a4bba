// agent_files: the snapshot of members and the keyring, read at the start, written on change.
// SPDX-License-Identifier: Apache-2.0
#include "node/agent.h"

#include <algorithm>

namespace mw::swim {

namespace {

// Whole files are written; the larger they are, the more rarely.
duration pause_for(std::size_t members) {
  return 500ms + std::chrono::milliseconds(members);
}

bool storable(const std::string& name) {
  return name.find('\n') == std::string::npos;
}

}  // namespace

void agent::read_whole(const file_path& path, function<void(result<std::string>)> done) {
  host_.files().open(
      path, open_mode::read, [this, done = std::move(done)](result<file_ptr> opened) mutable {
        if (!opened) return done(opened.error());
        reading_ = std::move(*opened);
        const std::size_t size = std::min<std::uint64_t>(reading_->size(), snapshot_bytes_max);
        reading_->read(0, size, [done = std::move(done)](const result<slice>& got) {
          if (!got) return done(got.error());
          done(std::string(got->text()));
        });
      });
}

void agent::load(function<void()> done) {
  load_keys([this, done = std::move(done)]() mutable { load_snapshot(std::move(done)); });
}

void agent::load_keys(function<void()> done) {
  if (!opt_.keyring_file) return done();
  read_whole(*opt_.keyring_file, [this, done = std::move(done)](const result<std::string>& text) {
    if (!text && text.error().kind() != errc::not_found)
      return host_.status().failed("the keyring file cannot be read: " + text.error().text());
    if (!text) return done();
    auto ring = parse_keyring_file(*text);
    if (!ring)
      return host_.status().failed("the keyring file cannot be understood: " + ring.error().text());
    if (!keys_.empty() && !ring->has(keys_.primary()))
      host_.log().warn("the keyring file does not hold the key of the configuration",
                       {{"remedy", "the file is used; remove it to begin with the configuration"}});
    keys_ = std::move(*ring);
    done();
  });
}

void agent::load_snapshot(function<void()> done) {
  make_engine(1);
  if (!opt_.snapshot) return done();
  read_whole(*opt_.snapshot, [this, done = std::move(done)](const result<std::string>& text) {
    if (text) {
      const read_snapshot read = parse_snapshot(*text);
      if (read.skipped > 0) {
        metrics_.snapshot_failed();
        host_.log().warn("lines of the snapshot mean nothing", {{"lines", read.skipped}});
      }
      make_engine(read.what.incarnation + 1);
      remember(read.what);
    } else if (text.error().kind() != errc::not_found) {
      metrics_.snapshot_failed();
      host_.log().warn("the snapshot cannot be read", {{"why", text.error().text()}});
    }
    done();
  });
}

void agent::remember(const snapshot& s) {
  talk_.restore(s.clock, s.event_clock, s.query_clock);
  if (s.left && !opt_.rejoin_after_leave) return;
  for (const endpoint& seed : s.seeds) joiner_.add(seed);
  for (const snapshot::entry& one : s.members)
    if (one.at != engine_->self().at) joiner_.add(one.at);
}

void agent::save_soon() {
  dirty_ = true;
  if (opt_.snapshot && !save_timer_->armed() && !saving_)
    save_timer_->arm(pause_for(engine_->members().size()));
}

void agent::save() {
  if (!opt_.snapshot || saving_ || !std::exchange(dirty_, false)) return;
  snapshot s;
  for (const auto& m : engine_->members().all())
    if (m->state != liveness::left && storable(m->name))
      s.members.push_back({m->name, m->at, m->living()});
  std::sort(s.members.begin(), s.members.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  s.seeds = joiner_.seeds();
  s.clock = talk_.time();
  s.event_clock = talk_.event_time();
  s.query_clock = talk_.query_time();
  s.incarnation = engine_->self().incarnation;
  s.left = engine_->leaving();
  saving_ = true;
  write_whole(*opt_.snapshot, to_text(s));
}

// What is known at the end, before the node goes on stopping.
void agent::save_last(function<void()> done) {
  if (!opt_.snapshot) return done();
  dirty_ = true;
  saved_ = std::move(done);
  if (!saving_) save();
}

// Beside, then in its place: a crash leaves the old one or the new one.
void agent::write_whole(const file_path& path, std::string text) {
  const file_path beside{path.text + ".new"};
  const auto over = [this](const status& outcome) {
    saving_ = false;
    if (!outcome) {
      metrics_.snapshot_failed();
      host_.log().warn("the snapshot cannot be kept", {{"why", outcome.error().text()}});
    }
    if (saved_ && dirty_) return save();
    if (saved_) return std::exchange(saved_, nullptr)();
    if (dirty_) save_soon();
  };
  host_.files().open(beside, open_mode::create,
                     [this, path, beside, over, text = std::move(text)](result<file_ptr> opened) {
                       if (!opened) return over(opened.error());
                       writing_ = std::move(*opened);
                       writing_->append(slice::copy_of(text), durability::buffered,
                                        [this, path, beside, over](const status& outcome) {
                                          writing_.reset();
                                          if (!outcome) return over(outcome);
                                          host_.files().rename(beside, path, over);
                                        });
                     });
}

void agent::save_keys() {
  if (!opt_.keyring_file) return;
  const file_path path = *opt_.keyring_file;
  const file_path beside{path.text + ".new"};
  const auto over = [this](const status& outcome) {
    if (outcome) return;
    metrics_.snapshot_failed();
    host_.log().error("the keyring cannot be kept: after a restart this node has the old keys",
                      {{"why", outcome.error().text()}});
  };
  host_.files().open(
      beside, open_mode::create_private,
      [this, path, beside, over, text = swim::keyring_file(keys_)](result<file_ptr> opened) {
        if (!opened) return over(opened.error());
        key_writing_ = std::move(*opened);
        key_writing_->append(slice::copy_of(text), durability::synced,
                             [this, path, beside, over](const status& outcome) {
                               key_writing_.reset();
                               if (!outcome) return over(outcome);
                               host_.files().rename(beside, path, over);
                             });
      });
}

}  // namespace mw::swim
