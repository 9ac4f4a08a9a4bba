// announcer: a delta when the peer is known to have what it starts from, else everything.
// SPDX-License-Identifier: Apache-2.0
#include "engine/announcer.h"

namespace mw::routing {

void announcer::changed(table_change change) {
  ++version_;
  log_.push_back(std::move(change));
  if (log_.size() > log_max) log_.pop_front();
  with_.peers.each([&](peer& p) { p.announced = false; });
  next_ = with_.node.now();
  with_.wake();
}

void announcer::on_up(peer& up) {
  up.confirmed = 0;
  up.announced = false;
  next_ = with_.node.now();
  with_.wake();
}

// Several changes of one turn go out together: this runs at its end.
void announcer::tick(time_point now) {
  if (!next_ || *next_ > now) return;
  bool open = false;
  with_.peers.each([&](peer& p) {
    if (p.self || !p.up() || p.confirmed >= version_) return;
    tell(p);
    open = true;
  });
  next_.reset();
  if (open) next_ = now + with_.options.announce_every;
}

void announcer::tell(peer& to) {
  const std::uint64_t behind = version_ - to.confirmed;
  table_message table;
  if (to.confirmed != 0 && !to.announced && behind <= log_.size()) {
    table.what = table_message::form::delta;
    table.base = to.confirmed;
    table.changes.assign(log_.end() - static_cast<std::ptrdiff_t>(behind), log_.end());
  } else {
    table = all();
  }
  table.life = with_.life;
  table.version = version_;
  to.announced = true;
  with_.counts.tables.add();
  send(to, table);
}

table_message announcer::all() const {
  table_message table;
  const peer& self = with_.peers.self();
  for (const offered_name& s : self.services)
    table.changes.push_back({table_change::kind::add_service, s.name});
  for (const offered_name& g : self.groups)
    if (table.changes.size() < names_per_table)
      table.changes.push_back({table_change::kind::add_group, g.name});
  return table;
}

void announcer::send(const peer& to, const table_message& table) {
  with_.small.clear();
  write_table(with_.small, table);
  // Lost is fine: it is sent again until it is confirmed.
  (void)with_.mail.send(to, {message_kind::one_way, priority::critical, 0, {}}, with_.small);
}

void announcer::on_table(peer& from, bytes_view message) {
  const result<table_message> table = read_table(message);
  if (!table) {
    with_.counts.refused(refusal::malformed);
    with_.node.log().warn("a peer sent a table that cannot be read",
                          {{"peer", from.view.id}, {"why", table.error()}});
    return;
  }
  if (table->what == table_message::form::have) {
    if (table->life != with_.life || table->version > version_) return;
    from.confirmed = table->version;
    if (from.confirmed == version_) return;
    from.announced = from.announced && from.confirmed == 0;  // not known there: all of it
    next_ = with_.node.now();
    with_.wake();
    return;
  }
  const bool follows = with_.guard.take_table(with_.peers, from, *table);
  send(from, {.what = table_message::form::have,
              .life = table->life,
              .version = follows ? from.table_version : 0,
              .base = 0,
              .changes = {}});
}

}  // namespace mw::routing
