// packet_echo: numbered packets with a checksum, and the invariant that nobody invents one.
// SPDX-License-Identifier: Apache-2.0
#include "packet_echo.h"

#include "record_text.h"

#include <mw/toolkit/hash.h>

#include <utility>

namespace echo_probe {

namespace {

constexpr std::uint64_t lives_apart = 1'000'000;

}  // namespace

packet_echo::packet_echo(probe_context& context, mw::counter answered)
    : context_(context),
      answered_(answered),
      first_((1 + context.host.random("life").below(1'000'000)) * lives_apart),
      next_(first_) {}

mw::status packet_echo::start() {
  MW_TRY(socket_,
         context_.host.datagrams().open(context_.options.listen, {},
                                        [this](const mw::datagram& packet) { received(packet); }));
  tick_ = context_.host.every(context_.options.interval, [this] { tick(); });
  return {};
}

void packet_echo::tick() {
  for (const mw::endpoint& peer : context_.options.peers) send(peer, "ping", next_++);
}

void packet_echo::send(const mw::endpoint& to, std::string_view word, std::uint64_t number) {
  const std::string text = std::string(word) + " " + std::to_string(number);
  // Packets may be lost anyway, so one that cannot leave is no different.
  (void)socket_->send(to, mw::as_bytes(text + " " + std::to_string(mw::hash_text(text))));
}

void packet_echo::received(const mw::datagram& packet) {
  const std::string_view text = mw::as_text(packet.bytes);
  const std::size_t space = text.rfind(' ');
  if (space == std::string_view::npos) return;
  const std::string_view body = text.substr(0, space);
  const bool whole = text.substr(space + 1) == std::to_string(mw::hash_text(body));
  if (!whole && !context_.has(planted_bug::trust_packets)) return;
  const auto said = parse_line(body);
  if (said && said->word == "ping") send(packet.from, "pong", said->number);
  if (said && said->word == "pong") answered(said->number);
}

void packet_echo::answered(std::uint64_t number) {
  const bool of_this_life = number / lives_apart == first_ / lives_apart;
  if (of_this_life && number >= next_) context_.broken("an answer to a packet that was never sent");
  if (of_this_life) answered_.add();
}

}  // namespace echo_probe
