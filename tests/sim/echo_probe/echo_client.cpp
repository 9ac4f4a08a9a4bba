// echo_client: dialling, sending, and the invariants of acknowledgements.
// SPDX-License-Identifier: Apache-2.0
#include "echo_client.h"

#include <utility>

namespace echo_probe {

using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t under_way_max = 8;
constexpr mw::duration patience = 2s;  // with a peer that does not answer

}  // namespace

echo_client::echo_client(probe_context& context, mw::endpoint peer, mw::counter acknowledged)
    : context_(context),
      peer_(std::move(peer)),
      acknowledged_(acknowledged),
      redial_(context.host.make_timer([this] { dial(); })) {}

void echo_client::start() {
  tick_ = context_.host.every(context_.options.interval, [this] { tick(); });
  dial();
}

void echo_client::dial() {
  dial_ = context_.host.streams().dial(peer_, {}, 1s, [this](mw::result<mw::stream_ptr> made) {
    if (made)
      connected(std::move(made).value());
    else
      hang_up();
  });
}

void echo_client::connected(mw::stream_ptr stream) {
  stream_ = std::move(stream);
  lines_ = {};
  expected_ok_ = 0;
  heard_at_ = context_.host.now();
  stream_->start(*this);
  say("hello:" + context_.host.node().id + "." + std::string(context_.host.name()), 0);
}

void echo_client::hang_up() {
  stream_.reset();
  const std::uint64_t wait_ms = 50 + context_.host.random("redial").below(200);
  redial_->arm(std::chrono::milliseconds(wait_ms));
}

void echo_client::tick() {
  if (!stream_) return;
  if (context_.host.now() - heard_at_ > patience) return hang_up();
  if (expected_ok_ != 0 && next_put_ - expected_ok_ < under_way_max) say("put", next_put_++);
}

void echo_client::say(std::string_view word, std::uint64_t number) {
  if (!stream_->write(mw::slice::copy_of(make_line(word, number)))) hang_up();
}

void echo_client::on_data(mw::bytes_view bytes) {
  heard_at_ = context_.host.now();
  if (context_.has(planted_bug::trust_reads))
    lines_.take_as_line(bytes);
  else if (!lines_.take(bytes))
    return hang_up();
  while (const auto line = lines_.next())
    if (!handle(*line)) return;
}

bool echo_client::handle(std::string_view line) {
  const auto said = parse_line(line);
  if (said && said->word == "last" && expected_ok_ == 0) {
    greeted(said->number);
    return true;
  }
  if (said && said->word == "ok" && said->number == expected_ok_ && expected_ok_ < next_put_) {
    highest_ok_ = said->number;
    ++expected_ok_;
    acknowledged_.add();
    return true;
  }
  context_.broken("an answer is out of order: " + std::string(line));
  hang_up();
  return false;
}

void echo_client::greeted(std::uint64_t last) {
  if (last < highest_ok_)
    context_.broken("record " + std::to_string(highest_ok_) + " was acknowledged, but " +
                    to_string(peer_) + " kept only " + std::to_string(last));
  expected_ok_ = next_put_ = last + 1;
}

void echo_client::on_end() {
  stream_->finish();
}

void echo_client::on_closed(const mw::failure&) {
  hang_up();
}

}  // namespace echo_probe
