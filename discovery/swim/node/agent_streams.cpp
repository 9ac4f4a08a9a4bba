// agent_streams: conversations that are open, seeds, and names of seeds.
// SPDX-License-Identifier: Apache-2.0
#include "node/agent.h"

#include <algorithm>

namespace mw::swim {

namespace {
constexpr std::size_t links_max = 256;
constexpr std::size_t accepted_max = 64;
constexpr std::size_t resolving_max = 16;
constexpr std::size_t brief_events = 1024;  // bytes of events that native comparisons carry
}  // namespace

std::string agent::user_state() {
  return opt_.wire == wire_mode::serf ? talk_.local_state() : talk_.brief_state(brief_events);
}

void agent::merge_user_state(std::string_view bytes, bool join) {
  talk_.merge_state(bytes, join);
}

void agent::user_message(const std::string& bytes) {
  talk_.receive(bytes, own_tags(), host_.now());
}

void agent::open_stream(const stream_task& task) {
  if (links_.size() >= links_max) {
    metrics_.streams_refused();
    engine_->stream_failed(task, false, host_.now());
    return;
  }
  metrics_.stream_opened();
  link_owner& owner = *this;
  links_.push_back(std::make_unique<stream_link>(host_, owner, wire_->dialler(*this, task), task,
                                                 opt_.engine_settings().stream_timeout));
}

void agent::accepted(stream_ptr stream) {
  const auto accepted_now =
      std::count_if(links_.begin(), links_.end(), [](const auto& one) { return !one->task(); });
  if (!started_ || static_cast<std::size_t>(accepted_now) >= accepted_max) {
    metrics_.streams_refused();
    return;
  }
  metrics_.stream_opened();
  link_owner& owner = *this;
  const endpoint from{stream->remote().host, 0, false};  // its port is another one each time
  links_.push_back(std::make_unique<stream_link>(host_, owner, wire_->acceptor(*this, from),
                                                 std::move(stream),
                                                 opt_.engine_settings().stream_timeout));
}

void agent::link_moved(std::size_t sent, std::size_t received) {
  metrics_.stream(sent, received);
}

void agent::link_progressed() {
  flush();
}

void agent::link_ended(stream_link& who, stream_end how, drop why) {
  if (why != drop::none) {
    metrics_.dropped(why);
    host_.log().warn("a conversation broke", {{"why", to_string(why)}});
  }
  if (how == stream_end::broken) metrics_.stream_failed();
  if (who.task()) {
    if (how == stream_end::answered)
      engine_->stream_answered(*who.task(), host_.now());
    else
      engine_->stream_failed(*who.task(), how == stream_end::refused, host_.now());
  }
  const auto at = std::find_if(links_.begin(), links_.end(),
                               [&](const auto& one) { return one.get() == &who; });
  if (at != links_.end()) {
    ended_links_.push_back(std::move(*at));  // it is on the stack now
    links_.erase(at);
    sweep_->arm(0s);
  }
  flush();
}

void agent::try_seeds() {
  if (engine_->leaving()) return;
  const auto known = [this](const endpoint& seed) {
    if (seed == engine_->self().at || seed == local_ || seed == also_local_) return true;
    const auto& all = engine_->members().all();
    return std::any_of(all.begin(), all.end(),
                       [&](const auto& m) { return m->living() && m->at == seed; });
  };
  const bool alone = engine_->members().living() == 0;
  for (const endpoint& seed : joiner_.take(alone, known, host_.now())) try_seed(seed);
}

void agent::try_seed(const endpoint& seed) {
  std::erase_if(resolving_, [](const auto& one) { return one.first.empty(); });
  if (resolving_.size() >= resolving_max) return;
  const bool under_way = std::any_of(resolving_.begin(), resolving_.end(),
                                     [&](const auto& one) { return one.first == seed; });
  if (under_way) return;
  resolving_.emplace_back(seed, nullptr);
  resolving_.back().second =
      host_.names().resolve(seed.host, [this, seed](const result<std::vector<std::string>>& found) {
        for (auto& one : resolving_)
          if (one.first == seed) one.first = {};  // done; erased next time, not inside its call
        if (!found) {
          host_.log().info("a seed has no address",
                           {{"seed", to_string(seed)}, {"why", found.error().text()}});
          return;
        }
        const endpoint at{found->front(), seed.port, false};
        if (at == engine_->self().at) return;
        open_stream({stream_task::kind::join, at, {}, 0});
        flush();
      });
}

status agent::join(const endpoint& at) {
  if (at.local || at.port == 0 || at.empty())
    return {errc::invalid, "a seed is an endpoint such as 10.0.0.5:7946"};
  joiner_.add(at);
  try_seed(at);
  arm();
  return {};
}

void agent::found(const peer_found& event) {
  if (event.source == host_.name()) return;
  const auto at = parse_endpoint(event.address);
  if (!at || at->local) return;
  endpoint seed = *at;
  if (opt_.seed_port != 0) seed.port = opt_.seed_port;
  if (joiner_.seeds().size() >= joiner::seeds_max) metrics_.seeds_refused();
  if (!joiner_.add(seed) || !started_) return;
  save_soon();
  try_seeds();
  arm();
}

std::vector<peer_found> agent::peers() const {
  std::vector<peer_found> out;
  for (const auto& [name, peer] : listed_) out.push_back(peer);
  std::sort(out.begin(), out.end(),
            [](const peer_found& a, const peer_found& b) { return a.address < b.address; });
  const auto same = [](const peer_found& a, const peer_found& b) { return a.address == b.address; };
  out.erase(std::unique(out.begin(), out.end(), same), out.end());
  return out;
}

// Asks a seed or a member for everything it knows. What comes is told as it comes.
void agent::refresh(function<void(status)> done) {
  refreshing_.add(std::move(done));
  if (refresh_timer_ && !refresh_timer_->armed()) {
    refresh_timer_->arm(1ms);
    if (started_) try_seeds();
  }
}

}  // namespace mw::swim
