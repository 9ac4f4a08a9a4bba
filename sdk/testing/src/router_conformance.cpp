// router_conformance: the promises of router/1 and services/1, checked on a node that calls itself.
// SPDX-License-Identifier: Apache-2.0
#include "subject.h"

#include <mw/router_conformance.h>

#include <string>

namespace mw::conformance {
namespace {

// A node with the router under test; everything a test keeps dies before it.
class bench {
 public:
  explicit bench(const test_setup& setup)
      : node_(setup), router_(subject_of<router>(node_)), services_(subject_of<services>(node_)) {}
  ~bench() {
    in_turn([this] { kept_.clear(); });
    CHECK_MESSAGE(node_.stop(), node_.failed());
  }

  router& calls() { return router_; }
  services& home() { return services_; }
  void in_turn(function<void()> what) { node_.in_turn(std::move(what)); }
  void run_for(duration how_long) { node_.run_for(how_long); }
  void keep(result<registration_ptr> made) {
    REQUIRE_MESSAGE(made.ok(), (made.ok() ? "" : made.error().text()));
    kept_.push_back(std::move(made).value());
  }
  void forget() {
    in_turn([this] { kept_.clear(); });
  }
  void serve(std::string_view name, function<void(const incoming&)> handler,
             serve_options options = {}) {
    in_turn([&] { keep(services_.serve(name, options, std::move(handler))); });
  }
  message_out& text(std::string_view value) {
    out_.clear();
    out_.append(as_bytes(value));
    return out_;
  }
  route to(std::string_view name) {
    auto ref = router_.open(name);
    REQUIRE(ref);
    return {.service = *ref};
  }
  // Answers with the body; each answer adds to the log.
  function<void(const answer&)> listener() {
    return [this](const answer& a) {
      constexpr std::string_view names[] = {"item", "reply", "refusal", "end"};
      log += std::string(names[static_cast<std::size_t>(a.what)]) + ":";
      log += a.error != nullptr ? to_string(a.error->kind()) : as_text(a.body.bytes);
      log += a.last ? ". " : " ";
    };
  }
  void echo(std::string_view name) {
    serve(name, [this](const incoming& in) {
      if (in.what == incoming::kind::request)
        CHECK(services_.answer(in.reply, text(as_text(in.body.bytes)), true, {}));
    });
  }
  std::string log;

 private:
  test_node node_;
  router& router_;
  services& services_;
  message_out out_;
  std::vector<registration_ptr> kept_;
};

}  // namespace

void router_answers_in_a_later_turn(const test_setup& setup) {
  bench b(setup);
  b.echo("conformance.echo");
  bool inside = false;
  b.in_turn([&] {
    const auto made = b.calls().call(b.to("conformance.echo"), b.text("x"), b.listener());
    CHECK(made.ok());
    inside = !b.log.empty();
  });
  b.run_for(1s);
  CHECK_MESSAGE(!inside, "an answer inside call()");
  CHECK(b.log == "reply:x. ");
}

void router_refuses_bad_names(const test_setup& setup) {
  bench b(setup);
  b.in_turn([&] {
    for (const std::string& name : {std::string(), std::string("a b"), std::string(129, 'a')}) {
      const auto ref = b.calls().open(name);
      CHECK((!ref && ref.error().kind() == errc::invalid));
      const auto served = b.home().serve(name, {}, [](const incoming&) {});
      CHECK((!served && served.error().kind() == errc::invalid));
      const auto joined = b.home().join(name);
      CHECK((!joined && joined.error().kind() == errc::invalid));
    }
    CHECK(b.calls().open("a")->number == b.calls().open("a")->number);
    CHECK(b.calls().open("a")->number != b.calls().open("b")->number);
    const auto none = b.calls().call({}, b.text("x"), b.listener());
    CHECK((!none && none.error().kind() == errc::invalid));
  });
}

void router_says_what_nobody_offers(const test_setup& setup) {
  bench b(setup);
  b.in_turn([&] {
    const auto called = b.calls().call(b.to("nobody"), b.text("x"), b.listener());
    CHECK((!called && called.error().kind() == errc::not_found));
    const auto sent = b.calls().send(b.to("nobody"), b.text("x"), {});
    CHECK((!sent && sent.error().kind() == errc::not_found));
    route where = b.to("nobody");
    where.to = send_to::node;
    where.name = "stranger";
    const auto stranger = b.calls().call(where, b.text("x"), b.listener());
    CHECK((!stranger && stranger.error().kind() == errc::not_found));
  });
  b.run_for(10s);
  CHECK(b.log.empty());
}

void router_passes_refusals_on(const test_setup& setup) {
  bench b(setup);
  b.serve("never", [&](const incoming& in) {
    b.home().refuse(in.reply, {errc::denied, "not today"});
    b.home().refuse(in.reply, {errc::internal, "twice"});
    CHECK(!b.home().answer(in.reply, b.text("late"), true, {}));
  });
  std::string why;
  b.in_turn([&] {
    CHECK(b.calls().call(b.to("never"), b.text("x"), [&](const answer& a) {
      CHECK(a.last);
      if (a.error != nullptr) why += a.error->text();
    }));
  });
  b.run_for(1s);
  CHECK(why == "not today");
}

void router_keeps_deadlines(const test_setup& setup) {
  bench b(setup);
  int cancelled = 0;
  duration left{};
  b.serve("silent", [&](const incoming& in) {
    if (in.what == incoming::kind::request) left = in.left;
    if (in.what == incoming::kind::cancelled) ++cancelled;
  });
  b.in_turn([&] {
    route where = b.to("silent");
    where.deadline = 2s;
    CHECK(b.calls().call(where, b.text("x"), b.listener()));
    where.deadline = 0s;
    const auto late = b.calls().call(where, b.text("x"), b.listener());
    CHECK((!late && late.error().kind() == errc::timed_out));
  });
  b.run_for(1900ms);
  CHECK(b.log.empty());
  b.run_for(200ms);
  CHECK(b.log == "refusal:timed_out. ");
  CHECK((left > 1900ms && left <= 2s));
  CHECK(cancelled == 1);
}

void router_cancels_silently(const test_setup& setup) {
  bench b(setup);
  int cancelled = 0;
  b.serve("silent", [&](const incoming& in) {
    if (in.what == incoming::kind::cancelled) ++cancelled;
  });
  call_ref open;
  b.in_turn([&] { open = b.calls().call(b.to("silent"), b.text("x"), b.listener()).value(); });
  b.run_for(100ms);
  b.in_turn([&] {
    b.calls().cancel(open);
    b.calls().cancel(open);
    b.calls().cancel({});
  });
  b.run_for(20s);
  CHECK(b.log.empty());
  CHECK(cancelled == 1);
}

void router_keeps_items_in_order(const test_setup& setup) {
  bench b(setup);
  std::string got;
  b.serve("collect",
          [&](const incoming& in) {
            if (in.what == incoming::kind::item) got += as_text(in.body.bytes);
            if (in.what != incoming::kind::end) return;
            for (const char* part : {"1", "2"})
              CHECK(b.home().answer(in.reply, b.text(part), false, {}));
            CHECK(b.home().answer(in.reply, b.text(got), true, {}));
          },
          {.streams = true});
  b.in_turn([&] {
    route where = b.to("collect");
    where.streams = true;
    const auto made = b.calls().call(where, b.text(""), b.listener());
    REQUIRE(made);
    for (const char* part : {"a", "b", "c"})
      CHECK(b.calls().push(*made, b.text(part), *part == 'c', {}));
    CHECK(!b.calls().push(*made, b.text("d"), false, {}));
  });
  b.run_for(1s);
  CHECK(b.log == "item:1 item:2 reply:abc. ");
}

void router_settles_messages_once(const test_setup& setup) {
  bench b(setup);
  int got = 0;
  int settled = 0;
  bool inside = false;
  b.serve("sink", [&](const incoming& in) {
    ++got;
    CHECK(in.reply.id == 0);
  });
  b.in_turn([&] {
    for (const guarantee how :
         {guarantee::at_most_once, guarantee::at_least_once, guarantee::exactly_once}) {
      route where = b.to("sink");
      where.guarantee = how;
      CHECK(b.calls().send(where, b.text("x"), [&](const status& s) { settled += s ? 1 : 100; }));
    }
    inside = got + settled != 0;
  });
  CHECK_MESSAGE(!inside, "a completion inside send()");
  b.run_for(30s);
  CHECK(got == 3);
  CHECK(settled == 3);
}

void router_forgets_withdrawn_services(const test_setup& setup) {
  bench b(setup);
  b.serve("silent", [](const incoming&) {});
  b.in_turn([&] {
    const auto twice = b.home().serve("silent", {}, [](const incoming&) {});
    CHECK((!twice && twice.error().kind() == errc::invalid));
    CHECK(b.calls().call(b.to("silent"), b.text("x"), b.listener()));
  });
  b.run_for(100ms);
  b.forget();
  b.run_for(1s);
  CHECK(b.log == "refusal:not_found. ");
  b.in_turn([&] { CHECK(!b.calls().call(b.to("silent"), b.text("x"), b.listener())); });
  b.echo("silent");
}

void router_asks_groups(const test_setup& setup) {
  bench b(setup);
  b.echo("member");
  b.in_turn([&] {
    route where = b.to("member");
    where.to = send_to::group;
    where.name = "club";
    CHECK(!b.calls().call(where, b.text("x"), b.listener()));
    b.keep(b.home().join("club"));
    CHECK(!b.home().join("club"));
    CHECK(b.calls().call(where, b.text("x"), b.listener()));
    bool listed = false;
    for (const member& m : b.home().members())
      if (m.self) listed = m.groups.size() == 1 && m.services.size() == 1;
    CHECK(listed);
  });
  b.run_for(1s);
  CHECK(b.log == "reply:x end:. ");
}

// Handlers and callbacks that destroy what runs them.
void router_survives_callbacks_that_end_things(const test_setup& setup) {
  bench b(setup);
  registration_ptr own;
  b.in_turn([&] {
    own = b.home()
              .serve("once", {},
                     [&](const incoming& in) {
                       if (in.what != incoming::kind::request) return;
                       CHECK(b.home().answer(in.reply, b.text("bye"), true, {}));
                       own.reset();
                     })
              .value();
  });
  int ended = 0;
  call_ref self;
  b.in_turn([&] {
    self = b.calls()
               .call(b.to("once"), b.text("x"),
                     [&](const answer&) {
                       ++ended;
                       b.calls().cancel(self);
                       CHECK(!b.calls().call(b.to("once"), b.text("x"), b.listener()));
                     })
               .value();
  });
  b.run_for(1s);
  CHECK(ended == 1);
  CHECK(own == nullptr);
}

}  // namespace mw::conformance
