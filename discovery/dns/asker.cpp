// asker: see asker.h.
// SPDX-License-Identifier: Apache-2.0
#include "asker.h"

#include "common/dns/message.h"

#include <algorithm>
#include <utility>

namespace mw::dns {
namespace {

// A whole address family, any port that is free.
endpoint from_anywhere(const endpoint& to) {
  return {.host = to.host.find(':') != std::string::npos ? "::" : "0.0.0.0", .port = 0};
}

}  // namespace

dns_metrics::dns_metrics(const host& node)
    : queries(node.counter("mw_discovery_dns_queries_total", "Questions that were begun.")),
      answers(node.counter("mw_discovery_dns_answers_total", "Answers that were believed.")),
      streams(node.counter("mw_discovery_dns_streams_total",
                           "Questions asked again over a stream: the answer was cut, or odd.")),
      forged(node.counter("mw_discovery_dns_forged_total",
                          "Packets that were no answer to a question of ours.")),
      broken(node.counter("mw_discovery_dns_broken_total", "Packets that cannot be understood.")),
      unwilling(node.counter("mw_discovery_dns_unwilling_total",
                             "Answers in which a name server failed or refused.")),
      silent(node.counter("mw_discovery_dns_silent_total",
                          "Name servers that gave no answer in time.")),
      failed(node.counter("mw_discovery_dns_failures_total",
                          "Questions that no name server answered: what is known stays.")),
      negative(node.counter("mw_discovery_dns_negative_total",
                            "Answers that say there is nothing of this name.")),
      emptied(node.counter("mw_discovery_dns_emptied_total",
                           "Times that repeated negative answers emptied what was known.")),
      cut(node.counter("mw_discovery_dns_cut_total",
                       "Answers with more targets or addresses than are followed.")),
      peers(node.gauge("mw_discovery_dns_peers", "Peers that are listed.")),
      stale(node.gauge("mw_discovery_dns_stale",
                       "Names whose last good answer is older than its time to live.")) {}

void dns_metrics::count(const mishaps& seen) const {
  forged.add(seen.forged);
  broken.add(seen.broken);
  unwilling.add(seen.unwilling);
  silent.add(seen.silent);
}

asker::asker(host& node, const dns_metrics& metrics, const std::vector<endpoint>& servers,
             question about, const asking& how, random_stream& dice, done_function done)
    : node_(node),
      metrics_(metrics),
      servers_(servers),
      core_(std::move(about), how, dice),
      done_(std::move(done)),
      clock_(node.make_timer([this] { perform(core_.tick(node_.now())); })) {
  metrics_.queries.add();
  perform(core_.begin(node_.now()));
}

asker::~asker() = default;

void asker::perform(exchange::act what) {
  if (over_) return;
  switch (what) {
    case exchange::act::none:
      return;
    case exchange::act::send:
      send();
      break;
    case exchange::act::stream:
      dial();
      break;
    case exchange::act::done:
      over_ = true;
      metrics_.count(core_.seen());
      (core_.outcome() ? metrics_.answers : metrics_.failed).add();
      clock_->cancel();
      return done_(core_.outcome());  // may destroy this
  }
  clock_->arm(std::max(core_.deadline() - node_.now(), duration::zero()));
}

void asker::send() {
  dialling_.reset();
  stream_.reset();
  retired_ = std::move(socket_);
  const endpoint& to = servers_[core_.server()];
  auto opened = node_.datagrams().open(from_anywhere(to), {},
                                       [this](const datagram& packet) { arrived(packet); });
  // Without a socket nothing arrives, and the deadline brings the next server.
  if (!opened) return;
  socket_ = std::move(*opened);
  (void)socket_->send(to, as_bytes(core_.packet()));
}

void asker::arrived(const datagram& packet) {
  const auto from = std::find_if(servers_.begin(), servers_.end(), [&](const endpoint& server) {
    return server.port == packet.from.port &&
           parse_address(server.host.substr(0, server.host.find('%'))) ==
               parse_address(packet.from.host.substr(0, packet.from.host.find('%')));
  });
  const auto number = static_cast<std::size_t>(from - servers_.begin());
  perform(core_.received(number, packet.bytes, node_.now()));
}

void asker::dial() {
  metrics_.streams.add();
  heard_.clear();
  stream_.reset();
  const std::string& packet = core_.packet();
  to_send_ = {static_cast<char>(packet.size() >> 8U), static_cast<char>(packet.size() & 0xffU)};
  to_send_ += packet;
  dialling_ =
      node_.streams().dial(servers_[core_.server()], {}, core_.deadline() - node_.now(),
                           [this](result<stream_ptr> outcome) { connected(std::move(outcome)); });
}

void asker::connected(result<stream_ptr> outcome) {
  if (!outcome) return stream_broke();
  stream_ = std::move(*outcome);
  stream_->start(*this);
  on_writable();
}

void asker::on_writable() {
  to_send_.erase(0, stream_->write(as_bytes(to_send_)));
}

void asker::on_data(bytes_view bytes) {
  heard_ += as_text(bytes);
  if (heard_.size() < 2) return;
  const std::size_t size = std::size_t{static_cast<std::uint8_t>(heard_[0])} << 8U |
                           static_cast<std::uint8_t>(heard_[1]);
  if (heard_.size() < size + 2) return;
  perform(core_.streamed(as_bytes(std::string_view(heard_).substr(2, size)), node_.now()));
}

void asker::on_end() {
  stream_broke();
}

void asker::on_closed(const failure&) {
  stream_broke();
}

void asker::stream_broke() {
  perform(core_.stream_failed(node_.now()));
}

}  // namespace mw::dns
