// stream: the dialler asks, the other end answers, both have finished.
// SPDX-License-Identifier: Apache-2.0
#include "serf/stream.h"

#include "serf/codec.h"
#include "serf/push_pull.h"
#include "serf/stream_cutter.h"

namespace mw::swim::serf {

namespace {

std::string our_state(knowledge& node, bool join) {
  return encode(push_pull{join, node.live_core().state(), node.user_state()});
}

stream_step broken(drop why) {
  return {.write = {}, .done = false, .why = why};
}

// memberlist refuses the whole exchange when one member's versions do not fit; so do we.
// `from`: who has come; null: we have dialled.
drop take_state(knowledge& node, std::string_view plain, const endpoint* from, bool we_join) {
  const auto theirs = decode_push_pull(plain);
  if (!theirs) return drop::malformed;
  node.live_core().merge(theirs->members, from == nullptr ? endpoint{} : *from, node.now());
  node.merge_user_state(theirs->user_state, from == nullptr ? we_join : theirs->join);
  return drop::none;
}

class dialler final : public stream_party {
 public:
  dialler(const layers& with, knowledge& node, const stream_task& task)
      : with_(with), node_(node), task_(task), cutter_(false) {}

  stream_step begin() override {
    const bool probes =
        task_.what == stream_task::kind::ping || task_.what == stream_task::kind::verify;
    const std::string plain = probes ? codec(0).encode(ping{task_.number, task_.name, {}, {}})
                                     : our_state(node_, task_.what == stream_task::kind::join);
    return {.write = close_stream(with_, plain, true)};
  }

  stream_step feed(std::string_view bytes) override {
    switch (cutter_.feed(bytes)) {
      case stream_cutter::state::more:
        return {};
      case stream_cutter::state::broken:
        return broken(drop::malformed);
      case stream_cutter::state::whole:
        break;
    }
    const unwrapped opened = open_stream(with_, cutter_.text());
    if (opened.why != drop::none) return broken(opened.why);
    return take(opened.bytes);
  }

 private:
  stream_step take(std::string_view plain) {
    switch (static_cast<kind>(plain.front())) {
      case kind::push_pull: {
        const drop why = take_state(node_, plain, nullptr, task_.what == stream_task::kind::join);
        return why == drop::none ? stream_step{.write = {}, .done = true} : broken(why);
      }
      case kind::ack: {
        const auto answer = decode(plain);
        const auto* const a = answer ? std::get_if<ack>(&*answer) : nullptr;
        if (a == nullptr || a->number != task_.number) return broken(drop::malformed);
        return {.write = {}, .done = true};
      }
      default:
        return broken(drop::malformed);
    }
  }

  const layers& with_;
  knowledge& node_;
  stream_task task_;
  stream_cutter cutter_;
};

class acceptor final : public stream_party {
 public:
  acceptor(const layers& with, knowledge& node, endpoint from)
      : with_(with), node_(node), from_(std::move(from)), cutter_(true) {}

  stream_step begin() override { return {}; }

  stream_step feed(std::string_view bytes) override {
    switch (cutter_.feed(bytes)) {
      case stream_cutter::state::more:
        return {};
      case stream_cutter::state::broken:
        return broken(drop::malformed);
      case stream_cutter::state::whole:
        break;
    }
    if (cutter_.label() != with_.label) return broken(drop::label);
    const unwrapped opened = open_stream(with_, cutter_.text());
    if (opened.why != drop::none) return broken(opened.why);
    return take(opened.bytes);
  }

 private:
  stream_step take(std::string_view plain) {
    switch (static_cast<kind>(plain.front())) {
      case kind::push_pull: {
        // Our state as it was before theirs came.
        const std::string ours = our_state(node_, false);
        const drop why = take_state(node_, plain, &from_, false);
        if (why != drop::none) return broken(why);
        return {.write = close_stream(with_, ours, false), .done = true};
      }
      case kind::ping: {
        const auto asked = decode(plain);
        const auto* const p = asked ? std::get_if<ping>(&*asked) : nullptr;
        const bool us =
            p != nullptr && (p->node.empty() || p->node == node_.live_core().self().name);
        if (!us) return broken(drop::malformed);
        return {.write = close_stream(with_, codec(0).encode(ack{p->number, {}, {}}), false),
                .done = true};
      }
      case kind::user:
        if (const auto message = decode_stream_user(plain)) {
          node_.user_message(*message);
          return {.write = {}, .done = true};
        }
        return broken(drop::malformed);
      default:
        return broken(drop::malformed);
    }
  }

  const layers& with_;
  knowledge& node_;
  endpoint from_;
  stream_cutter cutter_;
};

}  // namespace

party_ptr make_dialler(const layers& with, knowledge& node, const stream_task& task) {
  return std::make_unique<dialler>(with, node, task);
}

party_ptr make_acceptor(const layers& with, knowledge& node, const endpoint& from) {
  return std::make_unique<acceptor>(with, node, from);
}

}  // namespace mw::swim::serf
