// fake_cluster: everything happens in the order of one queue of events.
// SPDX-License-Identifier: Apache-2.0
#include "testing/fake_cluster.h"

#include <algorithm>

namespace mw::routing {

class fake_world::fake_timer final : public timer_handle {
 public:
  fake_timer(fake_world& world, function<void()> fire) : world_(world), fire_(std::move(fire)) {}
  ~fake_timer() override { cancel(); }
  void arm(duration delay) override {
    cancel();
    if (world_.timers_stand_still) return;
    at_ = world_.events_.emplace(std::pair(world_.now_ + delay, ++world_.order_), [this] {
      armed_ = false;
      fire_();
    });
    armed_ = true;
  }
  void cancel() override {
    if (std::exchange(armed_, false)) world_.events_.erase(at_);
  }
  [[nodiscard]] bool armed() const override { return armed_; }

 private:
  fake_world& world_;
  function<void()> fire_;
  decltype(fake_world::events_)::iterator at_;
  bool armed_ = false;
};

fake_host::fake_host(fake_world& world, std::string id, std::string zone, std::uint64_t seed)
    : world_(world),
      info_{.id = std::move(id),
            .cluster = "test",
            .zone = std::move(zone),
            .datacenter = {},
            .data_dir = {}},
      seed_(seed),
      host_(services_) {
  services_.node = &info_;
  services_.plugin_name = "routing";
  services_.time = this;
  services_.metrics = this;
  services_.log = this;
  services_.random = this;
}

time_point fake_host::now() const {
  return world_.now_;
}

timer fake_host::make_timer(function<void()> fire, bool) {
  return std::make_unique<fake_world::fake_timer>(world_, std::move(fire));
}

random_stream& fake_host::stream(std::string_view purpose) {
  auto at = streams_.find(purpose);
  if (at == streams_.end())
    at = streams_.emplace(std::string(purpose), random_stream(seed_ ^ hash_text(purpose))).first;
  return at->second;
}

void fake_host::secure_bytes(std::span<std::byte> out) {
  for (std::byte& b : out) b = static_cast<std::byte>(stream("secure").next() >> 24);
}

namespace {
std::string key_of(std::string_view name, labels l) {
  std::string key(name);
  for (const auto& [label, value] : l)
    key.append("{").append(label).append("=").append(value).append("}");
  return key;
}
}  // namespace

counter fake_host::make_counter(std::string_view name, std::string_view, labels l) {
  return counter(counters_[key_of(name, l)]);
}
gauge fake_host::make_gauge(std::string_view name, std::string_view, labels l) {
  return gauge(gauges_[key_of(name, l)]);
}
histogram fake_host::make_histogram(std::string_view name, std::string_view, histogram_unit,
                                    labels l) {
  return histogram(histograms_[key_of(name, l)]);
}

double fake_host::metric(const std::string& name, const std::string& label) const {
  const std::string key = label.empty() ? name : name + "{" + label + "}";
  if (const auto at = gauges_.find(key); at != gauges_.end())
    return std::bit_cast<double>(at->second.load());
  const auto at = counters_.find(key);
  return at == counters_.end() ? 0 : static_cast<double>(at->second.load());
}

void fake_channel::attach(channel_events& events) {
  events_ = &events;
  for (std::uint32_t i = 0; i < world_.size(); ++i)
    if (i != node_) world_.introduce(node_, i);
}

void fake_channel::detach() {
  events_ = nullptr;
}

// A peer is named by its node and its life.
result<link_ref> fake_channel::send(peer_ref to, const message_head& head, message_out& body,
                                    link_ref on) {
  const auto found = others_.find(to.slot);
  if (found == others_.end() || found->second.view.ref != to)
    return failure(errc::not_found, "no such peer any more");
  other& o = found->second;
  if (on.generation != 0 && on != o.link) return failure(errc::disconnected, "the link has closed");
  if (o.link.generation != 0) {
    MW_CHECK(put(o, head, body));
    return o.link;
  }
  if (on.generation != 0) return failure(errc::disconnected, "the link has closed");
  if (o.unplaced.size() >= 1000) {
    o.full = true;
    return failure(errc::overloaded, "too much waits for a connection");
  }
  o.unplaced.push_back({head, flatten(body)});
  if (head.give_up != time_point{}) {
    const auto node = node_;
    world_.after(head.give_up - world_.now_, [world = &world_, node, slot = to.slot, id = head.id] {
      fake_channel* const self = (*world)[node].wire.get();
      if (self == nullptr || self->events_ == nullptr) return;
      auto& list = self->others_[slot].unplaced;
      const auto at =
          std::find_if(list.begin(), list.end(), [&](const waiting& w) { return w.head.id == id; });
      if (at == list.end()) return;
      const message_head late = at->head;
      list.erase(at);
      self->events_->on_placed(late, failure(errc::timed_out, "no connection in time"));
    });
  }
  return link_ref{};
}

status fake_channel::put(other& to, const message_head& head, const message_out& body) {
  if (to.under_way >= world_.window && head.kind != message_kind::cancel) {
    to.full = true;
    return failure(errc::overloaded, "the window is full");
  }
  ++to.under_way;
  world_.deliver(node_, to.view.ref.slot, head, flatten(body), to.link);
  return {};
}

status fake_channel::reply(link_ref on, const message_head& head, message_out& body) {
  for (auto& [node, o] : others_)
    if (o.link == on && on.generation != 0) return put(o, head, body);
  return failure(errc::disconnected, "the link has closed");
}

void fake_channel::consumed(link_ref, message_kind, std::uint64_t, std::size_t) {}

std::vector<peer_view> fake_channel::peers() const {
  std::vector<peer_view> all;
  for (const auto& [node, o] : others_) all.push_back(o.view);
  return all;
}

fake_world::~fake_world() {
  for (auto& n : nodes_) n->router.reset();
}

std::uint32_t fake_world::add(std::string id, settings options, std::string zone) {
  nodes_.push_back(std::make_unique<fake_node>());
  nodes_.back()->id = std::move(id);
  nodes_.back()->zone = std::move(zone);
  options_.push_back(std::move(options));
  return size() - 1;
}

void fake_world::start() {
  for (std::uint32_t i = 0; i < size(); ++i) boot(i);
}

void fake_world::boot(std::uint32_t index) {
  fake_node& n = *nodes_[index];
  n.life = ++lives_;
  n.host = std::make_unique<fake_host>(*this, n.id, n.zone, random_.next());
  n.wire = std::make_unique<fake_channel>(*this, index, n.life);
  mw::sealer* const seals = sealer_of ? sealer_of(n) : nullptr;
  n.router = std::make_unique<engine>(surroundings{n.host->host(), *n.wire, codec_, nullptr, seals},
                                      options_[index]);
  if (on_boot) on_boot(n);
  n.router->start();
}

bool fake_world::is_cut(std::uint32_t a, std::uint32_t b) const {
  const auto at = cut_.find(std::minmax(a, b));
  return at != cut_.end() && at->second;
}

void fake_world::inject(std::uint32_t from, std::uint32_t to, const message_head& head,
                        slice body) {
  injecting_ = true;
  deliver(from, to, head, std::move(body), nodes_[from]->wire->others_[to].link);
  injecting_ = false;
}

void fake_world::tell(std::uint32_t node, function<void(channel_events&)> what) {
  const std::uint64_t life = nodes_[node]->life;
  after(duration::zero(), [this, node, life, what = std::move(what)] {
    fake_node& n = *nodes_[node];
    if (n.life == life && n.wire != nullptr && n.wire->events_ != nullptr) what(*n.wire->events_);
  });
}

// Both learn of each other, and connect soon.
void fake_world::introduce(std::uint32_t a, std::uint32_t b) {
  for (const auto& [at, other] : {std::pair(a, b), std::pair(b, a)}) {
    fake_channel* const wire = nodes_[at]->wire.get();
    if (wire == nullptr) continue;
    auto& o = wire->others_[other];
    o.view.ref = {other, 1};
    o.view.id = nodes_[other]->id;
    o.view.zone = nodes_[other]->zone;
    o.view.identity = "proved:" + o.view.id;
    tell(at, [view = o.view](channel_events& events) { events.on_peer(view); });
  }
  after(reconnect_after, [this, a, b] { connect(a, b); });
}

void fake_world::connect(std::uint32_t a, std::uint32_t b) {
  if (nodes_[a]->router == nullptr || nodes_[b]->router == nullptr || is_cut(a, b)) return;
  auto& at_a = nodes_[a]->wire->others_[b];
  auto& at_b = nodes_[b]->wire->others_[a];
  if (at_a.link.generation != 0 || at_a.view.id.empty() || at_b.view.id.empty()) return;
  const link_ref link{a * 1000 + b, ++links_};
  for (const auto& [at, other] : {std::pair(a, b), std::pair(b, a)}) {
    auto& o = nodes_[at]->wire->others_[other];
    o.link = link;
    o.under_way = 0;
    o.view.state = peer_state::up;
    o.view.life = nodes_[other]->life;
    o.view.links = 1;
    tell(at, [view = o.view](channel_events& events) { events.on_peer(view); });
    place(at, other);
  }
}

// What waited for the link goes out on it.
void fake_world::place(std::uint32_t at, std::uint32_t to) {
  auto& o = nodes_[at]->wire->others_[to];
  while (!o.unplaced.empty()) {
    auto w = std::move(o.unplaced.front());
    o.unplaced.pop_front();
    ++o.under_way;
    deliver(at, to, w.head, w.body, o.link);
    tell(at,
         [head = w.head, link = o.link](channel_events& events) { events.on_placed(head, link); });
  }
}

void fake_world::deliver(std::uint32_t from, std::uint32_t to, const message_head& sent, slice body,
                         link_ref on) {
  ++messages;
  message_head head = sent;
  if (on_wire && !injecting_ && !on_wire(from, to, head, body)) return;
  const auto spread = static_cast<std::uint64_t>((most_ - least_).count()) + 1;
  time_point at = now_ + least_ + duration(random_.below(spread));
  time_point& last = last_arrival_[{from, to}];
  at = std::max(at, last + 1ns);
  last = at;
  after(at - now_, [this, from, to, head, body = std::move(body), on] {
    if (fake_channel* const sender = nodes_[from]->wire.get(); sender != nullptr) {
      auto& o = sender->others_[to];
      if (o.link == on && o.under_way > 0) --o.under_way;
      if (o.full && o.under_way < window) {
        o.full = false;
        tell(from, [ref = o.view.ref](channel_events& events) { events.on_room(ref); });
      }
    }
    fake_channel* const receiver = nodes_[to]->wire.get();
    if (receiver == nullptr || receiver->others_[from].link != on) return;
    bool hold = false;
    receiver->events_->on_message(
        {receiver->others_[from].view, on, head, {body.view(), &body}, hold});
  });
}

void fake_world::close_link(std::uint32_t a, std::uint32_t b) {
  for (const auto& [at, other] : {std::pair(a, b), std::pair(b, a)}) {
    fake_channel* const wire = nodes_[at]->wire.get();
    if (wire == nullptr) continue;
    auto& o = wire->others_[other];
    if (o.link.generation == 0) continue;
    const link_ref closed = std::exchange(o.link, {});
    o.view.state = peer_state::down;
    o.view.links = 0;
    tell(at, [view = o.view, closed](channel_events& events) {
      events.on_link_closed(view.ref, closed, failure(errc::disconnected, "reset by peer"));
      events.on_peer(view);
    });
  }
  after(reconnect_after, [this, a, b] { connect(a, b); });
}

void fake_world::cut(std::uint32_t a, std::uint32_t b, bool off) {
  cut_[std::minmax(a, b)] = off;
  if (off)
    close_link(a, b);
  else
    connect(a, b);
}

void fake_world::crash(std::uint32_t node) {
  for (std::uint32_t i = 0; i < size(); ++i)
    if (i != node) close_link(node, i);
  nodes_[node]->router.reset();
  nodes_[node]->wire.reset();
  nodes_[node]->host.reset();
}

void fake_world::restart(std::uint32_t node) {
  if (nodes_[node]->router != nullptr) crash(node);
  boot(node);
}

void fake_world::after(duration delay, function<void()> what) {
  events_.emplace(std::pair(now_ + std::max(delay, duration::zero()), ++order_), std::move(what));
}

bool fake_world::run_until(const std::function<bool()>& holds, duration deadline) {
  const time_point end = now_ + deadline;
  while (!holds()) {
    if (events_.empty() || events_.begin()->first.first > end) {
      now_ = end;
      return holds();
    }
    auto next = events_.extract(events_.begin());
    now_ = std::max(now_, next.key().first);
    next.mapped()();
  }
  return true;
}

void fake_world::run_for(duration how_long) {
  (void)run_until([] { return false; }, how_long);
}

status fake_codec::encode(const message_type&, const void* message, message_out& out) {
  write_text(out, static_cast<const text*>(message)->value);
  return {};
}

status fake_codec::decode(const message_type&, const payload& from, void* message) {
  static_cast<text*>(message)->value = as_text(from.bytes);
  return {};
}

void write_text(message_out& out, std::string_view value) {
  out.clear();
  out.append(as_bytes(value));
}

}  // namespace mw::routing
