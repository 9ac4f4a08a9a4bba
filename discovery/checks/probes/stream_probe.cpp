// stream_probe: addresses of a name are tried one after the other, as the system orders them.
// SPDX-License-Identifier: Apache-2.0
#include "stream_probe.h"

#include <algorithm>
#include <utility>

namespace mw::checks {

namespace {

constexpr std::size_t addresses_max = 4;  // of one name

bool is_numeric(std::string_view host) {
  const bool v6 = host.find(':') != std::string_view::npos;
  return v6 || host.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

stream_probe::stream_probe(const host& on, const endpoint& to, duration timeout,
                           std::unique_ptr<exchange> talk, probe_done done)
    : host_(on),
      to_(to),
      give_up_at_(on.now() + timeout),
      timeout_(timeout),
      talk_(std::move(talk)),
      done_(std::move(done)),
      deadline_(on.after(timeout, [this] {
        over({check_verdict::fail, (stream_ ? "no whole answer from " : "no connection to ") +
                                       to_string(to_) + " within " + to_string(timeout_)});
      })) {
  begin();
}

void stream_probe::begin() {
  if (to_.local || is_numeric(to_.host)) return found(std::vector<std::string>{to_.host});
  resolving_ = host_.names().resolve(
      to_.host, [this](result<std::vector<std::string>> all) { found(std::move(all)); });
}

void stream_probe::found(result<std::vector<std::string>> addresses) {
  if (!addresses) return over({check_verdict::fail, addresses.error().text()});
  addresses_.assign(
      addresses->begin(),
      addresses->begin() + static_cast<std::ptrdiff_t>(std::min(addresses->size(), addresses_max)));
  dial_next();
}

void stream_probe::dial_next() {
  const endpoint at{addresses_.front(), to_.port, to_.local};
  addresses_.pop_front();
  // One that says nothing leaves time for the others.
  const duration share =
      (give_up_at_ - host_.now()) / static_cast<std::int64_t>(addresses_.size() + 1);
  dialling_ =
      host_.streams().dial(at, {}, std::max<duration>(share, 1ms),
                           [this](result<stream_ptr> outcome) { connected(std::move(outcome)); });
}

void stream_probe::connected(result<stream_ptr> outcome) {
  if (!outcome && !addresses_.empty()) return dial_next();
  if (!outcome) return over({check_verdict::fail, outcome.error().text()});
  if (talk_ == nullptr) return over({check_verdict::pass, "connected to " + to_string(to_)});
  stream_ = std::move(outcome).value();
  stream_->start(*this);
  send();
}

void stream_probe::send() {
  if (over_) return;
  unsent_ += talk_->take_output();
  const std::size_t taken = stream_->write(as_bytes(unsent_));
  unsent_.erase(0, taken);
}

void stream_probe::on_data(bytes_view bytes) {
  if (over_) return;
  if (talk_->feed(as_text(bytes))) return over(talk_->outcome());
  send();
}

void stream_probe::on_end() {
  if (over_) return;
  talk_->end();
  over(talk_->outcome());
}

void stream_probe::on_closed(const failure& why) {
  if (over_) return;
  over({check_verdict::fail, "the connection was lost: " + why.text()});
}

// Told in a turn of its own: the owner destroys this, which no caller up the stack expects.
void stream_probe::over(finding what) {
  if (std::exchange(over_, true)) return;
  deadline_->cancel();
  tell_ = host_.after(0s, [this, what = std::move(what)] {
    const finding told = what;  // lives in the timer, which dies with this
    const probe_done done = std::move(done_);
    done(told);
  });
}

}  // namespace mw::checks
