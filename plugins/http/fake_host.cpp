// fake_host: the smallest things that keep the promises of the contracts.
// SPDX-License-Identifier: Apache-2.0
#include "fake_host.h"

#include <algorithm>

namespace mw::http {

class fake_timer final : public timer_handle {
 public:
  fake_timer(fake_host& owner, function<void()> fire) : owner_(owner), fire_(std::move(fire)) {
    owner_.timers_.push_back(this);
  }
  ~fake_timer() override { std::erase(owner_.timers_, this); }
  void arm(duration delay) override { due_ = owner_.now_ + delay, armed_ = true; }
  void cancel() override { armed_ = false; }
  [[nodiscard]] bool armed() const override { return armed_; }
  [[nodiscard]] time_point due() const { return due_; }
  void fire() { armed_ = false, fire_(); }

 private:
  fake_host& owner_;
  function<void()> fire_;
  time_point due_;
  bool armed_ = false;
};

fake_host::fake_host() : host_(services_) {
  services_.time = this;
  services_.metrics = this;
  services_.log = this;
}
fake_host::~fake_host() = default;

timer fake_host::make_timer(function<void()> fire, bool) {
  return std::make_unique<fake_timer>(*this, std::move(fire));
}

void fake_host::advance(duration by) {
  const time_point until = now_ + by;
  for (int fired = 0; fired < 100'000; ++fired) {
    fake_timer* next = nullptr;
    for (fake_timer* each : timers_)
      if (each->armed() && each->due() <= until && (next == nullptr || each->due() < next->due()))
        next = each;
    if (next == nullptr) break;
    now_ = std::max(now_, next->due());
    next->fire();
  }
  now_ = until;
}

double fake_host::metric(const std::string& name, const std::string& label) const {
  const std::string key = label.empty() ? name : name + "{" + label + "}";
  if (const auto at = gauges_.find(key); at != gauges_.end())
    return std::bit_cast<double>(at->second.load());
  const auto at = counters_.find(key);
  return at == counters_.end() ? 0 : static_cast<double>(at->second.load());
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
histogram fake_host::make_histogram(std::string_view, std::string_view, histogram_unit, labels) {
  return histogram(histograms_.emplace_back());
}

class fake_peer::end_of_server final : public stream {
 public:
  end_of_server(fake_peer& peer, endpoint from) : peer_(peer), remote_(std::move(from)) {}
  ~end_of_server() override {
    peer_.gone_ = true;
    peer_.events_ = nullptr;
  }
  void start(stream_events& events) override { peer_.events_ = &events; }
  std::size_t write(bytes_view bytes) override {
    const std::size_t room = peer_.send_limit - std::min(peer_.send_limit, peer_.waiting_.size());
    const std::size_t taken = std::min(bytes.size(), room);
    peer_.short_write_ = peer_.short_write_ || taken < bytes.size();
    (peer_.blocked_ ? peer_.waiting_ : peer_.heard_).append(as_text(bytes.first(taken)));
    return taken;
  }
  bool write(slice bytes) override { return write(bytes.view()) == bytes.size(); }
  [[nodiscard]] std::size_t unsent() const override { return peer_.waiting_.size(); }
  void tell_when_unsent(std::size_t) override { peer_.short_write_ = true; }
  void pause_reading() override { peer_.paused_ = true; }
  void resume_reading() override { peer_.paused_ = false; }
  void finish() override { peer_.finished_ = true; }
  [[nodiscard]] const endpoint& local() const override { return local_; }
  [[nodiscard]] const endpoint& remote() const override { return remote_; }

 private:
  fake_peer& peer_;
  endpoint local_{"127.0.0.1", 7480};
  endpoint remote_;
};

void fake_peer::connect(server& to, endpoint from, std::string certificate) {
  link accepted;
  accepted.bytes = std::make_unique<end_of_server>(*this, std::move(from));
  accepted.peer = std::move(certificate);
  to.accept(std::move(accepted));
}
void fake_peer::say(std::string_view bytes) {
  if (events_ != nullptr) events_->on_data(as_bytes(bytes));
}
void fake_peer::end() {
  if (events_ != nullptr) events_->on_end();
}
void fake_peer::reset() {
  if (events_ != nullptr) events_->on_closed(failure(errc::disconnected, "reset by peer"));
}

void fake_peer::take(std::size_t bytes) {
  heard_ += waiting_.substr(0, bytes);
  waiting_.erase(0, bytes);
  // A short write of an unblocked stream is a full buffer that empties at once.
  if (std::exchange(short_write_, false) && events_ != nullptr) events_->on_writable();
}

void fake_directory::add(const std::string& path, admin_kind kind, admin_handler handler) {
  offers_[path] = {{path, "Test endpoint.", kind}, std::move(handler), nullptr};
}
void fake_directory::add_feed(const std::string& path, feed_handler handler) {
  offers_[path] = {{path, "Test feed.", admin_kind::feed}, nullptr, std::move(handler)};
}

std::vector<admin_endpoint> fake_directory::endpoints() const {
  std::vector<admin_endpoint> all;
  for (const auto& [path, each] : offers_) all.push_back(each.endpoint);
  return all;
}

const fake_directory::offer* fake_directory::offer_at(std::string_view path) const {
  if (const auto at = offers_.find(path); at != offers_.end()) return &at->second;
  for (const auto& [pattern, each] : offers_)
    if (pattern.ends_with("/*") && path.starts_with(pattern.substr(0, pattern.size() - 1)))
      return &each;
  return nullptr;
}

std::optional<admin_endpoint> fake_directory::find(std::string_view path) const {
  const offer* const at = offer_at(path);
  return at == nullptr ? std::nullopt : std::optional(at->endpoint);
}

status fake_directory::call(const admin_request& request, admin_reply reply) {
  const offer* const at = offer_at(request.path);
  if (at == nullptr || !at->handler) return failure(errc::not_found, "no such endpoint");
  at->handler(request, std::move(reply));
  return {};
}

status fake_directory::open_feed(const admin_request& request, std::unique_ptr<admin_feed> feed) {
  const offer* const at = offer_at(request.path);
  if (at == nullptr || !at->feed) return failure(errc::unsupported, "not a feed any more");
  at->feed(request, std::move(feed));
  return {};
}

}  // namespace mw::http
