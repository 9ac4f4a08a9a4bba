// swarm_test: many seeds of a small cluster under faults; what was promised must hold in each.
// SPDX-License-Identifier: Apache-2.0
#include "testing/heard.h"

#include <doctest/doctest.h>

#include <map>
#include <set>

namespace mw::routing {
namespace {

constexpr std::uint32_t nodes = 4;

// What all nodes together did and were told. Outlives the world.
struct ledger {
  std::map<std::string, int> effects;          // by message: how often a handler saw it
  std::map<std::string, int> settled;          // by message: how often its end was told
  std::map<std::string, std::string> streams;  // by call: the items in the order they came
  std::set<std::string> good;                  // acknowledged or answered
  std::set<std::string> lost_senders;          // sent by a life that has ended
  int scatters = 0;
};

class swarm {
 public:
  explicit swarm(std::uint64_t seed) : world_(seed), draw_(seed * 77 + 5) {
    settings opt;
    opt.redeliver_after = {50ms, 100ms, 200ms};
    opt.attempts_max = 255;
    opt.hedge_after = draw_.chance(0.5) ? 20ms : 0ms;
    for (std::uint32_t i = 0; i < nodes; ++i) (void)world_.add("n" + std::to_string(i), opt);
    if (draw_.chance(0.3)) world_.window = 4;
    offers_.resize(nodes);
    world_.on_boot = [this](fake_node& n) { offer(n); };
    world_.start();
    world_.run_for(500ms);
  }
  ~swarm() {
    for (auto& list : offers_) list.clear();
  }

  void run() {
    for (int step = 0; step < 150; ++step) {
      if (draw_.chance(0.10)) fault();
      const auto from = static_cast<std::uint32_t>(draw_.below(nodes));
      if (world_[from].router != nullptr) work(from);
      world_.run_for(duration(draw_.below(20'000'000)));
    }
    for (std::uint32_t a = 0; a < nodes; ++a) {
      if (world_[a].router == nullptr) world_.restart(a);
      for (std::uint32_t b = 0; b < a; ++b) world_.cut(b, a, false);
    }
    world_.run_for(30s);
  }

  void check() {
    for (const auto& [id, times] : book_.effects)
      if (id[0] == 'x' || id[0] == 'X')
        CHECK_MESSAGE(times <= 1, id, " took effect ", times, " times");
    for (const std::string& id : book_.good)
      CHECK_MESSAGE(book_.effects[id] >= 1, id, " was acknowledged and lost");
    for (const auto& [id, times] : book_.settled)
      CHECK_MESSAGE((times == 1 || (times == 0 && book_.lost_senders.contains(id))), id,
                    " was settled ", times, " times");
    for (const auto& [id, items] : book_.streams)
      CHECK_MESSAGE(std::string("0123456789").starts_with(items), id, " got items ", items);
    for (std::uint32_t i = 0; i < nodes; ++i)
      for (const char* gauge :
           {"mw_calls_open", "mw_router_waiting", "mw_delivery_pending", "mw_router_local_bytes"})
        CHECK_MESSAGE(world_[i].host->metric(gauge) == 0, gauge, " of ", i);
  }
  ledger& book() { return book_; }
  double metric(const char* name) {
    double sum = 0;
    for (std::uint32_t i = 0; i < nodes; ++i) sum += world_[i].host->metric(name);
    return sum;
  }

 private:
  void offer(fake_node& n) {
    const auto index = static_cast<std::uint32_t>(n.id[1] - '0');
    auto& mine = offers_[index];
    mine.clear();
    mine.push_back(n->join(index % 2 == 0 ? "even" : "odd").value());
    if (index == 0) return;  // a pure caller
    mine.push_back(
        n->serve("work", {.streams = true, .waiting_max = 8}, [this, &n](const incoming& in) {
           serve_work(n, in);
         }).value());
  }

  void serve_work(fake_node& n, const incoming& in) {
    const std::string body(as_text(in.body.bytes));
    if (in.what == incoming::kind::item) {
      open_[{n.life, in.reply.id}] += body;
      return;
    }
    if (in.what == incoming::kind::end) {
      message_out out;
      write_text(out, open_[{n.life, in.reply.id}]);
      (void)n->answer(in.reply, out, true, {});
      return;
    }
    if (in.what != incoming::kind::request) return;
    ++book_.effects[body];
    if (in.reply.id == 0 || body[0] == 's') return;
    // Some answers come later, some never.
    if (draw_.chance(0.05)) return;
    const std::uint64_t life = n.life;
    world_.after(duration(draw_.below(30'000'000)), [&n, life, to = in.reply, body] {
      if (n.router == nullptr || n.life != life) return;
      message_out out;
      write_text(out, body);
      (void)n->answer(to, out, true, {});
    });
  }

  void fault() {
    const auto a = static_cast<std::uint32_t>(draw_.below(nodes));
    const auto b = static_cast<std::uint32_t>((a + 1 + draw_.below(nodes - 1)) % nodes);
    switch (draw_.below(5)) {
      case 0:
      case 1:
        return world_.close_link(a, b);
      case 2:
        return world_.cut(a, b, true);
      case 3:
        return world_.cut(a, b, false);
      default:
        break;
    }
    if (world_[a].router == nullptr) return world_.restart(a);
    // Closures of its own clients die with it.
    for (const std::string& id : mine_[a]) book_.lost_senders.insert(id);
    mine_[a].clear();
    offers_[a].clear();
    world_.crash(a);
  }

  std::string name(std::uint32_t from, char kind) {
    const std::string id = std::string(1, kind) + std::to_string(++count_);
    mine_[from].push_back(id);
    book_.settled[id] = 0;
    return id;
  }

  void work(std::uint32_t from) {
    engine& at = *world_[from];
    route where = to_service(at, "work");
    where.deadline = duration(1s + duration(draw_.below(3'000'000'000)));
    message_out out;
    switch (draw_.below(6)) {
      case 0:
        return message(from, where, name(from, 'l'), guarantee::at_least_once);
      case 1:
        return message(from, where, name(from, 'x'), guarantee::exactly_once);
      case 2:
        return call(from, where, name(from, 'c'), guarantee::at_most_once);
      case 3:
        return call(from, where, name(from, 'X'), guarantee::exactly_once);
      case 4:
        return stream(from, where, name(from, 's'));
      default:
        return scatter(from, where, name(from, 'g'));
    }
  }

  void message(std::uint32_t from, route where, const std::string& id, guarantee how) {
    message_out out;
    write_text(out, id);
    where.guarantee = how;
    const auto sent = world_[from]->send(where, out, [this, id](status s) {
      ++book_.settled[id];
      if (s) book_.good.insert(id);
    });
    if (!sent) ++book_.settled[id];
  }

  void call(std::uint32_t from, route where, const std::string& id, guarantee how) {
    message_out out;
    write_text(out, id);
    where.guarantee = how;
    const auto made = world_[from]->call(where, out, [this, id](const answer& a) {
      if (a.last) ++book_.settled[id];
      if (a.what != answer::kind::reply) return;
      CHECK(as_text(a.body.bytes) == id);
      book_.good.insert(id);
    });
    if (!made) ++book_.settled[id];
  }

  void stream(std::uint32_t from, route where, const std::string& id) {
    message_out out;
    write_text(out, id);
    where.streams = true;
    const auto made = world_[from]->call(where, out, [this, id](const answer& a) {
      if (a.last) ++book_.settled[id];
      if (a.what == answer::kind::reply) book_.streams[id] = as_text(a.body.bytes);
    });
    if (!made) {
      ++book_.settled[id];
      return;
    }
    push(from, world_[from].life, *made, 0);
  }

  // Digits in order; waits for room when there is none.
  void push(std::uint32_t from, std::uint64_t life, call_ref call, int next) {
    if (world_[from].router == nullptr || world_[from].life != life) return;
    message_out out;
    write_text(out, std::to_string(next));
    const status sent = world_[from]->push(
        call, out, next == 9, [this, from, life, call, next] { push(from, life, call, next); });
    if (sent && next < 9) push(from, life, call, next + 1);
  }

  void scatter(std::uint32_t from, route where, const std::string& id) {
    message_out out;
    write_text(out, id);
    where.to = draw_.chance(0.5) ? send_to::all : send_to::group;
    where.name = "odd";
    where.quorum = static_cast<std::uint32_t>(draw_.below(3));
    where.fan_out = static_cast<std::uint32_t>(draw_.below(3));
    auto from_whom = std::make_shared<std::set<std::string>>();
    const auto made = world_[from]->call(where, out, [this, id, from_whom](const answer& a) {
      if (a.what != answer::kind::end) {
        CHECK_MESSAGE(from_whom->insert(std::string(a.from)).second, id, ": counted twice");
        return;
      }
      ++book_.settled[id];
      ++book_.scatters;
      CHECK(a.counts.replied + a.counts.failed <= a.counts.asked);
    });
    if (!made) ++book_.settled[id];
  }

  ledger book_;
  fake_world world_;
  random_stream draw_;
  std::vector<std::vector<registration_ptr>> offers_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::string> open_;
  std::map<std::uint32_t, std::vector<std::string>> mine_;
  int count_ = 0;
};

}  // namespace

TEST_CASE("swarm: promises hold under faults, and each kind of work is done") {
  std::size_t good = 0, effects = 0, streams = 0;
  int scatters = 0;
  double again = 0, duplicates = 0, replayed = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    swarm s(seed);
    s.run();
    s.check();
    good += s.book().good.size();
    effects += s.book().effects.size();
    streams += s.book().streams.size();
    scatters += s.book().scatters;
    again += s.metric("mw_delivery_redelivered_total");
    duplicates += s.metric("mw_dedup_hits_total");
    replayed += s.metric("mw_dedup_replies_replayed_total");
  }
  // A run that never gets into trouble proves nothing.
  CHECK(good > 5000);
  CHECK(effects > 5000);
  CHECK(streams > 500);
  CHECK(scatters > 500);
  CHECK(again > 200);
  CHECK(duplicates > 20);
  CHECK(replayed > 0);
}

}  // namespace mw::routing
