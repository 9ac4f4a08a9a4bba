// man_in_the_middle_test: who carries sealed messages can lose them, and nothing else.
// SPDX-License-Identifier: Apache-2.0
#include "core_sealers.h"
#include "testing/heard.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

namespace mw::routing {
namespace {

constexpr std::string_view secret_text = "the-secret-of-the-two-ends";

std::vector<std::byte> copy_of(const slice& body) {
  return {body.view().begin(), body.view().end()};
}
slice slice_of(const std::vector<std::byte>& bytes) {
  buffer_block* const block = allocate_block(bytes.size());
  std::copy(bytes.begin(), bytes.end(), block->data());
  return {block, 0, bytes.size()};
}

// Nodes a, b and c; every byte between them passes through the test.
struct cluster {
  tests::core_sealers sealers;  // outlives the engines
  fake_world world;
  std::vector<registration_ptr> offers;
  std::vector<std::string> received;  // by the service orders.put of b
  std::function<void()> pump;

  explicit cluster(std::vector<seal_rule> rules = {{"orders.*", false}},
                   std::vector<seal_rule> rules_of_a = {{"orders.*", false}}) {
    settings with;
    with.redeliver_after = {50ms, 100ms};
    with.seal = std::move(rules);
    settings with_a = with;
    with_a.seal = std::move(rules_of_a);
    world.sealer_of = [this](fake_node& n) { return sealers.boot(n.id); };
    world.add("a", with_a);
    world.add("b", with);
    world.add("c", with);
    world.start();
    pump = [this] {
      sealers.step(world.now());
      world.after(500us, [this] { pump(); });
    };
    pump();
    offers.push_back(serve("orders.put"));
    offers.push_back(serve("orders.get"));
    offers.push_back(serve("plain"));
    world.run_for(1s);
  }
  ~cluster() {
    world.on_wire = nullptr;
    offers.clear();
  }

  registration_ptr serve(const std::string& name) {
    fake_node& b = world[1];
    return b
        ->serve(name, {.streams = true},
                [this, &b, name](const incoming& in) {
                  if (in.what == incoming::kind::cancelled) return;
                  received.push_back(name + ":" + std::string(as_text(in.body.bytes)));
                  if (in.what != incoming::kind::request) return;
                  message_out out;
                  write_text(out, "answer to " + std::string(as_text(in.body.bytes)));
                  if (in.body.bytes.size() < 64) (void)b->answer(in.reply, out, true, {});
                })
        .value();
  }

  route to(std::string_view service) {
    route where = to_service(*world[0].router, service);
    where.to = send_to::node;
    where.name = "b";
    where.deadline = 2s;
    return where;
  }
  // What came of one call.
  heard call(std::string_view service, std::string_view body = secret_text) {
    heard all;
    (void)ask(*world[0].router, to(service), body, all);
    world.run_for(3s);
    return all;
  }
  double refused(std::uint32_t node, const std::string& why) {
    return world[node].host->metric("mw_router_refused_total", "reason=" + why);
  }
};

bool is_answered(const heard& got) {
  return got.lines.size() == 1 && got.errors.empty();
}

bool is_request(const message_head& head, const slice& body) {
  return head.kind == message_kind::request && !body.view().empty();
}

}  // namespace

TEST_CASE("sealed: calls, messages and receipts arrive, and nothing readable is on the wire") {
  cluster c;
  std::size_t looked_at = 0, seen = 0;
  c.world.on_wire = [&](auto, auto, message_head&, slice& body) {
    ++looked_at;
    if (as_text(body.view()).find(secret_text) != std::string_view::npos) ++seen;
    return true;
  };
  const heard got = c.call("orders.put");
  REQUIRE(got.lines.size() == 1);
  CHECK(got.lines[0].find("answer to " + std::string(secret_text)) != std::string::npos);
  message_out out;
  write_text(out, secret_text);
  for (const guarantee g :
       {guarantee::at_most_once, guarantee::at_least_once, guarantee::exactly_once}) {
    route where = c.to("orders.put");
    where.guarantee = g;
    bool settled = false;
    REQUIRE(c.world[0]->send(where, out, [&](status how) { settled = how.ok(); }));
    c.world.run_for(1s);
    CHECK(settled);
    CHECK(c.call("orders.get").lines.size() == 1);
  }
  CHECK(looked_at > 10);
  CHECK(seen == 0);
  CHECK(c.world[0].host->metric("mw_delivery_acked_total") == 2);
  // The same eyes see what is not sealed.
  CHECK(c.call("plain").lines.size() == 1);
  CHECK(seen == 2);
}

TEST_CASE("sealed: any bit of a request that is changed on the way is refused") {
  cluster c;
  for (std::size_t at = 0; at < 300; ++at) {
    c.received.clear();
    bool done = false;
    c.world.on_wire = [&](auto, auto, message_head& head, slice& body) {
      if (!is_request(head, body) || done) return true;
      auto bytes = copy_of(body);
      // Hops and time left change on every hop.
      const std::size_t byte = at % bytes.size();
      if (byte == 2 || (byte >= 4 && byte < 8)) return true;
      bytes[byte] ^= static_cast<std::byte>(1 << (at * 5 % 8));
      body = slice_of(bytes);
      return done = true;
    };
    heard got;
    (void)ask(*c.world[0].router, c.to("orders.put"), secret_text, got);
    c.world.run_for(50ms);
    if (!done) continue;
    REQUIRE(got.lines.size() == 1);
    REQUIRE(c.received.empty());
    REQUIRE(got.errors.size() == 1);
  }
  CHECK(c.refused(1, "not_opened") > 50);
}

TEST_CASE("sealed: a request cannot be moved to another service") {
  cluster c;
  c.world.on_wire = [&](auto, auto, message_head& head, slice& body) {
    if (!is_request(head, body)) return true;
    auto bytes = copy_of(body);
    const std::uint64_t other = service_hash("orders.get");
    for (std::size_t i = 0; i < 8; ++i)
      bytes[8 + i] = static_cast<std::byte>(static_cast<std::uint8_t>(other >> (56 - 8 * i)));
    body = slice_of(bytes);
    return true;
  };
  const heard got = c.call("orders.put");
  CHECK(c.received.empty());
  REQUIRE(got.errors.size() == 1);
  CHECK(c.sealers.refused("b", "forged") == 1);
}

TEST_CASE("sealed: a reply cannot answer another call, be changed, or be made up") {
  cluster c;
  SUBCASE("two replies exchanged") {
    std::vector<std::pair<message_head, slice>> held;
    c.world.on_wire = [&](std::uint32_t from, std::uint32_t to, message_head& head, slice& body) {
      if (head.kind != message_kind::reply || held.size() == 2) return true;
      held.emplace_back(head, body);
      if (held.size() == 2) {
        c.world.inject(from, to, held[0].first, held[1].second);
        c.world.inject(from, to, held[1].first, held[0].second);
      }
      return false;
    };
    heard one, two;
    (void)ask(*c.world[0].router, c.to("orders.put"), "one", one);
    (void)ask(*c.world[0].router, c.to("orders.put"), "two", two);
    c.world.run_for(1s);
    REQUIRE(one.errors.size() == 1);
    REQUIRE(two.errors.size() == 1);
    CHECK(one.errors[0].find("reply") != std::string::npos);
  }
  SUBCASE("changed") {
    c.world.on_wire = [&](auto, auto, message_head& head, slice& body) {
      if (head.kind != message_kind::reply) return true;
      auto bytes = copy_of(body);
      bytes[0] ^= std::byte{1};
      body = slice_of(bytes);
      return true;
    };
    CHECK(c.call("orders.put").errors.size() == 1);
  }
  SUBCASE("made up in plain text") {
    c.world.on_wire = [&](auto, auto, message_head& head, slice& body) {
      if (head.kind == message_kind::reply)
        body = slice_of(std::vector<std::byte>(200, std::byte{'x'}));
      return true;
    };
    CHECK(c.call("orders.put").errors.size() == 1);
  }
  SUBCASE("a refusal made up") {
    c.world.on_wire = [&](auto, auto, message_head& head, slice& body) {
      if (head.kind != message_kind::reply) return true;
      head.kind = message_kind::refusal;
      message_out made;
      write_refusal(made, {errc::denied, "go away"});
      body = flatten(made);
      return true;
    };
    const heard got = c.call("orders.put");
    REQUIRE(got.errors.size() == 1);
    CHECK(got.errors[0] == "not sealed: go away");  // it can be told from the callee's own
  }
}

TEST_CASE("sealed: a message that is sent again by somebody else is seen once") {
  cluster c;
  std::vector<std::pair<message_head, slice>> kept;
  c.world.on_wire = [&](std::uint32_t from, auto, message_head& head, slice& body) {
    if (from == 0 && head.kind == message_kind::one_way) kept.emplace_back(head, body);
    return true;
  };
  message_out out;
  write_text(out, secret_text);
  REQUIRE(c.world[0]->send(c.to("orders.put"), out, {}));
  c.world.run_for(100ms);
  REQUIRE(c.received.size() == 1);
  REQUIRE(!kept.empty());
  for (int i = 0; i < 20; ++i)
    for (const auto& [head, body] : kept) c.world.inject(0, 1, head, body);
  c.world.run_for(100ms);
  CHECK(c.received.size() == 1);
  CHECK(c.sealers.refused("b", "replayed") == 20);
}

TEST_CASE("sealed: a receipt that somebody else wrote acknowledges nothing") {
  cluster c;
  std::vector<delivery_id> sent;
  c.world.on_wire = [&](std::uint32_t from, std::uint32_t to, message_head& head, slice& body) {
    if (head.kind != message_kind::one_way || from != 0 || to != 1) return true;
    envelope read;
    bytes_view rest;
    if (kind_of(body.view()) != envelope_kind::message || !read_envelope(body.view(), read, rest))
      return true;
    sent.push_back(read.delivery);
    return false;  // the receiver never sees it
  };
  message_out out;
  write_text(out, secret_text);
  route where = c.to("orders.put");
  where.guarantee = guarantee::at_least_once;
  where.deadline = 2s;
  std::optional<status> settled;
  REQUIRE(c.world[0]->send(where, out, [&](status how) { settled = std::move(how); }));
  c.world.run_for(200ms);
  REQUIRE(!sent.empty());
  message_out made;
  std::vector<receipt> all;
  for (const delivery_id& id : sent) all.push_back({id, 0});
  write_receipts(made, all);
  c.world.inject(1, 0, {message_kind::one_way, priority::high, 0, {}}, flatten(made));
  c.world.run_for(100ms);
  CHECK(!settled.has_value());
  CHECK(c.refused(0, "unsealed") > 0);
  c.world.run_for(3s);
  REQUIRE(settled.has_value());
  CHECK(!settled->ok());
}

TEST_CASE("sealed: plain messages to sealed services are refused and counted") {
  cluster c({{"orders.*", false}}, {});  // the caller has no rule
  const heard got = c.call("orders.put");
  REQUIRE(got.errors.size() == 1);
  CHECK(got.errors[0].find("takes sealed messages only") != std::string::npos);
  message_out out;
  write_text(out, secret_text);
  REQUIRE(c.world[0]->send(c.to("orders.put"), out, {}));
  c.world.run_for(100ms);
  CHECK(c.received.empty());
  CHECK(c.refused(1, "unsealed") == 2);
  CHECK(is_answered(c.call("plain")));
}

TEST_CASE("sealed: signatures are demanded where the rule says so") {
  const std::vector<seal_rule> strict{{"*", false}, {"orders.put", true}};
  cluster lax(strict, {{"*", false}});
  CHECK(lax.call("orders.put").errors.size() == 1);
  CHECK(is_answered(lax.call("orders.get")));
  CHECK(lax.sealers.refused("b", "unsigned") == 1);
  cluster same(strict, strict);
  CHECK(is_answered(same.call("orders.put")));
}

TEST_CASE("sealed: items cannot be swapped, dropped or repeated") {
  for (const std::string_view how : {"kept", "swapped", "dropped", "repeated", "cut short"}) {
    CAPTURE(how);
    cluster c;
    int count = 0;
    std::optional<std::pair<message_head, slice>> first;
    c.world.on_wire = [&](std::uint32_t from, std::uint32_t to, message_head& head, slice& body) {
      if (head.kind != message_kind::request_item) return true;
      ++count;
      if (how == "swapped" && count == 1) return first.emplace(head, body), false;
      if (how == "swapped" && count == 2) {
        c.world.after(1ms,
                      [&c, from, to, f = *first] { c.world.inject(from, to, f.first, f.second); });
        return true;
      }
      if (how == "dropped" && count == 2) return false;
      if (how == "cut short" && count == 3) return false;
      if (how == "repeated" && count == 2) c.world.inject(from, to, head, body);
      return true;
    };
    heard got;
    route where = c.to("orders.put");
    where.streams = true;
    message_out out;
    write_text(out, std::string(70, 'r'));  // so long that it is not answered at once
    const auto call = c.world[0]->call(where, out, got.listener());
    REQUIRE(call.ok());
    c.world.run_for(100ms);
    for (int i = 0; i < 3; ++i) {
      write_text(out, "item " + std::to_string(i));
      const status pushed = c.world[0]->push(*call, out, i == 2, {});
      if (how == "kept") REQUIRE(pushed.ok());  // else the call may have ended
      c.world.run_for(20ms);
    }
    c.world.run_for(100ms);
    if (how == "kept") {
      CHECK(got.errors.empty());
      CHECK(c.received.size() == 5);  // request, three items, their end
    } else {
      CHECK(got.errors.size() == 1);
    }
  }
}

TEST_CASE("sealed: crashes and lost links on both sides heal by themselves") {
  cluster c;
  for (int round = 0; round < 8; ++round) {
    c.world.close_link(0, 1);
    c.world.run_for(500ms);
    CHECK(is_answered(c.call("orders.put")));
    c.offers.clear();
    c.world.restart(1);
    for (const char* name : {"orders.put", "orders.get", "plain"})
      c.offers.push_back(c.serve(name));
    c.world.run_for(5s);
    CHECK(is_answered(c.call("orders.put")));
  }
}

TEST_CASE("sealed: group calls are sealed for each member") {
  cluster c;
  fake_node& third = c.world[2];
  c.offers.push_back(serve_echo(third, "orders.both"));
  c.offers.push_back(serve_echo(c.world[1], "orders.both"));
  c.world.run_for(200ms);
  std::set<std::string> bodies;
  c.world.on_wire = [&](std::uint32_t from, auto, message_head& head, slice& body) {
    if (from == 0 && is_request(head, body)) bodies.emplace(as_text(body.view()));
    return true;
  };
  heard got;
  route where = to_service(*c.world[0].router, "orders.both");
  where.to = send_to::all;
  (void)ask(*c.world[0].router, where, secret_text, got);
  c.world.run_for(1s);
  CHECK(got.lines.size() == 3);
  CHECK(got.errors.empty());
  CHECK(bodies.size() == 2);
}

}  // namespace mw::routing
