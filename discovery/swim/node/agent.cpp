// agent: starting, packets, time.
// SPDX-License-Identifier: Apache-2.0
#include "node/agent.h"

#include "wire/bytes.h"

#include <algorithm>
#include <stdexcept>

namespace mw::swim {

namespace {

constexpr int flush_rounds_max = 16;
constexpr int port_tries_max = 8;

// Of the two IP versions.
bool same_version(const endpoint& a, const endpoint& b) {
  const auto six = [](const endpoint& at) { return at.host.find(':') != std::string::npos; };
  return six(a) == six(b);
}

keyring keyring_of(const options& opt) {
  keyring ring;
  for (const secret& one : opt.keyring)
    if (const status fine = ring.install(from_base64(one.reveal()).value_or("")); !fine)
      throw std::invalid_argument(fine.error().text());
  return ring;
}

}  // namespace

agent::agent(host& h, options opt)
    : host_(h),
      opt_(std::move(opt)),
      metrics_(h),
      keys_(keyring_of(opt_)),
      wire_(make_wire(h, opt_, keys_)),
      credentials_(h.find<credentials>("credentials")),
      authn_(h.find<authn>("authn")),
      talk_(h.node().id, {}, h.random("talk")),
      joiner_(opt_.engine_settings().join_pause_max, h.random("join")),
      found_(h.bus().open<peer_found>()),
      lost_(h.bus().open<peer_lost>()),
      up_(h.bus().open<peer_up>()),
      suspect_(h.bus().open<peer_suspect>()),
      down_(h.bus().open<peer_down>()),
      leaving_(h.bus().open<peer_leaving>()),
      gone_(h.bus().open<peer_left>()),
      changed_(h.bus().open<peer_changed>()),
      refreshing_(h, "mw_swim_") {
  if (opt_.address) announced_address_ = to_string(*opt_.address);
  for (const endpoint& seed : opt_.seeds) joiner_.add(seed);
  const settings s = opt_.engine_settings();
  if (host_.node().id.size() > s.name_max)
    throw std::invalid_argument("a member's name is the node's id and has at most 128 bytes");
  if (own_meta().size() > s.meta_max)
    throw std::invalid_argument("the tags take " + std::to_string(own_meta().size()) +
                                " bytes with address and zone, the limit is " +
                                std::to_string(s.meta_max) + "; shorten them");
  make_engine(1);
}

agent::~agent() = default;

talk::tag_map agent::own_tags() const {
  talk::tag_map tags(opt_.tags.begin(), opt_.tags.end());
  if (!announced_address_.empty()) tags[std::string(tag_address)] = announced_address_;
  const std::string& zone = announced_zone_.empty() ? host_.node().zone : announced_zone_;
  if (!zone.empty()) tags[std::string(tag_zone)] = zone;
  return tags;
}

std::string agent::own_meta() const {
  return talk::encode_tags(own_tags());
}

void agent::make_engine(std::uint32_t incarnation) {
  endpoint at = opt_.advertise ? *opt_.advertise : local_.empty() ? opt_.bind : local_;
  at.host = ip_text(ip_bytes(at.host));  // as others will write it
  engine_ = std::make_unique<engine>(opt_.engine_settings(),
                                     identity{host_.node().id, at, own_meta(), incarnation},
                                     wire_->codec(), host_.random("swim"), notary_.get());
}

// `at` gets the port that was taken.
status agent::open_at(endpoint& at, datagram_ptr& socket, listener_ptr& listener) {
  MW_TRY(socket, host_.datagrams().open(at, {}, [this](const datagram& d) { received(d); }));
  at.port = socket->local().port;
  MW_TRY(listener, host_.streams().listen(
                       at, {}, [this](stream_ptr stream) { accepted(std::move(stream)); }));
  return {};
}

status agent::open_both() {
  endpoint at = opt_.bind;
  MW_CHECK(open_at(at, socket_, listener_));
  local_ = at;
  if (!opt_.bind_also) return {};
  at = *opt_.bind_also;
  MW_CHECK(open_at(at, also_socket_, also_listener_));
  also_local_ = at;
  return {};
}

// Packets and streams share one port. A free one for both may need several tries.
status agent::open_port() {
  const bool any = opt_.bind.port == 0 || (opt_.bind_also && opt_.bind_also->port == 0);
  for (int tries = 1;; ++tries) {
    status outcome = open_both();
    if (outcome || !any || tries == port_tries_max)
      return outcome ? status() : std::move(outcome).error().in("opening the port of gossip");
    for (listener_ptr* one : {&listener_, &also_listener_}) one->reset();
    for (datagram_ptr* one : {&socket_, &also_socket_}) one->reset();
  }
}

status agent::start() {
  due_ = host_.make_timer([this] { wake(); });
  sweep_ = host_.make_timer([this] { ended_links_.clear(); });
  save_timer_ = host_.make_timer([this] { save(); });
  refresh_timer_ = host_.make_timer([this] { refreshing_.answer({}); });
  MW_CHECK(open_claims());
  MW_CHECK(open_port());
  load([this] {
    started_ = true;
    engine_->start(host_.now());
    talk_.announce_join();
    host_.status().ready();
    host_.log().info("gossip has begun",
                     {{"at", to_string(engine_->self().at)},
                      {"also", also_local_.empty() ? "-" : to_string(also_local_)},
                      {"wire", opt_.wire == wire_mode::serf ? "serf" : "native"},
                      {"encrypted", !keys_.empty()},
                      {"claims", notary_ && notary_->strict() ? "signed" : "open"}});
    flush();
  });
  return {};
}

void agent::wake() {
  engine_->tick(host_.now());
  talk_.tick(host_.now());
  try_seeds();
  flush();
}

void agent::arm() {
  if (!started_) return;
  const time_point due = std::min({engine_->next_due(), talk_.next_due(), joiner_.next_due()});
  due_->arm(std::max<duration>(due - host_.now(), 0s));
}

// Effects may cause effects here: until nothing is left, within a bound; the rest comes next time.
void agent::flush() {
  for (int round = 0; round < flush_rounds_max; ++round) {
    const bool engine_did = flush_engine();
    const bool talk_did = flush_talk();
    if (!engine_did && !talk_did) break;
  }
  metrics_.take(*engine_, talk_);
  tell_refusals();
  if (left_) {
    // First the intent, so that the departure is understood, then the departure itself.
    const bool late = host_.now() >= leave_by_;
    if (!engine_->leaving() && (engine_->spread_everything() || late)) {
      engine_->leave(host_.now());
      if (engine_->members().living() == 0) leave_by_ = host_.now();
      return flush();
    }
    if (engine_->leaving() && (engine_->left_everybody() || late || host_.now() >= leave_by_))
      std::exchange(left_, nullptr)();
  }
  arm();
}

bool agent::flush_engine() {
  outputs out = engine_->take_outputs();
  for (const packet& p : out.packets) send(p);
  for (const stream_task& task : out.streams) open_stream(task);
  for (const member_news& news : out.news) tell(news);
  const talk::tag_map tags = out.user.empty() ? talk::tag_map() : own_tags();
  for (const std::string& bytes : out.user) talk_.receive(bytes, tags, host_.now());
  return !out.packets.empty() || !out.streams.empty() || !out.news.empty() || !out.user.empty();
}

bool agent::flush_talk() {
  talk::outputs out = talk_.take_outputs();
  for (std::string& bytes : out.spread)
    engine_->spread({}, wire_->codec().encode(user_bytes{std::move(bytes)}));
  for (const talk::direct& one : out.packets) {
    if (one.to == engine_->self().at)  // our own answer to our own question
      talk_.receive(one.bytes, own_tags(), host_.now());
    else
      send({one.to, {}, {wire_->codec().encode(user_bytes{one.bytes})}, false});
  }
  for (const talk::user_event& e : out.events) {
    line("event", "", e.name, e.payload);
    save_soon();
    host_.log().info("a user event", {{"name", e.name}, {"bytes", e.payload.size()}});
  }
  for (const talk::query& q : out.queries) take(q);
  for (talk::ended_query& q : out.ended) take_ended(std::move(q));
  for (const std::string& name : out.leaving) {
    leaving_.publish({.id = name});
    line("leaving", name, "it said that it leaves");
  }
  for (const auto& [name, prune] : out.left) (void)engine_->force_leave(name, prune, host_.now());
  return !out.spread.empty() || !out.packets.empty() || !out.events.empty() ||
         !out.queries.empty() || !out.ended.empty() || !out.leaving.empty() || !out.left.empty();
}

void agent::send(const packet& p) {
  send_bytes(p.to, wire_->packets().close(p, host_.now()));
}

void agent::send_bytes(const endpoint& to, std::string_view bytes) {
  datagram_socket* const way = same_version(to, local_) ? socket_.get() : also_socket_.get();
  if (way != nullptr && way->send(to, as_bytes(bytes)))
    metrics_.sent(bytes.size());
  else
    metrics_.send_failed();
}

void agent::received(const datagram& d) {
  metrics_.received(d.bytes.size());
  if (!started_) return;
  opened_packet opened = wire_->packets().open(as_text(d.bytes), d.from, host_.now());
  if (opened.why != drop::none) metrics_.dropped(opened.why);
  for (const opened_packet::answer& one : opened.answers) send_bytes(one.to, one.bytes);
  for (const heard_message& one : opened.messages) {
    if (const auto* user = std::get_if<user_bytes>(&one.what))
      talk_.receive(user->bytes, own_tags(), host_.now());
    else
      engine_->receive(one.what, one.from, host_.now());
  }
  flush();
}

void agent::drain(function<void()> done) {
  if (!started_) return done();
  if (!opt_.leave_on_stop) return save_last(std::move(done));
  leave([this, done = std::move(done)]() mutable { save_last(std::move(done)); });
}

void agent::leave(function<void()> done) {
  if (left_ || engine_->leaving()) return done();
  left_ = std::move(done);
  leave_by_ = host_.now() + opt_.leave_timeout;
  talk_.leave();
  flush();
}

void agent::announce(const self_description& self) {
  if (!opt_.address) announced_address_ = self.address;  // what the YAML says stays
  announced_zone_ = self.zone;
  const std::string meta = own_meta();
  if (meta.size() > opt_.engine_settings().meta_max) {
    host_.log().warn("the tags leave no room for the address", {{"bytes", meta.size()}});
    return;
  }
  engine_->set_meta(meta, host_.now());
  if (started_) flush();
}

void agent::withdraw() {
  announced_address_ = opt_.address ? to_string(*opt_.address) : std::string();
  announced_zone_.clear();
  engine_->set_meta(own_meta(), host_.now());
  if (started_) flush();
}

void agent::link_down_with(const std::string& node) {
  if (!started_ || node.empty()) return;
  engine_->suspect_exit(node, host_.now());
  flush();
}

}  // namespace mw::swim
