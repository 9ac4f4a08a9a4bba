// station: see station.h.
// SPDX-License-Identifier: Apache-2.0
#include "station.h"

#include <algorithm>
#include <utility>

namespace mw::mdns {
namespace {

constexpr int hops = 255;  // RFC 6762, section 11
constexpr duration check_pause = 10s;
constexpr duration one_shot_check_pause = 1min;

std::string group_on(const lan::interface& where) {
  if (!where.is_v6()) return "224.0.0.251";
  return where.scope.empty() ? "ff02::fb" : "ff02::fb%" + where.scope;
}

}  // namespace

station::station(host& node, const metrics& counted, settings how, lan::interface where,
                 function<void()> changed)
    : node_(node),
      metrics_(counted),
      how_(std::move(how)),
      where_(std::move(where)),
      group_(group_on(where_)),
      changed_(std::move(changed)),
      clock_(node.make_timer([this] { perform([this] { link_->tick(node_.now()); }); })),
      checking_(node.make_timer([this] { check(); })) {}

void station::start() {
  open();
}

// Bound to the group itself: what is sent to this host alone stays with other programs on the port,
// and everything that arrives has come from the link, since routers do not forward the group.
status station::open_group() {
  const datagram_options how{.share_port = true, .multicast_loop = true, .multicast_hops = hops};
  MW_TRY(auto socket, node_.datagrams().open({.host = group_, .port = port}, how,
                                             [this](const datagram& p) { received(p); }));
  MW_CHECK(socket->join(group_, where_.host()));
  use(std::move(socket), false);
  return {};
}

// Answers to an asker on another port come to it alone.
status station::open_one_shot() {
  const datagram_options how{.multicast_loop = true, .multicast_hops = hops};
  MW_TRY(auto socket, node_.datagrams().open({.host = where_.host()}, how,
                                             [this](const datagram& p) { received(p); }));
  MW_CHECK(socket->join(group_, where_.host()));  // sends through this interface
  use(std::move(socket), true);
  return {};
}

void station::use(datagram_ptr socket, bool one_shot) {
  socket_ = std::move(socket);
  settings how = how_;
  how.one_shot = one_shot;
  counted_ = {};
  link_ = std::make_unique<link>(std::move(how), where_, node_.random("mdns"));
}

void station::open() {
  const status opened = open_group();
  status looking = opened;
  if (!opened && opened.error().kind() == errc::denied) looking = open_one_shot();
  const bool was_well = trouble_.empty();
  trouble_.clear();
  if (!opened) {
    trouble_ = where_.host() + ": " + opened.error().text();
    if (looking) trouble_ += "; this node only looks, once a minute, and announces nothing";
    if (was_well) node_.log().warn("multicast DNS does not work as it should", {{"why", trouble_}});
  } else if (!was_well) {
    node_.log().info("multicast DNS works again", {{"interface", where_.host()}});
  }
  checking_->arm(opened || !looking ? check_pause : one_shot_check_pause);
  if (!link_) return;
  perform([this] {
    link_->start(node_.now());
    if (!link_->publish(told_, node_.now()) && !link_->how().one_shot) metrics_.withheld.add();
  });
}

// An interface that lost its address has lost its memberships, too.
void station::check() {
  const bool works = link_ && !link_->how().one_shot;
  if (works && node_.datagrams().open({.host = where_.host()}, {}, [](const datagram&) {}))
    return checking_->arm(check_pause);
  clock_->cancel();
  socket_.reset();
  link_.reset();
  open();
  changed_();
}

void station::received(const datagram& packet) {
  perform([&] { link_->received(packet.bytes, packet.from, node_.now()); });
}

void station::publish(const std::optional<facts>& what) {
  told_ = what;
  if (!link_) return;
  perform([&] {
    if (!link_->publish(told_, node_.now()) && !link_->how().one_shot) metrics_.withheld.add();
  });
}

void station::look_again() {
  if (link_) perform([this] { link_->look_again(node_.now()); });
}

bool station::says_goodbye() const {
  return link_ && link_->speaks().saying_goodbye();
}

// Whose name was ours a moment ago is somebody else, and listed.
void station::tell_name() {
  const responder& own = link_->speaks();
  if (own.attempt() > 1)
    node_.log().warn("another host has this node's name: it is announced under another one",
                     {{"interface", where_.host()}, {"name", own.names().instance.text()}});
  changed_();
}

void station::perform(function<void()> step) {
  step();
  const endpoint group{.host = group_, .port = port};
  for (const packet& one : link_->take_packets())
    if (!socket_->send(one.to.value_or(group), as_bytes(one.bytes))) metrics_.send_failures.add();
  metrics_.raise(counted_, link_->counted());
  const responder& own = link_->speaks();
  if (std::exchange(attempt_, own.attempt()) != own.attempt()) tell_name();
  const duration wait = link_->next_due() - node_.now();
  if (link_->next_due() == never)
    clock_->cancel();
  else
    clock_->arm(std::max(wait, duration::zero()));
  if (link_->take_changed()) changed_();
}

}  // namespace mw::mdns
